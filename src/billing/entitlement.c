/* SPDX-License-Identifier: MIT */

#include "base/buf.h"
#include "base/text.h"
#include "db/array.h"
#include "db/db.h"

#include "billing/options.h"
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

/* The first item whose price is one of $3, the prices of plans. */
#define WITH_ITEM \
	" LEFT JOIN LATERAL (SELECT t.price, t.quantity" \
	" FROM subscription_item t WHERE t.subscription_id = u.id" \
	" AND t.price = ANY($3::text[]) ORDER BY t.position LIMIT 1) i ON true"

/* Of several the one that counts comes first: no other product hides a plan. */
#define THE_ONE \
	" ORDER BY entitled DESC, i.price IS NULL, u.created DESC, u.id LIMIT 1"

static const struct stmt subscription_of_account = {
	.name = "subscription_of_account",
	.text =
	    "SELECT u.id, u.status, coalesce(i.price, ''),"
	    " coalesce(i.quantity, u.quantity, 0),"
	    " extract(epoch FROM u.current_period_end)::bigint,"
	    " extract(epoch FROM u.cancel_at)::bigint,"
	    " extract(epoch FROM u.trial_end)::bigint,"
	    " " ENTITLED " AS entitled"
	    " FROM customer c JOIN subscription u ON u.customer_id = c.id"
	    WITH_ITEM
	    " WHERE c.account_id = $1 OR c.former_account_id = $1" THE_ONE,
	.nparams = 3
};

#define PRICES_MAX	(BILLING_PLANS * 600u)	/* escaped and quoted */

/* The prices of all plans, as a text[] of SQL's. */
static void
prices_put(const struct billing_config *conf, struct buf *out)
{
	size_t i;

	array_begin(out, PRICES_MAX);
	for (i = 0; i < conf->plans; i++)
		array_add(out, conf->plan[i].price);
	array_end(out);
}

/* The name of the plan that has this price; "": none has. */
static void
plan_put(const struct billing_config *conf, const char *price, char *ret,
    size_t size)
{
	const struct plan_config *p = plan_of_price(conf, price);

	text_cut(p == NULL ? "" : p->name, ret, size);
}

static enum err
subscription_fill(const struct billing_config *conf, const struct rows *r,
    struct subscription *s)
{
	enum err e;

	if ((e = rows_copy(r, 0, 0, s->id, sizeof(s->id))) != ERR_OK ||
	    (e = rows_copy(r, 0, 1, s->status, sizeof(s->status))) != ERR_OK)
		return e;
	plan_put(conf, rows_text(r, 0, 2), s->plan, sizeof(s->plan));
	s->quantity = rows_int(r, 0, 3);
	s->current_period_end = (time_t)rows_int(r, 0, 4);
	s->cancel_at = (time_t)rows_int(r, 0, 5);
	s->trial_end = (time_t)rows_int(r, 0, 6);
	s->entitled = rows_bool(r, 0, 7);
	return ERR_OK;
}

enum err
subscription_find(struct db *db, const struct billing_config *conf,
    const char *account_id, struct subscription *ret_subscription)
{
	char grace[TEXT_DIGITS];
	const char *arg[] = {
		account_id, text_digits(conf->grace_hours, grace), NULL
	};
	struct rows *r;
	struct buf prices;
	enum err e;

	prices_put(conf, &prices);
	arg[2] = prices.data;
	e = db_one(db, &subscription_of_account, arg, NELEM(arg),
	    ERR_NOTFOUND, &r);
	if (e == ERR_OK)
		e = subscription_fill(conf, r, ret_subscription);
	rows_free(r);
	buf_done(&prices);
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
	    "SELECT s.account_id, coalesce(b.price, ''),"
	    " coalesce(b.entitled, false),"
	    " s.used_at < now() - $4::int * interval '3 minutes'"
	    " FROM session s LEFT JOIN LATERAL ("
	    "SELECT i.price, " ENTITLED " AS entitled"
	    " FROM customer c JOIN subscription u ON u.customer_id = c.id"
	    WITH_ITEM
	    " WHERE c.account_id = s.account_id" THE_ONE
	    ") b ON b.entitled"
	    " WHERE s.token_hash = $1 AND s.ends_at > now()"
	    " AND (s.remembered OR"
	    " s.used_at > now() - $4::int * interval '1 hour')",
	.nparams = 4
};

enum err
access_find(struct db *db, const struct billing_config *conf,
    const char *session_hash, int idle_hours, struct access *ret_access)
{
	char idle[TEXT_DIGITS], grace[TEXT_DIGITS];
	const char *arg[] = {
		session_hash, text_digits(conf->grace_hours, grace),
		NULL, text_digits(idle_hours, idle)
	};
	struct access *a = ret_access;
	struct rows *r;
	struct buf prices;
	enum err e;

	prices_put(conf, &prices);
	arg[2] = prices.data;
	e = db_one(db, &access_select, arg, NELEM(arg), ERR_NOTFOUND, &r);
	buf_done(&prices);
	if (e != ERR_OK)
		return e;
	e = rows_copy(r, 0, 0, a->account_id, sizeof(a->account_id));
	plan_put(conf, rows_text(r, 0, 1), a->plan, sizeof(a->plan));
	a->entitled = rows_bool(r, 0, 2);
	a->touch = rows_bool(r, 0, 3);
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
