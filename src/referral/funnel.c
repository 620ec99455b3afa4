/* SPDX-License-Identifier: MIT */

#include <stdlib.h>

#include "base/mem.h"
#include "base/text.h"
#include "db/db.h"

#include "referral/funnel.h"

#define THEIRS	" FROM customer c JOIN "
#define OF	" o ON o.customer_id = c.id WHERE (c.account_id = a.id" \
	" OR c.former_account_id = a.id)"

/* The newest price tells the plan; one that ended is still what was chosen. */
static const struct stmt funnel_select = {
	.name = "funnel_select",
	.text =
	    "WITH who AS (SELECT to_char(date_trunc('week',"
	    " a.created_at AT TIME ZONE 'UTC'), 'YYYY-MM-DD') AS week, r.ucc,"
	    " (SELECT o.price" THEIRS "subscription" OF
	    " ORDER BY o.created DESC LIMIT 1) AS price,"
	    " EXISTS (SELECT FROM trial t WHERE t.account_id = a.id)"
	    " OR EXISTS (SELECT" THEIRS "subscription" OF
	    " AND o.trial_end IS NOT NULL) AS tried,"
	    " EXISTS (SELECT" THEIRS "invoice" OF
	    " AND o.status = 'paid' AND o.amount_paid > 0) AS paid"
	    " FROM account a LEFT JOIN referral r ON r.account_id = a.id"
	    " WHERE a.created_at > now() - $2::bigint * interval '1 second'),"
	    " went AS (SELECT CASE $1 WHEN 'week' THEN week"
	    " WHEN 'referrer' THEN coalesce(ucc, '') ELSE coalesce(price, '')"
	    " END AS key, ucc IS NOT NULL AS referred, count(*) AS signups,"
	    " count(*) FILTER (WHERE tried) AS trials,"
	    " count(*) FILTER (WHERE paid) AS paid FROM who GROUP BY 1, 2),"
	    " came AS (SELECT CASE $1 WHEN 'week' THEN"
	    " to_char(date_trunc('week', day), 'YYYY-MM-DD')"
	    " WHEN 'referrer' THEN ucc ELSE '' END AS key, true AS referred,"
	    " sum(views)::bigint AS views FROM referral_view WHERE day >"
	    " (now() AT TIME ZONE 'UTC' - $2::bigint * interval '1 second')"
	    "::date GROUP BY 1)"
	    " SELECT key, referred, CASE WHEN referred THEN coalesce(views, 0)"
	    " ELSE -1 END, coalesce(signups, 0), coalesce(trials, 0),"
	    " coalesce(paid, 0) FROM went FULL JOIN came USING (key, referred)"
	    " ORDER BY CASE WHEN $1 = 'week' THEN key END,"
	    " paid DESC NULLS LAST, signups DESC NULLS LAST,"
	    " views DESC NULLS LAST, key, referred DESC",
	.nparams = 2
};

static enum err
row_fill(const struct rows *r, int i, struct funnel_row *x)
{
	x->referred = rows_bool(r, i, 1);
	x->views = rows_int(r, i, 2);
	x->signups = rows_int(r, i, 3);
	x->trials = rows_int(r, i, 4);
	x->paid = rows_int(r, i, 5);
	return rows_copy(r, i, 0, x->key, sizeof(x->key));
}

enum err
funnel_list(struct db *db, enum funnel_by by, int64_t since_s,
    struct funnel_row **ret_rows, size_t *ret_count)
{
	static const char *const names[] = { [FUNNEL_WEEK] = "week",
	    [FUNNEL_REFERRER] = "referrer", [FUNNEL_PRICE] = "price" };
	char since[TEXT_DIGITS];
	const char *const arg[] = { names[by], text_digits(since_s, since) };
	struct funnel_row *found;
	struct rows *r = NULL;
	enum err e;
	int i;

	e = db_query(db, &funnel_select, arg, NELEM(arg), &r);
	if (e != ERR_OK)
		return e;
	found = mem_zero((size_t)rows_count(r) + 1, sizeof(*found));
	for (i = 0; i < rows_count(r) && e == ERR_OK; i++)
		e = row_fill(r, i, &found[i]);
	*ret_count = (size_t)rows_count(r);
	rows_free(r);
	if (e != ERR_OK)
		free(found);
	else
		*ret_rows = found;
	return e;
}

const struct stmt *const funnel_statements[] = {
	&funnel_select,
	NULL
};
