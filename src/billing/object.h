/* SPDX-License-Identifier: MIT */
#ifndef BILLING_OBJECT_H
#define BILLING_OBJECT_H

/*
 * Objects at Stripe that were heard of: an errand each, to read the object and
 * apply what was read.  `heard` counts; whoever reads remembers it first, so
 * that what is heard of meanwhile is read again.  An object of a customer that
 * is linked to nobody here is parked on that customer.  Hearing of it brings
 * an object back from whatever it was.
 */

#include <stdint.h>

#include "base/err.h"
#include "errand/errand.h"
#include "stripe/kind.h"

struct db;
struct rows;
struct stmt;

#define OBJECT_LEASE_SECONDS	30	/* longer than [stripe] timeout can be */
#define OBJECT_ATTEMPTS		200	/* with the waits between: 4 days */
#define OBJECT_GONE_ATTEMPTS	12	/* not there for a quarter of an hour */
#define OBJECT_DOUBT_SECONDS	5	/* longer than a replica is behind */

/*
 * What hearing of a known object `o` of stripe_object changes.  One that is due
 * already, and that nobody is reading, keeps its turn: then no index changes,
 * and a burst about one object leaves no dead rows.
 */
#define OBJECT_HEARD	OBJECT_HEARD_FOR("now()")
#define OBJECT_HEARD_FOR(when) \
	"heard = o.heard + 1, heard_at = now(), due_at = CASE" \
	" WHEN o.state = 'waiting' AND o.leased_until IS NULL" \
	" THEN least(o.due_at, " when ") ELSE " when " END," \
	" attempts = 0, state = 'waiting', settled_at = NULL," \
	" customer_id = NULL, awaited = o.awaited OR excluded.awaited," \
	" urgency = CASE o.state WHEN 'waiting' THEN" \
	" least(o.urgency, excluded.urgency) ELSE excluded.urgency END"

/*
 * What is urgent is read before what has waited longer.  Beside it stands what
 * a person waits for, which is more urgent than all (object_awaited).
 */
enum urgency {
	URGENCY_LIFE = 1,	/* a subscription begins or ends */
	URGENCY_PAYMENT = 2,	/* a payment failed */
	URGENCY_MISSED = 3,	/* a sweep should have shown it (sweep.h) */
	URGENCY_NONE = 4	/* renewals and all the rest */
};

extern const struct errand_kind object_errands;

/*
 * Those of them that a person waits for: somebody has just paid.  They have a
 * queue of their own, and are in the one of all as well.
 */
extern const struct errand_kind object_awaited;

/* Those that are urgent, the most urgent of a lane first: another queue. */
extern const struct errand_kind object_urgent;

struct object {
	char			 id[STRIPE_ID];
	enum stripe_kind	 kind;	/* STRIPE_KINDS: not known here */
	int64_t			 heard;
};

/* Why a program gives one up whose kind it does not know. */
#define OBJECT_UNKNOWN	"cannot be read"

/* Which object is it, and how much was heard of it by now?  After a claim. */
MUST_USE enum err object_find(struct db *db, const struct errand *e,
    struct object *ret_object);

/*
 * The ways of being heard of, and what each does to an object in whatever
 * state.  "now": it was heard of once more, is read now, and its attempts are
 * counted anew.  "first": it is awaited.  "-": it stays as it is.
 *
 *   object_      not known   waiting       done        parked  dead, dropped
 *   hear         now         now           now         now     now
 *   hear_later   later       -             later       later   later
 *   await        now, first  again, first  now, first  -       -
 *   hear_first   now, first  first         -           -       now, first
 *   overtake     now, first  now, first    now, first  now, first  now, first
 *   hurry        -           first         -           -       -
 *
 * An event does what object_hear() does, and of a page that is paid on it is
 * "first", too (billing/event.h).
 */
MUST_USE enum err object_hear(struct db *db, enum stripe_kind kind,
    const char *id);

/*
 * "later": like now, but read in so many seconds: whoever finds many at once
 * must not put them before what happens now.
 */
MUST_USE enum err object_hear_later(struct db *db, enum stripe_kind kind,
    const char *id, int seconds);

/*
 * Somebody waits for it and says so.  "again": heard of once more, but a wait
 * after a failure stays as long as it is; and nothing at all is done if it was
 * heard of within OBJECT_AWAIT_S: people cannot make it be read at will.
 */
#define OBJECT_AWAIT_S	10
MUST_USE enum err object_await(struct db *db, enum stripe_kind kind,
    const char *id);

/*
 * It was made a moment ago and somebody waits for it.  Whoever has read it did
 * so after it was made.
 */
MUST_USE enum err object_hear_first(struct db *db, enum stripe_kind kind,
    const char *id);

/*
 * We have changed it ourselves, and what came of that is applied in the same
 * transaction.  Whoever is reading it may have begun before: their claim is
 * over, so that they change nothing.
 */
MUST_USE enum err object_overtake(struct db *db, enum stripe_kind kind,
    const char *id);

/* Somebody waits for what is to be read in any case. */
MUST_USE enum err object_hurry(struct db *db, enum stripe_kind kind,
    const char *id);

/*
 * In the transaction that applied what was read: seen as far as `o->heard`.
 * ERR_CONFLICT: somebody else has claimed it since; roll back.
 */
MUST_USE enum err object_seen(struct db *db, const struct errand *e,
    const struct object *o);

/* The same, but what was read seems to be old: it is read once more, soon. */
MUST_USE enum err object_seen_doubtful(struct db *db, const struct errand *e,
    const struct object *o);

/* The same of what is not there any more. */
MUST_USE enum err object_seen_gone(struct db *db, const struct errand *e,
    const struct object *o);

/*
 * In the transaction that holds the customer's row (customer_anchor()): wait
 * until `customer_id` is linked to an account.  ERR_CONFLICT as above.
 */
MUST_USE enum err object_park(struct db *db, const struct errand *e,
    const struct object *o, const char *customer_id);

/* Wake what is parked on `customer_id`; in the transaction that links it. */
MUST_USE enum err object_unpark(struct db *db, const char *customer_id);

/*
 * What a page of a list showed, which was asked for at `asked_at`, a time of
 * the database's: claim those of `shown` that are due to be read, were heard of
 * before that, and are nobody's just now.  Whatever is heard of meanwhile is
 * read again.  It counts no attempt.  `ret_claimed` has room for `count`.
 */
struct object_claimed {
	struct errand	 errand;
	struct object	 object;
};
MUST_USE enum err object_claim_shown(struct db *db, const char *asked_at,
    const char *const shown[], size_t count,
    struct object_claimed ret_claimed[], size_t *ret_claimed_count);

/*
 * What is due longest, OBJECT_OLDEST of each lane at most: how many of them are
 * of each kind, urgent ones apart?
 */
#define OBJECT_OLDEST	16
MUST_USE enum err object_survey(struct db *db,
    int64_t ret_count[STRIPE_KINDS]);

/*
 * Of these and of `kind` one in each lane, and of each the newest event as it
 * came: *ret_rows has it in its first column, and is the caller's to free.
 * `newest`: not of these, but of those that are due for the shortest time.
 */
MUST_USE enum err object_sample(struct db *db, enum stripe_kind kind,
    int newest, struct rows **ret_rows);

/*
 * Sweeps of `kind` that began at `begun_at` are over and should have shown it:
 * what waits since before that and is of this kind, or of one that is not
 * swept, is read alone.
 */
MUST_USE enum err object_missed(struct db *db, enum stripe_kind kind,
    const char *begun_at);

/* Delete what was settled more than `days` ago, up to `most` in this lane. */
MUST_USE enum err object_tidy(struct db *db, int lane, int days, int most,
    int *ret_deleted);

extern const struct stmt *const object_statements[];

#endif /* !BILLING_OBJECT_H */
