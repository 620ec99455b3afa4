/* SPDX-License-Identifier: MIT */
#ifndef BILLING_OBJECT_H
#define BILLING_OBJECT_H

/*
 * Objects at Stripe that have been heard of and not been seen since.  An
 * object is claimed with a lease and a fencing token, read from Stripe outside
 * any transaction, and settled in a short transaction that checks the token.
 * Life of an object: live -> (parked <-> live) -> seen, or dead after
 * OBJECT_ATTEMPTS; hearing of it again brings it back to life.
 */

#include <stdint.h>

#include "base/err.h"

struct db;
struct stmt;

#define OBJECT_ID		256
#define OBJECT_LEASE_SECONDS	30	/* longer than [stripe] timeout can be */
#define OBJECT_ATTEMPTS		200	/* with the waits below: over 3 days */

struct object {
	char	 id[OBJECT_ID];
	char	 kind[32];
	int64_t	 heard;		/* at the time of the claim */
	int64_t	 fence;
	int	 attempts;	/* before this one */
};

/*
 * Is an object of this kind read from Stripe when it is heard of?  Customers,
 * subscriptions, invoices and Checkout Sessions are, if they have an id that
 * can be read: previews of invoices have none ("" or "upcoming_in...").
 */
int object_followed(const char *kind, const char *id);

/* ERR_NOTFOUND: nothing is due. */
MUST_USE enum err object_claim(struct db *db, struct object *ret_object);

/* Milliseconds until the next thing is due or a lease ends; -1: nothing. */
MUST_USE enum err object_next(struct db *db, int64_t *ret_ms);

/* Say that an object was heard of, without an event. */
MUST_USE enum err object_hear(struct db *db, const char *kind, const char *id);

/*
 * In the transaction that applied what was read: seen as far as `o->heard`.
 * ERR_CONFLICT: somebody else has claimed it since; roll back.
 */
MUST_USE enum err object_seen(struct db *db, const struct object *o);

/*
 * In the transaction that holds the customer's row (customer_anchor()): wait
 * until `customer_id` is linked to an account.  ERR_CONFLICT as above.
 */
MUST_USE enum err object_park(struct db *db, const struct object *o,
    const char *customer_id);

/*
 * Could not: come back later (full jitter over 2^attempts seconds, at most an
 * hour, at least `after` seconds), or die, logged, after OBJECT_ATTEMPTS or at
 * once if `final`.  `why` is short and has no secret.  ERR_CONFLICT as above.
 */
MUST_USE enum err object_fail(struct db *db, const struct object *o,
    const char *why, int after, int final);

/* Wake what is parked on `customer_id`; in the transaction that links it. */
MUST_USE enum err object_unpark(struct db *db, const char *customer_id);

extern const struct stmt *const object_statements[];

#endif /* !BILLING_OBJECT_H */
