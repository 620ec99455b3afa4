/* SPDX-License-Identifier: MIT */
#ifndef BILLING_EVENT_H
#define BILLING_EVENT_H

/* What Stripe told us, as it came: evidence, never a source of state. */

#include <stddef.h>

#include "base/err.h"

struct db;
struct errand;
struct event;
struct json;
struct stmt;

/*
 * Keep the event, and if it is new and names an object that is followed here
 * (stripe/kind.h) say that the object was heard of: one statement, one round
 * trip, one commit.  If it is odd and names none, it is an errand itself, of
 * kind "event", that is dead from the beginning.  A foreign one is kept and no
 * more.  *ret_fresh: 0 if the event was known.
 */
MUST_USE enum err event_record(struct db *db, const struct event *e,
    const char *payload, size_t len, int *ret_fresh);

/*
 * The newest events about an object, the errand `x`, of those that came since
 * the object was seen last: an array, owned, for Stripe's clock has seconds.
 * ERR_NOTFOUND: none came, or one of them is not JSON.
 */
MUST_USE enum err event_unseen(struct db *db, const struct errand *x,
    struct json **ret_events);

/* Delete what came more than `days` ago, up to `most` in this lane. */
MUST_USE enum err event_tidy(struct db *db, int lane, int days, int most,
    int *ret_deleted);

extern const struct stmt *const event_statements[];

#endif /* !BILLING_EVENT_H */
