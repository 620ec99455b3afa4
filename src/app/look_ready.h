/* SPDX-License-Identifier: MIT */
#ifndef APP_LOOK_READY_H
#define APP_LOOK_READY_H

/* Is this the place to send requests to, and does what nobody sees go on? */

#include <stdint.h>

#include "app/errands.h"
#include "base/err.h"
#include "billing/trait.h"

struct app;

struct readiness {
	struct backlog	 backlog;
	int64_t		 reconciled_s;	/* ago; -1: never */
	int64_t		 tidied_s;
	int64_t		 clock_ahead_s;	/* the database's, of ours; < 0: behind */
	struct trait_row traits[TRAITS][TRAITS_MOST];	/* of events */
	size_t		 traited[TRAITS];		/* how many */
};

/*
 * ERR_LATER: no, not now: the database does not answer or can only be read, its
 * schema is older than this program (a newer one is fine: the program is about
 * to be replaced), or our clock is wrong: it differs from the database's by more
 * than a webhook may be old, and in the last hour events were refused for their
 * time.  Logged when it begins.
 *
 * That the two differ is logged as well, and is no reason to refuse: as far as
 * anybody can tell it is the database's that is wrong, which costs nothing but
 * what it writes as its time, while a 503 would have a load balancer take out
 * every machine for it.  The first event that is refused tells which it is, and
 * Stripe sends that again.
 *
 * With `detail` *ret_readiness is filled in, else it is not touched, and may be
 * NULL.
 */
MUST_USE enum err look_ready(struct app *a, int detail,
    struct readiness *ret_readiness);

#endif /* !APP_LOOK_READY_H */
