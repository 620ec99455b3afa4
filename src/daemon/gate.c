/* SPDX-License-Identifier: MIT */

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

#include "daemon/gate.h"

#define READ_SECONDS	1	/* between two pieces of a request */
#define WRITE_SECONDS	5
#define SILENT_US	1000000
#define EVENTS		32	/* looked at between two waits */
#define TROUBLE_MS	100	/* no descriptor to be had: breathe */

struct line {
	int	 fd;
	int64_t	 spoke_us;
};

struct gate {
	int			 epoll;
	int			 listener;	/* -1: shut */
	int			 is_unix;
	const struct peers	*peers;
	struct line		*line;
	size_t			 count;
	size_t			 most;
	int			 lent;		/* not yet returned; -1 */
	struct epoll_event	 event[EVENTS];
	int			 events;
	int			 at;		/* the next of them */
};

static int
watch(struct gate *g, int fd, unsigned events)
{
	struct epoll_event e = { .events = events, .data = { .fd = fd } };

	return epoll_ctl(g->epoll, EPOLL_CTL_ADD, fd, &e) == 0;
}

struct gate *
gate_open(const struct listener *l, const struct peers *p, int keep)
{
	struct gate *g = mem_zero(1, sizeof(*g));

	g->peers = p;
	g->listener = l->fd;
	g->is_unix = l->is_unix;
	g->most = (size_t)keep;
	g->line = mem_zero(g->most + 1, sizeof(*g->line));
	g->lent = -1;
	g->epoll = epoll_create1(EPOLL_CLOEXEC);
	/* Exclusive: a new connection wakes one of the pool, not all. */
	if (g->epoll == -1 ||
	    !watch(g, g->listener, EPOLLIN | EPOLLEXCLUSIVE)) {
		log_error("gate_failed", "could not watch the socket: %s",
		    strerror(errno));
		gate_close(g);
		return NULL;
	}
	return g;
}

void
gate_close(struct gate *g)
{
	if (g == NULL)
		return;
	while (g->count > 0)
		(void)close(g->line[--g->count].fd);
	if (g->epoll != -1)
		(void)close(g->epoll);
	free(g->line);
	free(g);
}

void
gate_shut(struct gate *g)
{
	if (g->listener == -1)
		return;
	(void)epoll_ctl(g->epoll, EPOLL_CTL_DEL, g->listener, NULL);
	g->listener = -1;
}

static struct line *
line_of(struct gate *g, int fd)
{
	size_t i;

	for (i = 0; i < g->count; i++)
		if (g->line[i].fd == fd)
			return &g->line[i];
	return NULL;
}

static void
line_drop(struct gate *g, struct line *l)
{
	*l = g->line[--g->count];
}

/* What was given out and did not come back has been closed. */
static void
forget_lent(struct gate *g)
{
	struct line *l;

	if (g->lent != -1 && (l = line_of(g, g->lent)) != NULL)
		line_drop(g, l);
	g->lent = -1;
}

int
gate_is_empty(struct gate *g)
{
	forget_lent(g);
	return g->count == 0;
}

/*
 * Close a connection on which a request may come any moment, and lose none:
 * first let nothing more in, which the peer notices when it sends and then goes
 * elsewhere; then look whether something came before.  1: nothing did, and it
 * is closed.
 */
static int
hang_up(int fd)
{
	char c;

	(void)shutdown(fd, SHUT_RD);
	if (recv(fd, &c, 1, MSG_PEEK | MSG_DONTWAIT) == 1)
		return 0;
	(void)close(fd);
	return 1;
}

int
gate_return(struct gate *g, int fd, int stay)
{
	struct line *l = line_of(g, fd);

	if (stay && l == NULL && g->count < g->most && watch(g, fd, EPOLLIN)) {
		l = &g->line[g->count++];
		l->fd = fd;
	} else if (!stay || l == NULL) {
		/* Closed, it is forgotten like one that did not come back. */
		return !hang_up(fd);
	}
	l->spoke_us = clock_mono_us();
	g->lent = -1;
	return 0;
}

int
gate_accept(struct gate *g)
{
	const struct timeval in = { .tv_sec = READ_SECONDS };
	const struct timeval out = { .tv_sec = WRITE_SECONDS };
	int fd;

	forget_lent(g);
	for (;;) {
		if (g->listener == -1)
			return -1;
		fd = accept4(g->listener, NULL, NULL, SOCK_CLOEXEC);
		if (fd == -1) {
			if (errno == ECONNABORTED)
				continue;
			/* Another worker was faster, most of the time. */
			if (errno != EAGAIN && errno != EINTR) {
				log_warn("accept_failed", "could not accept a"
				    " connection: %s", strerror(errno));
				(void)poll(NULL, 0, TROUBLE_MS);
			}
			return -1;
		}
		if (!g->is_unix || peers_allow(g->peers, fd))
			break;
		(void)close(fd);
	}
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &in, sizeof(in));
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &out, sizeof(out));
	g->lent = fd;
	return fd;
}

/* Milliseconds until the first may have been silent for too long; -1: never. */
static int
until_silence(const struct gate *g)
{
	int64_t now, left, next = SILENT_US;
	size_t i;

	if (g->count == 0)
		return -1;
	now = clock_mono_us();
	for (i = 0; i < g->count; i++) {
		left = g->line[i].spoke_us + SILENT_US - now;
		if (left < next)
			next = left;
	}
	return next <= 0 ? 0 : (int)(next / 1000) + 1;
}

/*
 * Close who has been silent for too long.  Only after a look at all of them:
 * while the worker was busy they may have spoken, and waited for it.
 */
static void
close_silent(struct gate *g)
{
	int64_t now = clock_mono_us();
	struct line *l;
	size_t i;
	int n;

	for (n = 0; n < g->events; n++)
		if ((l = line_of(g, g->event[n].data.fd)) != NULL)
			l->spoke_us = now;
	if (g->events == EVENTS)
		return;
	for (i = 0; i < g->count;) {
		l = &g->line[i];
		if (now - l->spoke_us < SILENT_US) {
			i++;
			continue;
		}
		if (hang_up(l->fd))
			line_drop(g, l);
		else
			l->spoke_us = now;
	}
}

static void
wait_for_events(struct gate *g)
{
	sigset_t none;

	(void)sigemptyset(&none);
	g->at = 0;
	g->events = epoll_pwait(g->epoll, g->event, EVENTS, until_silence(g),
	    &none);
	if (g->events == -1)
		g->events = 0;
	else
		close_silent(g);
}

int
gate_next(struct gate *g)
{
	int fd;

	forget_lent(g);
	if (g->at == g->events) {
		wait_for_events(g);
		if (g->events == 0)
			return -1;
	}

	fd = g->event[g->at++].data.fd;
	if (fd == g->listener)
		return gate_accept(g);
	/* The listener of a gate that was shut since. */
	if (line_of(g, fd) == NULL)
		return -1;
	g->lent = fd;
	return fd;
}
