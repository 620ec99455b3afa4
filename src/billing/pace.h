/* SPDX-License-Identifier: MIT */
#ifndef BILLING_PACE_H
#define BILLING_PACE_H

/*
 * Stripe allows so many calls a second, to all and to each endpoint.  Two
 * shares of that are kept apart, so that what couriers catch up with never
 * takes what people need; all processes on all machines keep within them by
 * rows of stripe_pace: each says until when its share has been given away.
 *
 * Errands are given slices, a quarter of a second of the share at a time or
 * some calls, and one at a time: a row changes some times a second, not for
 * each call.  What is left of a slice when its time is over lapses.
 *
 * Others use up the same limits: tests with the same account, a Dashboard.  So
 * Stripe's own word goes before ours, and a row says until when it holds.
 *
 * Whoever else is asked within limits has rows of its own.
 *
 * https://docs.stripe.com/rate-limits
 */

#include <stdint.h>

#include "base/err.h"

struct db;
struct stmt;

#define PACE_ENDPOINT	128	/* "GET /v1/invoices/{id}" */
#define PACE_SLICES	16	/* endpoints that a process remembers */

enum pace {
	PACE_FREELY,	/* a request or a command: counted, never kept waiting */
	PACE_PEOPLE,	/* an errand that a person waits for */
	PACE_ERRANDS	/* any other: what people do not need */
};

struct pace_limits {
	const char *of;			/* begins its keys; NULL: Stripe's */
	int	 per_second;		/* all calls */
	int	 per_endpoint;
	int	 people_percent;	/* of both */
};

/* What a process was given and has not used yet. */
struct pace_slice {
	char	 endpoint[PACE_ENDPOINT];
	int64_t	 until_us;		/* of clock_mono_us() */
	int	 left;
};

/*
 * May `endpoint` be called now?  *ret_wait_ms: 0, and it counts as called; else
 * ask again in so many milliseconds.  `slice` has PACE_SLICES, zero at first.
 * What has `begun` with another call is let through, and others wait the
 * longer for it: if it had to begin anew, it might never come to its end.
 */
MUST_USE enum err pace_take(struct db *db, const struct pace_limits *l,
    enum pace how, int begun, const char *endpoint,
    struct pace_slice slice[], int *ret_wait_ms);

/*
 * Stripe has said that there are too many calls, of all if `all`, else to
 * `endpoint`: no errand makes one for `retry_after` seconds, at most
 * PACE_CLOSED_MOST_S (0: it was not said, for PACE_CLOSED_S), on no machine.
 * Slices that others were given are used up or lapse meanwhile; `slice` is not.
 */
#define PACE_CLOSED_S		2
#define PACE_CLOSED_MOST_S	60
enum err pace_close(struct db *db, const char *endpoint, int all,
    int retry_after, struct pace_slice slice[]);

extern const struct stmt *const pace_statements[];

#endif /* !BILLING_PACE_H */
