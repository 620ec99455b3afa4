/* SPDX-License-Identifier: MIT */
#ifndef BILLING_BALANCE_H
#define BILLING_BALANCE_H

/*
 * A customer's balance at Stripe, which pays for the invoices to come, is
 * credited by calls of the journal that couriers send.
 */

#include <stdint.h>

#include "base/err.h"

struct call;
struct db;
struct sending;

#define BALANCE_MOST	INT64_C(99999999)	/* that Stripe takes at once */
struct balance_order {
	const char	*call_id;	/* borrowed, as all of these */
	const char	*account_id;
	const char	*customer;
	int64_t		 amount;	/* minor units, above 0: is theirs */
	const char	*currency;
	const char	*reward;	/* Cello's id; NULL: they were referred */
};

/* In a transaction.  That it is ordered once is for whoever orders it. */
MUST_USE enum err balance_order(struct db *db, const struct balance_order *o);

/*
 * Write the same again under another key, in place of `c`: for the customer
 * that the account has by now.
 */
MUST_USE enum err balance_renew(struct db *db, const struct call *c);

/* Write down what came of sending it: `e` of call_send(). */
MUST_USE enum err balance_settle(struct db *db, const struct call *c,
    enum err e, const struct sending *s);

#endif /* !BILLING_BALANCE_H */
