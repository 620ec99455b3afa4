/* SPDX-License-Identifier: MIT */
#ifndef APP_ORDER_CUSTOMER_H
#define APP_ORDER_CUSTOMER_H

/* Write down that an account wants its customer, as the account is now. */

#include "base/err.h"

struct account;
struct call;
struct config;
struct db;

/*
 * In a transaction that has locked the account.  `ret_call` as of
 * customer_call_write(): may be NULL; else the caller owns it, call_done().
 * ERR_CONFLICT: the account has such a call; the transaction is still usable.
 */
MUST_USE enum err order_customer(struct db *db, const struct config *conf,
    const struct account *account, struct call *ret_call);

#endif /* !APP_ORDER_CUSTOMER_H */
