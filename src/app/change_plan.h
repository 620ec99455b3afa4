/* SPDX-License-Identifier: MIT */
#ifndef APP_CHANGE_PLAN_H
#define APP_CHANGE_PLAN_H

/*
 * Another plan, or another quantity of the same: more at once, less from the
 * end of the period on.  What is there already undoes what was planned.
 */

#include "app/revise.h"

struct plan_config;

struct plan_wish {
	const char			*account_id;
	const struct plan_config	*plan;		/* NULL: the same */
	int				 quantity;	/* 0: the same */
	const char			*preview;	/* its id; NULL: none */
	int64_t				 last_us;	/* as in struct order */
};

/*
 * With a preview it costs what was shown, to the cent, or is REVISE_STALE: it
 * was shown to somebody else, half an hour ago, or of something else.
 */
MUST_USE enum err change_plan(struct app *a, const struct plan_wish *w,
    struct revised_plan *ret_plan);

/*
 * May `s` be changed to this plan (NULL: the same)?  REVISED: it may.  Of this
 * folder's own.
 */
enum revised change_plan_allowed(const struct app *a,
    const struct subscription *s, const struct plan_config *plan);

#endif /* !APP_CHANGE_PLAN_H */
