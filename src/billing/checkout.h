/* SPDX-License-Identifier: MIT */
#ifndef BILLING_CHECKOUT_H
#define BILLING_CHECKOUT_H

/* Checkout Sessions that we have made. */

#include "base/err.h"
#include "billing/call.h"
#include "stripe/kind.h"

struct db;
struct json;
struct stmt;

#define CHECKOUT_QUANTITY	1000	/* the most bought at once */
#define CHECKOUT_URL		2048

struct checkout_session {
	char	 id[STRIPE_ID];
	char	 subject[CALL_SUBJECT];
	char	 url[CHECKOUT_URL];	/* "": not open any more */
	int	 lasting;		/* open for a quarter of an hour yet */
	int	 fresh;			/* made within the last one */
};

/* One that is open, and so can be paid on, however shortly; the newest.
 * ERR_NOTFOUND: none. */
MUST_USE enum err checkout_find_open(struct db *db, const char *account_id,
    struct checkout_session *ret_session);

/*
 * Keep what Stripe answered to `c`, a call of kind "checkout"; account and
 * subject are the call's, the customer is the answer's.  ERR_INPUT: not a
 * session.
 */
MUST_USE enum err checkout_keep(struct db *db, const struct call *c,
    const struct json *answer, struct checkout_session *ret_session);

/* Was one paid on, lately, whose subscription has not been read yet? */
MUST_USE enum err checkout_pending(struct db *db, const char *account_id,
    int *ret_pending);

/*
 * Is this session the account's?  ERR_NOTFOUND: no.  *ret_awaited: it is open
 * as far as is known, or paid a moment ago, so reading it brings something.
 */
MUST_USE enum err checkout_owned(struct db *db, const char *account_id,
    const char *session_id, int *ret_awaited);

/* It is not open any more (we had it expired). */
MUST_USE enum err checkout_closed(struct db *db, const char *session_id);

/*
 * Apply a session as read: status, and its subscription, which is heard of if
 * it was not known, or not known to be paid while this is; it and the invoice
 * go before others (object_hurry()).  A session that we did not make is fine:
 * nothing is kept of it.
 */
MUST_USE enum err checkout_apply(struct db *db, const struct json *read);

/* Delete up to `most` that expired more than `days` ago. */
MUST_USE enum err checkout_tidy(struct db *db, int days, int most,
    int *ret_deleted);

extern const struct stmt *const checkout_statements[];

#endif /* !BILLING_CHECKOUT_H */
