/* SPDX-License-Identifier: MIT */
#ifndef APP_BOOK_H
#define APP_BOOK_H

/* What moved money is entered in the ledger, with whose it was. */

#include <stdint.h>

#include "base/err.h"
#include "stripe/kind.h"

struct config;
struct db;
struct json;

/*
 * In the transaction that keeps what was read: its entries that are not there
 * yet.  Of a customer that is nobody's there are none.  `payments` as in
 * ledger_entries().  *ret_moved: what its entries come to.
 */
MUST_USE enum err book(struct db *db, const struct config *conf,
    enum stripe_kind kind, const struct json *read, const struct json *payments,
    int64_t *ret_moved);

#endif /* !APP_BOOK_H */
