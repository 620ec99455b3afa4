/* SPDX-License-Identifier: MIT */
#ifndef BILLING_CHANGE_H
#define BILLING_CHANGE_H

/*
 * Changing a subscription that is there: what a wish makes of it, and the forms
 * in which Stripe is asked for it.
 * https://docs.stripe.com/billing/subscriptions/change-price
 * https://docs.stripe.com/billing/subscriptions/subscription-schedules
 */

#include <stdint.h>
#include <time.h>

#include "base/err.h"
#include "billing/call.h"
#include "stripe/kind.h"

struct billing_config;
struct buf;
struct json;
struct plan_config;
struct subscription;

/*
 * More is had at once and charged at once, less from the end of the period on
 * that is paid; while it is a trial all is at once, for nothing is paid.
 */
enum change_when {
	CHANGE_NOTHING,		/* it is so already */
	CHANGE_NOW,
	CHANGE_AT_END
};

struct change {
	const struct subscription *of;	/* borrowed */
	const char	*price;		/* borrowed */
	const char	*interval;	/* of the plan; borrowed */
	int64_t		 quantity;
	enum change_when when;
};

/*
 * `plan` and `quantity` of `s`, which is of a plan; NULL and 0: as they are.
 * The same plan stays at the price at which it was bought.  A plan is more than
 * another if it stands later in the configuration.
 */
void change_of(const struct billing_config *conf, const struct subscription *s,
    const struct plan_config *plan, int64_t quantity,
    struct change *ret_change);

/* Is `c` what is planned already; does it wait for its payment? */
int change_is_planned(const struct change *c);
int change_is_pending(const struct change *c);

/*
 * Would it be the same change of the same subscription?  In digits, followed by
 * the time to which a preview has counted.
 */
void change_subject(const struct change *c, time_t counted_to,
    char ret_subject[CALL_SUBJECT]);

/* Of two subjects: the time of `shown` if it is the same change, else 0. */
time_t change_shown(const struct change *c, const char *shown);

/*
 * POST /v1/subscriptions/ID: it holds when its invoice is paid, and until then
 * it is a pending update.  `counted_to` 0: to when Stripe gets it.
 */
void change_form(const struct change *c, time_t counted_to,
    struct buf *ret_form);

/* POST /v1/invoices/create_preview: what that costs, or the next renewal. */
void preview_form(const struct change *c, time_t counted_to,
    struct buf *ret_form);

/* POST /v1/subscriptions/ID; what is not said is NULL. */
void cancel_form(const char *feedback, const char *comment,
    struct buf *ret_form);
void resume_form(const struct subscription *s, struct buf *ret_form);

/*
 * POST /v1/subscriptions/ID/resume, of one that is paused: a period begins and
 * its invoice is tried at once.  Unless that is paid it stays paused, and the
 * invoice is open.
 */
void go_on_form(struct buf *ret_form);

/* POST /v1/subscription_schedules */
void schedule_form(const char *subscription_id, struct buf *ret_form);

/*
 * POST /v1/subscription_schedules/ID: the phase that is under way as it is in
 * `schedule`, then `c`, for one interval, and then no schedule any more.
 * ERR_INPUT: no phase is under way.
 */
MUST_USE enum err phases_form(const struct json *schedule,
    const struct change *c, const char *call_id, struct buf *ret_form);

#endif /* !BILLING_CHANGE_H */
