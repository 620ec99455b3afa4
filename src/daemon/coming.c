/* SPDX-License-Identifier: MIT */

#include <unistd.h>

#include <sys/epoll.h>

#include "daemon/coming.h"

#define PAUSE_US	50000	/* in which nobody new comes: it is over */
#define RUSH_US		50000	/* of coming, and it is a rush */
#define RUSH_KNOCKS	2	/* the same of looks */

int
coming_open(struct coming *c, int listener)
{
	struct epoll_event e = { .events = EPOLLIN | EPOLLET };

	*c = (struct coming){ .bell = epoll_create1(EPOLL_CLOEXEC) };
	return c->bell != -1 &&
	    epoll_ctl(c->bell, EPOLL_CTL_ADD, listener, &e) == 0;
}

void
coming_close(struct coming *c)
{
	if (c->bell != -1)
		(void)close(c->bell);
	c->bell = -1;
}

static void
hear(struct coming *c, int64_t now)
{
	struct epoll_event e;

	if (epoll_wait(c->bell, &e, 1, 0) == 1) {
		c->sure_us = c->looked_us;
		if (c->since_us == 0)
			c->since_us = c->sure_us = now;
		c->last_us = now;
	} else if (now - c->last_us > PAUSE_US)
		c->since_us = 0;
}

void
coming_look(struct coming *c, int knock, int64_t now)
{
	if (!knock) {
		c->knocks -= c->knocks > 0;
	} else if (c->knocks < RUSH_KNOCKS)
		c->knocks++;
	/* Whoever came to a door that was empty is not asked about. */
	if (knock || c->since_us != 0)
		hear(c, now);
	c->looked_us = now;
}

void
coming_none(struct coming *c)
{
	c->since_us = 0;
}

int
coming_is_rush(const struct coming *c, int64_t now)
{
	return c->knocks == RUSH_KNOCKS ||
	    (c->since_us != 0 && now - c->since_us >= RUSH_US);
}

int64_t
coming_for_us(const struct coming *c)
{
	return c->since_us == 0 ? 0 : c->sure_us - c->since_us;
}
