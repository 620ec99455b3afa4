/* SPDX-License-Identifier: MIT */

#include <stdlib.h>
#include <unistd.h>

#include <sys/epoll.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

#include "daemon/lines.h"

#define SPARE_US	100000	/* silent for so long, one can be spared */

void
lines_init(struct lines *ls, int epoll, size_t keep, size_t others, size_t body)
{
	*ls = (struct lines){ .epoll = epoll, .keep = keep, .body = body,
	    .count = keep + others, .due_us = INT64_MAX };
	ls->line = mem_zero(ls->count, sizeof(*ls->line));
	ls->queue = mem_zero(ls->count, sizeof(*ls->queue));
	ls->look = mem_zero(1, LINE_LOOK);
}

void
lines_done(struct lines *ls)
{
	size_t i;

	for (i = 0; i < ls->count; i++)
		if (ls->line[i].state != LINE_FREE)
			line_close(&ls->line[i]);
	free(ls->line);
	free(ls->queue);
	free(ls->look);
}

/* --- one line --- */

static size_t
number_of(const struct lines *ls, const struct line *l)
{
	return (size_t)(l - ls->line);
}

static void
forget(struct lines *ls, struct line *l)
{
	places_leave(&ls->places, l);
	ls->kept -= l->kept != 0;
	ls->open--;
	*l = (struct line){ .state = LINE_FREE, .fd = -1, .store = -1 };
}

static void
drop(struct lines *ls, struct line *l)
{
	const struct line gone = *l;

	forget(ls, l);
	if (gone.store != -1)
		(void)close(gone.store);
	(void)close(gone.fd);
}

/* Hear of it when more comes: once, and not until that is read. */
static int
watch(struct lines *ls, struct line *l)
{
	struct epoll_event e = { .events = EPOLLIN | EPOLLRDHUP | EPOLLET,
	    .data = { .u32 = (uint32_t)number_of(ls, l) } };

	if (!l->watched)
		l->watched = epoll_ctl(ls->epoll, EPOLL_CTL_ADD, l->fd,
		    &e) == 0;
	return l->watched;
}

static void
look_at(struct lines *ls, struct line *l, int64_t now)
{
	const enum line_state was = l->state;

	if (!line_look(l, ls->look, ls->body, now)) {
		drop(ls, l);
		return;
	}
	places_turned(&ls->places, was, l->state);
	if (l->state == LINE_WHOLE) {
		ls->queue[(ls->first + ls->queued++) % ls->count] =
		    number_of(ls, l);
	} else if (!watch(ls, l)) {
		drop(ls, l);
	} else if (l->late_us < ls->due_us)
		ls->due_us = l->late_us;
}

/* Close it if nothing came before that. */
static void
hang_up(struct lines *ls, struct line *l, int64_t now)
{
	if (!line_hang_up(l))
		drop(ls, l);
	else
		look_at(ls, l, now);
}

void
lines_moved(struct lines *ls, size_t i, int hung, int64_t now)
{
	struct line *l = &ls->line[i];

	if (hung)
		l->hung = 1;
	if (l->state >= LINE_WHOLE)
		l->again = 1;
	else if (l->state != LINE_FREE)
		look_at(ls, l, now);
}

/* --- room --- */

/* Of those up to `last` that are kept, or of all: for longest; NULL: none. */
static struct line *
oldest(const struct lines *ls, enum line_state last, int kept)
{
	struct line *l, *found = NULL;

	for (l = ls->line; l < ls->line + ls->count; l++)
		if (l->state != LINE_FREE && l->state <= last &&
		    l->kept >= kept &&
		    (found == NULL || l->since_us < found->since_us))
			found = l;
	return found;
}

/* The one that has been at its request, or silent, for longest; NULL: none. */
static struct line *
slowest(const struct lines *ls)
{
	return oldest(ls, LINE_STORE, 0);
}

int
lines_have_room(const struct lines *ls)
{
	return ls->open < ls->count || slowest(ls) != NULL;
}

static struct line *
free_line(struct lines *ls, int64_t now)
{
	struct line *l;

	while (ls->open == ls->count) {
		if ((l = slowest(ls)) == NULL)
			return NULL;
		if (l->state == LINE_IDLE) {
			hang_up(ls, l, now);
			continue;
		}
		log_debug("slow_dropped", "too many connections come slowly:"
		    " the slowest is closed");
		drop(ls, l);
	}
	for (l = ls->line; l->state != LINE_FREE; l++)
		continue;
	return l;
}

const struct line *
lines_open(struct lines *ls, int fd, int64_t now)
{
	struct line *l = free_line(ls, now);

	if (l == NULL) {
		(void)close(fd);
		return NULL;
	}
	line_open(l, fd, now);
	ls->open++;
	look_at(ls, l, now);
	return l;
}

/* --- those who did not move --- */

/* And note who could be next. */
static void
close_late(struct lines *ls, int64_t now)
{
	struct line *l;

	ls->due_us = INT64_MAX;
	for (l = ls->line; l < ls->line + ls->count; l++) {
		if (l->state == LINE_FREE || l->state >= LINE_WHOLE)
			continue;
		if (now < l->late_us) {
			if (l->late_us < ls->due_us)
				ls->due_us = l->late_us;
		} else if (l->state == LINE_IDLE) {
			hang_up(ls, l, now);
		} else {
			log_debug("slow_dropped", "a request was too slow"
			    " after %zu bytes", l->judged.len);
			drop(ls, l);
		}
	}
}

void
lines_close_late(struct lines *ls, int64_t now)
{
	if (now >= ls->due_us)
		close_late(ls, now);
}

void
lines_give_places(struct lines *ls, int64_t now)
{
	struct line *l;

	while (places_wait(&ls->places))
		if (places_give(&ls->places, ls->line, ls->count, now, &l))
			look_at(ls, l, now);
		else
			drop(ls, l);
}

void
lines_go_away(struct lines *ls)
{
	if (ls->places.taken > 0)
		ls->away_us = clock_mono_us();
}

void
lines_come_back(struct lines *ls)
{
	int64_t away;
	size_t i;

	if (ls->away_us == 0)
		return;
	away = clock_mono_us() - ls->away_us;
	for (i = 0; i < ls->count; i++)
		if (ls->line[i].state == LINE_STORE)
			line_excuse(&ls->line[i], away);
	ls->away_us = 0;
}

void
lines_hurry(struct lines *ls)
{
	const int64_t now = clock_mono_us();
	struct line *l;

	for (l = ls->line; l < ls->line + ls->count; l++)
		if (l->state == LINE_IDLE)
			hang_up(ls, l, now);
		else if (l->state != LINE_FREE && l->state < LINE_WHOLE)
			drop(ls, l);
}

/* --- those who are served --- */

const struct line *
lines_next(const struct lines *ls)
{
	return ls->queued == 0 ? NULL : &ls->line[ls->queue[ls->first]];
}

size_t
lines_lend(struct lines *ls)
{
	const size_t i = ls->queue[ls->first];

	ls->first = (ls->first + 1) % ls->count;
	ls->queued--;
	ls->line[i].state = LINE_LENT;
	return i;
}

void
lines_forget(struct lines *ls, size_t i)
{
	forget(ls, &ls->line[i]);
}

/*
 * Close the connection that has been silent for longest, if that is long: one
 * that has just been served is what its web server takes next, and would write
 * to as it is being closed.
 */
static void
make_room(struct lines *ls, int64_t now)
{
	struct line *l = oldest(ls, LINE_IDLE, 1);

	if (l != NULL && now - l->since_us >= SPARE_US)
		hang_up(ls, l, now);
}

int
lines_keep(struct lines *ls, size_t i, int64_t now)
{
	struct line *l = &ls->line[i];
	const int first = !l->kept;

	places_leave(&ls->places, l);
	l->store = -1;
	line_rest(l, now);
	if (first && !watch(ls, l)) {
		hang_up(ls, l, now);
		return 0;
	}
	if (first) {
		if (ls->kept >= ls->keep)
			make_room(ls, now);
		l->kept = 1;
		ls->kept++;
	}
	if (l->again) {
		l->again = 0;
		look_at(ls, l, now);
	} else if (l->late_us < ls->due_us)
		ls->due_us = l->late_us;
	return first;
}
