/* SPDX-License-Identifier: MIT */

#include "db/db.h"
#include "db/tally.h"

#include "ledger/report.h"

/*
 * All entries with their net, whatever is wished for: what an invoice had
 * brought before decides.  Its invoice is its own or that of its payment.
 */
#define SHARE(of)							\
	" CASE WHEN whole > 0 THEN trunc(greatest(" of ", 0)"		\
	" * (whole - taxed) / whole) ELSE 0 END"
#define NETS								\
	"WITH known AS (SELECT e.*, coalesce(e.invoice_id, p.invoice_id)" \
	" AS invoice, coalesce(e.total, p.total, i.total) AS whole,"	\
	" coalesce(e.tax, p.tax, i.tax) AS taxed FROM ledger_entry e"	\
	" LEFT JOIN LATERAL (SELECT invoice_id, total, tax"		\
	" FROM ledger_entry WHERE e.kind <> 'payment' AND kind = 'payment'" \
	" AND payment_id = e.payment_id LIMIT 1) p ON true"		\
	" LEFT JOIN LATERAL (SELECT total, tax FROM ledger_entry"	\
	" WHERE e.kind = 'credit_note' AND kind = 'payment'"		\
	" AND invoice_id = e.invoice_id LIMIT 1) i ON true"		\
	" WHERE $1::uuid IS NULL OR e.account_id = $1),"		\
	" run AS (SELECT *, sum(amount) OVER (PARTITION BY invoice"	\
	" ORDER BY booked_at, kind, source_id) AS brought,"		\
	" min(booked_at) FILTER (WHERE kind = 'payment')"		\
	" OVER (PARTITION BY invoice) AS paid_at,"			\
	" min(booked_at) FILTER (WHERE kind = 'payment')"		\
	" OVER (PARTITION BY account_id) AS first_at FROM known),"	\
	" share AS (SELECT *," SHARE("brought") " AS upto,"		\
	SHARE("brought - amount") " AS before,"				\
	" CASE WHEN coalesce(reward_months, 0) = 0 OR paid_at <"	\
	" first_at + reward_months * interval '1 month'"		\
	" THEN coalesce(reward_percent, 0) ELSE 0 END AS percent"	\
	" FROM run),"							\
	" net AS (SELECT *, (upto - before)::bigint AS net,"		\
	" (trunc(upto * percent / 100) - trunc(before * percent / 100))" \
	"::bigint AS earned FROM share)"

#define WISHED								\
	" WHERE ($2::bigint IS NULL OR booked_at >= to_timestamp($2::bigint))" \
	" AND ($3::bigint IS NULL OR booked_at < to_timestamp($3::bigint))"

static const struct stmt ledger_select_list = {
	.name = "ledger_select_list",
	.text =
	    NETS " SELECT to_char(booked_at AT TIME ZONE 'UTC',"
	    " 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), kind, source_id,"
	    " coalesce(invoice, ''), customer_id, account_id,"
	    " coalesce(ucc, ''), currency, amount, net, earned FROM net" WISHED
	    " ORDER BY booked_at, kind, source_id",
	.nparams = 3
};

static const struct stmt ledger_select_sums = {
	.name = "ledger_select_sums",
	.text =
	    NETS ", one AS (SELECT coalesce(ucc, '') AS ucc,"
	    " CASE WHEN ucc IS NULL THEN '' ELSE account_id::text END AS"
	    " account, currency,"
	    " sum(amount) FILTER (WHERE kind = 'payment') AS came,"
	    " sum(amount) FILTER (WHERE kind <> 'payment') AS went,"
	    " sum(net) AS net, sum(earned) AS earned FROM net" WISHED
	    " GROUP BY 1, 2, 3)"
	    " SELECT ucc, account, currency, coalesce(came, 0)::bigint,"
	    " coalesce(went, 0)::bigint, net::bigint, earned::bigint"
	    " FROM one"
	    " ORDER BY ucc = '', currency, sum(net) OVER"
	    " (PARTITION BY ucc, currency) DESC, ucc, net DESC, account",
	.nparams = 3
};

struct asked {
	char		 since[TEXT_DIGITS], until[TEXT_DIGITS];
	const char	*arg[3];
};

static void
ask_for(const struct ledger_wish *w, struct asked *a)
{
	a->arg[0] = w->account_id;
	a->arg[1] = w->since == 0 ? NULL : text_digits(w->since, a->since);
	a->arg[2] = w->until == 0 ? NULL : text_digits(w->until, a->until);
}

static enum err
list_fill(const struct rows *r, int i, struct ledger_row *x)
{
	struct { char *to; size_t size; } const column[] = {
		{ x->booked, sizeof(x->booked) }, { x->kind, sizeof(x->kind) },
		{ x->source, sizeof(x->source) },
		{ x->invoice, sizeof(x->invoice) },
		{ x->customer, sizeof(x->customer) },
		{ x->account, sizeof(x->account) }, { x->ucc, sizeof(x->ucc) },
		{ x->currency, sizeof(x->currency) }
	};
	enum err e = ERR_OK;
	int c;

	for (c = 0; c < (int)NELEM(column) && e == ERR_OK; c++)
		e = rows_copy(r, i, c, column[c].to, column[c].size);
	x->amount = rows_int(r, i, c);
	x->net = rows_int(r, i, c + 1);
	x->earned = rows_int(r, i, c + 2);
	return e;
}

enum err
ledger_list(struct db *db, const struct ledger_wish *w, ledger_each *each,
    void *arg)
{
	struct ledger_row x;
	struct asked a;
	struct rows *r = NULL;
	enum err e;
	int i;

	ask_for(w, &a);
	e = db_query(db, &ledger_select_list, a.arg, NELEM(a.arg), &r);
	if (e != ERR_OK)
		return e;
	for (i = 0; i < rows_count(r); i++) {
		if ((e = list_fill(r, i, &x)) != ERR_OK)
			break;
		each(&x, arg);
	}
	rows_free(r);
	return e;
}

enum err
ledger_sums(struct db *db, const struct ledger_wish *w, ledger_each_sum *each,
    void *arg)
{
	struct ledger_sum x;
	struct asked a;
	struct rows *r = NULL;
	enum err e;
	int i;

	ask_for(w, &a);
	e = db_query(db, &ledger_select_sums, a.arg, NELEM(a.arg), &r);
	if (e != ERR_OK)
		return e;
	for (i = 0; i < rows_count(r); i++) {
		if ((e = rows_copy(r, i, 0, x.ucc, sizeof(x.ucc))) != ERR_OK ||
		    (e = rows_copy(r, i, 1, x.account, sizeof(x.account))) !=
		    ERR_OK || (e = rows_copy(r, i, 2, x.currency,
		    sizeof(x.currency))) != ERR_OK)
			break;
		x.came = rows_int(r, i, 3);
		x.went = rows_int(r, i, 4);
		x.net = rows_int(r, i, 5);
		x.earned = rows_int(r, i, 6);
		each(&x, arg);
	}
	rows_free(r);
	return e;
}

static const struct stmt ledger_select_tally = {
	.name = "ledger_select_tally",
	.text =
	    "SELECT " TALLY_OF("booked_at") " FROM ledger_entry"
	    " WHERE kind = 'payment' AND ucc IS NOT NULL",
	.nparams = 0
};

enum err
ledger_tally(struct db *db, struct tally *ret_tally)
{
	return tally(db, &ledger_select_tally, ret_tally);
}

static const struct stmt ledger_select_payers = {
	.name = "ledger_select_payers",
	.text =
	    "SELECT count(DISTINCT account_id) FILTER (WHERE ucc IS NOT NULL),"
	    " count(DISTINCT account_id) FILTER (WHERE ucc IS NULL)"
	    " FROM ledger_entry WHERE kind = 'payment'",
	.nparams = 0
};

enum err
ledger_payers(struct db *db, int64_t *ret_referred, int64_t *ret_others)
{
	struct rows *r;
	enum err e;

	e = db_one(db, &ledger_select_payers, NULL, 0, ERR_INTERNAL, &r);
	if (e == ERR_OK) {
		*ret_referred = rows_int(r, 0, 0);
		*ret_others = rows_int(r, 0, 1);
	}
	rows_free(r);
	return e;
}

const struct stmt *const ledger_report_statements[] = {
	&ledger_select_list,
	&ledger_select_sums,
	&ledger_select_tally,
	&ledger_select_payers,
	NULL
};
