/* SPDX-License-Identifier: MIT */
#ifndef BILLING_PLANNED_H
#define BILLING_PLANNED_H

/*
 * What a subscription is going to be, in its row: the schedule that it is
 * attached to at Stripe, of which the phase after this one matters, and the
 * change that holds once it is paid.
 * https://docs.stripe.com/api/subscription_schedules/object
 * https://docs.stripe.com/billing/subscriptions/pending-updates
 */

#include "base/err.h"

struct db;
struct json;
struct stmt;

/* Set by us in the schedule's metadata: the call that planned it. */
#define PLANNED_CALL	"endpin_call"

/*
 * Write down `schedule` as read: NULL or what is over: there is none.  Where
 * only its id was read, what is known of it stays.  Whose it is says its
 * metadata, or `made`: the answer to a call of ours, which can set none; and it
 * stays so.  What nobody knows is somebody else's.  ERR_INPUT: a member that
 * must be there is not.
 */
MUST_USE enum err planned_keep(struct db *db, const char *subscription_id,
    const struct json *schedule, int made);

/* Is it as "from_subscription" makes it, with nothing planned by it? */
int planned_is_bare(const struct json *schedule);

/* planned_keep() of `pending_update`; NULL: nothing waits. */
MUST_USE enum err pending_keep(struct db *db, const char *subscription_id,
    const struct json *pending_update);

extern const struct stmt *const planned_statements[];

#endif /* !BILLING_PLANNED_H */
