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
#include "daemon/line.h"
#include "daemon/places.h"

#include "daemon/gate.h"

#define EVENTS		64	/* looked at between two waits */
#define SPARE_US	100000	/* silent for so long, one can be spared */

struct gate {
	int			 epoll;
	struct entrance		 entrance;
	struct coming		 coming;
	struct gate_limits	 limits;
	unsigned char		*look;		/* LINE_LOOK bytes */
	struct line		*line;
	size_t			 lines;
	size_t			 open;		/* not free */
	size_t			 kept;
	struct places		 places;	/* of large ones */
	/* Those of LINE_WHOLE, first come first served; a ring. */
	size_t			*queue;
	size_t			 first;
	size_t			 queued;
	int64_t			 due_us;	/* nobody is late before */
	int64_t			 away_us;	/* serving since then; 0: not */
	int			 pressed;	/* more than can be served */
};

struct gate *
gate_open(const struct listener *l, const struct peers *p,
    const struct gate_limits *limits)
{
	struct gate *g = mem_zero(1, sizeof(*g));

	g->limits = *limits;
	g->lines = limits->keep + GATE_OPEN;
	g->line = mem_zero(g->lines, sizeof(*g->line));
	g->queue = mem_zero(g->lines, sizeof(*g->queue));
	g->look = mem_zero(1, LINE_LOOK);
	g->due_us = INT64_MAX;
	g->coming.bell = -1;
	g->epoll = epoll_create1(EPOLL_CLOEXEC);
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
	size_t i;

	if (g == NULL)
		return;
	for (i = 0; i < g->lines; i++)
		if (g->line[i].state != LINE_FREE)
			line_close(&g->line[i]);
	coming_close(&g->coming);
	if (g->epoll != -1)
		(void)close(g->epoll);
	free(g->line);
	free(g->queue);
	free(g->look);
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
	return g->open == 0;
}

/* --- one line --- */

static size_t
number_of(const struct gate *g, const struct line *l)
{
	return (size_t)(l - g->line);
}

static void
forget(struct gate *g, struct line *l)
{
	places_leave(&g->places, l);
	g->kept -= l->kept != 0;
	g->open--;
	*l = (struct line){ .state = LINE_FREE, .fd = -1, .store = -1 };
}

static void
drop(struct gate *g, struct line *l)
{
	const struct line gone = *l;

	forget(g, l);
	if (gone.store != -1)
		(void)close(gone.store);
	(void)close(gone.fd);
}

/* Hear of it when more comes: once, and not until that is read. */
static int
watch_line(struct gate *g, struct line *l)
{
	struct epoll_event e = { .events = EPOLLIN | EPOLLRDHUP | EPOLLET,
	    .data = { .u32 = (uint32_t)number_of(g, l) } };

	if (!l->watched)
		l->watched = epoll_ctl(g->epoll, EPOLL_CTL_ADD, l->fd,
		    &e) == 0;
	return l->watched;
}

static void
look_at(struct gate *g, struct line *l, int64_t now)
{
	const enum line_state was = l->state;

	if (!line_look(l, g->look, g->limits.body, now)) {
		drop(g, l);
		return;
	}
	places_turned(&g->places, was, l->state);
	if (l->state == LINE_WHOLE) {
		g->queue[(g->first + g->queued++) % g->lines] =
		    number_of(g, l);
	} else if (!watch_line(g, l)) {
		drop(g, l);
	} else if (l->late_us < g->due_us)
		g->due_us = l->late_us;
}

/* Close it if nothing came before that. */
static void
hang_up(struct gate *g, struct line *l, int64_t now)
{
	if (!line_hang_up(l))
		drop(g, l);
	else
		look_at(g, l, now);
}

void
gate_hurry(struct gate *g)
{
	const int64_t now = clock_mono_us();
	struct line *l;

	for (l = g->line; l < g->line + g->lines; l++)
		if (l->state == LINE_IDLE)
			hang_up(g, l, now);
		else if (l->state != LINE_FREE && l->state < LINE_WHOLE)
			drop(g, l);
}

/* --- who is let in --- */

/* Of those up to `last` that are kept, or of all: for longest; NULL: none. */
static struct line *
oldest(struct gate *g, enum line_state last, int kept)
{
	struct line *l, *found = NULL;

	for (l = g->line; l < g->line + g->lines; l++)
		if (l->state != LINE_FREE && l->state <= last &&
		    l->kept >= kept &&
		    (found == NULL || l->since_us < found->since_us))
			found = l;
	return found;
}

/* The one that has been at its request, or silent, for longest; NULL: none. */
static struct line *
slowest(struct gate *g)
{
	return oldest(g, LINE_STORE, 0);
}

/* If there is none the slowest has to go.  NULL: all are being served. */
static struct line *
free_line(struct gate *g, int64_t now)
{
	struct line *l;

	while (g->open == g->lines) {
		if ((l = slowest(g)) == NULL)
			return NULL;
		if (l->state == LINE_IDLE) {
			hang_up(g, l, now);
			continue;
		}
		log_debug("slow_dropped", "too many connections come slowly:"
		    " the slowest is closed");
		drop(g, l);
	}
	for (l = g->line; l->state != LINE_FREE; l++)
		continue;
	return l;
}

/* 0: nobody was there, or there is no room. */
static int
let_in(struct gate *g, int64_t now)
{
	struct line *l;
	int fd;

	if ((g->open == g->lines && slowest(g) == NULL) ||
	    (fd = entrance_accept(&g->entrance, now)) == -1)
		return 0;
	if ((l = free_line(g, now)) == NULL) {
		(void)close(fd);
		return 0;
	}
	line_open(l, fd, now);
	g->open++;
	look_at(g, l, now);
	if (l->state != LINE_FREE && l->state != LINE_WHOLE)
		entrance_await(&g->entrance, l->state != LINE_IDLE, now);
	return 1;
}

int
gate_let_in(struct gate *g, size_t most)
{
	const int64_t now = clock_mono_us();
	int some = g->queued > 0;

	entrance_reopen(&g->entrance, now);
	while (g->queued < most && let_in(g, now)) {
		entrance_reopen(&g->entrance, now);
		some = 1;
	}
	return some;
}

/*
 * In a rush twice as many come in as can be served together: so it is known who
 * has enough behind them.  Where a request takes long they are left to others.
 */
static void
answer_knock(struct gate *g, size_t most, int64_t now)
{
	const size_t room = g->limits.alone_us > 0 ? most : 2 * most;
	const int rush = coming_is_rush(&g->coming, now);
	size_t in;

	if (entrance_knock(&g->entrance, g->queued >= most))
		(void)let_in(g, now);
	for (in = 0; rush && in < room && g->queued < room &&
	    g->open < g->lines && let_in(g, now); in++)
		continue;
	g->pressed = rush && g->queued >= most;
}

/* --- looking around --- */

static void
hand_out_places(struct gate *g, int64_t now)
{
	struct line *l;

	while (places_wait(&g->places))
		if (places_give(&g->places, g->line, g->lines, now, &l))
			look_at(g, l, now);
		else
			drop(g, l);
}

/* Close who is late, and note who could be next. */
static void
close_late(struct gate *g, int64_t now)
{
	struct line *l;

	g->due_us = INT64_MAX;
	for (l = g->line; l < g->line + g->lines; l++) {
		if (l->state == LINE_FREE || l->state >= LINE_WHOLE)
			continue;
		if (now < l->late_us) {
			if (l->late_us < g->due_us)
				g->due_us = l->late_us;
		} else if (l->state == LINE_IDLE) {
			hang_up(g, l, now);
		} else {
			log_debug("slow_dropped", "a request was too slow"
			    " after %zu bytes", l->judged.len);
			drop(g, l);
		}
	}
}

/* Milliseconds until there is something to do anyway; -1: never. */
static int
until_due(const struct gate *g)
{
	const int64_t due_us = entrance_due_us(&g->entrance);
	int64_t left = due_us < g->due_us ? due_us : g->due_us;

	if (left == INT64_MAX)
		return -1;
	left -= clock_mono_us();
	return left <= 0 ? 0 : (int)(left / 1000) + 1;
}

/* Nobody moves on while the worker serves, and that is not their fault. */
static void
come_back(struct gate *g)
{
	int64_t away;
	size_t i;

	if (g->away_us == 0)
		return;
	away = clock_mono_us() - g->away_us;
	for (i = 0; i < g->lines; i++)
		if (g->line[i].state == LINE_STORE)
			line_excuse(&g->line[i], away);
	g->away_us = 0;
}

/* Look at all who moved, and then at those who did not. */
static void
look_around(struct gate *g, size_t most, int wait)
{
	struct epoll_event event[EVENTS];
	struct line *l;
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
		l = &g->line[event[i].data.u32];
		if (event[i].events & (EPOLLRDHUP | EPOLLHUP))
			l->hung = 1;
		if (l->state >= LINE_WHOLE)
			l->again = 1;
		else if (l->state != LINE_FREE)
			look_at(g, l, now);
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
	if (n >= 0 && n < EVENTS && now >= g->due_us)
		close_late(g, now);
	hand_out_places(g, now);
}

size_t
gate_next(struct gate *g, struct ready *ret, size_t most, int wait)
{
	size_t n = 0, bytes = 0;
	struct line *l;

	come_back(g);
	look_around(g, most, wait && g->queued == 0 && !places_wait(&g->places));
	while (g->queued > 0 && n < most) {
		l = &g->line[g->queue[g->first]];
		bytes += l->judged.len;
		if (n > 0 && bytes > GATE_BYTES)
			break;
		g->first = (g->first + 1) % g->lines;
		g->queued--;
		l->state = LINE_LENT;
		ret[n].line = number_of(g, l);
		ret[n].behind = g->queued;
		ret[n++].whole = (struct whole){ .fd = l->fd,
		    .store = l->store, .len = l->judged.len };
	}
	if (g->places.taken > 0)
		g->away_us = clock_mono_us();
	return n;
}

int64_t
gate_coming_ms(const struct gate *g)
{
	return g->coming.since_us / 1000;
}

/*
 * Close the connection that has been silent for longest, if that is long: one
 * that has just been served is what its web server takes next, and would write
 * to as it is being closed.
 */
static void
make_room(struct gate *g, int64_t now)
{
	struct line *l = oldest(g, LINE_IDLE, 1);

	if (l != NULL && now - l->since_us >= SPARE_US)
		hang_up(g, l, now);
}

/*
 * Kept for the first time, it goes on to be watched, and this worker behind all
 * others that wait for new connections: so they spread over the pool.  While
 * people queue at the door nobody is kept: whoever comes over a kept connection
 * would be served before all of them, who came earlier, for as long as it lasts.
 */
static int
keep(struct gate *g, struct line *l, int64_t now)
{
	if (l->kept)
		return 1;
	if (!watch_line(g, l))
		return 0;
	if (g->kept >= g->limits.keep)
		make_room(g, now);
	l->kept = 1;
	g->kept++;
	entrance_step_back(&g->entrance, now);
	return 1;
}

int
gate_keeps(const struct gate *g, const struct ready *r)
{
	return !g->line[r->line].hung && !g->pressed && g->limits.keep > 0;
}

void
gate_return(struct gate *g, const struct ready *r, enum after after)
{
	struct line *l = &g->line[r->line];
	const int64_t now = clock_mono_us();

	entrance_served(&g->entrance, now);
	if (after == AFTER_GONE) {
		forget(g, l);
		return;
	}
	places_leave(&g->places, l);
	l->store = -1;
	line_rest(l, now);
	if (!keep(g, l, now)) {
		hang_up(g, l, now);
		return;
	}
	if (l->again) {
		l->again = 0;
		look_at(g, l, now);
	} else if (l->late_us < g->due_us)
		g->due_us = l->late_us;
}
