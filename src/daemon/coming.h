/* SPDX-License-Identifier: MIT */
#ifndef DAEMON_COMING_H
#define DAEMON_COMING_H

/*
 * Do more people come to a listener than can be served?  How many wait there
 * nobody says: it is known that somebody is at the door at every look, and that
 * somebody new has come since the last, whether or not there was room.
 */

#include <stdint.h>

struct coming {
	int	 bell;		/* an epoll of its own, that nobody waits for */
	int	 knocks;	/* looks at which one was there, lately */
	int64_t	 since_us;	/* since when they keep coming; 0: they do not */
	int64_t	 last_us;	/* when one was heard of */
	int64_t	 looked_us;	/* the last look */
	int64_t	 sure_us;	/* until then they have, at least */
};

/* `listener` is borrowed.  0: it could not, and sets errno. */
int coming_open(struct coming *c, int listener);
void coming_close(struct coming *c);

/* A look at the door: does somebody `knock`? */
void coming_look(struct coming *c, int knock, int64_t now);

/* This worker had nothing to do: whoever came was let in. */
void coming_none(struct coming *c);

/*
 * Is it a rush?  Somebody was there at every look, so that all workers are busy;
 * or they have kept coming for a while, and not all at once.
 */
int coming_is_rush(const struct coming *c, int64_t now);

/*
 * For how long have they kept coming, for certain?  Who is heard of may have
 * come right after the look before, and that may be long ago.
 */
int64_t coming_for_us(const struct coming *c);

#endif /* !DAEMON_COMING_H */
