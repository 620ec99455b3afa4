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
	struct trait_row traits[TRAITS][TRAITS_MOST];	/* of events */
	size_t		 traited[TRAITS];		/* how many */
};

/*
 * ERR_LATER: no, not now: the database does not answer or can only be read, its
 * schema is older than this program (a newer one is fine: the program is about
 * to be replaced), or its clock and ours differ by more than a webhook may be
 * old: one of them is wrong, and each event is refused, or much else.  Logged
 * when it begins.  With `detail` *ret_readiness is filled in, else it is not
 * touched, and may be NULL.
 */
MUST_USE enum err look_ready(struct app *a, int detail,
    struct readiness *ret_readiness);

#endif /* !APP_LOOK_READY_H */
