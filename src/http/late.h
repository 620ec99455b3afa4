/* SPDX-License-Identifier: MIT */
#ifndef HTTP_LATE_H
#define HTTP_LATE_H

/*
 * Who has waited so long for a worker that it is better to say "later" at once.
 *
 * More comes than can be served, and everybody is served late: the queue only
 * grows, and whoever asks again makes it worse.  So as soon as nobody has been
 * served without having waited for a while, and people kept coming meanwhile,
 * the queue stands; from then on only those are served who have hardly waited,
 * and of them the last to come, as many as can be, and the others are told so
 * before anything is done for them.  What comes in a burst, however large, is
 * served as ever, because nobody comes after it, and what comes while the
 * database pauses, because then each has waited for less than the one before.
 * And so are a few on a slow machine.  (The idea is CoDel's, RFC 8289.)
 *
 * How long somebody has waited, the web server says: see ENDPIN_SENT in
 * params.c.  If it does not, nobody is late.
 */

#include <stddef.h>
#include <stdint.h>

struct req;

#define LATE_RETRY_S	2

/* Of a worker; all zero but for the first four to begin with. */
struct late {
	int64_t	 calm_ms;	/* who has waited for less has hardly */
	int64_t	 stand_ms;	/* for so long, and it stands */
	int	 few;		/* no queue, however long they wait */
	size_t	 room;		/* who are served together; 0: one by one,
				 * in turn, and a burst is not told apart */
	int64_t	 coming_ms;	/* the worker's: for so long people have
				 * kept coming */
	int64_t	 above_ms;	/* since when all wait longer; 0: not all */
	int64_t	 top_ms;	/* the longest wait of the first of them */
	int64_t	 last_ms;	/* when the last came who did */
	int	 crowd;		/* how many did since then, and nobody else */
	int64_t	 window_ms;	/* since when they are counted */
	int	 seen, above;	/* in it, all and those of a queue */
	int	 stands;
};

/*
 * Is it, having waited for `waited_ms`, with so many `behind` all of its batch,
 * at `now_ms` of any clock?
 */
int late_judge(struct late *l, int64_t waited_ms, size_t behind,
    int64_t now_ms);

/* Is the request, of this moment?  NULL: no. */
int late_is(struct late *l, const struct req *q);

#endif /* !HTTP_LATE_H */
