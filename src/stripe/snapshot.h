/* SPDX-License-Identifier: MIT */
#ifndef STRIPE_SNAPSHOT_H
#define STRIPE_SNAPSHOT_H

/*
 * An event carries its object as it was then.  That is no state to be kept:
 * events come in any order.  But an object that is read after the newest of
 * them should show at least as much; if not, whoever answered may be behind.
 */

#include <stdint.h>

#include "stripe/kind.h"

struct json;

/*
 * Does what was read of an object of this kind say the same as `events`, an
 * array of the newest about it, all of one second?  Only what is kept here is
 * looked at, and of an event of another API version, which may have it
 * elsewhere, only the status.  An event that shows no object contradicts
 * nothing.  All have to agree; of an invoice's, which always come in a cluster
 * and decide about nothing, one is enough.
 */
int snapshot_agrees(enum stripe_kind kind, const struct json *events,
    const struct json *read);

/*
 * At what time it stands in the list that it can be found in by
 * stripe_path_sweep(), as far as this event says; 0: it does not.  A hint where
 * to look, no more.
 */
int64_t snapshot_time(enum stripe_kind kind, const struct json *event);

#endif /* !STRIPE_SNAPSHOT_H */
