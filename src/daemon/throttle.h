/* SPDX-License-Identifier: MIT */
#ifndef DAEMON_THROTTLE_H
#define DAEMON_THROTTLE_H

/*
 * How fast dead children are replaced: at once, until too many have died
 * young; then one at a time, as a trial, after a wait that doubles with each
 * trial that fails.  One that lives ends the matter.
 */

#include <stdint.h>

#define THROTTLE_YOUNG_MS	1000	/* who dies before this died young */
#define THROTTLE_BURST		10	/* of them in a window */
#define THROTTLE_WINDOW_MS	10000
#define THROTTLE_LEAST_MS	1000	/* the first wait */
#define THROTTLE_MOST_MS	30000

struct throttle {		/* zeros: nothing has happened */
	int	 young;		/* died in this window */
	int64_t	 since_ms;	/* the window's beginning */
	int64_t	 wait_ms;	/* 0: replace at once */
	int64_t	 until_ms;
	int	 trial;		/* one is out */
};

/* How many of `missing` may be started now?  They then have to be. */
int throttle_allow(struct throttle *t, int64_t now_ms, int missing);

/*
 * One died young.  Returns how long the next will have to wait if that has
 * changed, for the log, else 0.
 */
int64_t throttle_died(struct throttle *t, int64_t now_ms);

#endif /* !DAEMON_THROTTLE_H */
