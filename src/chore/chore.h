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

/* Why, after how many seconds at least, and where its next turn goes on. */
#define CHORE_PLACE	2048
struct chore_pause {
	char	 why[ERRAND_WHY];
	int	 after;
	char	 place[CHORE_PLACE];	/* "": at the beginning */
};

/*
 * Not now: its turn comes again as errand_later() would have it; but it never
 * dies of failures that are told, however many: only of those who do it.
 * ERR_CONFLICT: as above.
 */
MUST_USE enum err chore_put_off(struct db *db, const struct errand *e,
    const struct chore_pause *pause);

/* Where it was put off; "": it was done, or never begun. */
MUST_USE enum err chore_place(struct db *db, const char *id,
    char ret_place[CHORE_PLACE]);

/* Seconds since it was done last; -1: never. */
MUST_USE enum err chore_age(struct db *db, const char *id, int64_t *ret_s);

extern const struct stmt *const chore_statements[];

#endif /* !CHORE_CHORE_H */
