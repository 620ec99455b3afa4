/* SPDX-License-Identifier: MIT */
#ifndef BILLING_CUSTOMER_CALL_H
#define BILLING_CUSTOMER_CALL_H

/*
 * The errand "create this account's customer": written with the account, sent
 * by a courier, or by Checkout if somebody is quicker than the courier.  One
 * that Stripe refuses stays refused; the next attempt to buy writes a new one,
 * and so it is when a customer was deleted (customer_of(): none).
 * Everything here is for inside a transaction.
 */

#include "base/err.h"

struct call;
struct customer_facts;
struct db;
struct sending;

/*
 * Write the errand.  `ret_call` may be NULL; else the caller owns it,
 * call_done().  ERR_CONFLICT: the account has one.
 */
MUST_USE enum err customer_call_write(struct db *db,
    const struct customer_facts *f, struct call *ret_call);

/*
 * Write down how call_send() ended with `e`, and what follows from it.  The
 * account is locked (account_lock()).
 */
MUST_USE enum err customer_call_settle(struct db *db, const struct call *c,
    enum err e, const struct sending *s);

#endif /* !BILLING_CUSTOMER_CALL_H */
