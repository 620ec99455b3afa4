/* SPDX-License-Identifier: MIT */

/* The forms of what Stripe is asked to make. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/text.h"
#include "billing/forms.h"

static char pro[] = "pro", price[] = "price_1", coupon[] = "WELCOME";

static struct plan_config plan = {
	.name = pro, .price = price, .trial_days = 14,
	.referral_coupon = coupon
};

static struct checkout_order order = {
	.plan = &plan, .quantity = 3, .account_id = "acc",
	.customer_id = "cus_1", .organization = "A & B", .ucc = "pNRB1aYqArN",
	.origin = "https://app.example.com", .call_id = "call"
};

#define HEAD	"mode=subscription&customer=cus_1&client_reference_id=acc" \
	"&line_items[0][price]=price_1&line_items[0][quantity]=3"
#define URLS	"&success_url=https%3A%2F%2Fapp.example.com%2Faccount" \
	"%3Fsession_id%3D%7BCHECKOUT_SESSION_ID%7D" \
	"&cancel_url=https%3A%2F%2Fapp.example.com%2Fpricing%3Fcanceled%3D1"

static void
checkout_forms(void **state)
{
	char subject[CALL_SUBJECT], same[CALL_SUBJECT];
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	checkout_form(&order, &b);
	assert_string_equal(b.data, HEAD
	    "&metadata[new_user_id]=acc"
	    "&metadata[new_user_organization_id]=A%20%26%20B"
	    "&metadata[cello_ucc]=pNRB1aYqArN&metadata[endpin_plan]=pro"
	    "&metadata[endpin_call]=call"
	    "&subscription_data[metadata][new_user_id]=acc"
	    "&subscription_data[metadata][new_user_organization_id]="
	    "A%20%26%20B"
	    "&subscription_data[metadata][cello_ucc]=pNRB1aYqArN"
	    "&subscription_data[metadata][endpin_plan]=pro"
	    "&subscription_data[trial_period_days]=14"
	    "&discounts[0][coupon]=WELCOME" URLS);

	/* A longer trial is for who has the discount, and for nobody else. */
	plan.referral_trial_days = 30;
	buf_reset(&b);
	checkout_form(&order, &b);
	assert_non_null(strstr(b.data, "trial_period_days]=30&discounts"));
	order.undue = 1;
	buf_reset(&b);
	checkout_form(&order, &b);
	assert_non_null(strstr(b.data, "trial_period_days]=14&allow"));
	order.undue = 0;
	plan.referral_trial_days = 0;

	/* Not referred, or nothing to give: promotion codes instead. */
	buf_reset(&b);
	plan.trial_days = 0;
	order.ucc = "";
	order.organization = NULL;
	order.call_id = NULL;
	checkout_form(&order, &b);
	assert_string_equal(b.data, HEAD
	    "&metadata[new_user_id]=acc&metadata[endpin_plan]=pro"
	    "&subscription_data[metadata][new_user_id]=acc"
	    "&subscription_data[metadata][endpin_plan]=pro"
	    "&allow_promotion_codes=true" URLS);

	buf_reset(&b);
	coupon[0] = '\0';
	order.ucc = "pNRB1aYqArN";
	checkout_form(&order, &b);
	assert_non_null(strstr(b.data, "&allow_promotion_codes=true"));
	assert_null(strstr(b.data, "discounts"));

	/* Stripe does not take the coupon. */
	buf_reset(&b);
	coupon[0] = 'W';
	order.undiscounted = 1;
	checkout_form(&order, &b);
	assert_non_null(strstr(b.data, "&allow_promotion_codes=true"));
	assert_null(strstr(b.data, "discounts"));
	order.undiscounted = 0;

	/* A trial is for the first time. */
	buf_reset(&b);
	plan.trial_days = 14;
	order.tried = 1;
	checkout_form(&order, &b);
	assert_null(strstr(b.data, "trial"));
	buf_done(&b);

	/* The call is not part of what is asked for; all else is. */
	checkout_subject(&order, subject);
	assert_memory_equal(subject, "pro:3:", 6);
	assert_int_equal(strlen(subject), 6 + 32);
	order.call_id = "another";
	checkout_subject(&order, same);
	assert_string_equal(same, subject);
	order.undiscounted = 1;
	checkout_subject(&order, same);
	assert_memory_equal(same, subject, strlen(subject));
	assert_string_equal(same + strlen(subject), CHECKOUT_UNDISCOUNTED);
	order.undiscounted = 0;
	price[6] = '2';
	checkout_subject(&order, same);
	assert_string_not_equal(same, subject);
}

/* Of a price of 999; -1: refused, -2: nothing is shown. */
static const struct {
	const char	*text;
	int		 want;
} discounts[] = {
	{ "20%", 799 }, { "100%", 0 }, { "0.01%", 999 }, { "12.5%", 874 },
	{ "33.33%", 666 }, { "50%", 499 }, { "300", 699 }, { "999", 0 },
	{ "", -2 }, { "0", -1 }, { "1000", -1 }, { "0%", -1 },
	{ "100.01%", -1 }, { "%", -1 }, { ".5%", -1 }, { "5.%", -1 },
	{ "1.234%", -1 }, { "-5%", -1 }, { "20 %", -1 }, { "20%%", -1 },
	{ "1e1%", -1 }, { "20percent", -1 }, { "3.00", -1 },
	{ "1000000000000000%", -1 }, { "10000000000000000000%", -1 },
};

static void
discounts_are_shown_as_they_are_taken(void **state)
{
	struct plan_config p = { .amount = 999 };
	struct discount d;
	char text[32];
	size_t i;
	int got;
	enum err e;

	(void)state;
	p.referral_discount = text;
	for (i = 0; i < NELEM(discounts); i++) {
		(void)snprintf(text, sizeof(text), "%s", discounts[i].text);
		e = plan_discount(&p, &d);
		got = e == ERR_OK ? (int)plan_discounted(&p, &d) :
		    e == ERR_NOTFOUND ? -2 : -1;
		if (got != discounts[i].want)
			fail_msg("\"%s\": %d", text, got);
	}
}

static void
customer_forms(void **state)
{
	struct customer_facts f = {
		.account_id = "acc", .email = "ada+1@example.com",
		.first_name = "Ada", .last_name = "Lovelace",
		.organization = "Engines", .ucc = "pNRB1aYqArN"
	};
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	customer_form(&f, &b);
	assert_string_equal(b.data, "email=ada%2B1%40example.com"
	    "&name=Ada%20Lovelace&metadata[cello_ucc]=pNRB1aYqArN"
	    "&metadata[new_user_id]=acc"
	    "&metadata[new_user_organization_id]=Engines");

	buf_reset(&b);
	f.first_name = f.last_name = f.organization = "";
	f.ucc = NULL;
	customer_form(&f, &b);
	assert_string_equal(b.data,
	    "email=ada%2B1%40example.com&metadata[new_user_id]=acc");

	buf_reset(&b);
	f.last_name = "Lovelace";
	customer_form(&f, &b);
	assert_non_null(strstr(b.data, "&name=Lovelace&"));
	buf_done(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(checkout_forms),
		cmocka_unit_test(discounts_are_shown_as_they_are_taken),
		cmocka_unit_test(customer_forms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
