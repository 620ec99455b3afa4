/* SPDX-License-Identifier: MIT */
#ifndef APP_SETTLE_SECOND_H
#define APP_SETTLE_SECOND_H

/*
 * An account has one subscription.  If two were paid anyway the first stays; the
 * second is ended and paid back, if it came from a page of ours, and told to the
 * operator in any case.
 */

#include "base/err.h"

struct billing_config;
struct db;
struct json;

/* In the transaction that has learnt of a subscription, or of its page. */
MUST_USE enum err settle_second(struct db *db,
    const struct billing_config *conf, const char *customer_id);

/*
 * In the one that keeps an invoice: what was paid on it for a second
 * subscription.  `payments` as in ledger_entries().
 */
MUST_USE enum err settle_second_invoice(struct db *db,
    const struct json *invoice, const struct json *payments);

#endif /* !APP_SETTLE_SECOND_H */
