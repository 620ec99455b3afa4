/* SPDX-License-Identifier: MIT */
#ifndef DAEMON_ENTRANCE_H
#define DAEMON_ENTRANCE_H

/*
 * The listener of a pool, as one of its workers sees it: who may come in now,
 * and who is left to the others.
 */

#include <stdint.h>

#include "daemon/listener.h"
#include "daemon/peers.h"

#define ENTRANCE_KNOCK	UINT32_MAX	/* data.u32 of its events */

enum entrance_closed {
	ENTRANCE_OPEN,
	ENTRANCE_AWAITS,	/* the request of who came in last */
	ENTRANCE_TROUBLE	/* no descriptor, or it could not be watched */
};

struct entrance {
	int			 epoll;		/* borrowed, as the next two */
	int			 listener;	/* -1: shut for good */
	const struct peers	*peers;		/* NULL: everybody */
	int64_t			 alone_us;
	enum entrance_closed	 closed;
	int64_t			 until_us;	/* closed so long, at most */
	int			 left;		/* knocks left to others since
						 * one came in */
};

/*
 * Have `epoll` say who knocks.  `alone_us`: where a request takes long nobody is
 * to wait behind another while a worker of the pool is free.  To connect and to
 * send are two things: between the two of whom it let in it is closed, for so
 * many microseconds at most.  0: whoever comes may come in.  Returns 0 if it
 * could not, and sets errno.
 */
int entrance_open(struct entrance *e, int epoll, const struct listener *l,
    const struct peers *p, int64_t alone_us);

/* For good. */
void entrance_shut(struct entrance *e);

/*
 * Somebody knocks, and this worker is `busy`, as it has enough to do: it leaves
 * them to another, but not for ever, as the others may be, too.  1: let one in.
 */
int entrance_knock(struct entrance *e, int busy);

/* The next one's connection.  -1: there is none, or it is closed. */
int entrance_accept(struct entrance *e, int64_t now);

/*
 * Somebody came in whose request is still to come.  If it has `begun` the rest
 * may be slow: that is waited for hardly at all, or slow clients would keep all
 * workers to themselves.
 */
void entrance_await(struct entrance *e, int begun, int64_t now);

/* It came, and has been served. */
void entrance_served(struct entrance *e, int64_t now);

/* Open it, whatever it is closed for; if it cannot be, later. */
void entrance_reopen(struct entrance *e, int64_t now);

/* The same when it is time. */
void entrance_look(struct entrance *e, int64_t now);

/* When that is; INT64_MAX: never. */
int64_t entrance_due_us(const struct entrance *e);

/* Be asked after all other workers, so that connections spread over the pool. */
void entrance_step_back(struct entrance *e, int64_t now);

#endif /* !DAEMON_ENTRANCE_H */
