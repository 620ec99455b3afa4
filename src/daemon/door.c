/* SPDX-License-Identifier: MIT */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "base/log.h"

#include "daemon/door.h"

#define READ_SECONDS	1	/* libfcgi never waits; should it do so */
#define TROUBLE_US	INT64_C(100000)	/* no descriptor to be had */
#define TURN		8	/* looks after which one may come in */
#define PRESSED		4	/* looks in a row at which one knocked */
#define STRANGERS	16	/* turned away in one go */

/*
 * Exclusive: a new connection wakes one of the pool, not all.  It is the first
 * of those who wait, in the order in which they came to watch.  But that one may
 * have something else to begin with in the same moment, and where that takes
 * long all are woken.
 */
static int
watch(struct door *d)
{
	struct epoll_event e = { .events = EPOLLIN, .data = { .u32 =
	    DOOR_KNOCK } };

	if (d->alone_us == 0)
		e.events |= EPOLLEXCLUSIVE;
	return epoll_ctl(d->epoll, EPOLL_CTL_ADD, d->listener, &e) == 0;
}

static void
watch_no_more(struct door *d)
{
	(void)epoll_ctl(d->epoll, EPOLL_CTL_DEL, d->listener, NULL);
}

int
door_open(struct door *d, int epoll, const struct listener *l,
    const struct peers *p, int64_t alone_us)
{
	*d = (struct door){ .epoll = epoll, .listener = l->fd,
	    .peers = l->is_unix ? p : NULL, .alone_us = alone_us };
	return watch(d);
}

void
door_shut(struct door *d)
{
	if (d->listener != -1 && d->closed_us == 0)
		watch_no_more(d);
	d->listener = -1;
	d->closed_us = 0;
}

int
door_knock(struct door *d, int busy)
{
	d->knocks += d->knocks < PRESSED;
	return !busy || ++d->left >= TURN;
}

int
door_rush(const struct door *d)
{
	return d->knocks == PRESSED;
}

void
door_silence(struct door *d)
{
	d->knocks -= d->knocks > 0;
}

static void
close_until(struct door *d, int64_t until)
{
	if (d->closed_us == 0)
		watch_no_more(d);
	d->closed_us = until;
}

/* A connection of somebody who may connect. */
static int
accept_peer(struct door *d)
{
	int fd, i;

	for (i = 0; i < STRANGERS; i++) {
		fd = accept4(d->listener, NULL, NULL, SOCK_CLOEXEC);
		if (fd == -1 && errno == ECONNABORTED)
			continue;
		if (fd == -1 || d->peers == NULL || peers_allow(d->peers, fd))
			return fd;
		(void)close(fd);
	}
	errno = EAGAIN;
	return -1;
}

int
door_accept(struct door *d, int64_t now)
{
	const struct timeval in = { .tv_sec = READ_SECONDS };
	int fd;

	if (d->listener == -1 || d->closed_us != 0)
		return -1;
	if ((fd = accept_peer(d)) == -1) {
		/* Another worker was faster, most of the time. */
		if (errno != EAGAIN && errno != EINTR) {
			log_warn("accept_failed", "could not accept a"
			    " connection: %s", strerror(errno));
			close_until(d, now + TROUBLE_US);
		}
		return -1;
	}
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &in, sizeof(in));
	d->left = 0;
	return fd;
}

void
door_wait(struct door *d, int64_t now)
{
	if (d->listener != -1 && d->alone_us > 0)
		close_until(d, now + d->alone_us);
}

/* Whoever came meanwhile knocks at the next look. */
void
door_reopen(struct door *d, int64_t now)
{
	if (d->closed_us == 0)
		return;
	d->closed_us = 0;
	if (!watch(d)) {
		log_error("gate_failed", "could not watch the socket: %s",
		    strerror(errno));
		d->closed_us = now + TROUBLE_US;
	}
}

void
door_served(struct door *d, int64_t now)
{
	if (d->alone_us > 0)
		door_reopen(d, now);
}

void
door_look(struct door *d, int64_t now)
{
	if (now >= d->closed_us)
		door_reopen(d, now);
}

int64_t
door_due_us(const struct door *d)
{
	return d->closed_us != 0 ? d->closed_us : INT64_MAX;
}

void
door_step_back(struct door *d)
{
	if (d->listener == -1 || d->closed_us != 0)
		return;
	watch_no_more(d);
	(void)watch(d);
}
