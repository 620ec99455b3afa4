/* SPDX-License-Identifier: MIT */

#include <assert.h>

#include "daemon/places.h"

void
places_turned(struct places *p, enum line_state was, enum line_state is)
{
	p->wanted += is == LINE_CROWD;
	p->wanted -= was == LINE_CROWD;
}

void
places_leave(struct places *p, const struct line *l)
{
	p->taken -= l->store != -1;
	p->wanted -= l->state == LINE_CROWD;
}

int
places_wait(const struct places *p)
{
	return p->wanted > 0 && p->taken < PLACES_MOST;
}

static int
comes_before(const struct line *a, const struct line *b)
{
	const int large = a->judged.len >= LINE_FULL;

	if (large != (b->judged.len >= LINE_FULL))
		return large;
	return a->since_us < b->since_us;
}

int
places_give(struct places *p, struct line *line, size_t n, int64_t now,
    struct line **ret)
{
	struct line *l, *next = NULL;

	for (l = line; l < line + n; l++)
		if (l->state == LINE_CROWD &&
		    (next == NULL || comes_before(l, next)))
			next = l;
	assert(next != NULL);
	*ret = next;
	p->wanted--;
	if (!line_store(next, now)) {
		next->state = LINE_PART;
		return 0;
	}
	p->taken++;
	return 1;
}
