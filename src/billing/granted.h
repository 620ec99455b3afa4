/* SPDX-License-Identifier: MIT */
#ifndef BILLING_GRANTED_H
#define BILLING_GRANTED_H

/*
 * What Stripe Entitlements grant a customer, as last read: the lookup keys of
 * features.  https://docs.stripe.com/billing/entitlements
 */

#include "base/buf.h"
#include "base/err.h"

struct db;
struct json;
struct stmt;

#define GRANTED_PAGES	10	/* of 100: more are not read */
#define GRANTED_TIME	64	/* a time of the database's, as text */

/* Keys in the making; granted_done(). */
struct granted {
	struct buf	 keys;		/* an array of SQL's */
	char		 asked_at[GRANTED_TIME];
};
void granted_init(struct granted *g);
void granted_done(struct granted *g);

/* Before the list is asked for. */
MUST_USE enum err granted_begin(struct db *db, struct granted *g);

/*
 * Add the list of stripe_path_granted(), which is all of it.  A key that is no
 * name of a feature is left out, and logged.
 */
void granted_add(struct granted *g, const char *customer_id,
    const struct json *list);
void granted_end(struct granted *g);

/*
 * In place of what was granted until now; after granted_end(), in a transaction
 * that holds the customer's row (customer_anchor()).  The list is read with the
 * customer and with each of its subscriptions: one that was asked for before
 * the list that is kept was changes nothing, as whatever it shows has an event
 * that makes it be read again.  Of a customer that is nobody's none is kept.
 */
MUST_USE enum err granted_keep(struct db *db, const char *customer_id,
    const struct granted *g);

extern const struct stmt *const granted_statements[];

#endif /* !BILLING_GRANTED_H */
