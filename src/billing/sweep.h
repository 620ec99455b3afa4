/* SPDX-License-Identifier: MIT */
#ifndef BILLING_SWEEP_H
#define BILLING_SWEEP_H

/*
 * When more objects wait than there are pages of Stripe's list that show them,
 * the list is read instead: a hundred objects a call.  A sweep is that list
 * within two bounds of time, an errand whose every turn is a page; several
 * sweeps side by side go through what happened in one stretch of time.  A page
 * is a reading of all that it shows, for what was heard of before it was asked
 * for (object_claim_shown()).
 */

#include <stdint.h>

#include "base/err.h"
#include "errand/errand.h"
#include "stripe/kind.h"

struct db;
struct stmt;

#define SWEEP_LEASE_SECONDS	60	/* a call, and a page written down */
#define SWEEP_ATTEMPTS		5	/* what waits for it is soon read alone */
#define SWEEP_REST_SECONDS	600	/* after a sweep that was given up */
#define SWEEP_GATHER_SECONDS	10	/* from when it is planned: more come */
#define SWEEP_PARTS		4	/* side by side */
#define SWEEP_PAGE		100	/* objects of a page */
#define SWEEP_TIME		64	/* a time of the database's, as text */

extern const struct errand_kind sweep_errands;

struct sweep {
	enum stripe_kind	 kind;	/* STRIPE_KINDS: not known here */
	int64_t			 since;		/* seconds, Unix */
	int64_t			 until;		/* not included */
	char			 after[STRIPE_ID];	/* "": the first page */
	int64_t			 pages;		/* so far */
	int64_t			 hits;		/* objects that were due */
	char			 begun_at[SWEEP_TIME];
	char			 now[SWEEP_TIME];	/* just before this returns */
};

/*
 * Go through the list of `kind` from `since` to before `until`, unless that is
 * being done already: SWEEP_PARTS sweeps are due in a moment, so that they show
 * more at once.  *ret_begun: how many are.
 */
MUST_USE enum err sweep_begin(struct db *db, enum stripe_kind kind,
    int64_t since, int64_t until, int *ret_begun);

/* Which sweep is it, and how far is it?  After a claim. */
MUST_USE enum err sweep_find(struct db *db, const struct errand *e,
    struct sweep *ret_sweep);

/* A page is done: `hits` were due, and the next begins behind `after`. */
MUST_USE enum err sweep_turn(struct db *db, const struct errand *e,
    const char *after, int64_t hits);

/* The same, and it was the last; *ret_all: no other sweep of its kind goes on. */
MUST_USE enum err sweep_end(struct db *db, const struct errand *e,
    enum stripe_kind kind, int64_t hits, int *ret_all);

extern const struct stmt *const sweep_statements[];

#endif /* !BILLING_SWEEP_H */
