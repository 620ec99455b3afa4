/* SPDX-License-Identifier: MIT */

#include <unistd.h>

#include <sys/epoll.h>

#include "daemon/coming.h"

#define PAUSE_US	50000	/* in which nobody new comes: it is over */

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

void
coming_look(struct coming *c, int64_t now)
{
	struct epoll_event e;

	if (epoll_wait(c->bell, &e, 1, 0) == 1) {
		if (c->since_us == 0)
			c->since_us = now;
		c->last_us = now;
	} else if (now - c->last_us > PAUSE_US)
		c->since_us = 0;
}

void
coming_none(struct coming *c)
{
	c->since_us = 0;
}
