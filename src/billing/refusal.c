/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "base/text.h"
#include "stripe/client.h"

#include "billing/refusal.h"

/*
 * The first row of which all that is not NULL holds.  Codes and parameters are
 * Stripe's promise (docs.stripe.com/error-codes), and the same cause comes with
 * one, the other or both.  The two currencies have neither: only the sentence
 * tells, and if Stripe writes another one day it is REFUSAL_OTHER.  A sum below
 * the least that is charged is the coupon's fault if there was one.
 */
static const struct {
	const char	*code;
	const char	*param;		/* begins so */
	const char	*message;	/* somewhere in it */
	const char	*form;		/* somewhere in what was asked */
	enum refusal	 refusal;
} rows[] = {
	{ "coupon_expired", NULL, NULL, NULL, REFUSAL_DISCOUNT },
	{ NULL, "discounts", NULL, NULL, REFUSAL_DISCOUNT },
	{ NULL, "coupon", NULL, NULL, REFUSAL_DISCOUNT },
	{ "amount_too_small", NULL, NULL, "&discounts[", REFUSAL_DISCOUNT },
	{ "amount_too_small", NULL, NULL, NULL, REFUSAL_PLAN },
	{ "email_invalid", NULL, NULL, NULL, REFUSAL_EMAIL },
	{ NULL, "email", NULL, NULL, REFUSAL_EMAIL },
	{ NULL, NULL, "combine currencies", NULL, REFUSAL_CURRENCY },
	{ NULL, NULL, "match the customer currency", NULL, REFUSAL_CURRENCY },
	{ NULL, NULL, "match the expected currency", NULL, REFUSAL_CURRENCY },
	{ NULL, "line_items[0][quantity]", NULL, NULL, REFUSAL_QUANTITY },
	{ NULL, "items[0][quantity]", NULL, NULL, REFUSAL_QUANTITY },
	{ NULL, "items[0][price]", NULL, NULL, REFUSAL_PLAN },
	{ NULL, "phases", NULL, NULL, REFUSAL_PLAN },
	{ NULL, "proration_date", NULL, NULL, REFUSAL_STALE },
	{ NULL, "subscription_details[proration_date", NULL, NULL,
	    REFUSAL_STALE },
	{ NULL, "subscription_details[items", NULL, NULL, REFUSAL_PLAN },
	{ NULL, "line_items", NULL, NULL, REFUSAL_PLAN },
	{ NULL, "subscription_data[trial", NULL, NULL, REFUSAL_PLAN }
};

enum refusal
refusal_of(const struct stripe_reply *r, const char *form)
{
	size_t i;

	for (i = 0; i < NELEM(rows); i++)
		if ((rows[i].code == NULL ||
		    text_equal(r->code, rows[i].code)) &&
		    (rows[i].param == NULL ||
		    text_begins(r->param, rows[i].param)) &&
		    (rows[i].message == NULL ||
		    strstr(r->message, rows[i].message) != NULL) &&
		    (rows[i].form == NULL ||
		    strstr(form, rows[i].form) != NULL))
			return rows[i].refusal;
	return REFUSAL_OTHER;
}
