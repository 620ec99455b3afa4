/* SPDX-License-Identifier: MIT */
#ifndef BILLING_CUSTOMER_H
#define BILLING_CUSTOMER_H

/*
 * Stripe's customers: one per account, found by our own id in their metadata,
 * never adopted by e-mail address.
 */

#include "base/err.h"
#include "base/text.h"

struct buf;
struct db;
struct json;
struct stmt;

#define CUSTOMER_ID	256

/* What a new customer carries; texts are borrowed. */
struct customer_facts {
	const char	*account_id;
	const char	*email;
	const char	*first_name;
	const char	*last_name;
	const char	*organization;	/* "" or NULL: none */
	const char	*ucc;		/* "" or NULL: was not referred */
};

/*
 * The form of POST /v1/customers: email, name, metadata[cello_ucc],
 * metadata[new_user_id], metadata[new_user_organization_id].
 */
void customer_form(const struct customer_facts *f, struct buf *ret_form);

/* ERR_NOTFOUND: the account has no living customer (yet). */
MUST_USE enum err customer_of(struct db *db, const char *account_id,
    char ret_id[CUSTOMER_ID]);

/*
 * Make sure that `id` has a row and lock it until the transaction ends.
 * *ret_account_id is "" if it is linked to nobody; a customer that is gone
 * still belongs to whom it belonged to.
 */
MUST_USE enum err customer_anchor(struct db *db, const char *id,
    char ret_account_id[TEXT_UUID]);

/*
 * Link `id` to the account, in a transaction, and wake what was parked on it.
 * Linking twice is fine, and a deleted customer of the account gives way.
 * Locks the account, then the customer.  ERR_NOTFOUND: no such account.
 * ERR_CONFLICT: the account has another living customer, or the customer
 * another account; nothing was changed, logged, the transaction is still
 * usable.
 */
MUST_USE enum err customer_link(struct db *db, const char *id,
    const char *account_id);

/*
 * Apply a customer as read from Stripe.  {"deleted":true} makes room for
 * another, and for a call that makes it; else, if its
 * metadata[new_user_id] is an account here without a customer, link it; if it
 * names another account than the one it is linked to, say so and move nothing.
 */
MUST_USE enum err customer_apply(struct db *db, const char *id,
    const struct json *read);

extern const struct stmt *const customer_statements[];

#endif /* !BILLING_CUSTOMER_H */
