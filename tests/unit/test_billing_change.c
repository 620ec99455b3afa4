/* SPDX-License-Identifier: MIT */

/* What a wish makes of a subscription, and how Stripe is asked for it. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/text.h"
#include "billing/change.h"
#include "billing/entitlement.h"
#include "billing/options.h"

static char solo[] = "solo", price_solo[] = "price_solo", none[] = "";
static char team[] = "team", price_team[] = "price_team";
static char former[] = "price_team_2024";
static char month[] = "month", year[] = "year";

/* The larger one stands later. */
static struct billing_config conf = {
	.plan = { { .name = solo, .price = price_solo, .former_prices = none,
	    .interval = month },
	    { .name = team, .price = price_team, .former_prices = former,
	    .interval = year } },
	.plans = 2
};

static struct subscription s = { .id = "sub_1", .status = "active",
	.item = "si_1", .quantity = 2 };

static struct change
wish(const char *price, const char *plan, int64_t quantity)
{
	struct change c;

	snprintf(s.price, sizeof(s.price), "%s", price);
	change_of(&conf, &s, plan == NULL ? NULL : plan_find(&conf, plan),
	    quantity, &c);
	return c;
}

static const struct {
	const char		*what;
	const char		*status;
	const char		*had;
	const char		*plan;
	int64_t			 quantity;
	const char		*price;
	enum change_when	 when;
} wishes[] = {
	{ "nothing is wished", "active", price_solo, NULL, 0, price_solo,
	    CHANGE_NOTHING },
	{ "what there is", "active", price_solo, solo, 2, price_solo,
	    CHANGE_NOTHING },
	{ "a larger plan", "active", price_solo, team, 0, price_team,
	    CHANGE_NOW },
	{ "a larger plan, fewer", "active", price_solo, team, 1, price_team,
	    CHANGE_NOW },
	{ "a smaller plan", "active", price_team, solo, 0, price_solo,
	    CHANGE_AT_END },
	{ "a smaller plan, more", "active", price_team, solo, 9, price_solo,
	    CHANGE_AT_END },
	{ "more", "active", price_solo, NULL, 3, price_solo, CHANGE_NOW },
	{ "fewer", "active", price_solo, solo, 1, price_solo, CHANGE_AT_END },
	{ "a smaller plan in a trial", "trialing", price_team, solo, 0,
	    price_solo, CHANGE_NOW },
	{ "the same plan at a price of before", "active", former, team, 0,
	    former, CHANGE_NOTHING },
	{ "more at a price of before", "active", former, team, 3, former,
	    CHANGE_NOW }
};

static void
more_is_had_at_once(void **state)
{
	struct change c;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(wishes); i++) {
		snprintf(s.status, sizeof(s.status), "%s", wishes[i].status);
		c = wish(wishes[i].had, wishes[i].plan, wishes[i].quantity);
		if (c.when != wishes[i].when ||
		    !text_equal(c.price, wishes[i].price))
			fail_msg("%s: %d %s", wishes[i].what, c.when, c.price);
	}
	snprintf(s.status, sizeof(s.status), "active");
}

static void
what_is_planned_is_known(void **state)
{
	struct change c = wish(price_team, solo, 0);

	(void)state;
	assert_false(change_is_planned(&c));
	s.next = (struct planned){ .price = "price_solo", .quantity = 2,
	    .at = 5 };
	assert_true(change_is_planned(&c));
	assert_false(change_is_pending(&c));
	s.next.quantity = 3;
	assert_false(change_is_planned(&c));
	s.pending = (struct planned){ .price = "price_solo", .quantity = 2,
	    .at = 5 };
	assert_true(change_is_pending(&c));
	memset(&s.next, 0, sizeof(s.next));
	memset(&s.pending, 0, sizeof(s.pending));
}

/* What was shown is that change of that subscription as it was. */
static void
what_was_shown_is_the_same(void **state)
{
	struct change c = wish(price_solo, team, 2);
	char shown[CALL_SUBJECT];

	(void)state;
	change_subject(&c, 1234, shown);
	assert_int_equal(change_shown(&c, shown), 1234);
	c.quantity = 3;
	assert_int_equal(change_shown(&c, shown), 0);
	c.quantity = 2;
	s.quantity = 1;
	assert_int_equal(change_shown(&c, shown), 0);
	s.quantity = 2;
	c = wish(former, solo, 2);
	assert_int_equal(change_shown(&c, shown), 0);
	c = wish(price_solo, team, 2);
	assert_int_equal(change_shown(&c, ""), 0);
	shown[32] = '\0';
	assert_int_equal(change_shown(&c, shown), 0);
}

static void
changes_are_asked_for(void **state)
{
	struct change c = wish(price_solo, team, 3);
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	change_form(&c, 99, &b);
	assert_string_equal(b.data, "items[0][id]=si_1"
	    "&items[0][price]=price_team&items[0][quantity]=3"
	    "&proration_behavior=always_invoice&proration_date=99"
	    "&payment_behavior=pending_if_incomplete"
	    "&expand[0]=latest_invoice&expand[1]=schedule");
	buf_reset(&b);
	preview_form(&c, 99, &b);
	assert_string_equal(b.data, "subscription=sub_1"
	    "&subscription_details[items][0][id]=si_1"
	    "&subscription_details[items][0][price]=price_team"
	    "&subscription_details[items][0][quantity]=3"
	    "&subscription_details[proration_behavior]=always_invoice"
	    "&subscription_details[proration_date]=99");

	/* From the end of the period on there is nothing to count to. */
	buf_reset(&b);
	c = wish(price_team, solo, 3);
	preview_form(&c, 99, &b);
	assert_non_null(strstr(b.data, "[proration_behavior]=none"));
	assert_null(strstr(b.data, "proration_date"));
	buf_reset(&b);
	c = wish(price_team, NULL, 0);
	preview_form(&c, 99, &b);
	assert_string_equal(b.data, "subscription=sub_1");
	buf_done(&b);
}

static void
an_end_is_asked_for_and_undone(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	cancel_form("unused", "a&b", &b);
	assert_string_equal(b.data, "cancel_at_period_end=true"
	    "&cancellation_details[feedback]=unused"
	    "&cancellation_details[comment]=a%26b"
	    "&expand[0]=latest_invoice&expand[1]=schedule");
	buf_reset(&b);
	cancel_form(NULL, NULL, &b);
	assert_null(strstr(b.data, "details"));
	buf_reset(&b);
	s.cancel_flag = 1;
	resume_form(&s, &b);
	assert_true(text_begins(b.data, "cancel_at_period_end=false&"));
	buf_reset(&b);
	s.cancel_flag = 0;
	resume_form(&s, &b);
	assert_true(text_begins(b.data, "cancel_at=&"));
	buf_reset(&b);
	go_on_form(&b);
	assert_string_equal(b.data, "payment_behavior="
	    "resume_on_payment_success"
	    "&expand[0]=latest_invoice&expand[1]=schedule");
	buf_done(&b);
}

#define SCHEDULE(current)						\
	"{\"id\":\"sub_sched_1\",\"current_phase\":" current ","	\
	"\"phases\":[{\"start_date\":1,\"end_date\":2,\"items\":[]},"	\
	"{\"start_date\":2,\"end_date\":3,\"items\":["			\
	"{\"price\":{\"id\":\"price_seat\"},\"quantity\":7},"		\
	"{\"price\":\"price_team\",\"quantity\":2,"			\
	"\"tax_rates\":[{\"id\":\"txr_1\"}]}],"				\
	"\"discounts\":[{\"coupon\":null,\"discount\":\"di_1\"},"	\
	"{\"coupon\":\"SPRING\",\"discount\":null}],"			\
	"\"default_tax_rates\":[{\"id\":\"txr_2\"}]}]}"

/* What is under way stays as it is, discounts and taxes included. */
static void
phases_are_asked_for(void **state)
{
	static const char text[] = SCHEDULE("{\"start_date\":2,\"end_date\":3}");
	static const char idle[] = SCHEDULE("null");
	struct change c = wish(price_team, solo, 1);
	struct json *j = NULL;
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	assert_int_equal(json_parse(text, strlen(text), &j), ERR_OK);
	assert_int_equal(phases_form(j, &c, "call", &b), ERR_OK);
	json_free(j);
	assert_string_equal(b.data, "phases[0][items][0][price]=price_seat"
	    "&phases[0][items][0][quantity]=7"
	    "&phases[0][items][1][price]=price_team"
	    "&phases[0][items][1][quantity]=2"
	    "&phases[0][items][1][tax_rates][0]=txr_1"
	    "&phases[0][discounts][0][discount]=di_1"
	    "&phases[0][discounts][1][coupon]=SPRING"
	    "&phases[0][default_tax_rates][0]=txr_2"
	    "&phases[0][start_date]=2&phases[0][end_date]=3"
	    "&phases[1][items][0][price]=price_seat"
	    "&phases[1][items][0][quantity]=7"
	    "&phases[1][items][1][price]=price_solo"
	    "&phases[1][items][1][quantity]=1"
	    "&phases[1][items][1][tax_rates][0]=txr_1"
	    "&phases[1][discounts][0][discount]=di_1"
	    "&phases[1][discounts][1][coupon]=SPRING"
	    "&phases[1][default_tax_rates][0]=txr_2"
	    "&phases[1][duration][interval]=month"
	    "&phases[1][proration_behavior]=none&end_behavior=release"
	    "&metadata[endpin_call]=call");

	assert_int_equal(json_parse(idle, strlen(idle), &j), ERR_OK);
	assert_int_equal(phases_form(j, &c, "call", &b), ERR_INPUT);
	json_free(j);
	buf_done(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(more_is_had_at_once),
		cmocka_unit_test(what_is_planned_is_known),
		cmocka_unit_test(what_was_shown_is_the_same),
		cmocka_unit_test(changes_are_asked_for),
		cmocka_unit_test(an_end_is_asked_for_and_undone),
		cmocka_unit_test(phases_are_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
