/* SPDX-License-Identifier: MIT */

#include "base/text.h"

#include "billing/options.h"

#define AT(field)	offsetof(struct billing_config, field)
#define PLAN(field)	offsetof(struct plan_config, field)

const struct option_row billing_options[] = {
	{ "grace_hours", OPTION_NUMBER, AT(grace_hours), "72", 0, 720, NULL, 0,
	    "How long access outlasts the paid period." },
	{ NULL, OPTION_TEXT, 0, NULL, 0, 0, NULL, 0, NULL }
};

const struct option_row plan_options[] = {
	{ "price", OPTION_TEXT, PLAN(price), NULL, 1, 255, NULL, OPTION_MUST,
	    "Stripe's price id." },
	{ "label", OPTION_TEXT, PLAN(label), NULL, 1, 100, NULL, OPTION_MUST,
	    "What people call the plan." },
	{ "description", OPTION_TEXT, PLAN(description), "", 0, 500, NULL, 0,
	    "One sentence about it." },
	{ "amount", OPTION_MONEY, PLAN(amount), NULL,
	    0, INT64_C(1000000000000), NULL, OPTION_MUST,
	    "Price in minor units, for showing." },
	{ "currency", OPTION_TEXT, PLAN(currency), NULL, 3, 3, NULL,
	    OPTION_MUST, "ISO 4217, lower-case letters." },
	{ "interval", OPTION_TEXT, PLAN(interval), NULL, 1, 8,
	    "day|week|month|year", OPTION_MUST, "How often it is paid." },
	{ "trial_days", OPTION_NUMBER, PLAN(trial_days), "0", 0, 730, NULL, 0,
	    "Free days at the beginning." },
	{ "referral_coupon", OPTION_TEXT, PLAN(referral_coupon), "",
	    0, 255, NULL, 0,
	    "Stripe's coupon for a visitor who was referred." },
	{ NULL, OPTION_TEXT, 0, NULL, 0, 0, NULL, 0, NULL }
};

const struct plan_config *
plan_find(const struct billing_config *c, const char *name)
{
	size_t i;

	for (i = 0; i < c->plans; i++)
		if (text_equal(c->plan[i].name, name))
			return &c->plan[i];
	return NULL;
}

const struct plan_config *
plan_of_price(const struct billing_config *c, const char *price)
{
	size_t i;

	for (i = 0; i < c->plans; i++)
		if (text_equal(c->plan[i].price, price))
			return &c->plan[i];
	return NULL;
}
