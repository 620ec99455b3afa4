/* SPDX-License-Identifier: MIT */
#ifndef BILLING_INVOICE_H
#define BILLING_INVOICE_H

/* Invoices as last read from Stripe. */

#include "base/err.h"
#include "stripe/kind.h"

struct db;
struct json;
struct stmt;

/* As subscription_apply(); one that is paid has its subscription read. */
MUST_USE enum err invoice_apply(struct db *db, const struct json *read,
    char ret_customer[STRIPE_ID]);

/* It was deleted, or Stripe does not know it any more. */
MUST_USE enum err invoice_lost(struct db *db, const char *id);

extern const struct stmt *const invoice_statements[];

#endif /* !BILLING_INVOICE_H */
