/* SPDX-License-Identifier: MIT */

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/epoll.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "daemon/coming.h"
#include "daemon/entrance.h"
#include "daemon/lines.h"

#include "daemon/gate.h"

#define EVENTS		64	/* looked at between two waits */

struct gate {
	int			 epoll;
	struct entrance		 entrance;
	struct coming		 coming;
	struct gate_limits	 limits;
	struct lines		 lines;
	int			 pressed;	/* more than can be served */
};

struct gate *
gate_open(const struct listener *l, const struct peers *p,
    const struct gate_limits *limits)
{
	struct gate *g = mem_zero(1, sizeof(*g));

	g->limits = *limits;
	g->coming.bell = -1;
	g->epoll = epoll_create1(EPOLL_CLOEXEC);
	lines_init(&g->lines, g->epoll, limits->keep, GATE_OPEN, limits->body);
	if (g->epoll == -1 ||
	    !entrance_open(&g->entrance, g->epoll, l, p, limits->alone_us) ||
	    !coming_open(&g->coming, l->fd)) {
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
	lines_done(&g->lines);
	coming_close(&g->coming);
	if (g->epoll != -1)
		(void)close(g->epoll);
	free(g);
}

void
gate_shut(struct gate *g)
{
	entrance_shut(&g->entrance);
}

int
gate_is_empty(const struct gate *g)
{
	return g->lines.open == 0;
}

void
gate_hurry(struct gate *g)
{
	lines_hurry(&g->lines);
}

/* --- who is let in --- */

/* 0: nobody was there, or there is no room. */
static int
let_in(struct gate *g, int64_t now)
{
	const struct line *l;
	int fd;

	if (!lines_have_room(&g->lines) ||
	    (fd = entrance_accept(&g->entrance, now)) == -1 ||
	    (l = lines_open(&g->lines, fd, now)) == NULL)
		return 0;
	if (l->state != LINE_FREE && l->state != LINE_WHOLE)
		entrance_await(&g->entrance, l->state != LINE_IDLE, now);
	return 1;
}

int
gate_let_in(struct gate *g, size_t most)
{
	const int64_t now = clock_mono_us();
	int some = g->lines.queued > 0;

	entrance_reopen(&g->entrance, now);
	while (g->lines.queued < most && let_in(g, now)) {
		entrance_reopen(&g->entrance, now);
		some = 1;
	}
	return some;
}

/*
 * In a rush twice as many come in as can be served together: so it is known
 * whether there is a whole batch behind this one.  Where a request takes long
 * they are left to others.
 */
static void
answer_knock(struct gate *g, size_t most, int64_t now)
{
	const size_t room = g->limits.alone_us > 0 ? most : 2 * most;
	const int rush = coming_is_rush(&g->coming, now);
	size_t in;

	if (entrance_knock(&g->entrance, g->lines.queued >= most))
		(void)let_in(g, now);
	for (in = 0; rush && in < room && g->lines.queued < room &&
	    g->lines.open < g->lines.count && let_in(g, now); in++)
		continue;
	g->pressed = rush && g->lines.queued > most;
}

/* --- looking around --- */

/* Milliseconds until there is something to do anyway; -1: never. */
static int
until_due(const struct gate *g)
{
	const int64_t due_us = entrance_due_us(&g->entrance);
	int64_t left = due_us < g->lines.due_us ? due_us : g->lines.due_us;

	if (left == INT64_MAX)
		return -1;
	left -= clock_mono_us();
	return left <= 0 ? 0 : (int)(left / 1000) + 1;
}

/* Look at all who moved, and then at those who did not. */
static void
look_around(struct gate *g, size_t most, int wait)
{
	struct epoll_event event[EVENTS];
	sigset_t none;
	int64_t now;
	int i, n, knock = 0;

	(void)sigemptyset(&none);
	n = epoll_pwait(g->epoll, event, EVENTS, wait ? until_due(g) : 0,
	    &none);
	now = clock_mono_us();
	if (wait)
		coming_none(&g->coming);
	for (i = 0; i < n; i++) {
		if (event[i].data.u32 == ENTRANCE_KNOCK) {
			knock = 1;
			continue;
		}
		lines_moved(&g->lines, event[i].data.u32,
		    event[i].events & (EPOLLRDHUP | EPOLLHUP), now);
	}
	coming_look(&g->coming, knock, now);
	g->pressed = 0;
	if (knock)
		answer_knock(g, most, now);
	entrance_look(&g->entrance, now);
	/*
	 * Only after a look at all of them: while the worker was busy they may
	 * have moved, and waited for it.
	 */
	if (n >= 0 && n < EVENTS)
		lines_close_late(&g->lines, now);
	lines_give_places(&g->lines, now);
}

size_t
gate_next(struct gate *g, struct ready *ret, size_t most, int wait)
{
	struct lines *ls = &g->lines;
	size_t i, n = 0, bytes = 0;
	const struct line *l;

	lines_come_back(ls);
	look_around(g, most, wait && ls->queued == 0 &&
	    !places_wait(&ls->places));
	while (n < most && (l = lines_next(ls)) != NULL) {
		bytes += l->judged.len;
		if (n > 0 && bytes > GATE_BYTES)
			break;
		ret[n].line = lines_lend(ls);
		ret[n++].whole = (struct whole){ .fd = l->fd,
		    .store = l->store, .len = l->judged.len };
	}
	/* The same for all: half a batch takes as long as a whole one. */
	for (i = 0; i < n; i++)
		ret[i].behind = ls->queued;
	lines_go_away(ls);
	return n;
}

int64_t
gate_coming_ms(const struct gate *g)
{
	return coming_for_us(&g->coming) / 1000;
}

/*
 * While people queue at the door nobody is kept: whoever comes over a kept
 * connection would be served before all of them, who came earlier, for as long
 * as it lasts.
 */
int
gate_keeps(const struct gate *g, const struct ready *r)
{
	return !g->lines.line[r->line].hung && !g->pressed &&
	    g->limits.keep > 0;
}

/*
 * Behind one that is kept for the first time this worker stands behind all
 * others that wait for new connections: so they spread over the pool.
 */
void
gate_return(struct gate *g, const struct ready *r, int kept)
{
	const int64_t now = clock_mono_us();

	entrance_served(&g->entrance, now);
	if (!kept)
		lines_forget(&g->lines, r->line);
	else if (lines_keep(&g->lines, r->line, now))
		entrance_step_back(&g->entrance, now);
}
