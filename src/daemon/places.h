/* SPDX-License-Identifier: MIT */
#ifndef DAEMON_PLACES_H
#define DAEMON_PLACES_H

/*
 * Who may be read into a file: a request too large for the kernel's buffers
 * needs a place in memory, and a worker has few, so that nobody fills the
 * machine with what they send.
 */

#include <stddef.h>
#include <stdint.h>

#include "daemon/line.h"

#define PLACES_MOST	4	/* requests that are in files at once */

struct places {
	size_t	 taken;		/* by lines with a store */
	size_t	 wanted;	/* by lines of LINE_CROWD */
};

/* A line has been looked at: what it `was`, and what it `is` now. */
void places_turned(struct places *p, enum line_state was, enum line_state is);

/* What `l` was does not count any more: neither its place nor that it waits. */
void places_leave(struct places *p, const struct line *l);

/* Is there a place, and does somebody want it? */
int places_wait(const struct places *p);

/*
 * Give a place to the one of these `n` lines that comes first: who is large
 * before who is in small pieces, and then who began first.  0: it got none, is
 * of LINE_PART, and cannot go on.  Only if places_wait(); *ret is to be looked
 * at next, or closed.
 */
int places_give(struct places *p, struct line *line, size_t n, int64_t now,
    struct line **ret);

#endif /* !DAEMON_PLACES_H */
