/* SPDX-License-Identifier: MIT */
#ifndef BILLING_INVOICE_H
#define BILLING_INVOICE_H

/* Invoices as last read from Stripe. */

#include "base/err.h"
#include "stripe/kind.h"

struct db;
struct json;
struct stmt;

/* As subscription_apply(). */
MUST_USE enum err invoice_apply(struct db *db, const struct json *read,
    char ret_customer[STRIPE_ID]);

extern const struct stmt *const invoice_statements[];

#endif /* !BILLING_INVOICE_H */
