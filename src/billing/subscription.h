/* SPDX-License-Identifier: MIT */
#ifndef BILLING_SUBSCRIPTION_H
#define BILLING_SUBSCRIPTION_H

/*
 * Subscriptions as last read from Stripe.  What they entitle to is what
 * billing/entitlement.h says.
 */

#include "base/err.h"
#include "stripe/kind.h"

struct db;
struct json;
struct stmt;

#define SUBSCRIPTION_URL	2048	/* of a page to pay on */

/*
 * Apply one as read from Stripe (fields of 2026-10-28.endive, periods at the
 * items, latest_invoice and schedule expanded).  ERR_NOTFOUND: its customer, then in ret_customer, is linked to
 * nobody: park it; the customer's row is locked.  ERR_INPUT: a field that must
 * be there is not.  A subscription that has ended stays ended.
 */
MUST_USE enum err subscription_apply(struct db *db, const struct json *read,
    char ret_customer[STRIPE_ID]);

/* Stripe does not know it (any more): it gives nothing and forbids nothing. */
MUST_USE enum err subscription_lost(struct db *db, const char *id);

/*
 * Are there more items than it shows?  Then they are read apart, and it is
 * applied with that list of them.
 */
int subscription_has_more(const struct json *read);
MUST_USE enum err subscription_apply_with(struct db *db,
    const struct json *read, const struct json *items,
    char ret_customer[STRIPE_ID]);

extern const struct stmt *const subscription_statements[];

#endif /* !BILLING_SUBSCRIPTION_H */
