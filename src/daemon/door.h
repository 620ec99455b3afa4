/* SPDX-License-Identifier: MIT */
#ifndef DAEMON_DOOR_H
#define DAEMON_DOOR_H

/*
 * The listener of a pool, as one of its workers sees it: who may come in now,
 * and who is left to the others.
 */

#include <stdint.h>

#include "daemon/listener.h"
#include "daemon/peers.h"

#define DOOR_KNOCK	UINT32_MAX	/* data.u32 of its events */

struct door {
	int			 epoll;		/* borrowed, as the next two */
	int			 listener;	/* -1: shut for good */
	const struct peers	*peers;		/* NULL: everybody */
	int64_t			 alone_us;
	int64_t			 closed_us;	/* until then; 0: it is open */
	int			 left;		/* looks since one came in */
	int			 knocks;	/* looks in a row with one */
};

/*
 * Have `epoll` say who knocks.  `alone_us`: where a request takes long nobody is
 * to wait behind another while a worker of the pool is free.  To connect and to
 * send are two things: between the two of whom it let in the door is closed, for
 * so many microseconds at most, since the rest may be slow.  0: whoever comes
 * may come in.  Returns 0 if it could not, and sets errno.
 */
int door_open(struct door *d, int epoll, const struct listener *l,
    const struct peers *p, int64_t alone_us);

/* For good. */
void door_shut(struct door *d);

/*
 * Somebody knocks, and this worker is `busy`, as it has enough to do: it leaves
 * them to another, but not for ever, as the others may be, too.  1: let one in.
 */
int door_knock(struct door *d, int busy);

/* Has there been somebody at every look lately?  Then all are busy. */
int door_rush(const struct door *d);

/* There was nobody at the door. */
void door_silence(struct door *d);

/* The next one's connection.  -1: there is none, or the door is closed. */
int door_accept(struct door *d, int64_t now);

/* Somebody came in whose request is still to come. */
void door_wait(struct door *d, int64_t now);

/* Nobody is between the two any more. */
void door_served(struct door *d, int64_t now);

/* Open it, whatever it is closed for; if it cannot be, later. */
void door_reopen(struct door *d, int64_t now);

/* The same when it is time. */
void door_look(struct door *d, int64_t now);

/* When that is; INT64_MAX: never. */
int64_t door_due_us(const struct door *d);

/* Be asked after all other workers, so that connections spread over the pool. */
void door_step_back(struct door *d);

#endif /* !DAEMON_DOOR_H */
