/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "applied.h"
#include "base/text.h"
#include "billing/entitlement.h"
#include "billing/options.h"
#include "billing/planned.h"

/* What a subscription is going to be. */

static char small[] = "small", price_small[] = "price_small";
static char pro[] = "pro", price_pro[] = "price_pro", none[] = "";

static struct billing_config conf = {
	.plan = { { .name = small, .price = price_small,
	    .former_prices = none },
	    { .name = pro, .price = price_pro, .former_prices = none } },
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

#define FAR	"4000000000"
#define PHASE(start, end, items)					\
	"{\"start_date\":" start ",\"end_date\":" end ",\"items\":[" items "]}"
#define OF(price, quantity)						\
	"{\"price\":\"" price "\",\"quantity\":" quantity "}"
#define SCHEDULE(status, metadata, phases)				\
	SCHEDULE_OF("sub_sched_1", status, metadata, phases)
#define SCHEDULE_OF(id, status, metadata, phases)			\
	"{\"id\":\"" id "\",\"object\":\"subscription_schedule\","	\
	"\"status\":\"" status "\",\"metadata\":{" metadata "},"	\
	"\"current_phase\":{\"start_date\":2000,\"end_date\":" FAR "},"	\
	"\"phases\":[" phases "]}"
#define OURS	"\"endpin_call\":\"x\""
#define NOW	PHASE("2000", FAR, OF("price_pro", "2"))
#define NEXT	PHASE(FAR, "4000001000",				\
	OF("price_seat", "9") "," OF("price_small", "5"))

/* A day is left of it, and of what waits. */
static void
a_day_is_left(void)
{
	sql("UPDATE subscription SET current_period_end = now() +"
	    " interval '1 day', pending_until = CASE WHEN pending_until"
	    " IS NOT NULL THEN now() + interval '1 day' END", NULL, NULL);
	sql("UPDATE subscription_item SET current_period_end = now() +"
	    " interval '1 day'", NULL, NULL);
}

static struct subscription
found(const char *account)
{
	struct subscription s;

	a_day_is_left();
	assert_int_equal(subscription_find(db, &conf, account, &s), ERR_OK);
	return s;
}

static void
what_a_schedule_makes_of_it(void **state)
{
	struct json *schedule;
	const char *ada = new_account();
	struct subscription s;

	(void)state;
	assert_int_equal(link_to("cus_1", ada), ERR_OK);
	assert_int_equal(apply_subscription(SUB("active", "\"schedule\":null,",
	    PRO)), ERR_OK);
	s = found(ada);
	assert_string_equal(s.item, "si_1");
	assert_string_equal(s.price, "price_pro");
	assert_int_equal(s.current_period_start, 2000);
	assert_string_equal(s.schedule, "");
	assert_int_equal(s.next.at, 0);
	assert_true(s.schedule_ours);

	assert_int_equal(apply_subscription(SUB("active", "\"schedule\":"
	    SCHEDULE("active", OURS, NOW "," NEXT) ",", PRO)), ERR_OK);
	s = found(ada);
	assert_string_equal(s.schedule, "sub_sched_1");
	/* Of the phase's items that of a plan. */
	assert_string_equal(s.next.price, "price_small");
	assert_string_equal(s.next.plan, "small");
	assert_int_equal(s.next.quantity, 5);
	assert_true(s.next.at == INT64_C(4000000000));
	assert_true(s.schedule_ours);

	/* Its id alone, as in a list, changes nothing that is known. */
	assert_int_equal(apply_subscription(SUB("active",
	    "\"schedule\":\"sub_sched_1\",", PRO)), ERR_OK);
	assert_string_equal(found(ada).next.plan, "small");
	assert_int_equal(apply_subscription(SUB("active",
	    "\"schedule\":\"sub_sched_2\",", PRO)), ERR_OK);
	s = found(ada);
	assert_string_equal(s.schedule, "sub_sched_2");
	assert_int_equal(s.next.at, 0);
	assert_false(s.schedule_ours);

	/* Somebody else's, also with nothing planned by it. */
	assert_int_equal(apply_subscription(SUB("active", "\"schedule\":"
	    SCHEDULE("active", "", NOW "," NEXT) ",", PRO)), ERR_OK);
	assert_false(found(ada).schedule_ours);
	assert_int_equal(apply_subscription(SUB("active", "\"schedule\":"
	    SCHEDULE("active", "", NOW) ",", PRO)), ERR_OK);
	s = found(ada);
	assert_false(s.schedule_ours);
	assert_int_equal(s.next.at, 0);

	/* One that a call of ours has made says so nowhere, and stays ours. */
	schedule = json(SCHEDULE("active", "", NOW));
	assert_int_equal(planned_keep(db, "sub_1", schedule, 1), ERR_OK);
	json_free(schedule);
	assert_true(found(ada).schedule_ours);
	assert_int_equal(apply_subscription(SUB("active", "\"schedule\":"
	    SCHEDULE("active", "", NOW) ",", PRO)), ERR_OK);
	assert_true(found(ada).schedule_ours);

	/* Which is no word for the next one. */
	assert_int_equal(apply_subscription(SUB("active", "\"schedule\":"
	    SCHEDULE_OF("sub_sched_2", "active", "", NOW) ",", PRO)), ERR_OK);
	assert_false(found(ada).schedule_ours);

	assert_int_equal(apply_subscription(SUB("active", "\"schedule\":null,",
	    PRO)), ERR_OK);
	s = found(ada);
	assert_string_equal(s.schedule, "");
	assert_true(s.schedule_ours);
}

static void
what_waits_for_its_payment(void **state)
{
	const char *ada = new_account();
	struct subscription s;

	(void)state;
	assert_int_equal(link_to("cus_1", ada), ERR_OK);
	assert_int_equal(apply_subscription(SUB("active",
	    "\"latest_invoice\":{\"id\":\"in_1\",\"status\":\"open\","
	    "\"hosted_invoice_url\":\"https://pay.example/1\"},"
	    "\"pending_update\":{\"expires_at\":" FAR ","
	    "\"subscription_items\":[" ITEM("si_1", "price_small", "2000",
	    "3000") "]},", PRO)), ERR_OK);
	s = found(ada);
	assert_string_equal(s.plan, "pro");
	assert_string_equal(s.pending.plan, "small");
	assert_int_equal(s.pending.quantity, 2);
	assert_true(s.pending.at > 0);
	/* There is no other way to it than to pay. */
	assert_string_equal(s.pay_url, "https://pay.example/1");
	assert_int_equal(subscription_way(&s), WAY_PAY);

	sql("UPDATE subscription SET pending_until = now() - interval '1 s'",
	    NULL, NULL);
	assert_int_equal(subscription_find(db, &conf, ada, &s), ERR_OK);
	assert_int_equal(s.pending.at, 0);
	assert_int_equal(apply_subscription(SUB("active",
	    "\"pending_update\":null,", PRO)), ERR_OK);
	assert_int_equal(found(ada).pending.at, 0);
	assert_string_equal(sql("SELECT pending_until FROM subscription", NULL,
	    NULL), "null");
}

/* What it is ended by is what it has to be kept by. */
static void
how_an_end_is_planned(void **state)
{
	const char *ada = new_account();

	(void)state;
	assert_int_equal(link_to("cus_1", ada), ERR_OK);
	assert_int_equal(apply_subscription(SUB("active", "\"cancel_at\":"
	    FAR ",\"cancel_at_period_end\":false,", PRO)), ERR_OK);
	assert_false(found(ada).cancel_flag);
	assert_int_equal(apply_subscription(SUB("active", "\"cancel_at\":"
	    FAR ",\"cancel_at_period_end\":true,", PRO)), ERR_OK);
	assert_true(found(ada).cancel_flag);
	assert_true(found(ada).cancel_at == INT64_C(4000000000));
	assert_int_equal(apply_subscription(SUB("active",
	    "\"cancel_at\":null,\"cancel_at_period_end\":true,", PRO)), ERR_OK);
	assert_true(found(ada).cancel_flag);
	assert_int_equal(found(ada).cancel_at, 3000);
}

static enum err
keep_invoice(struct db *conn, void *arg)
{
	char customer[STRIPE_ID];
	struct json *j = json(arg);
	enum err e = invoice_apply(conn, j, customer);

	json_free(j);
	return e;
}

#define INVOICE(id, status, created)					\
	"{\"id\":\"" id "\",\"object\":\"invoice\","			\
	"\"customer\":\"cus_1\",\"status\":\"" status "\","		\
	"\"currency\":\"eur\",\"amount_due\":500,\"amount_paid\":400,"	\
	"\"total\":600,\"created\":" created ",\"livemode\":false,"	\
	"\"number\":\"N-" id "\","					\
	"\"hosted_invoice_url\":\"https://pay.example/" id "\"}"

static void
invoices_are_listed(void **state)
{
	static char first[] = INVOICE("in_1", "paid", "1000"),
	    second[] = INVOICE("in_2", "open", "2000"),
	    draft[] = INVOICE("in_3", "draft", "3000");
	const char *ada = new_account();
	struct invoice *list;
	int count;

	(void)state;
	assert_int_equal(link_to("cus_1", ada), ERR_OK);
	assert_int_equal(db_transaction(db, keep_invoice, first), ERR_OK);
	assert_int_equal(db_transaction(db, keep_invoice, second), ERR_OK);
	assert_int_equal(db_transaction(db, keep_invoice, draft), ERR_OK);
	assert_int_equal(invoice_list(db, ada, 24, &list, &count), ERR_OK);
	assert_int_equal(count, 2);
	assert_string_equal(list[0].id, "in_2");
	assert_string_equal(list[0].number, "N-in_2");
	assert_string_equal(list[0].url, "https://pay.example/in_2");
	assert_string_equal(list[1].status, "paid");
	assert_string_equal(list[1].currency, "eur");
	assert_int_equal(list[1].total, 600);
	assert_int_equal(list[1].paid, 400);
	assert_int_equal(list[1].created, 1000);
	free(list);
	assert_int_equal(invoice_list(db, ada, 1, &list, &count), ERR_OK);
	assert_int_equal(count, 1);
	free(list);
	assert_int_equal(invoice_list(db, new_account(), 24, &list, &count),
	    ERR_OK);
	assert_int_equal(count, 0);
	free(list);
}

#define CLEAN(test)	cmocka_unit_test_setup(test, clean)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CLEAN(what_a_schedule_makes_of_it),
		CLEAN(what_waits_for_its_payment),
		CLEAN(how_an_end_is_planned),
		CLEAN(invoices_are_listed),
	};
	int failed;

	if (!rows_open())
		return SKIPPED;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	rows_close();
	return failed;
}
