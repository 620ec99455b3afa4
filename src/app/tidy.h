/* SPDX-License-Identifier: MIT */
#ifndef APP_TIDY_H
#define APP_TIDY_H

/*
 * Delete what has had its time, as [retention] says and as the comment of each
 * table declares: in small batches, each a transaction of its own, so that
 * nobody waits for a lock.
 */

#include <stdint.h>

#include "base/err.h"

struct chore_turn;

struct tidied {
	int64_t	 sessions, events, objects, calls, checkouts, customers,
		 facts, views, cards;
};

/* ERR_OK: all of it.  Others: so far; the next turn goes on. */
MUST_USE enum err tidy(const struct chore_turn *t, struct tidied *ret_tidied);

#endif /* !APP_TIDY_H */
