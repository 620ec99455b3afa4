/* SPDX-License-Identifier: MIT */
#ifndef BILLING_CUSTOMER_H
#define BILLING_CUSTOMER_H

/*
 * Stripe's customers: one per account, found by our own id in their metadata,
 * never by e-mail address but where an operator says so (app/adopt.h).
 */

#include "base/err.h"
#include "base/text.h"
#include "stripe/kind.h"

struct db;
struct json;
struct stmt;

/* Any that lives and belongs to somebody here.  ERR_NOTFOUND: there is none. */
MUST_USE enum err customer_any(struct db *db, char ret_id[STRIPE_ID]);

/* ERR_NOTFOUND: the account has no living customer (yet). */
MUST_USE enum err customer_of(struct db *db, const char *account_id,
    char ret_id[STRIPE_ID]);

/*
 * Those of the account's that live, those of before too: the next behind
 * `after` ("": the first).  Fewer than CUSTOMERS_MOST: there are no more.
 */
#define CUSTOMERS_MOST	16
MUST_USE enum err customers_of(struct db *db, const char *account_id,
    const char *after, char ret_id[CUSTOMERS_MOST][STRIPE_ID],
    size_t *ret_count);

/*
 * Whose is it?  *ret_account_id is "" if it is linked to nobody; one that is
 * gone still belongs to whom it belonged to.
 */
MUST_USE enum err customer_owner(struct db *db, const char *id,
    char ret_account_id[TEXT_UUID]);

/*
 * Is a customer of the one's, now or before, the other's as its metadata say at
 * Stripe, or the other way round?  It is linked to one of them only, so that is
 * all that shows of a customer that two accounts were to have.
 */
MUST_USE enum err customer_shared(struct db *db, const char *account_id,
    const char *other_id, int *ret_shared);

/*
 * Make sure that `id` has a row and lock it until the transaction ends.
 * *ret_account_id is "" if it is linked to nobody; a customer that is gone
 * still belongs to whom it belonged to.
 */
MUST_USE enum err customer_anchor(struct db *db, const char *id,
    char ret_account_id[TEXT_UUID]);

/*
 * The same for whoever keeps something of the customer's.  ERR_NOTFOUND: it is
 * linked to nobody, and ret_customer says which one it is.
 */
MUST_USE enum err customer_anchor_linked(struct db *db, const char *id,
    char ret_customer[STRIPE_ID]);

/*
 * Link `id` to the account, in a transaction that has locked the account
 * (account_lock()), so that two customers that want the same account come one
 * after the other; and wake what was parked on it.  Linking twice is fine, and
 * a deleted customer of the account gives way.  ERR_CONFLICT: the account has
 * another living customer, or the customer another account; nothing was
 * changed, logged, the transaction is still usable.
 */
MUST_USE enum err customer_link(struct db *db, const char *id,
    const char *account_id);

/*
 * Apply a customer as read from Stripe.  {"deleted":true} makes room for
 * another, and for a call that makes it; else link it to `account_id`, which
 * its metadata names and the caller has locked (NULL: to nobody).
 * ERR_CONFLICT: as of customer_link(); what was read is noted all the same.
 */
MUST_USE enum err customer_apply(struct db *db, const char *id,
    const struct json *read, const char *account_id);

/*
 * Another customer takes the place of the account's `id`, which has nothing
 * here and stays as one of before.  ERR_CONFLICT: it has something, or is not
 * the account's any more; nothing was changed.
 */
MUST_USE enum err customer_replace(struct db *db, const char *id,
    const char *account_id);

/* Stripe does not know this customer (any more): as if it were deleted. */
MUST_USE enum err customer_lost(struct db *db, const char *id);

/* Delete up to `most` of nobody's that were not heard of for `days`. */
MUST_USE enum err customer_tidy(struct db *db, int days, int most,
    int *ret_deleted);

extern const struct stmt *const customer_statements[];

#endif /* !BILLING_CUSTOMER_H */
