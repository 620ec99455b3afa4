/* SPDX-License-Identifier: MIT */

#include <stddef.h>

#include "base/clock.h"

#include "http/request.h"

#include "http/late.h"

#define WINDOW_MS	1000	/* in which it is seen whether it still stands */
#define FEW		16	/* one in so many may wait all the same */
#define APART_MS	500	/* at least, between a crowd and another */
#define BELIEVED_MS	60000	/* more is a clock that was set */

/* Does it still stand?  Asked once in a window, when that is over. */
static void
count(struct late *l, int is_queue, int64_t now_ms)
{
	if (now_ms - l->window_ms >= WINDOW_MS) {
		if (l->above * FEW <= l->seen)
			l->stands = 0;
		l->window_ms = now_ms;
		l->seen = l->above = 0;
	}
	l->seen++;
	l->above += is_queue;
}

static void
begin_to_stand(struct late *l, int64_t now_ms)
{
	l->stands = 1;
	l->window_ms = now_ms;
	l->seen = l->above = 0;
}

/*
 * Have people kept coming for so long?  If not, it will be served.  Where each
 * takes long a pause between two says nothing.
 */
static int
is_fed(const struct late *l)
{
	return l->room == 0 || l->coming_ms >= l->stand_ms;
}

int
late_judge(struct late *l, int64_t waited_ms, size_t behind, int64_t now_ms)
{
	const int64_t apart_ms = l->stand_ms > APART_MS ? l->stand_ms :
	    APART_MS;
	const int is_overtaken = l->stands && l->room != 0 &&
	    behind >= l->room;
	const int is_above = waited_ms > l->calm_ms || is_overtaken;
	/* Whom nobody is behind has waited for the batch before. */
	const int is_queue = is_above && (l->room == 0 || behind > 0);

	if (l->stands)
		count(l, is_queue, now_ms);
	if (!is_above) {
		l->above_ms = 0;
		return 0;
	}
	/* Nobody came for a while: that is another crowd. */
	if (l->above_ms == 0 || now_ms - l->last_ms > apart_ms) {
		l->above_ms = now_ms;
		l->crowd = 0;
		l->top_ms = 0;
	}
	/* And of the one before nobody is left. */
	if (now_ms - l->last_ms > l->stand_ms + WINDOW_MS)
		l->stands = 0;
	if (now_ms - l->above_ms <= l->stand_ms / 2 && waited_ms > l->top_ms)
		l->top_ms = waited_ms;
	l->last_ms = now_ms;
	l->crowd++;
	/* Who has waited for less than the first: it becomes shorter. */
	if (!l->stands && l->crowd > l->few && waited_ms >= l->top_ms &&
	    now_ms - l->above_ms >= l->stand_ms && is_fed(l))
		begin_to_stand(l, now_ms);
	return l->stands;
}

int
late_is(struct late *l, const struct req *q)
{
	int64_t waited_ms;

	if (l == NULL || q->sent_ms == 0)
		return 0;
	waited_ms = clock_real_ms() - q->sent_ms;
	return waited_ms >= 0 && waited_ms <= BELIEVED_MS &&
	    late_judge(l, waited_ms, q->behind, clock_mono_ms());
}
