/* SPDX-License-Identifier: MIT */
#ifndef BILLING_REFUSAL_H
#define BILLING_REFUSAL_H

/*
 * Stripe refuses for good what a purchase asks for: whose matter is it?  What
 * to mend stands in the log in Stripe's own words; here is only what decides
 * how somebody who wants to buy gets on.
 */

struct stripe_reply;

enum refusal {
	REFUSAL_NONE,
	REFUSAL_DISCOUNT,	/* the coupon: used up, over, gone, too much */
	REFUSAL_EMAIL,		/* the member's address */
	REFUSAL_CURRENCY,	/* the customer's money is another one */
	REFUSAL_QUANTITY,	/* so many are not sold */
	REFUSAL_PLAN,		/* the price or the trial of the plan */
	REFUSAL_STALE,		/* another period has begun since */
	REFUSAL_OTHER		/* the account, the key, what we send */
};

/*
 * After ERR_INPUT or ERR_INTERNAL of stripe_post() of `form`: never
 * REFUSAL_NONE.
 */
enum refusal refusal_of(const struct stripe_reply *r, const char *form);

#endif /* !BILLING_REFUSAL_H */
