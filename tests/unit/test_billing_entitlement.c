/* SPDX-License-Identifier: MIT */

/*
 * What a subscription entitles to, and of which plan it is, against a real
 * database.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "applied.h"
#include "base/text.h"
#include "billing/options.h"
#include "billing/subscription.h"
#include "rows.h"

static char pro[] = "pro", price_pro[] = "price_pro";
static char odd[] = "odd", price_odd[] = "a\"b,\\{ NULL}'";

static struct billing_config conf = {
	.grace_hours = 48,
	.plan = { { .name = odd, .price = price_odd },
	    { .name = pro, .price = price_pro } },
	.plans = 2
};

static int
clean(void **state)
{
	(void)state;
	sql("DELETE FROM subscription_item", NULL, NULL);
	sql("DELETE FROM subscription", NULL, NULL);
	sql("DELETE FROM invoice", NULL, NULL);
	sql("DELETE FROM customer", NULL, NULL);
	return 0;
}

/* Times are hours from now; 0 is NULL.  The grace is 48 hours. */
static const struct {
	const char	*what;
	const char	*status;
	const char	*start;
	const char	*end;
	const char	*cancel;
	int		 want;
} entitlements[] = {
	{ "active",			"active",	"-1", "9", "0", 1 },
	{ "trialing",			"trialing",	"-1", "9", "0", 1 },
	{ "active, last hour of grace",	"active",  "-99", "-47", "0", 1 },
	{ "active, grace is over",	"active",  "-99", "-49", "0", 0 },
	{ "trialing, grace is over",	"trialing", "-99", "-49", "0", 0 },
	{ "active, no period known",	"active",	"0", "0", "0", 0 },
	{ "active, ends later",		"active",	"-1", "9", "9", 1 },
	{ "active, ends in an hour",	"active",	"-1", "9", "1", 1 },
	{ "active, ended an hour ago",	"active",	"-1", "9", "-1", 0 },
	{ "trialing, ended",		"trialing",	"-1", "9", "-1", 0 },
	{ "past due, within grace",	"past_due",	"-47", "9", "0", 1 },
	{ "past due, grace is over",	"past_due",	"-49", "9", "0", 0 },
	{ "past due, start unknown",	"past_due",	"0", "9", "0", 0 },
	{ "past due, ended",		"past_due",	"-1", "9", "-1", 0 },
	{ "incomplete",			"incomplete",	"-1", "9", "0", 0 },
	{ "incomplete_expired",	"incomplete_expired",	"-1", "9", "0", 0 },
	{ "unpaid",			"unpaid",	"-1", "9", "0", 0 },
	{ "paused",			"paused",	"-1", "9", "0", 0 },
	{ "canceled",			"canceled",	"-1", "9", "0", 0 },
	{ "a status that is new",	"hibernating",	"-1", "9", "0", 0 },
};

static void
set_hours(const char *column, const char *hours)
{
	char text[256];

	snprintf(text, sizeof(text), "UPDATE subscription SET %s ="
	    " now() + nullif($1::int, 0) * interval '1 hour'"
	    " WHERE id = 'sub_1'", column);
	sql(text, hours, NULL);
}

static void
entitlement_follows_rows_and_clock(void **state)
{
	/* As account/ would write it, which billing/ does not know. */
	static const char hash[] = "\\xada0";
	const char *ada = new_account();
	struct subscription s;
	struct access a;
	size_t i;

	(void)state;
	sql("DELETE FROM session WHERE token_hash = $1::bytea", hash, NULL);
	sql("INSERT INTO session (token_hash, account_id, ends_at)"
	    " VALUES ($1::bytea, $2::uuid, now() + interval '2 days')", hash,
	    ada);
	assert_int_equal(subscription_find(db, &conf, ada, &s), ERR_NOTFOUND);
	assert_int_equal(access_find(db, &conf, hash, 20, &a), ERR_OK);
	assert_int_equal(a.entitled, 0);
	assert_string_equal(a.account_id, ada);

	assert_int_equal(link_to("cus_1", ada), ERR_OK);
	assert_int_equal(apply_subscription(SUB("active", "", PRO)), ERR_OK);
	for (i = 0; i < NELEM(entitlements); i++) {
		sql("UPDATE subscription SET status = $1",
		    entitlements[i].status, NULL);
		set_hours("current_period_start", entitlements[i].start);
		set_hours("current_period_end", entitlements[i].end);
		set_hours("cancel_at", entitlements[i].cancel);
		assert_int_equal(subscription_find(db, &conf, ada, &s), ERR_OK);
		assert_int_equal(access_find(db, &conf, hash, 20, &a), ERR_OK);
		if (s.entitled != entitlements[i].want ||
		    a.entitled != entitlements[i].want)
			fail_msg("%s: wanted %d", entitlements[i].what,
			    entitlements[i].want);
		assert_string_equal(s.status, entitlements[i].status);
		assert_string_equal(s.plan, "pro");
		assert_string_equal(a.plan, a.entitled ? "pro" : "");
	}
	assert_int_equal(access_find(db, &conf, "\\x00", 20, &a), ERR_NOTFOUND);
}

static const struct {
	const char	*what;
	const char	*idle;		/* for so long; the limit is 20 hours */
	const char	*left;
	enum err	 want;
	int		 touch;
	const char	*remembered;
} visits[] = {
	{ "just used",		"1 min",	"1 day",	ERR_OK, 0, "f" },
	{ "almost a twentieth",	"59 min",	"1 day",	ERR_OK, 0, "f" },
	{ "a twentieth",	"61 min",	"1 day",	ERR_OK, 1, "f" },
	{ "almost idle",	"1199 min",	"1 day",	ERR_OK, 1, "f" },
	{ "idle",		"1201 min",	"1 day",   ERR_NOTFOUND, 0, "f" },
	{ "idle, remembered",	"1201 min",	"1 day",	ERR_OK, 1, "t" },
	{ "almost over",	"1 min",	"1 min",	ERR_OK, 0, "f" },
	{ "over",		"1 min",	"-1 min",  ERR_NOTFOUND, 0, "f" },
	{ "over, remembered",	"1 min",	"-1 min",  ERR_NOTFOUND, 0, "t" },
};

/* The same as account/ asks of a session; what stands twice is tested twice. */
static void
access_ends_with_the_session(void **state)
{
	static const char hash[] = "\\xada1";
	const char *ada = new_account();
	struct access a;
	enum err e;
	size_t i;

	(void)state;
	sql("INSERT INTO session (token_hash, account_id, ends_at)"
	    " VALUES ($1::bytea, $2::uuid, now())", hash, ada);
	for (i = 0; i < NELEM(visits); i++) {
		sql("UPDATE session SET used_at = now() - $1::interval,"
		    " ends_at = now() + $2::interval"
		    " WHERE token_hash = '\\xada1'", visits[i].idle,
		    visits[i].left);
		sql("UPDATE session SET remembered = $1::boolean"
		    " WHERE token_hash = '\\xada1'", visits[i].remembered,
		    NULL);
		a.touch = 0;
		e = access_find(db, &conf, hash, 20, &a);
		if (e != visits[i].want || a.touch != visits[i].touch)
			fail_msg("%s: %s, touch %d", visits[i].what,
			    err_name(e), a.touch);
	}
	sql("DELETE FROM session WHERE token_hash = $1::bytea", hash, NULL);
}

static void
the_subscription_that_counts(void **state)
{
	const char *ada = new_account();
	struct subscription s;
	int live, tried;

	(void)state;
	assert_int_equal(link_to("cus_1", ada), ERR_OK);
	assert_int_equal(subscription_live(db, ada, &live), ERR_OK);
	assert_int_equal(live, 0);
	assert_int_equal(apply_subscription(SUB("incomplete_expired", "",
	    PRO)), ERR_OK);
	assert_int_equal(subscription_live(db, ada, &live), ERR_OK);
	assert_int_equal(live, 0);

	assert_int_equal(subscription_tried(db, ada, &tried), ERR_OK);
	assert_int_equal(tried, 0);

	/* Older, but entitled; and newer, but not. */
	sql("INSERT INTO subscription (id, customer_id, status, created,"
	    " current_period_end, livemode, trial_end, cancel_at, quantity)"
	    " VALUES ('sub_2', 'cus_1', 'active', to_timestamp(500),"
	    " to_timestamp(4102444800), false, to_timestamp(4102444700),"
	    " to_timestamp(4102444800), 7), ('sub_3', 'cus_1', 'canceled',"
	    " now(), now() + interval '1 day', false, NULL, NULL, 1)", NULL,
	    NULL);
	assert_int_equal(subscription_find(db, &conf, ada, &s), ERR_OK);
	assert_string_equal(s.id, "sub_2");
	assert_int_equal(s.entitled, 1);
	assert_int_equal(s.quantity, 7);
	assert_int_equal(s.current_period_end, 4102444800);
	assert_int_equal(s.cancel_at, 4102444800);
	assert_int_equal(s.trial_end, 4102444700);
	assert_int_equal(subscription_live(db, ada, &live), ERR_OK);
	assert_int_equal(live, 1);

	/* Another product beside it, newer and of no plan. */
	sql("INSERT INTO subscription_item (id, subscription_id, customer_id,"
	    " price, quantity) VALUES ('si_8', 'sub_2', 'cus_1', 'price_pro',"
	    " 5), ('si_9', 'sub_3', 'cus_1', 'price_pro', 1)", NULL, NULL);
	sql("INSERT INTO subscription (id, customer_id, status, created,"
	    " current_period_end, livemode) VALUES ('sub_4', 'cus_1',"
	    " 'active', now(), now() + interval '1 day', false)", NULL, NULL);
	assert_int_equal(subscription_find(db, &conf, ada, &s), ERR_OK);
	assert_string_equal(s.id, "sub_2");
	assert_string_equal(s.plan, "pro");
	assert_int_equal(s.quantity, 5);
	sql("DELETE FROM subscription WHERE id = 'sub_4'", NULL, NULL);

	/* Nothing lasts longer than its customer, but it stays to be seen. */
	assert_int_equal(apply_customer("cus_1", "{\"deleted\":true}", NULL),
	    ERR_OK);
	assert_int_equal(subscription_find(db, &conf, ada, &s), ERR_OK);
	assert_string_equal(s.id, "sub_3");
	assert_int_equal(s.entitled, 0);
	assert_int_equal(subscription_live(db, ada, &live), ERR_OK);
	assert_int_equal(live, 0);
	assert_int_equal(apply_subscription(SUB("incomplete_expired",
	    "\"ended_at\":2222,", PRO)), ERR_OK);

	/* Nor is a trial forgotten with it. */
	assert_int_equal(subscription_tried(db, ada, &tried), ERR_OK);
	assert_int_equal(tried, 1);
}

/* The configuration says what a price is, and may say otherwise tomorrow. */
static void
a_plan_is_what_the_configuration_says(void **state)
{
	const char *ada = new_account();
	struct subscription s;

	(void)state;
	assert_int_equal(link_to("cus_1", ada), ERR_OK);
	/* A seat beside it, and before it, changes nothing. */
	assert_int_equal(apply_subscription(SUB("active", "",
	    SEAT "," ITEM("si_1", "price_pro", "1", "4102444800"))), ERR_OK);
	sql("UPDATE subscription_item SET quantity = position + 3", NULL,
	    NULL);
	assert_int_equal(subscription_find(db, &conf, ada, &s), ERR_OK);
	assert_string_equal(s.plan, "pro");
	assert_int_equal(s.quantity, 4);
	assert_int_equal(s.entitled, 1);

	/* Of two plans the first item's counts, in whatever order they lie. */
	assert_int_equal(apply_subscription(SUB("active", "",
	    ITEM("si_2", "a\\\"b,\\\\{ NULL}'", "1", "4102444800") ","
	    ITEM("si_1", "price_pro", "1", "4102444800"))), ERR_OK);
	assert_int_equal(subscription_find(db, &conf, ada, &s), ERR_OK);
	assert_string_equal(s.plan, "odd");

	/* Of none: it is there, it counts as paid, and it is no plan. */
	conf.plans = 0;
	assert_int_equal(subscription_find(db, &conf, ada, &s), ERR_OK);
	assert_string_equal(s.plan, "");
	assert_int_equal(s.entitled, 1);
	assert_int_equal(s.quantity, 2);
	conf.plans = 2;
}

#define CLEAN(f)	cmocka_unit_test_setup(f, clean)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CLEAN(entitlement_follows_rows_and_clock),
		CLEAN(access_ends_with_the_session),
		CLEAN(the_subscription_that_counts),
		CLEAN(a_plan_is_what_the_configuration_says),
	};
	int failed;

	if (!rows_open())
		return SKIPPED;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	rows_close();
	return failed;
}
