/* SPDX-License-Identifier: MIT */
#ifndef BILLING_CHECKOUT_H
#define BILLING_CHECKOUT_H

/* Checkout Sessions: their form, and those that we have made. */

#include <time.h>

#include "billing/options.h"
#include "base/err.h"
#include "base/text.h"

struct buf;
struct call;
struct db;
struct json;
struct stmt;

#define CHECKOUT_QUANTITY	1000	/* the most bought at once */
#define CHECKOUT_URL		2048

/* What is bought by whom; texts are borrowed. */
struct checkout_order {
	const struct plan_config *plan;
	int		 quantity;
	const char	*account_id;
	const char	*customer_id;
	const char	*organization;	/* "" or NULL: none */
	const char	*ucc;		/* "" or NULL: was not referred */
	const char	*origin;
	const char	*call_id;	/* NULL: not known yet */
	int		 tried;		/* has had a trial: no other */
};

/* "plan:quantity", what makes two orders the same. */
void checkout_subject(const struct checkout_order *o, char ret_subject[128]);

/*
 * The form of POST /v1/checkout/sessions: mode=subscription, customer,
 * client_reference_id, line item, metadata on session and subscription
 * (metadata[endpin_call] on the session: call_id),
 * success_url (origin/account?session_id={CHECKOUT_SESSION_ID}), cancel_url,
 * trial, and discounts[0][coupon] if referred and the plan has one, else
 * allow_promotion_codes; never both.
 */
void checkout_form(const struct checkout_order *o, struct buf *ret_form);

struct checkout_session {
	char	 id[256];
	char	 subject[128];
	char	 url[CHECKOUT_URL];	/* "": not open any more */
	int	 lasting;		/* open for a quarter of an hour yet */
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

/* Is this session the account's?  ERR_NOTFOUND: no. */
MUST_USE enum err checkout_owned(struct db *db, const char *account_id,
    const char *session_id);

/* It is not open any more (we had it expired). */
MUST_USE enum err checkout_closed(struct db *db, const char *session_id);

/*
 * Apply a session as read: status, and its subscription, which is said to be
 * heard of.  A session that we did not make is fine: nothing is kept of it.
 */
MUST_USE enum err checkout_apply(struct db *db, const struct json *read);

extern const struct stmt *const checkout_statements[];

#endif /* !BILLING_CHECKOUT_H */
