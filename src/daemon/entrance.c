/* SPDX-License-Identifier: MIT */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "base/log.h"

#include "daemon/entrance.h"

#define READ_SECONDS	1	/* libfcgi never waits; should it do so */
#define TROUBLE_US	INT64_C(100000)
#define TURN		8	/* knocks of which one is not left to others */
#define STRANGERS	16	/* turned away in one go */
#define BEGUN		20	/* of alone_us, a twentieth is for the rest */

/*
 * Exclusive: a new connection wakes one of the pool, not all.  It is the first
 * of those who wait, in the order in which they came to watch.  But that one may
 * have something else to begin with in the same moment, and where that takes
 * long all are woken.
 */
static int
watch(struct entrance *e)
{
	struct epoll_event event = { .events = EPOLLIN, .data = { .u32 =
	    ENTRANCE_KNOCK } };

	if (e->alone_us == 0)
		event.events |= EPOLLEXCLUSIVE;
	return epoll_ctl(e->epoll, EPOLL_CTL_ADD, e->listener, &event) == 0;
}

int
entrance_open(struct entrance *e, int epoll, const struct listener *l,
    const struct peers *p, int64_t alone_us)
{
	*e = (struct entrance){ .epoll = epoll, .listener = l->fd,
	    .peers = l->is_unix ? p : NULL, .alone_us = alone_us };
	return watch(e);
}

static void
close_until(struct entrance *e, enum entrance_closed why, int64_t until_us)
{
	if (e->closed == ENTRANCE_OPEN)
		(void)epoll_ctl(e->epoll, EPOLL_CTL_DEL, e->listener, NULL);
	e->closed = why;
	e->until_us = until_us;
}

void
entrance_shut(struct entrance *e)
{
	if (e->listener != -1)
		close_until(e, ENTRANCE_OPEN, 0);
	e->listener = -1;
}

/* Whoever came meanwhile knocks at the next look. */
void
entrance_reopen(struct entrance *e, int64_t now)
{
	if (e->closed == ENTRANCE_OPEN)
		return;
	if (watch(e)) {
		e->closed = ENTRANCE_OPEN;
		return;
	}
	log_error("gate_failed", "could not watch the socket: %s",
	    strerror(errno));
	close_until(e, ENTRANCE_TROUBLE, now + TROUBLE_US);
}

void
entrance_step_back(struct entrance *e, int64_t now)
{
	if (e->listener == -1 || e->closed != ENTRANCE_OPEN)
		return;
	close_until(e, ENTRANCE_AWAITS, now);
	entrance_reopen(e, now);
}

int
entrance_knock(struct entrance *e, int busy)
{
	return !busy || ++e->left >= TURN;
}

/* A connection of somebody who may connect. */
static int
accept_peer(struct entrance *e)
{
	int fd, i;

	for (i = 0; i < STRANGERS; i++) {
		fd = accept4(e->listener, NULL, NULL, SOCK_CLOEXEC);
		if (fd == -1 && errno == ECONNABORTED)
			continue;
		if (fd == -1 || e->peers == NULL || peers_allow(e->peers, fd))
			return fd;
		(void)close(fd);
	}
	errno = EAGAIN;
	return -1;
}

int
entrance_accept(struct entrance *e, int64_t now)
{
	const struct timeval in = { .tv_sec = READ_SECONDS };
	int fd;

	if (e->listener == -1 || e->closed != ENTRANCE_OPEN)
		return -1;
	if ((fd = accept_peer(e)) == -1) {
		/* Another worker was faster, most of the time. */
		if (errno != EAGAIN && errno != EINTR) {
			log_warn("accept_failed", "could not accept a"
			    " connection: %s", strerror(errno));
			close_until(e, ENTRANCE_TROUBLE, now + TROUBLE_US);
		}
		return -1;
	}
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &in, sizeof(in));
	e->left = 0;
	return fd;
}

void
entrance_await(struct entrance *e, int begun, int64_t now)
{
	if (e->alone_us > 0)
		close_until(e, ENTRANCE_AWAITS, now + e->alone_us /
		    (begun ? BEGUN : 1));
}

void
entrance_served(struct entrance *e, int64_t now)
{
	if (e->closed == ENTRANCE_AWAITS)
		entrance_reopen(e, now);
}

void
entrance_look(struct entrance *e, int64_t now)
{
	if (now >= e->until_us)
		entrance_reopen(e, now);
}

int64_t
entrance_due_us(const struct entrance *e)
{
	return e->closed != ENTRANCE_OPEN ? e->until_us : INT64_MAX;
}
