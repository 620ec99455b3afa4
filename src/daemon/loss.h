/* SPDX-License-Identifier: MIT */
#ifndef DAEMON_LOSS_H
#define DAEMON_LOSS_H

/*
 * When to say how many lines of the log are lost: for all processes together, in
 * one line, soon after somebody reads again.
 */

#include <stdint.h>

/* Milliseconds of a clock that never jumps. */
#define LOSS_QUIET_MS	INT64_C(1000)
#define LOSS_LONG_MS	INT64_C(60000)

struct loss {			/* at first all 0 */
	int64_t	 count;		/* lines */
	int64_t	 said;		/* of them */
	int64_t	 grew_ms;	/* when there were last more */
	int64_t	 since_ms;	/* nothing was owed then */
};

/*
 * `count` are lost by now.  Returns how many of them are to be said, and
 * loss_said() that it was possible.  Not while more are lost: where a long line
 * finds no room a short one may, and it would not be the last.  But once in a
 * while, as a reader that is too slow may be so for ever.
 */
int64_t loss_owed(struct loss *l, int64_t count, int64_t now);
void loss_said(struct loss *l);

#endif /* !DAEMON_LOSS_H */
