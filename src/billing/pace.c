/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "db/db.h"

#include "billing/pace.h"

#define SLICE_MS	250
#define SLICE_CALLS	25	/* or a slice is shorter: others wait for it */
#define AHEAD_MS	500	/* how early people may have theirs */
#define DEBT_MS		1000	/* the most that those who never wait leave */
#define WAIT_LEAST_MS	5	/* another is just being given some */

#define KEY		(PACE_ENDPOINT + 24)
#define CLOSED		"closed"	/* to all, or with an endpoint */

/*
 * $1 and $4: the rows of all calls and of the endpoint; $2 and $5: how many
 * milliseconds of each are given away; $3 and $6: how far ahead they may be
 * given away already; $7: how far they may be at all; $8 and $9: the rows of
 * what Stripe has closed, NULL for whoever calls all the same.  Both or none:
 * whoever looks holds them.  The clock is the server's, the same for everybody.
 */
static const struct stmt pace_give = {
	.name = "pace_give",
	.text =
	    "WITH wanted (key, step, ahead) AS (VALUES"
	    " ($1::text, $2::int * interval '1 ms', $3::int * interval '1 ms'),"
	    " ($4::text, $5::int * interval '1 ms', $6::int * interval '1 ms')),"
	    " held AS (SELECT key, free_at FROM stripe_pace"
	    " WHERE key IN ($1, $4) ORDER BY key FOR UPDATE),"
	    " waits AS (SELECT coalesce(ceil(1000 * extract(epoch FROM"
	    " max(begin_at) - clock_timestamp())), 0)::int AS ms FROM"
	    " (SELECT h.free_at - w.ahead FROM held h JOIN wanted w"
	    " ON w.key = h.key UNION ALL SELECT free_at FROM stripe_pace"
	    " WHERE key IN ($8, $9)) AS each (begin_at)),"
	    " given AS (INSERT INTO stripe_pace AS p (key, step, free_at)"
	    " SELECT w.key, w.step, clock_timestamp() + w.step FROM wanted w"
	    " WHERE (SELECT ms FROM waits) <= 0 ORDER BY w.key"
	    " ON CONFLICT (key) DO UPDATE SET step = excluded.step,"
	    " free_at = least(greatest(p.free_at, clock_timestamp())"
	    " + excluded.step, clock_timestamp() + $7::int * interval '1 ms'))"
	    " SELECT ms FROM waits",
	.nparams = 9
};

/* How many milliseconds of a share of `rate` calls a second are so many. */
static int
step_of(int calls, int rate)
{
	return (int)((calls * INT64_C(1000) + rate - 1) / rate);
}

static int
share_of(int rate, int percent)
{
	return rate * percent > 100 ? rate * percent / 100 : 1;
}

static enum err
give(struct db *db, const struct pace_limits *l, enum pace how, int begun,
    int calls, const char *endpoint, int *ret_wait_ms)
{
	const int percent = how == PACE_ERRANDS ? 100 - l->people_percent :
	    l->people_percent;
	/* Slices for several endpoints are given at the same time. */
	const int ahead_all = begun || how == PACE_FREELY ? DEBT_MS :
	    how == PACE_PEOPLE ? AHEAD_MS : SLICE_MS;
	const int ahead_one = how == PACE_ERRANDS && !begun ? 0 : ahead_all;
	const char *share = how == PACE_ERRANDS ? "errands" : "people";
	const char *of = l->of == NULL ? "" : l->of;
	char all[KEY], one[KEY], step_all[TEXT_DIGITS], step_one[TEXT_DIGITS];
	char early_all[TEXT_DIGITS], early_one[TEXT_DIGITS];
	char most[TEXT_DIGITS], closed[KEY], closed_one[KEY];
	const char *const arg[] = {
		all, text_digits(step_of(calls,
		    share_of(l->per_second, percent)), step_all),
		text_digits(ahead_all, early_all), one, text_digits(step_of(calls,
		    share_of(l->per_endpoint, percent)), step_one),
		text_digits(ahead_one, early_one), text_digits(DEBT_MS, most),
		how == PACE_FREELY ? NULL : closed,
		how == PACE_FREELY ? NULL : closed_one
	};
	struct rows *r;
	int64_t ms;
	enum err e;

	(void)snprintf(all, sizeof(all), "%s%s", of, share);
	(void)snprintf(one, sizeof(one), "%s%s %s", of, share, endpoint);
	(void)snprintf(closed, sizeof(closed), "%s" CLOSED, of);
	(void)snprintf(closed_one, sizeof(closed_one), "%s" CLOSED " %s", of,
	    endpoint);
	e = db_one(db, &pace_give, arg, NELEM(arg), ERR_INTERNAL, &r);
	if (e != ERR_OK)
		return e;
	ms = rows_int(r, 0, 0);
	*ret_wait_ms = ms <= 0 ? 0 : ms < WAIT_LEAST_MS ? WAIT_LEAST_MS :
	    ms > DEBT_MS ? DEBT_MS : (int)ms;
	rows_free(r);
	return ERR_OK;
}

/* That of the endpoint, or the one that lapses first, which is forgotten. */
static struct pace_slice *
slice_of(struct pace_slice slice[], const char *endpoint)
{
	struct pace_slice *s, *old = slice;

	for (s = slice; s < slice + PACE_SLICES; s++) {
		if (text_equal(s->endpoint, endpoint))
			return s;
		if (s->until_us < old->until_us)
			old = s;
	}
	memset(old, 0, sizeof(*old));
	text_cut(endpoint, old->endpoint, sizeof(old->endpoint));
	return old;
}

enum err
pace_take(struct db *db, const struct pace_limits *l, enum pace how,
    int begun, const char *endpoint, struct pace_slice slice[],
    int *ret_wait_ms)
{
	const int rate = l->per_endpoint < l->per_second ? l->per_endpoint :
	    l->per_second;
	const int fit = share_of(rate, 100 - l->people_percent) * SLICE_MS /
	    1000;
	const int calls = fit < 1 ? 1 : fit < SLICE_CALLS ? fit : SLICE_CALLS;
	struct pace_slice *s;
	enum err e;

	if (how != PACE_ERRANDS)
		return give(db, l, how, begun, 1, endpoint, ret_wait_ms);
	s = slice_of(slice, endpoint);
	if (s->left > 0 && clock_mono_us() < s->until_us) {
		s->left--;
		*ret_wait_ms = 0;
		return ERR_OK;
	}
	if (begun)
		return give(db, l, how, begun, 1, endpoint, ret_wait_ms);
	e = give(db, l, how, begun, calls, endpoint, ret_wait_ms);
	if (e == ERR_OK && *ret_wait_ms == 0) {
		s->left = calls - 1;
		s->until_us = clock_mono_us() + SLICE_MS * INT64_C(1000);
	}
	return e;
}

static const struct stmt pace_shut = {
	.name = "pace_shut",
	.text =
	    "INSERT INTO stripe_pace AS p (key, step, free_at)"
	    " VALUES ($1, interval '0',"
	    " clock_timestamp() + $2::int * interval '1 second')"
	    " ON CONFLICT (key) DO UPDATE"
	    " SET free_at = greatest(p.free_at, excluded.free_at)",
	.nparams = 2
};

enum err
pace_close(struct db *db, const char *endpoint, int all, int retry_after,
    struct pace_slice slice[])
{
	char key[KEY], seconds[TEXT_DIGITS];
	const char *const arg[] = {
		all ? CLOSED : key, text_digits(retry_after <= 0 ? PACE_CLOSED_S
		    : retry_after > PACE_CLOSED_MOST_S ? PACE_CLOSED_MOST_S :
		    retry_after, seconds)
	};

	(void)snprintf(key, sizeof(key), CLOSED " %s", endpoint);
	memset(slice, 0, PACE_SLICES * sizeof(*slice));
	return db_query(db, &pace_shut, arg, NELEM(arg), NULL);
}

const struct stmt *const pace_statements[] = {
	&pace_give,
	&pace_shut,
	NULL
};
