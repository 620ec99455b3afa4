/* SPDX-License-Identifier: MIT */
#ifndef APP_CHORES_H
#define APP_CHORES_H

/* The chores: what comes round, and how often. */

#include "base/err.h"

struct app;
struct errand;

/*
 * Whoever works on a chore for long says so on the way, at least once in a
 * while: its lease is renewed, and nobody takes its process for stuck.  ERR_CONFLICT: it is somebody else's by now, so
 * stop.
 */
struct chore_turn {
	struct app		*a;
	const struct errand	*errand;	/* NULL: a person asked for it */
};
MUST_USE enum err chore_goes_on(const struct chore_turn *t);

#endif /* !APP_CHORES_H */
