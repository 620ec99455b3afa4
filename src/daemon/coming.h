/* SPDX-License-Identifier: MIT */
#ifndef DAEMON_COMING_H
#define DAEMON_COMING_H

/*
 * Do people keep coming to a listener, or did they all come at once?  How many
 * wait there nobody says, but somebody new is heard of once, whether or not
 * there is room.  Asked only by who has too much to do.
 */

#include <stdint.h>

struct coming {
	int	 bell;		/* an epoll of its own, that nobody waits for */
	int64_t	 since_us;	/* since when they do; 0: they do not */
	int64_t	 last_us;	/* when one was heard of */
};

/* `listener` is borrowed.  0: it could not, and sets errno. */
int coming_open(struct coming *c, int listener);
void coming_close(struct coming *c);

/* Has somebody come since the last time? */
void coming_look(struct coming *c, int64_t now);

/* All have been let in. */
void coming_none(struct coming *c);

#endif /* !DAEMON_COMING_H */
