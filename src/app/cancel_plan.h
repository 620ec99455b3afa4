/* SPDX-License-Identifier: MIT */
#ifndef APP_CANCEL_PLAN_H
#define APP_CANCEL_PLAN_H

/* End it when what is paid is over, keep it after all, or go on with it. */

#include "app/revise.h"

struct farewell {
	const char	*account_id;
	const char	*feedback;	/* a word of Stripe's; NULL: not said */
	const char	*comment;	/* in their own words; NULL: none */
	int64_t		 last_us;	/* as in struct order */
};

/* Is it a word of cancellation_details[feedback]? */
int cancel_plan_feedback_ok(const char *feedback);
#define CANCEL_COMMENT	500	/* bytes */

/*
 * What was planned for it is planned no more.  One that is to end already is
 * REVISED.
 */
MUST_USE enum err cancel_plan(struct app *a, const struct farewell *f,
    struct revised_plan *ret_plan);

/*
 * Whatever was planned for it, its end or a change, is planned no more; and one
 * that is paused goes on.  REVISED_UNPAID: when its invoice is paid.
 */
MUST_USE enum err resume_plan(struct app *a, const char *account_id,
    int64_t last_us, struct revised_plan *ret_plan);

#endif /* !APP_CANCEL_PLAN_H */
