/* SPDX-License-Identifier: MIT */

#include <assert.h>
#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/shared.h"

#include "base/meter.h"

/*
 * One word says who it is and when all is there again, so that it is read and
 * replaced as one.  Ticks are of the clock since boot; after 2^36 of them, two
 * years, they begin again.
 */
#define TICK_US		1000
#define WINDOW		((int64_t)METER_WINDOW_S * 1000000 / TICK_US)
#define BEHIND		10000	/* whoever waited after looking at the clock */
#define UNTIL_BITS	36
#define UNTIL_MASK	((UINT64_C(1) << UNTIL_BITS) - 1)

#define ROWS		8192	/* a power of two */
#define PLACES		8	/* of a row: one cache line */
#define TRIES		1000	/* others may be faster, each time */

struct shared {
	_Atomic uint64_t	 seed;	/* nobody outside can aim at a row */
	uint64_t		 unused[PLACES - 1];
	_Atomic uint64_t	 cell[ROWS][PLACES];
};

struct meter {
	struct shared	*shared;
	uint64_t	 seed;
};

struct meter *
meter_open(const char *path)
{
	struct shared *s = shared_open(path, sizeof(*s));
	struct meter *m;

	if (s == NULL) {
		log_error("meter_bad", "cannot count in %s: %s", path,
		    strerror(errno));
		return NULL;
	}
	m = mem_zero(1, sizeof(*m));
	m->shared = s;
	m->seed = shared_seed(&s->seed);
	return m;
}

void
meter_close(struct meter *m)
{
	if (m == NULL)
		return;
	shared_close(m->shared, sizeof(*m->shared));
	free(m);
}

/*
 * How long it is until all is there again.  Whoever was counted meanwhile may
 * have looked at the clock later than who asks: that is a whole window.  What is
 * further away than can be is past, or of the time before a boot.
 */
static int64_t
ahead(uint64_t word, int64_t now)
{
	int64_t left = (int64_t)((word - (uint64_t)now) & UNTIL_MASK);

	if (left > WINDOW + BEHIND)
		return 0;
	return left < WINDOW ? left : WINDOW;
}

/* The place of `tag`; else the one of which least is lost.  *ret_was: its word. */
static _Atomic uint64_t *
place_find(_Atomic uint64_t *row, uint64_t tag, int64_t now, uint64_t *ret_was)
{
	_Atomic uint64_t *best = NULL;
	uint64_t word;
	int i;

	for (i = 0; i < PLACES; i++) {
		word = atomic_load(&row[i]);
		if (word >> UNTIL_BITS == tag) {
			*ret_was = word;
			return &row[i];
		}
		if (best == NULL || ahead(word, now) < ahead(*ret_was, now)) {
			best = &row[i];
			*ret_was = word;
		}
	}
	return best;
}

/* Until one of `most` is there again, in seconds: at least one. */
static int
seconds_of(int64_t ticks)
{
	const int64_t second = 1000000 / TICK_US;

	return (int)((ticks + second - 1) / second);
}

int
meter_take(struct meter *m, unsigned what, uint64_t who, int most,
    int64_t now_us)
{
	const uint64_t key = shared_mix(shared_mix(m->seed ^ what) ^ who);
	const uint64_t tag = key >> UNTIL_BITS;
	const int64_t now = now_us / TICK_US, every = WINDOW / most;
	_Atomic uint64_t *row = m->shared->cell[key % ROWS], *place;
	uint64_t was, next;
	int64_t left;
	int i;

	assert(most > 0 && most <= METER_MOST);
	for (i = 0; i < TRIES; i++) {
		place = place_find(row, tag, now, &was);
		left = was >> UNTIL_BITS == tag ? ahead(was, now) : 0;
		if (left > (most - 1) * every)
			return seconds_of(left - (most - 1) * every);
		next = tag << UNTIL_BITS |
		    ((uint64_t)(now + left + every) & UNTIL_MASK);
		if (atomic_compare_exchange_strong(place, &was, next))
			break;
	}
	return 0;
}
