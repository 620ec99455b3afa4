/* SPDX-License-Identifier: MIT */
#ifndef BILLING_PAYBACK_H
#define BILLING_PAYBACK_H

/*
 * What is paid back, or may be: refunds, disputes and credit notes as last read
 * from Stripe.  What of it has moved money is in the ledger (ledger/ledger.h).
 */

#include "base/err.h"
#include "stripe/kind.h"

struct db;
struct json;
struct stmt;

/*
 * As subscription_apply(); a refund or a dispute is read with its charge.  Of a
 * payment without a customer it is kept, too, and is nobody's.
 */
MUST_USE enum err payback_apply(struct db *db, const struct json *read,
    char ret_customer[STRIPE_ID]);

/* Stripe does not know it any more. */
MUST_USE enum err payback_lost(struct db *db, const char *id);

extern const struct stmt *const payback_statements[];

#endif /* !BILLING_PAYBACK_H */
