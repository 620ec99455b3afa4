/* SPDX-License-Identifier: MIT */
#ifndef APP_ROUND_H
#define APP_ROUND_H

/*
 * How far a round through several of Stripe's lists has come, each by itself:
 * so that a page that cannot be had makes none of them begin anew.  Of this
 * folder's own: reconcile.h.
 */

#include <stddef.h>
#include <stdint.h>

#include "stripe/kind.h"

#define ROUND_LISTS	5
#define ROUND_TEXT	(ROUND_LISTS * STRIPE_ID + 32)

struct round {
	int64_t	 began;			/* seconds since 1970 */
	struct {
		int	 over;
		char	 after[STRIPE_ID];	/* read so far; "": nothing */
	} list[ROUND_LISTS];
};

/*
 * Go on with the one that round_write() has written down as `text`.  A new one
 * begins where `text` is NULL, "" or an earlier version's, or began more than
 * `seconds` before `now`: what was made since is on no page that is left.
 */
void round_read(const char *text, int64_t now, int seconds,
    struct round *ret_round);

void round_write(const struct round *r, char ret_text[ROUND_TEXT]);

#endif /* !APP_ROUND_H */
