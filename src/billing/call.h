/* SPDX-License-Identifier: MIT */
#ifndef BILLING_CALL_H
#define BILLING_CALL_H

/*
 * The journal of writes to Stripe.  A row with the exact form is committed
 * before the socket opens; its id is the idempotency key, so whoever sends it,
 * however often, Stripe acts once (for 24 hours; CALL_FRESH_HOURS is less).
 *
 * "Create the account's customer" is an errand: couriers do it, or Checkout if
 * somebody is quicker.  So is what settles a second subscription: couriers end
 * it and pay it back; and what credits a reward.  All other calls are attended:
 * a person or an errand of another kind waits for each, or has gone.  A call is
 * settled with an outcome: made, refused, or replaced.
 */

#include <stdint.h>

#include "base/err.h"
#include "base/text.h"
#include "errand/errand.h"

struct db;
struct stmt;

#define CALL_FRESH_HOURS	23
#define CALL_FORM		16384	/* bytes */
#define CALL_LEASE_SECONDS	30	/* longer than [stripe] timeout can be */
#define CALL_ATTEMPTS		200	/* as OBJECT_ATTEMPTS */
#define CALL_PATH		512
#define CALL_SUBJECT		256

extern const struct errand_kind call_errands;

/* What is asked of Stripe. */
enum call_kind {
	CALL_CUSTOMER,		/* to make or to open one of these */
	CALL_CHECKOUT,
	CALL_EXPIRE,		/* a page of Checkout */
	CALL_PORTAL,
	CALL_PREVIEW,		/* of an invoice: leaves nothing */
	CALL_CHANGE,		/* of a subscription: its plan or quantity */
	CALL_CANCEL,
	CALL_RESUME,
	CALL_SCHEDULE,		/* to make one of a subscription */
	CALL_PHASES,		/* of its schedule */
	CALL_RELEASE,
	CALL_STAMP,		/* of a customer: whose it is */
	CALL_END,		/* a subscription, now */
	CALL_REFUND,		/* of a payment, all that is left of it */
	CALL_CREDIT,		/* to a customer's balance */
	CALL_CLOSE,		/* a subscription of an erased account, now */
	CALL_DELETE,		/* its customer */
	CALL_KINDS
};

/* As the journal and the log have it: "customer". */
const char *call_kind_name(enum call_kind kind);

struct call {
	char	 id[TEXT_UUID];		/* also the idempotency key */
	char	 account_id[TEXT_UUID];
	enum call_kind kind;
	char	 path[CALL_PATH];
	char	*form;			/* owned; call_done() */
	char	 subject[CALL_SUBJECT];	/* what it is about: an order, an id */
	int64_t	 fence;
	int	 sent;			/* before this time, at least once */
	int	 stale;			/* first sent too long ago to repeat */
	int	 refused;		/* once; somebody has brought it back */
};

/*
 * Make ready a call with a fresh key.  The caller fills in form (owned) and
 * subject before call_write().
 */
void call_init(struct call *c, const char *account_id, enum call_kind kind,
    const char *path);
void call_done(struct call *c);

/* The errand that `c` is, with the fence that was read with it. */
void call_errand(const struct call *c, struct errand *ret_errand);

/* errand_later() of the errand that `c` is. */
MUST_USE enum err call_later(struct db *db, const struct call *c,
    const char *why, int after);

/*
 * Write a new row; in a transaction.  ERR_CONFLICT: the account has its
 * customer call already, or this subject its end or refund; the transaction is
 * still usable.
 */
MUST_USE enum err call_write(struct db *db, const struct call *c);

/*
 * The newest call of this kind and subject (NULL: whatever it is) that has not
 * been settled, or has been brought back.  ERR_NOTFOUND: there is none.
 */
MUST_USE enum err call_find_open(struct db *db, const char *account_id,
    enum call_kind kind, const char *subject, struct call *ret_call);

/*
 * The oldest of those that change the account's subscription.  What becomes of
 * it shows there, so a few minutes after it was sent it is stale: whoever
 * clicks then may want something else, and looks at what came of it first.
 */
#define CALL_CHANGE_MINUTES	3
MUST_USE enum err call_find_change(struct db *db, const char *account_id,
    struct call *ret_call);

/* Has a call of ours ended the account's subscription? */
MUST_USE enum err call_has_ended(struct db *db, const char *account_id,
    const char *subscription_id, int *ret_ended);

/*
 * What was shown to this account under this id, not long ago, as the subject
 * of the preview says.  ERR_NOTFOUND: nothing was.
 */
#define CALL_SHOWN_MINUTES	30
MUST_USE enum err call_find_shown(struct db *db, const char *account_id,
    const char *call_id, char ret_subject[CALL_SUBJECT]);

/*
 * Before a new call that somebody has clicked for.  Each is a row here and a
 * call there, be it a preview, which leaves nothing at Stripe and goes after a
 * day, or a plan that is cancelled and resumed all the time: an account has so
 * many of a kind in a minute.  ERR_LATER: it has had them; *ret_retry_after is
 * set.
 */
#define CALL_OFTEN	20
#define CALL_OFTEN_LATER_S	30	/* they are counted by the minute */
MUST_USE enum err call_may_write(struct db *db, const char *account_id,
    enum call_kind kind, int *ret_retry_after);

/* The call that was claimed as `e`.  ERR_CONFLICT: there is none any more. */
MUST_USE enum err call_find(struct db *db, const struct errand *e,
    struct call *ret_call);

/*
 * Committed before it is sent: it counts as sent, and is ours for
 * CALL_LEASE_SECONDS, so that no courier sends what a request sends just now.
 * ERR_CONFLICT: it has been settled.
 */
MUST_USE enum err call_sending(struct db *db, const struct call *c);

/*
 * Settle: Stripe made `object_id`; or refused it for good (an errand is dead
 * then, logged, for somebody to see); or the key is burnt and another call, to
 * be written next (NULL: nobody needs one), takes its place.  Settling twice
 * alike is fine.  ERR_CONFLICT: it has been settled otherwise.
 */
MUST_USE enum err call_made(struct db *db, const struct call *c,
    const char *object_id);
MUST_USE enum err call_refused(struct db *db, const struct call *c,
    const char *why);
MUST_USE enum err call_replaced(struct db *db, const struct call *c,
    const struct call *by);

/*
 * Another call for the account's customer follows: what Stripe refused before
 * waits for nobody any more.
 */
MUST_USE enum err call_renew(struct db *db, const char *account_id);

/* The customer that it made is gone: the account may have another. */
MUST_USE enum err call_retire(struct db *db, const char *account_id,
    const char *customer_id);

/*
 * The account is erased: what its settled calls have sent is, and a customer or
 * a credit that nobody has asked Stripe for is not to be made.
 */
MUST_USE enum err call_erase(struct db *db, const char *account_id);

/*
 * Delete what was settled more than `days` ago, and what was attended then and
 * given up, up to `most` in this lane.
 */
MUST_USE enum err call_tidy(struct db *db, int lane, int days, int most,
    int *ret_deleted);

extern const struct stmt *const call_statements[];

#endif /* !BILLING_CALL_H */
