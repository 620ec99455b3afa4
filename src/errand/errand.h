/* SPDX-License-Identifier: MIT */
#ifndef ERRAND_ERRAND_H
#define ERRAND_ERRAND_H

/*
 * Errands: rows that somebody has to act on later, outside of any transaction,
 * and that must not be forgotten, done by two at a time, or tried for ever.
 *
 * Every kind has a table with the columns
 *
 *	lane id state attempts due_at fence leased_until settled_at last_error
 *
 * and a life: waiting -> done | parked | dead | dropped; what brings an errand
 * back is its kind's business or the operator's, and makes it waiting, due now,
 * with no attempt counted.  ("attended" is a row that a person waits for, so
 * that no courier takes it.)
 *
 * A claim is a lease with a fencing number, written in one short transaction
 * that also counts the attempt: an errand that kills whoever does it is buried
 * like any other that has used up its attempts.  Whoever settles it names the
 * number, so one that was thought dead and comes back changes nothing.
 *
 * `lane` is errand/lane.h's.  Every statement but "what is due?" and the
 * operator's lists names it.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "db/db.h"
#include "errand/lane.h"

#define ERRAND_ID	256
#define ERRAND_WHY	501	/* of last_error, with the NUL */

struct errand {
	int	 lane;
	char	 id[ERRAND_ID];
	int64_t	 fence;
	int	 attempts;	/* this one included */
};

/* ERRAND_KIND() in errand/kind.h makes one for a table. */
struct errand_kind {
	const char	*name;		/* as people call it */
	int		 lease;		/* seconds */
	int		 attempts;	/* before it is dead */
	struct stmt	 look;
	struct stmt	 claim;
	struct stmt	 renew;
	struct stmt	 back;
	struct stmt	 later;
	struct stmt	 bury;
	struct stmt	 list;
	struct stmt	 show;
	struct stmt	 count;
	struct stmt	 retry;
	struct stmt	 drop;
};

/* The lanes in which something is due, and when the next will be. */
struct errand_look {
	unsigned char	 lane[LANES];
	size_t		 lanes;
	int64_t		 next_ms;	/* until one is due; -1: none waits */
};
MUST_USE enum err errand_look(struct db *db, const struct errand_kind *k,
    struct errand_look *ret_look);

/*
 * Claim what is due longest in `lane`.  One that has used up its attempts is
 * buried instead, logged, and the next is looked at.  ERR_NOTFOUND: nothing
 * more is due there.
 */
MUST_USE enum err errand_claim(struct db *db, const struct errand_kind *k,
    int lane, struct errand *ret_errand);

/* Hold it for another lease.  ERR_CONFLICT: it is somebody else's by now. */
MUST_USE enum err errand_renew(struct db *db, const struct errand_kind *k,
    const struct errand *e);

/*
 * It was not tried: it is as it was before the claim, and anybody's.
 * ERR_CONFLICT: as above.
 */
MUST_USE enum err errand_back(struct db *db, const struct errand_kind *k,
    const struct errand *e);

/*
 * Could not: due again after full jitter over 2^(attempts - 1) seconds, at most
 * an hour and at least `after` seconds; dead, logged, if that was the last
 * attempt.  `why` is short and has no secret.  ERR_CONFLICT: as above.
 */
MUST_USE enum err errand_later(struct db *db, const struct errand_kind *k,
    const struct errand *e, const char *why, int after);

/*
 * It cannot ever: dead at once, logged, unless it was brought back since the
 * claim.  ERR_CONFLICT: as above.
 */
MUST_USE enum err errand_bury(struct db *db, const struct errand_kind *k,
    const struct errand *e, const char *why);

/* For people. */

struct errand_row {
	char	 id[ERRAND_ID];
	int	 lane;
	char	 state[16];
	int	 attempts;
	int64_t	 due_in;		/* seconds; < 0: overdue */
	int	 leased;
	char	 last_error[ERRAND_WHY];
};

/*
 * Up to `most` rows, those that are due longest first, of one state (NULL: all
 * that are not done) and one id (NULL: all).  The caller frees *ret_rows.
 */
MUST_USE enum err errand_list(struct db *db, const struct errand_kind *k,
    const char *state, const char *id, int most, struct errand_row **ret_rows,
    size_t *ret_count);

/* A column of an errand's row. */
#define ERRAND_FACT	512
struct errand_fact {
	char	 name[64];
	char	 value[ERRAND_FACT];	/* cut off, for people */
	int	 null;
	int	 number;		/* or a truth: JSON needs no quotes */
};

/*
 * All that is known of one, whatever its kind, but for what it sends: that may
 * name people.  The caller frees *ret_facts.  ERR_NOTFOUND: there is none.
 */
MUST_USE enum err errand_show(struct db *db, const struct errand_kind *k,
    int lane, const char *id, struct errand_fact **ret_facts,
    size_t *ret_count);

struct errand_count {
	int64_t	 due;		/* waiting, and its time has come */
	int64_t	 overdue_s;	/* how long the oldest of them waits */
	int64_t	 waiting;	/* all that wait */
	int64_t	 parked;
	int64_t	 dead;
};
MUST_USE enum err errand_count(struct db *db, const struct errand_kind *k,
    struct errand_count *ret_count);

/*
 * Bring back what is dead, parked, dropped, or sits out a wait: due now, no
 * attempt counted.  Twice is fine.  ERR_NOTFOUND: there is none, or it is done
 * or attended.  ERR_CONFLICT: something else has taken its place.
 */
MUST_USE enum err errand_retry(struct db *db, const struct errand_kind *k,
    int lane, const char *id);

/* Nobody is to do it any more.  ERR_NOTFOUND: there is none that waits. */
MUST_USE enum err errand_drop(struct db *db, const struct errand_kind *k,
    int lane, const char *id);

#endif /* !ERRAND_ERRAND_H */
