/* SPDX-License-Identifier: MIT */
#ifndef APP_CHORES_H
#define APP_CHORES_H

/* The chores: what comes round, and how often. */

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct app;
struct errand;

/*
 * Whoever works on a chore for long says so on the way, at least once in a
 * while: what else is due is done meanwhile, its lease is renewed, and nobody
 * takes its process for stuck.  Not within a transaction.  ERR_CONFLICT: it is
 * somebody else's by now; ERR_LATER: the process is to leave.  Stop, then.
 */
struct chore_turn {
	struct app		*a;
	const struct errand	*errand;	/* NULL: a person asked for it */
};
MUST_USE enum err chore_goes_on(const struct chore_turn *t);

/* For people: how one of them is getting on. */
struct chore_standing {
	const char	*id;
	int		 interval_s;
	int64_t		 done_s;	/* ago; -1: never */
};

/* The `i`th, from 0.  ERR_NOTFOUND: there are not so many. */
MUST_USE enum err chore_look(struct app *a, size_t i,
    struct chore_standing *ret_standing);

#endif /* !APP_CHORES_H */
