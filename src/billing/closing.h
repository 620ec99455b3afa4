/* SPDX-License-Identifier: MIT */
#ifndef BILLING_CLOSING_H
#define BILLING_CLOSING_H

/*
 * What an erased account has open at Stripe is closed: calls of the journal,
 * each written when Stripe's lists show that it is needed, and used again by
 * whoever comes after one that died with it.  Nothing is charged by it, nothing
 * paid back, and an invoice that is open stays open.
 */

#include "base/err.h"
#include "billing/call.h"

struct db;
struct json;
struct sending;

enum closing {
	CLOSING_PAGE,		/* of Checkout */
	CLOSING_SUBSCRIPTION,
	CLOSING_CUSTOMER
};

/* Has it, as Stripe has just shown it, to be closed? */
int closing_is_due(enum closing what, const struct json *shown);

/*
 * The call that closes `id`, new or begun before, and marked as sent; in a
 * transaction.  ret_call is owned.
 */
MUST_USE enum err closing_begin(struct db *db, const char *account_id,
    enum closing what, const char *id, struct call *ret_call);

/*
 * Write down what came of it, `e` of call_send(); in a transaction.  What may
 * be sent again stays open.
 */
MUST_USE enum err closing_settle(struct db *db, const struct call *c,
    enum err e, const struct sending *s);

/*
 * Stripe shows nothing of the account's that is open: what became of calls whose
 * answer got lost does not matter any more.  In a transaction.
 */
MUST_USE enum err closing_end(struct db *db, const char *account_id);

#endif /* !BILLING_CLOSING_H */
