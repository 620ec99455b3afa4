/* SPDX-License-Identifier: MIT */
#ifndef APP_REVISE_H
#define APP_REVISE_H

/*
 * Somebody changes the subscription that they have.  As on the way to a page
 * of Checkout (app/purchase.h), getting there takes one or more rounds: a
 * transaction decides from the rows what is to be done next and journals it,
 * the call is sent outside of any, another transaction writes down what came of
 * it.  So a double click, a second tab and a crash between any two steps end
 * in the same, and what was begun is brought to its end before anything new.
 * Of this folder's own: the verbs are change_plan.h and cancel_plan.h.
 */

#include <stdint.h>

#include "base/err.h"
#include "billing/call.h"
#include "billing/entitlement.h"
#include "billing/refusal.h"
#include "billing/send.h"

struct app;
struct buf;
struct db;
struct json;

enum revised {
	REVISED,		/* it is so now, or from the period's end on */
	REVISED_UNPAID,		/* it will be, when it is paid at pay_url */
	REVISE_TWIN,		/* the same is being done just now */
	REVISE_NONE,		/* there is no subscription */
	REVISE_OWING,		/* it waits for a payment, or is paused */
	REVISE_PROCESSING,	/* its first payment is not there yet */
	REVISE_ENDING,		/* it is to end: resume it first */
	REVISE_CURRENCY,	/* the plan is of another currency */
	REVISE_STALE,		/* what was shown is not what would be done */
	REVISE_REFUSED		/* Stripe refuses, and will again: `refusal` */
};

struct revised_plan {
	enum revised		 how;
	enum refusal		 refusal;
	struct subscription	 subscription;	/* as it is; not REVISE_NONE */
	int			 retry_after;	/* with ERR_LATER: seconds */
};

struct revision;

/* The path and the form of a call. */
typedef enum err revise_put(const struct revision *r, struct buf *path,
    struct buf *form);

/* What is to be done next, of r->now?  One of those below. */
typedef enum err revise_decide(struct db *db, struct revision *r);

struct revision {
	struct app		*a;
	const char		*account_id;
	int64_t			 last_us;	/* as in struct order */
	revise_decide		*decide;
	void			*own;		/* the verb's */
	struct revised_plan	*ret;
	/* of a round */
	struct subscription	 now;
	int			 ended;
	int			 read_schedule;	/* before the next round */
	struct call		 call;		/* owned */
	enum err		 sent;
	struct sending		 sending;	/* owned */
	struct stripe_reply	 reread;	/* owned: the subscription */
	/* of all */
	const struct json	*schedule;	/* as it is; NULL: not read */
	struct stripe_reply	 schedule_reply; /* owned */
	revise_put		*writing;	/* once it is committed: */
	revise_put		*written[CALL_KINDS];	/* by this request */
};

/* Nothing more is to be done. */
enum err revise_end(struct revision *r, enum revised how);

/* The schedule is read, and it is decided again, with r->schedule. */
enum err revise_read_schedule(struct revision *r);

/*
 * Journal a call of this kind, which is sent next, as put() says; not the same
 * twice in a row: what was refused, or does not show when it has been made, is
 * not asked for again.
 */
MUST_USE enum err revise_call(struct db *db, struct revision *r,
    enum call_kind kind, revise_put *put);

/* The schedule goes first: it forbids the rest. */
MUST_USE enum err revise_release(struct db *db, struct revision *r);

/* Whose `a`, `account_id`, `last_us`, `decide` and `own` are set, the rest zeros. */
MUST_USE enum err revise(struct revision *r, struct revised_plan *ret_plan);

#endif /* !APP_REVISE_H */
