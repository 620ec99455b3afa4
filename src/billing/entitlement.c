/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "db/db.h"

#include "stripe/field.h"
#include "billing/subscription.h"

/*
 * The rule, as SQL over a subscription `u` and its customer `c`, with the
 * hours of grace in $2.  It looks at current rows and at the clock only, so
 * that the order in which events came cannot matter, and nothing lasts longer
 * than the last period that was confirmed.
 */
#define ENTITLED \
	"coalesce(NOT c.deleted AND" \
	" (u.cancel_at IS NULL OR u.cancel_at > now()) AND" \
	" CASE WHEN u.status IN ('active', 'trialing')" \
	" THEN u.current_period_end" \
	" WHEN u.status = 'past_due'" \
	" THEN u.current_period_start" \
	" END + $2::int * interval '1 hour' > now(), false)"

/* Of several the one that counts comes first: no other product hides a plan. */
#define THE_ONE \
	" ORDER BY entitled DESC, u.plan IS NULL, u.created DESC, u.id LIMIT 1"

static const struct stmt subscription_of_account = {
	.name = "subscription_of_account",
	.text =
	    "SELECT u.id, u.status, coalesce(u.plan, ''),"
	    " coalesce(u.quantity, 0),"
	    " extract(epoch FROM u.current_period_end)::bigint,"
	    " extract(epoch FROM u.cancel_at)::bigint,"
	    " extract(epoch FROM u.trial_end)::bigint,"
	    " " ENTITLED " AS entitled"
	    " FROM customer c JOIN subscription u ON u.customer_id = c.id"
	    " WHERE c.account_id = $1 OR c.former_account_id = $1" THE_ONE,
	.nparams = 2
};

enum err
subscription_find(struct db *db, const char *account_id, int grace_hours,
    struct subscription *ret_subscription)
{
	char grace[FIELD_NUMBER];
	const char *const arg[] = {
		account_id, field_number(grace_hours, grace)
	};
	struct subscription *s = ret_subscription;
	struct rows *r = NULL;
	enum err e;

	e = db_query(db, &subscription_of_account, arg, NELEM(arg), &r);
	if (e != ERR_OK)
		goto done;
	if (rows_count(r) == 0) {
		e = ERR_NOTFOUND;
		goto done;
	}
	snprintf(s->id, sizeof(s->id), "%s", rows_text(r, 0, 0));
	snprintf(s->status, sizeof(s->status), "%s", rows_text(r, 0, 1));
	snprintf(s->plan, sizeof(s->plan), "%s", rows_text(r, 0, 2));
	s->quantity = rows_int(r, 0, 3);
	s->current_period_end = (time_t)rows_int(r, 0, 4);
	s->cancel_at = (time_t)rows_int(r, 0, 5);
	s->trial_end = (time_t)rows_int(r, 0, 6);
	s->entitled = rows_bool(r, 0, 7);
done:
	rows_free(r);
	return e;
}

/* Stripe ends the subscriptions of a customer that is deleted. */
static const struct stmt subscription_any_live = {
	.name = "subscription_any_live",
	.text =
	    "SELECT EXISTS (SELECT FROM customer c"
	    " JOIN subscription u ON u.customer_id = c.id"
	    " WHERE c.account_id = $1"
	    " AND u.status NOT IN ('canceled', 'incomplete_expired'))",
	.nparams = 1
};

enum err
subscription_live(struct db *db, const char *account_id, int *ret_live)
{
	const char *const arg[] = { account_id };

	return db_ask(db, &subscription_any_live, arg, NELEM(arg), ret_live);
}

static const struct stmt subscription_any_trial = {
	.name = "subscription_any_trial",
	.text =
	    "SELECT EXISTS (SELECT FROM customer c"
	    " JOIN subscription u ON u.customer_id = c.id"
	    " WHERE (c.account_id = $1 OR c.former_account_id = $1)"
	    " AND u.trial_end IS NOT NULL)",
	.nparams = 1
};

enum err
subscription_tried(struct db *db, const char *account_id, int *ret_tried)
{
	const char *const arg[] = { account_id };

	return db_ask(db, &subscription_any_trial, arg, NELEM(arg), ret_tried);
}

/* The session's own conditions are those of session_select. */
static const struct stmt access_select = {
	.name = "access_select",
	.text =
	    "SELECT s.account_id, coalesce(b.plan, ''),"
	    " coalesce(b.entitled, false),"
	    " s.used_at < now() - $3::int * interval '3 minutes'"
	    " FROM session s LEFT JOIN LATERAL ("
	    "SELECT u.plan, " ENTITLED " AS entitled"
	    " FROM customer c JOIN subscription u ON u.customer_id = c.id"
	    " WHERE c.account_id = s.account_id" THE_ONE
	    ") b ON b.entitled"
	    " WHERE s.token_hash = $1 AND s.ends_at > now()"
	    " AND s.used_at > now() - $3::int * interval '1 hour'",
	.nparams = 3
};

enum err
access_find(struct db *db, const char *session_hash, int idle_hours,
    int grace_hours, struct access *ret_access)
{
	char idle[FIELD_NUMBER], grace[FIELD_NUMBER];
	const char *const arg[] = {
		session_hash, field_number(grace_hours, grace),
		field_number(idle_hours, idle)
	};
	struct access *a = ret_access;
	struct rows *r = NULL;
	enum err e;

	e = db_query(db, &access_select, arg, NELEM(arg), &r);
	if (e != ERR_OK)
		goto done;
	if (rows_count(r) == 0) {
		e = ERR_NOTFOUND;
		goto done;
	}
	snprintf(a->account_id, sizeof(a->account_id), "%s",
	    rows_text(r, 0, 0));
	snprintf(a->plan, sizeof(a->plan), "%s", rows_text(r, 0, 1));
	a->entitled = rows_bool(r, 0, 2);
	a->touch = rows_bool(r, 0, 3);
done:
	rows_free(r);
	return e;
}

const struct stmt *const entitlement_statements[] = {
	&subscription_of_account,
	&subscription_any_live,
	&subscription_any_trial,
	&access_select,
	NULL
};
