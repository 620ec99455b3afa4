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
#include "billing/entitlement.h"
#include "billing/options.h"
#include "rows.h"

static char pro[] = "pro", price_pro[] = "price_pro";
static char former_pro[] = "price_pro_2024,\tprice_pro_2025 ";
static char odd[] = "odd", price_odd[] = "a\"b,\\{ NULL}'", none[] = "";
static char small[] = "small", price_small[] = "price_small";

/* The larger a plan the later it stands. */
static struct billing_config conf = {
	.grace_hours = 48,
	.plan = { { .name = small, .price = price_small,
	    .former_prices = none },
	    { .name = odd, .price = price_odd, .former_prices = none },
	    { .name = pro, .price = price_pro, .former_prices = former_pro } },
	.plans = 3
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

/*
 * Times are hours from now; 0 is NULL.  The grace is 48 hours.  `paid` is until
 * when it is paid, `owed` since when it is past due.
 */
static const struct {
	const char		*what;
	const char		*status;
	const char		*end;
	const char		*cancel;
	const char		*paid;
	const char		*owed;
	const char		*pause;
	enum entitlement	 want;
} entitlements[] = {
#define NONE		ENTITLEMENT_NONE
#define OWING		ENTITLEMENT_OWING
#define PROCESSING	ENTITLEMENT_PROCESSING
	{ "active",
	    "active", "9", "0", "9", "0", "", ENTITLED },
	{ "trialing",
	    "trialing", "9", "0", "9", "0", "", ENTITLED },
	{ "active, last hour of grace",
	    "active", "-47", "0", "-47", "0", "", ENTITLED },
	{ "active, grace is over: nobody has confirmed it",
	    "active", "-49", "0", "-49", "0", "", NONE },
	{ "trialing, grace is over",
	    "trialing", "-49", "0", "-49", "0", "", NONE },
	{ "active, no period known",
	    "active", "0", "0", "9", "0", "", NONE },
	{ "active, renewed, and not yet paid again",
	    "active", "700", "0", "-20", "0", "", ENTITLED },
	{ "active, the first payment is on its way",
	    "active", "9", "0", "0", "0", "", PROCESSING },
	{ "active, ends later",
	    "active", "9", "9", "9", "0", "", ENTITLED },
	{ "active, ends in an hour",
	    "active", "9", "1", "9", "0", "", ENTITLED },
	{ "active, ended an hour ago",
	    "active", "9", "-1", "9", "0", "", NONE },
	{ "trialing, ended",
	    "trialing", "9", "-1", "9", "0", "", NONE },
	{ "a renewal failed, within grace",
	    "past_due", "700", "0", "-60", "-47", "", ENTITLED },
	{ "a renewal failed, grace is over",
	    "past_due", "700", "0", "-60", "-49", "", OWING },
	{ "a change failed on the 20th day: the month is paid",
	    "past_due", "240", "0", "240", "-1", "", ENTITLED },
	{ "the same, and longer ago than the grace",
	    "past_due", "240", "0", "240", "-49", "", ENTITLED },
	{ "it failed an hour before the paid period's end",
	    "past_due", "-9", "0", "-9", "-10", "", ENTITLED },
	{ "the first payment failed",
	    "past_due", "700", "0", "0", "-1", "", OWING },
	{ "past due for longer than anybody has confirmed",
	    "past_due", "-49", "0", "-49", "-60", "", NONE },
	{ "it rests, for longer than its period and the grace",
	    "paused", "-490", "0", "-490", "0", "", OWING },
	{ "it rests, and has ended",
	    "paused", "-490", "-1", "-490", "0", "", NONE },
	{ "past due, ended",
	    "past_due", "9", "-1", "9", "-1", "", NONE },
	{ "paused, and paid",
	    "active", "9", "0", "9", "0", "void", ENTITLED },
	{ "paused, and no more paid",
	    "active", "9", "0", "-1", "0", "keep_as_draft", OWING },
	{ "paused before it was ever paid",
	    "active", "9", "0", "0", "0", "void", OWING },
	{ "incomplete", "incomplete", "9", "0", "0", "0", "", OWING },
	{ "incomplete_expired",
	    "incomplete_expired", "9", "0", "9", "0", "", NONE },
	{ "unpaid", "unpaid", "9", "0", "-1", "0", "", OWING },
	{ "paused", "paused", "9", "0", "-1", "0", "", OWING },
	{ "canceled", "canceled", "9", "0", "9", "0", "", NONE },
	{ "gone", "gone", "9", "0", "9", "0", "", NONE },
	{ "a status that is new", "hibernating", "9", "0", "9", "0", "",
	    OWING },
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

/* As account/ would write it, which billing/ does not know. */
static const char *
log_in(const char *account)
{
	static const char hash[] = "\\xada0";

	sql("DELETE FROM session WHERE token_hash = $1::bytea", hash, NULL);
	sql("INSERT INTO session (token_hash, account_id, ends_at)"
	    " VALUES ($1::bytea, $2::uuid, now() + interval '2 days')", hash,
	    account);
	return hash;
}

/* What everybody is told of the account: there is one answer. */
static enum entitlement
asked(const char *account, const char *what)
{
	struct subscription s = { .entitlement = ENTITLEMENT_NONE };
	enum entitlement short_answer;
	struct access a;
	enum err e;

	e = subscription_find(db, &conf, account, &s);
	assert_true(e == ERR_OK || e == ERR_NOTFOUND);
	assert_int_equal(entitlement_find(db, &conf, account,
	    &short_answer), ERR_OK);
	assert_int_equal(access_find(db, &conf, log_in(account), 20, &a),
	    ERR_OK);
	assert_string_equal(a.account_id, account);
	if (short_answer != s.entitlement ||
	    a.entitled != (s.entitlement == ENTITLED))
		fail_msg("%s: the page says %d, Checkout %d, /auth %d", what,
		    s.entitlement, short_answer, a.entitled);
	assert_string_equal(a.plan, a.entitled ? s.plan : "");
	return s.entitlement;
}

static void
entitlement_follows_rows_and_clock(void **state)
{
	const char *ada = new_account();
	struct access a;
	size_t i;

	(void)state;
	assert_int_equal(asked(ada, "nothing"), ENTITLEMENT_NONE);
	assert_int_equal(link_to("cus_1", ada), ERR_OK);
	assert_int_equal(apply_subscription(SUB("active", "", PRO)), ERR_OK);
	set_hours("created", "-1");
	sql("UPDATE subscription SET latest_invoice = 'in_1'", NULL, NULL);
	for (i = 0; i < NELEM(entitlements); i++) {
		sql("UPDATE subscription SET status = $1,"
		    " pause = nullif($2, '')", entitlements[i].status,
		    entitlements[i].pause);
		set_hours("current_period_end", entitlements[i].end);
		sql("UPDATE subscription_item SET current_period_end ="
		    " (SELECT current_period_end FROM subscription)", NULL,
		    NULL);
		set_hours("cancel_at", entitlements[i].cancel);
		set_hours("paid_until", entitlements[i].paid);
		set_hours("past_due_since", entitlements[i].owed);
		if (asked(ada, entitlements[i].what) != entitlements[i].want)
			fail_msg("%s: wanted %d", entitlements[i].what,
			    entitlements[i].want);
	}
	assert_int_equal(access_find(db, &conf, "\\x00", 20, &a), ERR_NOTFOUND);
}

/* While this program was being installed, the one of before still wrote. */
static void
what_an_older_program_wrote_is_judged_as_then(void **state)
{
	const char *ada = new_account();

	(void)state;
	assert_int_equal(link_to("cus_1", ada), ERR_OK);
	assert_int_equal(apply_subscription(SUB("active", "", PRO)), ERR_OK);
	sql("UPDATE subscription SET paid_until = NULL", NULL, NULL);
	set_hours("current_period_start", "-1");
	sql("UPDATE subscription_item SET current_period_end = now()"
	    " + interval '1 hour'", NULL, NULL);
	assert_int_equal(asked(ada, "active"), ENTITLED);
	sql("UPDATE subscription SET status = 'past_due'", NULL, NULL);
	assert_int_equal(asked(ada, "past due"), ENTITLED);
	set_hours("current_period_start", "-49");
	assert_int_equal(asked(ada, "the grace is over"), ENTITLEMENT_OWING);
	/* This one has read it. */
	sql("UPDATE subscription SET status = 'active',"
	    " latest_invoice = 'in_1'", NULL, NULL);
	assert_int_equal(asked(ada, "unpaid"), ENTITLEMENT_PROCESSING);
}

/*
 * Scenario 35: a month of the plan, and a year of something beside it, that is
 * paid.
 */
static void
a_plan_has_the_period_of_its_item(void **state)
{
	const char *ada = new_account();

	(void)state;
	assert_int_equal(link_to("cus_1", ada), ERR_OK);
	assert_int_equal(apply_subscription(SUB("active", "", PRO "," SEAT)),
	    ERR_OK);
	sql("UPDATE subscription SET status = 'past_due', latest_invoice ="
	    " 'in_1'", NULL, NULL);
	set_hours("current_period_end", "8000");
	set_hours("paid_until", "8000");
	set_hours("past_due_since", "-49");
	sql("UPDATE subscription_item SET current_period_end = now() +"
	    " CASE price WHEN 'price_pro' THEN interval '1 hour'"
	    " ELSE interval '8000 hours' END", NULL, NULL);
	assert_int_equal(asked(ada, "the month is paid"), ENTITLED);
	sql("UPDATE subscription_item SET current_period_end = now() -"
	    " interval '1 hour' WHERE price = 'price_pro'", NULL, NULL);
	assert_int_equal(asked(ada, "the month is over"), ENTITLEMENT_OWING);
}

/* Before the money, and without any: as the operator says. */
static void
access_without_payment_is_a_choice(void **state)
{
	const char *ada = new_account();

	(void)state;
	assert_int_equal(link_to("cus_1", ada), ERR_OK);
	assert_int_equal(apply_subscription(SUB("active",
	    "\"latest_invoice\":{\"id\":\"in_1\",\"status\":\"open\"},",
	    ITEM("si_1", "price_pro", "2000", "4102444800"))), ERR_OK);
	assert_int_equal(asked(ada, "unpaid"), ENTITLEMENT_PROCESSING);
	conf.access_before_payment = 1;
	assert_int_equal(asked(ada, "unpaid, chosen"), ENTITLED);
	/* What failed was not given on credit. */
	sql("UPDATE subscription SET status = 'past_due',"
	    " past_due_since = now()", NULL, NULL);
	assert_int_equal(asked(ada, "failed"), ENTITLEMENT_OWING);
	conf.access_before_payment = 0;

	sql("UPDATE subscription SET status = 'active', pause = 'void',"
	    " paid_until = now() - interval '1 hour'", NULL, NULL);
	assert_int_equal(asked(ada, "paused"), ENTITLEMENT_OWING);
	conf.access_while_paused = 1;
	assert_int_equal(asked(ada, "paused, chosen"), ENTITLED);
	conf.access_while_paused = 0;
}

/* Stripe gives 23 hours for a first payment, and says so once. */
static void
what_was_never_completed_forbids_nothing(void **state)
{
	const char *ada = new_account();

	(void)state;
	assert_int_equal(link_to("cus_1", ada), ERR_OK);
	assert_int_equal(apply_subscription(SUB("incomplete", "",
	    ITEM("si_1", "price_pro", "2000", "4102444800"))), ERR_OK);
	set_hours("created", "-23");
	assert_int_equal(asked(ada, "23 hours"), ENTITLEMENT_OWING);
	set_hours("created", "-25");
	assert_int_equal(asked(ada, "25 hours"), ENTITLEMENT_NONE);
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

/* A subscription of cus_1, paid and active for a day, of one price. */
static void
add(const char *id, const char *price)
{
	sql("INSERT INTO subscription (id, customer_id, status, created,"
	    " current_period_end, paid_until, livemode) VALUES ($1, 'cus_1',"
	    " 'active', now(), now() + interval '1 day',"
	    " now() + interval '1 day', false)", id, NULL);
	sql("INSERT INTO subscription_item (id, subscription_id, customer_id,"
	    " price, quantity) VALUES ('si_' || $1, $1, 'cus_1', $2, 3)", id,
	    price);
}

static const char *
counts(const char *account)
{
	static struct subscription s;

	assert_int_equal(subscription_find(db, &conf, account, &s), ERR_OK);
	(void)asked(account, s.id);
	return s.id;
}

/* Scenario 38: what is good for more, then the larger plan, then the newest. */
static void
the_subscription_that_counts(void **state)
{
	const char *ada = new_account();
	struct subscription s;

	(void)state;
	assert_int_equal(link_to("cus_1", ada), ERR_OK);
	add("sub_large", "price_pro");
	assert_string_equal(counts(ada), "sub_large");
	/* Newer, and smaller: it hides nothing. */
	add("sub_small", "price_small");
	sql("UPDATE subscription SET created = to_timestamp(500)"
	    " WHERE id = 'sub_large'", NULL, NULL);
	assert_string_equal(counts(ada), "sub_large");
	/* At a price of before it is the same plan, and the newer counts. */
	sql("UPDATE subscription_item SET price = 'price_pro_2024'"
	    " WHERE price = 'price_small'", NULL, NULL);
	sql("UPDATE subscription_item SET price = 'price_pro_2024'"
	    " WHERE price = 'price_pro'", NULL, NULL);
	assert_string_equal(counts(ada), "sub_small");
	sql("UPDATE subscription_item SET price = 'price_small'"
	    " WHERE subscription_id = 'sub_small'", NULL, NULL);

	/* The larger one is owed: the smaller one gives access. */
	sql("UPDATE subscription SET status = 'unpaid'"
	    " WHERE id = 'sub_large'", NULL, NULL);
	assert_string_equal(counts(ada), "sub_small");
	assert_int_equal(asked(ada, "one is paid"), ENTITLED);
	/* What can be paid comes before what is over. */
	sql("UPDATE subscription SET status = 'canceled'"
	    " WHERE id = 'sub_small'", NULL, NULL);
	assert_string_equal(counts(ada), "sub_large");
	sql("UPDATE subscription SET status = 'canceled', trial_end ="
	    " to_timestamp(4102444700), cancel_at = to_timestamp(4102444800)",
	    NULL, NULL);
	assert_string_equal(counts(ada), "sub_large");
	assert_int_equal(subscription_find(db, &conf, ada, &s), ERR_OK);
	assert_int_equal(s.quantity, 3);
	assert_int_equal(s.cancel_at, 4102444800);
	assert_int_equal(s.trial_end, 4102444700);
}

/* Nothing lasts longer than its customer, but it stays to be seen. */
static void
a_customer_that_is_gone_and_one_that_is_back(void **state)
{
	const char *ada = new_account();
	int tried;

	(void)state;
	assert_int_equal(link_to("cus_1", ada), ERR_OK);
	add("sub_1", "price_pro");
	sql("UPDATE subscription SET trial_end = now()", NULL, NULL);
	assert_int_equal(asked(ada, "there"), ENTITLED);
	assert_int_equal(apply_customer("cus_1", "{\"deleted\":true}", NULL),
	    ERR_OK);
	assert_string_equal(counts(ada), "sub_1");
	assert_int_equal(asked(ada, "gone"), ENTITLEMENT_NONE);
	/* Nor is a trial forgotten with it. */
	assert_int_equal(subscription_tried(db, &conf, ada, &tried), ERR_OK);
	assert_int_equal(tried, 1);

	/* One wrong answer, and another customer meanwhile: it still pays. */
	assert_int_equal(link_to("cus_2", ada), ERR_OK);
	assert_int_equal(apply_customer("cus_1", "{\"livemode\":false}", NULL),
	    ERR_OK);
	assert_int_equal(asked(ada, "back"), ENTITLED);
}

/* Scenario 38: other things are sold in the same Stripe account. */
static void
what_is_no_plan_is_not_ours(void **state)
{
	const char *ada = new_account();
	struct subscription s;
	int64_t planless;
	int tried;

	(void)state;
	assert_int_equal(link_to("cus_1", ada), ERR_OK);
	assert_int_equal(subscription_count_planless(db, &conf, &planless),
	    ERR_OK);
	assert_int_equal(planless, 0);
	add("sub_1", "price_of_a_book");
	assert_int_equal(subscription_count_planless(db, &conf, &planless),
	    ERR_OK);
	assert_int_equal(planless, 1);
	sql("UPDATE subscription SET trial_end = now()", NULL, NULL);
	assert_int_equal(subscription_find(db, &conf, ada, &s), ERR_NOTFOUND);
	assert_int_equal(asked(ada, "a book"), ENTITLEMENT_NONE);
	assert_int_equal(subscription_tried(db, &conf, ada, &tried), ERR_OK);
	assert_int_equal(tried, 0);

	/* Nor does it hide what is ours. */
	add("sub_2", "price_small");
	assert_int_equal(subscription_count_planless(db, &conf, &planless),
	    ERR_OK);
	assert_int_equal(planless, 1);
	sql("UPDATE subscription SET created = to_timestamp(500)"
	    " WHERE id = 'sub_2'", NULL, NULL);
	assert_string_equal(counts(ada), "sub_2");
	assert_int_equal(asked(ada, "a plan"), ENTITLED);
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
	assert_int_equal(s.entitlement, ENTITLED);

	/* Of two plans the larger counts, in whatever order they lie. */
	assert_int_equal(apply_subscription(SUB("active", "",
	    ITEM("si_2", "a\\\"b,\\\\{ NULL}'", "1", "4102444800") ","
	    ITEM("si_1", "price_pro", "1", "4102444800"))), ERR_OK);
	assert_int_equal(subscription_find(db, &conf, ada, &s), ERR_OK);
	assert_string_equal(s.plan, "pro");
	sql("DELETE FROM subscription_item WHERE price = 'price_pro'", NULL,
	    NULL);
	assert_int_equal(subscription_find(db, &conf, ada, &s), ERR_OK);
	assert_string_equal(s.plan, "odd");

	/* A price at which it was sold before means it still. */
	sql("UPDATE subscription_item SET price = 'price_pro_2025'", NULL,
	    NULL);
	assert_int_equal(subscription_find(db, &conf, ada, &s), ERR_OK);
	assert_string_equal(s.plan, "pro");
	assert_int_equal(asked(ada, "a former price"), ENTITLED);
	former_pro[0] = '\0';
	assert_int_equal(asked(ada, "none's price"), ENTITLEMENT_NONE);
	former_pro[0] = 'p';
	assert_int_equal(asked(ada, "again"), ENTITLED);
}

static const struct {
	const char		*status;
	enum entitlement	 entitlement;
	const char		*url;
	enum way		 want;
} ways[] = {
	{ "incomplete", OWING, "https://pay", WAY_PAY },
	{ "past_due", OWING, "https://pay", WAY_PAY },
	{ "past_due", ENTITLED, "https://pay", WAY_PAY },
	{ "unpaid", OWING, "https://pay", WAY_PAY },
	{ "incomplete", OWING, "", WAY_MANAGE },
	{ "past_due", ENTITLED, "", WAY_MANAGE },
	{ "unpaid", OWING, "", WAY_MANAGE },
	{ "paused", OWING, "", WAY_RESUME },
	{ "paused", OWING, "https://pay", WAY_PAY },
	{ "active", PROCESSING, "https://pay", WAY_PAY },
	{ "active", PROCESSING, "", WAY_NONE },
	{ "active", ENTITLED, "", WAY_NONE },
	{ "trialing", ENTITLED, "", WAY_NONE },
	{ "canceled", NONE, "https://pay", WAY_NONE },
	{ "past_due", NONE, "https://pay", WAY_NONE },
	{ "incomplete_expired", NONE, "", WAY_NONE },
};

static void
a_debt_has_a_way_on(void **state)
{
	struct subscription s;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(ways); i++) {
		snprintf(s.status, sizeof(s.status), "%s", ways[i].status);
		snprintf(s.pay_url, sizeof(s.pay_url), "%s", ways[i].url);
		s.entitlement = ways[i].entitlement;
		if (subscription_way(&s) != ways[i].want)
			fail_msg("%s with '%s'", ways[i].status, ways[i].url);
	}
}

#define CLEAN(f)	cmocka_unit_test_setup(f, clean)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CLEAN(entitlement_follows_rows_and_clock),
		CLEAN(access_ends_with_the_session),
		CLEAN(the_subscription_that_counts),
		CLEAN(a_customer_that_is_gone_and_one_that_is_back),
		CLEAN(what_is_no_plan_is_not_ours),
		CLEAN(what_an_older_program_wrote_is_judged_as_then),
		CLEAN(a_plan_has_the_period_of_its_item),
		CLEAN(access_without_payment_is_a_choice),
		CLEAN(what_was_never_completed_forbids_nothing),
		CLEAN(a_plan_is_what_the_configuration_says),
		cmocka_unit_test(a_debt_has_a_way_on),
	};
	int failed;

	if (!rows_open())
		return SKIPPED;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	rows_close();
	return failed;
}
