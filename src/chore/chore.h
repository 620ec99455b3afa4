/* SPDX-License-Identifier: MIT */
#ifndef CHORE_CHORE_H
#define CHORE_CHORE_H

/*
 * Chores: errands that come round.  Each is one row, which a migration makes,
 * and whoever has done it says when its next turn is.
 */

#include "base/err.h"
#include "errand/errand.h"

struct db;
struct stmt;

#define CHORE_LEASE_SECONDS	300	/* long ones renew it on the way */
#define CHORE_ATTEMPTS		200

extern const struct errand_kind chore_errands;

/*
 * Done; the next turn is in `seconds`.  ERR_CONFLICT: somebody else has claimed
 * it since.
 */
MUST_USE enum err chore_done(struct db *db, const struct errand *e,
    int seconds);

/*
 * Not now: its turn comes again as errand_later() would have it; but it never
 * dies of failures that are told, however many: only of those who do it.
 * ERR_CONFLICT: as above.
 */
MUST_USE enum err chore_put_off(struct db *db, const struct errand *e,
    const char *why, int after);

/* Seconds since it was done last; -1: never. */
MUST_USE enum err chore_age(struct db *db, const char *id, int64_t *ret_s);

extern const struct stmt *const chore_statements[];

#endif /* !CHORE_CHORE_H */
