/* SPDX-License-Identifier: MIT */
#ifndef BILLING_SUBSCRIPTION_READ_H
#define BILLING_SUBSCRIPTION_READ_H

/* What a subscription of Stripe's says, as arguments of statements. */

#include <stddef.h>

#include "base/err.h"
#include "base/text.h"

struct json;

#define SUBSCRIPTION_ITEMS	100	/* Stripe allows 20 in one */

struct subscription_item {
	const char	*id;
	const char	*price;
	char		 quantity[TEXT_DIGITS];	/* "": metered */
	char		 start[TEXT_DIGITS];
	char		 end[TEXT_DIGITS];
};

/* Pointers are into the object that was read.  An empty array is SQL's NULL. */
struct subscription_facts {
	struct subscription_item first;
	const char	*id;
	const char	*customer;
	const char	*status;
	const char	*livemode;
	const char	*pause;		/* NULL: payments are collected */
	const char	*invoice;	/* the latest; NULL: none */
	const char	*invoice_status;	/* NULL: not said */
	const char	*pay_url;	/* NULL: nothing is owed there */
	const char	*schedule;	/* NULL: it is attached to none */
	int		 cancel_flag;	/* cancel_at stands for a flag */
	int		 confirmed;	/* `paid_until` is all that counts */
	char		 start[TEXT_DIGITS];
	char		 end[TEXT_DIGITS];
	char		 first_end[TEXT_DIGITS];	/* of an item */
	char		 paid_until[TEXT_DIGITS];
	char		 failed_at[TEXT_DIGITS];
	char		 resumes_at[TEXT_DIGITS];
	char		 cancel_at[TEXT_DIGITS];
	char		 trial_end[TEXT_DIGITS];
	char		 ended_at[TEXT_DIGITS];
	char		 created[TEXT_DIGITS];
};

/*
 * Number `i` of the list `items`.  ERR_INPUT: it is none, or a field of it
 * cannot be used, which is logged.
 */
MUST_USE enum err subscription_item_read(const struct json *items, size_t i,
    struct subscription_item *ret_item);

/*
 * All of `read`, whose items are the list `items`.  ERR_INPUT: a field is not
 * there that must be, or is not what it should be; *f may be half filled then.
 */
MUST_USE enum err subscription_read(const struct json *read,
    const struct json *items, struct subscription_facts *f);

#endif /* !BILLING_SUBSCRIPTION_READ_H */
