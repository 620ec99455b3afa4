/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "base/text.h"
#include "db/db.h"
#include "errand/lane.h"

#include "billing/story.h"

/* All that ever were the account's. */
#define THEIRS								\
	"WITH theirs AS (SELECT id FROM customer WHERE account_id = $1"	\
	" OR former_account_id = $1) "

static const struct stmt story_select_customer = {
	.name = "story_select_customer",
	.text =
	    "SELECT id, deleted, livemode, " DB_EPOCH("seen_at")
	    ", told_ucc, told_user, told_email, " DB_EPOCH("told_at")
	    ", told_organization"
	    " FROM customer WHERE account_id = $1 OR former_account_id = $1"
	    " ORDER BY account_id IS NULL, anchored_at DESC LIMIT 1",
	.nparams = 1
};

enum err
story_customer(struct db *db, const char *account_id,
    struct story_customer *ret)
{
	const char *const arg[] = { account_id };
	struct rows *r;
	enum err e;

	memset(ret, 0, sizeof(*ret));
	ret->livemode = -1;
	e = db_one(db, &story_select_customer, arg, NELEM(arg), ERR_NOTFOUND,
	    &r);
	if (e == ERR_NOTFOUND)
		return ERR_OK;
	if (e == ERR_OK)
		e = rows_copy(r, 0, 0, ret->id, sizeof(ret->id));
	if (e == ERR_OK) {
		ret->deleted = rows_bool(r, 0, 1);
		if (!rows_null(r, 0, 2))
			ret->livemode = rows_bool(r, 0, 2);
		ret->seen_at = rows_int(r, 0, 3);
		text_cut(rows_text(r, 0, 4), ret->ucc, sizeof(ret->ucc));
		text_cut(rows_text(r, 0, 5), ret->user, sizeof(ret->user));
		ret->email = rows_bool(r, 0, 6);
		ret->told_at = rows_int(r, 0, 7);
		ret->knows_organization = !rows_null(r, 0, 8);
		text_cut(rows_text(r, 0, 8), ret->organization,
		    sizeof(ret->organization));
	}
	rows_free(r);
	return e;
}

static const struct stmt story_select_call = {
	.name = "story_select_call",
	.text =
	    "SELECT state, outcome, last_error, attempts, "
	    DB_EPOCH("created_at") " FROM stripe_call WHERE lane = $1::int AND account_id = $2"
	    " AND kind = 'customer' ORDER BY created_at DESC LIMIT 1",
	.nparams = 2
};

enum err
story_call(struct db *db, const char *account_id, struct story_call *ret)
{
	char lane[TEXT_DIGITS];
	const char *const arg[] = { text_digits(lane_of(account_id), lane),
	    account_id };
	struct rows *r;
	enum err e;

	memset(ret, 0, sizeof(*ret));
	e = db_one(db, &story_select_call, arg, NELEM(arg), ERR_NOTFOUND, &r);
	if (e == ERR_NOTFOUND)
		return ERR_OK;
	if (e == ERR_OK)
		e = rows_copy(r, 0, 0, ret->state, sizeof(ret->state));
	if (e == ERR_OK)
		e = rows_copy(r, 0, 1, ret->outcome, sizeof(ret->outcome));
	if (e == ERR_OK) {
		text_cut(rows_text(r, 0, 2), ret->last_error,
		    sizeof(ret->last_error));
		ret->attempts = (int)rows_int(r, 0, 3);
		ret->written_at = rows_int(r, 0, 4);
	}
	rows_free(r);
	return e;
}

#define SUBSCRIPTIONS	" FROM subscription WHERE customer_id IN" \
	" (SELECT id FROM theirs)"
#define INVOICES	" FROM invoice WHERE customer_id IN" \
	" (SELECT id FROM theirs)"
#define PAID		" AND status = 'paid' AND amount_paid > 0"

static const struct stmt story_select_bought = {
	.name = "story_select_bought",
	.text =
	    THEIRS "SELECT (SELECT count(*) FROM checkout_session"
	    " WHERE account_id = $1),"
	    " (SELECT count(*)" SUBSCRIPTIONS "),"
	    " (SELECT min(id)" SUBSCRIPTIONS " AND status = 'trialing'),"
	    " (SELECT " DB_EPOCH("min(trial_end)") SUBSCRIPTIONS
	    " AND status = 'trialing'),"
	    " (SELECT CASE WHEN bool_and(ended_at IS NOT NULL) THEN "
	    DB_EPOCH("max(ended_at)") " END" SUBSCRIPTIONS "),"
	    " (SELECT count(*)" INVOICES PAID "),"
	    " (SELECT id" INVOICES PAID " ORDER BY paid_at, id LIMIT 1),"
	    " (SELECT " DB_EPOCH("min(paid_at)") INVOICES PAID "),"
	    " (SELECT " DB_EPOCH("max(paid_at)") INVOICES PAID "),"
	    " (SELECT min(id)" INVOICES " AND status = 'paid'"
	    " AND amount_paid = 0),"
	    " (SELECT id" INVOICES " AND status IN ('open', 'uncollectible')"
	    " ORDER BY created DESC, id LIMIT 1),"
	    " (SELECT status" INVOICES
	    " AND status IN ('open', 'uncollectible')"
	    " ORDER BY created DESC, id LIMIT 1)",
	.nparams = 1
};

enum err
story_bought(struct db *db, const char *account_id, struct story_bought *ret)
{
	const char *const arg[] = { account_id };
	const struct { char *to; size_t size; int column; } texts[] = {
		{ ret->trial, sizeof(ret->trial), 2 },
		{ ret->first_paid, sizeof(ret->first_paid), 6 },
		{ ret->zero, sizeof(ret->zero), 9 },
		{ ret->owed, sizeof(ret->owed), 10 },
		{ ret->owed_status, sizeof(ret->owed_status), 11 }
	};
	struct rows *r;
	size_t i;
	enum err e;

	memset(ret, 0, sizeof(*ret));
	e = db_one(db, &story_select_bought, arg, NELEM(arg), ERR_INTERNAL,
	    &r);
	for (i = 0; i < NELEM(texts) && e == ERR_OK; i++)
		e = rows_copy(r, 0, texts[i].column, texts[i].to,
		    texts[i].size);
	if (e == ERR_OK) {
		ret->pages = rows_int(r, 0, 0);
		ret->subscriptions = rows_int(r, 0, 1);
		ret->trial_end = rows_int(r, 0, 3);
		ret->ended_at = rows_int(r, 0, 4);
		ret->paid = rows_int(r, 0, 5);
		ret->first_paid_at = rows_int(r, 0, 7);
		ret->last_paid_at = rows_int(r, 0, 8);
	}
	rows_free(r);
	return e;
}

/* What Stripe was asked that a person would ask about. */
#define CALLS								\
	"SELECT coalesce(first_sent_at, created_at), 'call ' || kind,"	\
	" coalesce(object_id, id::text), concat_ws(', ', state, outcome," \
	" last_error) FROM stripe_call WHERE lane = $2::int"		\
	" AND account_id = $1 AND kind IN ('customer', 'stamp',"	\
	" 'checkout', 'change', 'cancel', 'resume', 'end', 'refund',"	\
	" 'credit')"

#define PURCHASES							\
	" UNION ALL SELECT created_at, 'checkout opened', id, status"	\
	" FROM checkout_session WHERE account_id = $1"			\
	" UNION ALL SELECT created, 'subscription began', id,"		\
	" concat_ws(', ', price, 'now ' || status)" SUBSCRIPTIONS	\
	" UNION ALL SELECT trial_end, 'trial ends', id, ''" SUBSCRIPTIONS \
	" AND trial_end IS NOT NULL"					\
	" UNION ALL SELECT ended_at, 'subscription ended', id, ''"	\
	SUBSCRIPTIONS " AND ended_at IS NOT NULL"			\
	" UNION ALL SELECT created, 'invoice made', id,"		\
	" concat(amount_due, ' ', currency, ' due, now ', status)" INVOICES \
	" UNION ALL SELECT paid_at, 'invoice paid', id,"		\
	" concat(amount_paid, ' ', currency)" INVOICES			\
	" AND paid_at IS NOT NULL"					\
	" UNION ALL SELECT created, kind, id,"				\
	" concat(amount, ' ', currency, ', now ', status)"		\
	" FROM payback WHERE customer_id IN (SELECT id FROM theirs)"

#define CUSTOMERS							\
	" UNION ALL SELECT linked_at, 'customer linked', id,"		\
	" CASE WHEN deleted THEN 'deleted by now' ELSE '' END"		\
	" FROM customer WHERE id IN (SELECT id FROM theirs)"		\
	" AND linked_at IS NOT NULL"					\
	" UNION ALL SELECT told_at, 'customer says', id,"		\
	" concat('cello_ucc=', told_ucc, ' new_user_id=', told_user)"	\
	" FROM customer WHERE id IN (SELECT id FROM theirs)"		\
	" AND told_at IS NOT NULL"

static const struct stmt story_select_moments = {
	.name = "story_select_moments",
	.text =
	    THEIRS "SELECT " DB_EPOCH("at") ", what, id, detail FROM ("
	    CALLS PURCHASES CUSTOMERS ") AS m (at, what, id, detail)"
	    " ORDER BY at LIMIT 1000",
	.nparams = 2
};

enum err
story_moments(struct db *db, const char *account_id, story_each *each,
    void *arg)
{
	char lane[TEXT_DIGITS];
	const char *const args[] = { account_id,
	    text_digits(lane_of(account_id), lane) };
	struct story_moment m;
	struct rows *r = NULL;
	enum err e;
	int i;

	e = db_query(db, &story_select_moments, args, NELEM(args), &r);
	if (e != ERR_OK)
		return e;
	for (i = 0; i < rows_count(r) && e == ERR_OK; i++) {
		m.at = rows_int(r, i, 0);
		text_cut(rows_text(r, i, 3), m.detail, sizeof(m.detail));
		if ((e = rows_copy(r, i, 1, m.what, sizeof(m.what))) ==
		    ERR_OK &&
		    (e = rows_copy(r, i, 2, m.id, sizeof(m.id))) == ERR_OK)
			each(&m, arg);
	}
	rows_free(r);
	return e;
}

static const struct stmt story_select_owner = {
	.name = "story_select_owner",
	.text =
	    "SELECT coalesce(account_id, former_account_id) FROM customer"
	    " WHERE id IN (SELECT $1 UNION ALL"
	    " SELECT customer_id FROM subscription WHERE id = $1 UNION ALL"
	    " SELECT customer_id FROM invoice WHERE id = $1)"
	    " AND coalesce(account_id, former_account_id) IS NOT NULL",
	.nparams = 1
};

enum err
story_account_of(struct db *db, const char *stripe_id,
    char ret_account_id[TEXT_UUID])
{
	const char *const arg[] = { stripe_id };
	struct rows *r;
	enum err e;

	e = db_one(db, &story_select_owner, arg, NELEM(arg), ERR_NOTFOUND, &r);
	if (e == ERR_OK)
		e = rows_copy(r, 0, 0, ret_account_id, TEXT_UUID);
	rows_free(r);
	return e;
}

const struct stmt *const story_statements[] = {
	&story_select_customer,
	&story_select_call,
	&story_select_bought,
	&story_select_moments,
	&story_select_owner,
	NULL
};
