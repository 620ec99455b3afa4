/* SPDX-License-Identifier: MIT */

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/shared.h"

#include "base/turns.h"

#define PLACES		8192	/* 64 kB; a power of two */
#define MOMENT_US	1000000

/* What a key is of: a network and an account of one number are two. */
enum kind { NETWORK, ACCOUNT, KNOWN };

struct shared {
	_Atomic uint64_t	 seed;	/* nobody outside can aim at a place */
	_Atomic unsigned	 row;	/* turns of the known, one after another */
	_Atomic int64_t		 last_us[PLACES];	/* 0: never */
};

struct turns {
	struct shared	*shared;
	uint64_t	 seed;
};

struct turns *
turns_open(const char *path)
{
	struct shared *s = shared_open(path, sizeof(*s));
	struct turns *t;

	if (s == NULL) {
		log_error("turns_bad", "cannot keep turns in %s: %s", path,
		    strerror(errno));
		return NULL;
	}
	t = mem_zero(1, sizeof(*t));
	t->shared = s;
	t->seed = shared_seed(&s->seed);
	return t;
}

void
turns_close(struct turns *t)
{
	if (t == NULL)
		return;
	shared_close(t->shared, sizeof(*t->shared));
	free(t);
}

static _Atomic int64_t *
place(const struct turns *t, enum kind kind, uint64_t key)
{
	return &t->shared->last_us[shared_mix(shared_mix(t->seed ^ kind) ^
	    key) % PLACES];
}

/*
 * 0: not for a long time.  Another process may have been a moment faster; what
 * is yet to come by more than that is of before a boot.
 */
static int64_t
last(const struct turns *t, enum kind kind, uint64_t key, int64_t now_us)
{
	int64_t us = atomic_load(place(t, kind, key));

	return us > now_us + MOMENT_US || us < now_us - TURNS_MEMORY_US ?
	    0 : us;
}

/* How far behind a claim is: the smaller, the sooner.  Field by field. */
struct rank {
	int	 is_later;	/* it is the others' turn */
	int64_t	 latest_us;	/* of the turns of its network and account */
	int64_t	 earlier_us;
	int64_t	 since_us;
};

static struct rank
rank(const struct turns *t, const struct claim *c, int64_t now_us)
{
	const int strangers = atomic_load(&t->shared->row) >= TURNS_KNOWN;
	struct rank r = { .is_later = c->is_known == strangers,
	    .since_us = c->since_us };
	int64_t us;

	if (c->is_known) {
		r.latest_us = last(t, KNOWN, c->account, now_us);
		return r;
	}
	r.latest_us = last(t, ACCOUNT, c->account, now_us);
	us = last(t, NETWORK, c->network, now_us);
	r.earlier_us = us < r.latest_us ? us : r.latest_us;
	if (us > r.latest_us)
		r.latest_us = us;
	return r;
}

static int
is_before(const struct rank *a, const struct rank *b)
{
	if (a->is_later != b->is_later)
		return a->is_later < b->is_later;
	if (a->latest_us != b->latest_us)
		return a->latest_us < b->latest_us;
	if (a->earlier_us != b->earlier_us)
		return a->earlier_us < b->earlier_us;
	return a->since_us < b->since_us;
}

size_t
turns_next(const struct turns *t, const struct claim claim[], size_t n,
    int64_t now_us)
{
	struct rank best = rank(t, &claim[0], now_us), r;
	size_t next = 0, i;

	for (i = 1; i < n; i++) {
		r = rank(t, &claim[i], now_us);
		if (!is_before(&r, &best))
			continue;
		best = r;
		next = i;
	}
	return next;
}

void
turns_take(struct turns *t, const struct claim *c, int64_t now_us)
{
	struct shared *s = t->shared;

	if (c->is_known) {
		atomic_store(place(t, KNOWN, c->account), now_us);
		if (atomic_load(&s->row) < TURNS_KNOWN)
			(void)atomic_fetch_add(&s->row, 1);
		return;
	}
	atomic_store(place(t, NETWORK, c->network), now_us);
	atomic_store(place(t, ACCOUNT, c->account), now_us);
	atomic_store(&s->row, 0);
}

/* How many are of its network or, of others if there are more, its account. */
static size_t
crowd(const struct claim claim[], size_t n, const struct claim *c)
{
	size_t network = 0, account = 0, i;

	for (i = 0; i < n; i++) {
		if (claim[i].is_known != c->is_known)
			continue;
		account += claim[i].account == c->account;
		network += !c->is_known && claim[i].network == c->network;
	}
	return network > account ? network : account;
}

size_t
turns_refused(const struct claim claim[], size_t n)
{
	size_t worst = 0, most = 0, size, i;
	int is_worse;

	for (i = 0; i < n; i++) {
		size = crowd(claim, n, &claim[i]);
		if (size != most)
			is_worse = size > most;
		else if (claim[i].is_known != claim[worst].is_known)
			is_worse = claim[worst].is_known;
		else
			is_worse = claim[i].since_us >= claim[worst].since_us;
		if (!is_worse)
			continue;
		worst = i;
		most = size;
	}
	return worst;
}
