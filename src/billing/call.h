/* SPDX-License-Identifier: MIT */
#ifndef BILLING_CALL_H
#define BILLING_CALL_H

/*
 * The journal of writes to Stripe.  A row with the exact form is committed
 * before the socket opens; its id is the idempotency key, so whoever sends it,
 * however often, Stripe acts once (for 24 hours; CALL_FRESH_HOURS is less).
 * Life of a call: new -> sent -> done | refused | replaced | dead.
 */

#include <stdint.h>

#include "base/err.h"
#include "base/text.h"

struct db;
struct stmt;

#define CALL_FRESH_HOURS	23
#define CALL_FORM		16384	/* bytes */
#define CALL_LEASE_SECONDS	30
#define CALL_ATTEMPTS		200	/* as OBJECT_ATTEMPTS */

struct call {
	char	 id[TEXT_UUID];		/* also the idempotency key */
	char	 account_id[TEXT_UUID];
	char	 kind[16];	/* "customer", "checkout", "expire", "portal" */
	char	 path[512];
	char	*form;			/* owned; call_done() */
	char	 subject[128];
	int64_t	 fence;
	int	 attempts;
	int	 stale;			/* first sent too long ago to repeat */
};

/*
 * Make ready a call with a fresh key.  The caller fills in form (owned) and
 * subject before call_write().
 */
void call_init(struct call *c, const char *account_id, const char *kind,
    const char *path);
void call_done(struct call *c);

/* Write a new row; `c->id` was made by random_uuid().  In a transaction.
 * ERR_CONFLICT: the account has its customer call already; the transaction is
 * still usable. */
MUST_USE enum err call_write(struct db *db, const struct call *c);

/*
 * The newest call of this kind and subject (NULL: whatever it is) that has not
 * been settled.  ERR_NOTFOUND: there is none.
 */
MUST_USE enum err call_open(struct db *db, const char *account_id,
    const char *kind, const char *subject, struct call *ret_call);

/* A due customer call, claimed for CALL_LEASE_SECONDS.  ERR_NOTFOUND: none. */
MUST_USE enum err call_claim(struct db *db, struct call *ret_call);

/* Milliseconds until one is due; -1: none. */
MUST_USE enum err call_next(struct db *db, int64_t *ret_ms);

/* Committed before it is sent: state sent, attempts + 1, and ours for
 * CALL_LEASE_SECONDS.  ERR_CONFLICT: it has been settled. */
MUST_USE enum err call_sending(struct db *db, const struct call *c);

/* Settle: Stripe made `object_id`; or refused it for good; or the key is
 * burnt and `by`, to be written next, takes its place.  Settling twice alike is
 * fine.  ERR_CONFLICT: it has been settled otherwise. */
MUST_USE enum err call_made(struct db *db, const struct call *c,
    const char *object_id);
MUST_USE enum err call_refused(struct db *db, const struct call *c,
    const char *why);
MUST_USE enum err call_replaced(struct db *db, const struct call *c,
    const struct call *by);

/* Not now: due again later, as object_fail(); dead after CALL_ATTEMPTS, logged.
 * ERR_CONFLICT: somebody else has claimed or settled it since. */
MUST_USE enum err call_later(struct db *db, const struct call *c,
    const char *why, int after);

extern const struct stmt *const call_statements[];

#endif /* !BILLING_CALL_H */
