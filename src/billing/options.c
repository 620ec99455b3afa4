/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <string.h>

#include "base/text.h"

#include "billing/balance.h"
#include "billing/feature.h"
#include "billing/options.h"

#define WHOLE	10000	/* 100 % in hundredths of one */

#define AT(field)	offsetof(struct billing_config, field)
#define PLAN(field)	offsetof(struct plan_config, field)

const struct option_row billing_options[] = {
	{ "grace_hours", OPTION_NUMBER, AT(grace_hours), "72", 0, 720, NULL, 0,
	    "How long access outlasts the paid period." },
	{ "access_before_payment", OPTION_BOOL, AT(access_before_payment),
	    "false", 0, 0, NULL, 0,
	    "Whether access begins before the first payment has arrived." },
	{ "access_while_paused", OPTION_BOOL, AT(access_while_paused),
	    "false", 0, 0, NULL, 0,
	    "Whether access goes on while collecting payments is paused." },
	{ "several_subscriptions", OPTION_BOOL, AT(several_subscriptions),
	    "false", 0, 0, NULL, 0,
	    "Whether an account may have several: none is ended or paid back." },
	{ "entitlements", OPTION_BOOL, AT(entitlements), "false", 0, 0, NULL,
	    0, "Whether features are those of Stripe Entitlements." },
	{ "erased_customer", OPTION_TEXT, AT(erased_customer), "keep", 1, 8,
	    "keep|delete", 0,
	    "What becomes at Stripe of the customer of an erased account." },
	{ NULL, OPTION_TEXT, 0, NULL, 0, 0, NULL, 0, NULL }
};

int
billing_deletes_customers(const struct billing_config *c)
{
	return text_equal(c->erased_customer, "delete");
}

const struct option_row plan_options[] = {
	{ "price", OPTION_TEXT, PLAN(price), NULL, 1, 255, NULL, OPTION_MUST,
	    "Stripe's price id." },
	{ "former_prices", OPTION_TEXT, PLAN(former_prices), "", 0, 2000,
	    NULL, 0,
	    "Price ids at which it was sold before, with blanks between." },
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
	{ "referral_discount", OPTION_TEXT, PLAN(referral_discount), "",
	    0, 24, NULL, 0,
	    "What it takes off, for showing: \"20%\", or minor units." },
	{ "referral_months", OPTION_NUMBER, PLAN(referral_months), "0", 0, 120,
	    NULL, 0, "For so many months, for showing." },
	{ "referral_trial_days", OPTION_NUMBER, PLAN(referral_trial_days),
	    "0", 0, 730, NULL, 0,
	    "Free days of a visitor who was referred; 0: as many as others." },
	{ "referral_credit", OPTION_MONEY, PLAN(referral_credit), "0",
	    0, BALANCE_MOST, NULL, 0,
	    "Credit of who was referred, after a payment; minor units." },
	{ "features", OPTION_TEXT, PLAN(features), "", 0, FEATURE_LIST - 1,
	    NULL, 0, "What who has it may use, for your product: names." },
	{ "limits", OPTION_TEXT, PLAN(limits), "", 0, FEATURE_LIST - 1,
	    NULL, 0, "How much of what, for your product: projects=10." },
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

int
plan_price(const struct plan_config *p, size_t i, char ret_price[PLAN_PRICE])
{
	static const char blanks[] = " \t,";
	const char *at = p->former_prices == NULL ? "" : p->former_prices;
	size_t len;

	for (;; i--, at += len) {
		at += strspn(at, blanks);
		len = strcspn(at, blanks);
		if (len == 0 || i == 0)
			break;
	}
	if (i > 0 || (len == 0 && text_empty(p->price)))
		return 0;
	if (len == 0)
		(void)snprintf(ret_price, PLAN_PRICE, "%s", p->price);
	else
		(void)snprintf(ret_price, PLAN_PRICE, "%.*s", (int)len, at);
	return 1;
}

const struct plan_config *
plan_of_price(const struct billing_config *c, const char *price)
{
	char known[PLAN_PRICE];
	size_t i, j;

	for (i = 0; i < c->plans; i++)
		for (j = 0; plan_price(&c->plan[i], j, known); j++)
			if (text_equal(known, price))
				return &c->plan[i];
	return NULL;
}

int
plan_welcomes(const struct plan_config *p)
{
	return !text_empty(p->referral_coupon) ||
	    p->referral_trial_days > 0 || p->referral_credit > 0;
}

/* "12.5" of "12.5%", in hundredths.  ERR_INPUT: no such percentage. */
static enum err
percent_read(const char *text, size_t len, int *ret_100th)
{
	static const int scale[] = { 100, 10, 1 };
	char digits[16];
	const char *dot = memchr(text, '.', len);
	const size_t whole = dot == NULL ? len : (size_t)(dot - text);
	const size_t decimals = dot == NULL ? 0 : len - whole - 1;
	int64_t value;

	if (len >= sizeof(digits) || whole == 0 || decimals > 2 ||
	    (dot != NULL && decimals == 0))
		return ERR_INPUT;
	memcpy(digits, text, whole);
	memcpy(digits + whole, text + len - decimals, decimals);
	digits[whole + decimals] = '\0';
	if (text_number(digits, WHOLE, &value) != ERR_OK)
		return ERR_INPUT;
	value *= scale[decimals];
	if (value < 1 || value > WHOLE)
		return ERR_INPUT;
	*ret_100th = (int)value;
	return ERR_OK;
}

enum err
plan_discount(const struct plan_config *p, struct discount *ret_discount)
{
	const char *text = p->referral_discount;
	struct discount d = { 0, 0 };
	size_t len;
	enum err e;

	if (text_empty(text))
		return ERR_NOTFOUND;
	len = strlen(text);
	if (text[len - 1] == '%')
		e = percent_read(text, len - 1, &d.percent_100th);
	else if ((e = text_number(text, p->amount, &d.amount)) == ERR_OK &&
	    d.amount == 0)
		e = ERR_INPUT;
	if (e != ERR_OK)
		return ERR_INPUT;
	*ret_discount = d;
	return ERR_OK;
}

int64_t
plan_discounted(const struct plan_config *p, const struct discount *d)
{
	return p->amount - d->amount -
	    (p->amount * d->percent_100th + WHOLE / 2) / WHOLE;
}
