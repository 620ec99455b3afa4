/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "db/ahead.h"
#include "db/array.h"
#include "db/db.h"

#include "billing/options.h"

#include "billing/entitlement.h"

/*
 * The rules, as SQL over a subscription `u`, its customer `c` and the item `i`
 * that makes it one of a plan: the one place that decides.  They look at rows
 * of now and at the clock only, so that the order in which events came cannot
 * matter.  Arguments, besides $1: RULES_COUNT from $2 on, which rules_begin()
 * makes of the configuration.
 */
#define GRACE		"$2::int * interval '1 hour'"
#define PRICES		"$3::text[]"	/* of all plans, the larger later */
#define BEFORE_PAID	"$4::boolean"
#define WHILE_PAUSED	"$5::boolean"
#define RULES_COUNT	4

/*
 * Is a payment known of?  What a program of before wrote while this one was
 * being installed does not say, and is judged as then until it is read again.
 */
#define EVER_PAID	"(i.paid_until IS NOT NULL OR u.latest_invoice IS NULL)"

/*
 * Until when does it give access?  Nothing lasts longer than the last period
 * that was confirmed, and the grace; nothing is given for a first payment that
 * has not come.  What fails in the middle of a period that is paid takes
 * nothing of it away, and who owes has the grace from the failure on.
 */
#define ENTITLED_UNTIL \
	"CASE WHEN u.status IN ('active', 'trialing')" \
	" AND u.pause IS NOT NULL AND NOT " WHILE_PAUSED \
	" THEN i.paid_until" \
	" WHEN u.status IN ('active', 'trialing')" \
	" AND (" EVER_PAID " OR " BEFORE_PAID ")" \
	" THEN i.period_end + " GRACE \
	" WHEN u.status = 'past_due' AND " EVER_PAID \
	" THEN greatest(i.paid_until, coalesce(u.past_due_since," \
	" u.current_period_start) + " GRACE ")" \
	" END"

/* enum entitlement in SQL, where it is ordered too. */
#define SQL_NONE	"0"
#define SQL_OWING	"1"
#define SQL_PROCESSING	"2"
#define SQL_ENTITLED	"3"
_Static_assert(ENTITLEMENT_NONE == 0 && ENTITLEMENT_OWING == 1 &&
    ENTITLEMENT_PROCESSING == 2 && ENTITLED == 3, "as in SQL");

/*
 * What is it good for?  What nobody has confirmed since its period
 * and the grace are over is not believed to be there: it forbids nothing; but
 * what is paused rests, and so does its period.  Nor does a first payment forbid
 * anything that was not made within the 23 hours that Stripe gives.
 */
#define ENTITLEMENT \
	"CASE WHEN c.deleted OR u.cancel_at <= now() OR u.status IN" \
	" ('canceled', 'incomplete_expired', 'gone') OR (u.status =" \
	" 'incomplete' AND u.created < now() - interval '1 day')" \
	" THEN " SQL_NONE \
	" WHEN " ENTITLED_UNTIL " > now() THEN " SQL_ENTITLED \
	" WHEN u.status <> 'paused'" \
	" AND coalesce(i.period_end + " GRACE " <= now(), true)" \
	" THEN " SQL_NONE \
	" WHEN u.status IN ('active', 'trialing') AND u.pause IS NULL" \
	" THEN " SQL_PROCESSING " ELSE " SQL_OWING " END"

/*
 * Subscriptions of plans.  What has no price of a plan is something else, and is
 * not looked at.  The plan's item has a period of its own: what is paid for a
 * longer one beside it is not paid for the plan.
 */
#define PLANS \
	"SELECT u.id, u.customer_id, u.status, i.price, i.id AS item, i.period_start," \
	" coalesce(i.quantity, u.quantity, 0) AS quantity," \
	" i.period_end AS current_period_end, u.cancel_at, u.trial_end," \
	" u.pause," \
	" u.resumes_at, u.pay_url, u.cancel_flag, u.schedule, u.next_at," \
	" u.next_prices, u.next_quantities, u.next_ours," \
	" u.pending_until, u.pending_prices, u.pending_quantities," \
	" u.created, u.latest_invoice, i.rank," \
	" coalesce(c.account_id, c.former_account_id) AS account_id," \
	" " ENTITLEMENT " AS entitlement" \
	" FROM customer c JOIN subscription u ON u.customer_id = c.id" \
	" JOIN LATERAL (SELECT t.price, t.quantity, t.id," \
	" coalesce(t.current_period_start, u.current_period_start)" \
	" AS period_start," \
	" coalesce(t.current_period_end, u.current_period_end) AS period_end," \
	" CASE WHEN u.paid_until IS NOT NULL THEN least(u.paid_until," \
	" t.current_period_end) END AS paid_until," \
	" array_position(" PRICES ", t.price) AS rank" \
	" FROM subscription_item t WHERE t.subscription_id = u.id" \
	" AND t.price = ANY(" PRICES ")" \
	" ORDER BY rank DESC, t.position LIMIT 1) i ON true"

#define PLANS_OF(account) \
	PLANS " WHERE c.account_id = " account \
	" OR c.former_account_id = " account

/*
 * Of an account's subscriptions the one that counts: what is good for most,
 * then the largest plan, then the newest.
 */
#define THE_ONE(account) \
	PLANS_OF(account) \
	" ORDER BY entitlement DESC, i.rank DESC, u.created DESC, u.id LIMIT 1"

/* Of the items of another time the one that is the plan. */
#define PLAN_AMONG(prices, quantities) \
	"(SELECT x.price, x.quantity FROM unnest(" prices ", " quantities ")" \
	" x (price, quantity) ORDER BY array_position(" PRICES ", x.price)" \
	" DESC NULLS LAST LIMIT 1)"

/*
 * What is owed may be of an earlier period: the newest invoice of what owes is
 * a draft for an hour, and of what is unpaid for good.
 */
#define OPEN_INVOICE(of) \
	"(SELECT v.url FROM invoice v WHERE v.customer_id = " of ".customer_id" \
	" AND v.subscription_id = " of ".id AND v.status = 'open'" \
	" ORDER BY v.created DESC, v.id LIMIT 1)"

#define PRICES_MAX	(BILLING_PLANS * 8192u)	/* escaped and quoted */

/* The arguments that the rules take. */
struct rules {
	char		 grace[TEXT_DIGITS];
	struct buf	 prices;
};

/*
 * PRICES.  A later plan is larger; of one plan the price at which it is sold
 * is last.
 */
static void
prices_begin(const struct billing_config *conf, struct buf *prices)
{
	char price[PLAN_PRICE];
	size_t i, j;

	array_begin(prices, PRICES_MAX);
	for (i = 0; i < conf->plans; i++)
		for (j = 0; plan_price(&conf->plan[i], j, price); j++)
			array_add(prices, price);
	array_end(prices);
}

static void
rules_begin(const struct billing_config *conf, struct rules *rules,
    const char *ret_arg[RULES_COUNT])
{
	prices_begin(conf, &rules->prices);
	ret_arg[0] = text_digits(conf->grace_hours, rules->grace);
	ret_arg[1] = rules->prices.data;
	ret_arg[2] = conf->access_before_payment ? "t" : "f";
	ret_arg[3] = conf->access_while_paused ? "t" : "f";
}

static void
rules_done(struct rules *rules)
{
	buf_done(&rules->prices);
}

/* The name of the plan that has this price; "": none has. */
static void
plan_put(const struct billing_config *conf, const char *price, char *ret,
    size_t size)
{
	const struct plan_config *p = plan_of_price(conf, price);

	text_cut(p == NULL ? "" : p->name, ret, size);
}

static const struct stmt subscription_of_account = {
	.name = "subscription_of_account",
	.text =
	    "SELECT b.id, b.status, b.price, b.quantity,"
	    " extract(epoch FROM b.current_period_end)::bigint,"
	    " extract(epoch FROM b.cancel_at)::bigint,"
	    " extract(epoch FROM b.trial_end)::bigint,"
	    " b.entitlement, coalesce(b.pause, ''),"
	    " extract(epoch FROM b.resumes_at)::bigint,"
	    " coalesce(b.pay_url, o.url, ''), b.item,"
	    " extract(epoch FROM b.period_start)::bigint,"
	    " coalesce(b.cancel_flag, false), coalesce(b.schedule, ''),"
	    " b.schedule IS NULL OR b.next_ours IS TRUE,"
	    " coalesce(n.price, ''), coalesce(n.quantity, 0),"
	    " extract(epoch FROM b.next_at)::bigint,"
	    " coalesce(p.price, ''), coalesce(p.quantity, 0),"
	    " extract(epoch FROM b.pending_until)::bigint"
	    " FROM (" THE_ONE("$1") ") b"
	    " LEFT JOIN LATERAL " PLAN_AMONG("b.next_prices",
	    "b.next_quantities") " n ON b.next_at > now()"
	    " LEFT JOIN LATERAL " PLAN_AMONG("b.pending_prices",
	    "b.pending_quantities") " p ON b.pending_until > now()"
	    " LEFT JOIN LATERAL " OPEN_INVOICE("b") " o"
	    " ON b.status IN ('past_due', 'unpaid', 'paused')",
	.nparams = 1 + RULES_COUNT
};

/* Price, quantity and time, from column `c` on. */
static enum err
planned_fill(const struct billing_config *conf, const struct rows *r, int c,
    struct planned *p)
{
	enum err e = rows_copy(r, 0, c, p->price, sizeof(p->price));

	if (e != ERR_OK)
		return e;
	plan_put(conf, p->price, p->plan, sizeof(p->plan));
	p->quantity = rows_int(r, 0, c + 1);
	p->at = p->price[0] == '\0' ? 0 : (time_t)rows_int(r, 0, c + 2);
	return ERR_OK;
}

/* What it is changed by, and what it is going to be. */
static enum err
future_fill(const struct billing_config *conf, const struct rows *r,
    struct subscription *s)
{
	enum err e;

	if ((e = rows_copy(r, 0, 11, s->item, sizeof(s->item))) != ERR_OK ||
	    (e = rows_copy(r, 0, 14, s->schedule, sizeof(s->schedule))) !=
	    ERR_OK ||
	    (e = planned_fill(conf, r, 16, &s->next)) != ERR_OK ||
	    (e = planned_fill(conf, r, 19, &s->pending)) != ERR_OK)
		return e;
	s->current_period_start = (time_t)rows_int(r, 0, 12);
	s->cancel_flag = rows_bool(r, 0, 13);
	s->schedule_ours = rows_bool(r, 0, 15);
	return ERR_OK;
}

static enum err
subscription_fill(const struct billing_config *conf, const struct rows *r,
    struct subscription *s)
{
	enum err e;

	if ((e = rows_copy(r, 0, 0, s->id, sizeof(s->id))) != ERR_OK ||
	    (e = rows_copy(r, 0, 1, s->status, sizeof(s->status))) != ERR_OK ||
	    (e = rows_copy(r, 0, 2, s->price, sizeof(s->price))) != ERR_OK ||
	    (e = rows_copy(r, 0, 8, s->pause, sizeof(s->pause))) != ERR_OK ||
	    (e = rows_copy(r, 0, 10, s->pay_url, sizeof(s->pay_url))) != ERR_OK)
		return e;
	plan_put(conf, s->price, s->plan, sizeof(s->plan));
	s->quantity = rows_int(r, 0, 3);
	s->current_period_end = (time_t)rows_int(r, 0, 4);
	s->cancel_at = (time_t)rows_int(r, 0, 5);
	s->trial_end = (time_t)rows_int(r, 0, 6);
	s->entitlement = (enum entitlement)rows_int(r, 0, 7);
	s->resumes_at = (time_t)rows_int(r, 0, 9);
	return future_fill(conf, r, s);
}

enum err
subscription_find(struct db *db, const struct billing_config *conf,
    const char *account_id, struct subscription *ret_subscription)
{
	const char *arg[1 + RULES_COUNT] = { account_id };
	struct rules rules;
	struct rows *r;
	enum err e;

	rules_begin(conf, &rules, arg + 1);
	e = db_one(db, &subscription_of_account, arg, NELEM(arg),
	    ERR_NOTFOUND, &r);
	rules_done(&rules);
	if (e == ERR_OK)
		e = subscription_fill(conf, r, ret_subscription);
	rows_free(r);
	return e;
}

enum err
entitlement_find(struct db *db, const struct billing_config *conf,
    const char *account_id, enum entitlement *ret_entitlement)
{
	struct subscription s;
	enum err e = subscription_find(db, conf, account_id, &s);

	*ret_entitlement = e == ERR_OK ? s.entitlement : ENTITLEMENT_NONE;
	return e == ERR_NOTFOUND ? ERR_OK : e;
}

enum way
subscription_way(const struct subscription *s)
{
	static const char *const owing[] = {
		"incomplete", "past_due", "unpaid"
	};
	size_t i;

	if (s->entitlement == ENTITLEMENT_NONE)
		return WAY_NONE;
	if (!text_empty(s->pay_url))
		return WAY_PAY;
	if (text_equal(s->status, "paused"))
		return WAY_RESUME;
	for (i = 0; i < NELEM(owing); i++)
		if (text_equal(s->status, owing[i]))
			return WAY_MANAGE;
	return WAY_NONE;
}

/* A trial of something else is none of ours. */
static const struct stmt trial_insert = {
	.name = "trial_insert",
	.text =
	    "INSERT INTO trial (account_id, subscription_id)"
	    " SELECT coalesce(c.account_id, c.former_account_id), u.id"
	    " FROM subscription u JOIN customer c ON c.id = u.customer_id"
	    " WHERE u.id = $1 AND u.trial_end IS NOT NULL"
	    " AND coalesce(c.account_id, c.former_account_id) IS NOT NULL"
	    " AND EXISTS (SELECT FROM subscription_item t"
	    " WHERE t.subscription_id = u.id AND t.price = ANY($2::text[]))"
	    " ON CONFLICT DO NOTHING",
	.nparams = 2
};

enum err
subscription_note_trial(struct db *db, const struct billing_config *conf,
    const char *id)
{
	const char *arg[] = { id, NULL };
	struct buf prices;
	enum err e;

	prices_begin(conf, &prices);
	arg[1] = prices.data;
	e = db_query(db, &trial_insert, arg, NELEM(arg), NULL);
	buf_done(&prices);
	return e;
}

/* What a program of before has read is not noted, but shows in its rows. */
static const struct stmt subscription_any_trial = {
	.name = "subscription_any_trial",
	.text =
	    "SELECT EXISTS (SELECT FROM trial WHERE account_id = $1)"
	    " OR EXISTS (SELECT FROM customer c"
	    " JOIN subscription u ON u.customer_id = c.id"
	    " JOIN subscription_item t ON t.subscription_id = u.id"
	    " WHERE (c.account_id = $1 OR c.former_account_id = $1)"
	    " AND u.trial_end IS NOT NULL AND t.price = ANY($2::text[]))",
	.nparams = 2
};

enum err
subscription_tried(struct db *db, const struct billing_config *conf,
    const char *account_id, int *ret_tried)
{
	const char *arg[] = { account_id, NULL };
	struct buf prices;
	enum err e;

	prices_begin(conf, &prices);
	arg[1] = prices.data;
	e = db_ask(db, &subscription_any_trial, arg, NELEM(arg), ret_tried);
	buf_done(&prices);
	return e;
}

static const struct stmt subscription_planless = {
	.name = "subscription_planless",
	.text =
	    "SELECT count(*) FROM subscription u WHERE u.status IN"
	    " ('active', 'trialing', 'past_due')"
	    " AND u.current_period_end > now()"
	    " AND NOT EXISTS (SELECT FROM subscription_item t"
	    " WHERE t.subscription_id = u.id AND t.price = ANY($1::text[]))",
	.nparams = 1
};

enum err
subscription_count_planless(struct db *db, const struct billing_config *conf,
    int64_t *ret_count)
{
	const char *arg[1];
	struct buf prices;
	struct rows *r;
	enum err e;

	prices_begin(conf, &prices);
	arg[0] = prices.data;
	e = db_one(db, &subscription_planless, arg, NELEM(arg),
	    ERR_INTERNAL, &r);
	buf_done(&prices);
	if (e == ERR_OK)
		*ret_count = rows_int(r, 0, 0);
	rows_free(r);
	return e;
}

/*
 * Who waits for a first payment has not paid twice; and who is owed something
 * for a first one that has lapsed does not lose a second one.  Of two of the
 * same second the larger plan is the first.
 */
static const struct stmt subscription_beside = {
	.name = "subscription_beside",
	.text =
	    "WITH a AS (" PLANS_OF("(SELECT coalesce(account_id,"
	    " former_account_id) FROM customer WHERE id = $1)") ")"
	    " SELECT s.account_id, s.id, k.id,"
	    " (s.created, k.rank, s.id) > (k.created, s.rank, k.id)"
	    " AND s.created > now() - $6::int * interval '1 day'"
	    " AND EXISTS (SELECT FROM checkout_session p"
	    " WHERE p.account_id = s.account_id AND p.subscription_id = s.id)"
	    " FROM a s, (SELECT * FROM a WHERE entitlement = " SQL_ENTITLED
	    " AND cancel_at IS NULL ORDER BY created, rank DESC, id LIMIT 1) k"
	    " WHERE s.id <> k.id AND s.entitlement <> " SQL_NONE
	    " AND s.status IN ('active', 'trialing', 'past_due')"
	    " ORDER BY s.created, s.id LIMIT $7::int",
	.nparams = 3 + RULES_COUNT
};

static enum err
second_fill(const struct rows *r, int i, struct second *s)
{
	enum err e;

	if ((e = rows_copy(r, i, 0, s->account_id, sizeof(s->account_id))) !=
	    ERR_OK || (e = rows_copy(r, i, 1, s->id, sizeof(s->id))) !=
	    ERR_OK || (e = rows_copy(r, i, 2, s->kept, sizeof(s->kept))) !=
	    ERR_OK)
		return e;
	s->ours = rows_bool(r, i, 3);
	return ERR_OK;
}

enum err
subscription_seconds(struct db *db, const struct billing_config *conf,
    const char *customer_id, struct second ret_second[SECONDS_MOST],
    size_t *ret_count)
{
	const char *arg[3 + RULES_COUNT] = { customer_id };
	char days[TEXT_DIGITS], most[TEXT_DIGITS];
	struct rules rules;
	struct rows *r;
	int i;
	enum err e;

	rules_begin(conf, &rules, arg + 1);
	arg[1 + RULES_COUNT] = text_digits(SECOND_DAYS, days);
	arg[2 + RULES_COUNT] = text_digits(SECONDS_MOST, most);
	e = db_query(db, &subscription_beside, arg, NELEM(arg), &r);
	rules_done(&rules);
	*ret_count = 0;
	for (i = 0; e == ERR_OK && i < rows_count(r); i++)
		e = second_fill(r, i, &ret_second[i]);
	if (e == ERR_OK)
		*ret_count = (size_t)i;
	rows_free(r);
	return e;
}

static const struct stmt subscription_several = {
	.name = "subscription_several",
	.text =
	    "SELECT count(*) FROM (SELECT account_id FROM (" PLANS ") a"
	    " WHERE entitlement = " SQL_ENTITLED " AND account_id IS NOT NULL"
	    " GROUP BY account_id HAVING count(*) > $1::int) b",
	.nparams = 1 + RULES_COUNT
};

enum err
subscription_count_seconds(struct db *db, const struct billing_config *conf,
    int64_t *ret_count)
{
	const char *arg[1 + RULES_COUNT] = { "1" };
	struct rules rules;
	struct rows *r;
	enum err e;

	rules_begin(conf, &rules, arg + 1);
	e = db_one(db, &subscription_several, arg, NELEM(arg), ERR_INTERNAL,
	    &r);
	rules_done(&rules);
	if (e == ERR_OK)
		*ret_count = rows_int(r, 0, 0);
	rows_free(r);
	return e;
}

/* Whose session counts is as it is for session_select (account/session.c). */
static const struct stmt access_select = {
	.name = "access_select",
	.text =
	    "SELECT s.account_id, coalesce(b.price, ''),"
	    " coalesce(b.entitlement = " SQL_ENTITLED ", false),"
	    " s.used_at < now() - $6::int * interval '3 minutes',"
	    " CASE WHEN $7::boolean THEN coalesce((SELECT"
	    " string_agg(g.lookup_key, ',' ORDER BY g.lookup_key)"
	    " FROM entitlement g WHERE g.customer_id = b.customer_id), '')"
	    " END"
	    " FROM session s"
	    " JOIN account a ON a.id = s.account_id AND a.erased_at IS NULL"
	    " LEFT JOIN LATERAL ("
	    THE_ONE("s.account_id")
	    ") b ON b.entitlement = " SQL_ENTITLED
	    " WHERE s.token_hash = $1 AND s.ends_at > now()"
	    " AND (s.remembered OR"
	    " s.used_at > now() - $6::int * interval '1 hour')",
	.nparams = 3 + RULES_COUNT
};

/* What is too much for a header is left out, name by name from the end. */
static void
features_put(const char *features, char ret[FEATURE_LIST])
{
	size_t len = strlen(features);

	while (len >= FEATURE_LIST)
		for (len--; len > 0 && features[len] != ',';)
			len--;
	memcpy(ret, features, len);
	ret[len] = '\0';
}

/* "" is SQL's NULL as well: the configuration says which ones. */
static void
plan_features(const struct rows *r, const struct plan_config *p,
    struct access *a)
{
	const char *granted = rows_text(r, 0, 4);
	const char *own = p == NULL || p->features == NULL ? "" : p->features;

	features_put(rows_null(r, 0, 4) ? own : p == NULL ? "" : granted,
	    a->features);
	a->limits = p == NULL ? "" : p->limits;
}

/* The parameters of access_select. */
#define ACCESS_PARAMS	(3 + RULES_COUNT)
struct access_question {
	struct rules	 rules;
	char		 idle[TEXT_DIGITS];
	const char	*arg[ACCESS_PARAMS];
};

static void
access_ask(const struct billing_config *conf, const char *session_hash,
    int idle_hours, struct access_question *ret)
{
	ret->arg[0] = session_hash;
	rules_begin(conf, &ret->rules, ret->arg + 1);
	ret->arg[1 + RULES_COUNT] = text_digits(idle_hours, ret->idle);
	ret->arg[2 + RULES_COUNT] = conf->entitlements ? "t" : "f";
}

void
access_find_ahead(struct db *db, const struct billing_config *conf,
    const char *session_hash, int idle_hours)
{
	struct access_question x;

	access_ask(conf, session_hash, idle_hours, &x);
	db_ahead(db, &access_select, x.arg, ACCESS_PARAMS);
	rules_done(&x.rules);
}

enum err
access_find(struct db *db, const struct billing_config *conf,
    const char *session_hash, int idle_hours, struct access *ret_access)
{
	const struct plan_config *p;
	struct access *a = ret_access;
	struct access_question x;
	struct rows *r;
	enum err e;

	access_ask(conf, session_hash, idle_hours, &x);
	e = db_one(db, &access_select, x.arg, ACCESS_PARAMS, ERR_NOTFOUND, &r);
	rules_done(&x.rules);
	if (e != ERR_OK)
		return e;
	e = rows_copy(r, 0, 0, a->account_id, sizeof(a->account_id));
	p = plan_of_price(conf, rows_text(r, 0, 1));
	text_cut(p == NULL ? "" : p->name, a->plan, sizeof(a->plan));
	plan_features(r, p, a);
	a->entitled = rows_bool(r, 0, 2);
	a->touch = rows_bool(r, 0, 3);
	rows_free(r);
	return e;
}

const struct stmt *const entitlement_statements[] = {
	&subscription_of_account,
	&trial_insert,
	&subscription_any_trial,
	&subscription_planless,
	&subscription_beside,
	&subscription_several,
	&access_select,
	NULL
};
