/* SPDX-License-Identifier: MIT */
#ifndef BILLING_SECOND_H
#define BILLING_SECOND_H

/*
 * A second subscription that nobody meant to have is ended at once and what was
 * paid for it is paid back, by calls of the journal that couriers send.  Each is
 * written once, however often it is learnt.
 */

#include "base/err.h"

struct call;
struct db;
struct stmt;
struct second;
struct sending;

/* In a transaction.  ERR_CONFLICT: it was before. */
MUST_USE enum err second_end(struct db *db, const struct second *s);

/*
 * All that is left of a payment: an intent, or a charge without one.
 * ERR_CONFLICT: it was before.
 */
MUST_USE enum err second_refund(struct db *db, const char *account_id,
    const char *payment);

/* Write the same again under another key, in place of `c`. */
MUST_USE enum err second_renew(struct db *db, const struct call *c);

/* Write down what came of sending one of the two: `e` of call_send(). */
MUST_USE enum err second_settle(struct db *db, const struct call *c, enum err e,
    const struct sending *s);

extern const struct stmt *const second_statements[];

#endif /* !BILLING_SECOND_H */
