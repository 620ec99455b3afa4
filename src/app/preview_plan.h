/* SPDX-License-Identifier: MIT */
#ifndef APP_PREVIEW_PLAN_H
#define APP_PREVIEW_PLAN_H

/* What a change would cost, and when; or what the next renewal will. */

#include <time.h>

#include "app/change_plan.h"
#include "billing/change.h"

#define PREVIEW_LINES	20
#define PREVIEW_TEXT	256

struct preview_line {
	char	 text[PREVIEW_TEXT];	/* in Stripe's words, for people */
	int64_t	 amount;		/* minor units */
};

struct preview {
	enum revised	 how;		/* REVISED: it is known what follows */
	enum refusal	 refusal;
	int		 retry_after;	/* with ERR_LATER: seconds */
	/* REVISED */
	char		 id[TEXT_UUID];	/* for change_plan() */
	enum change_when when;
	int		 charged;	/* 0: it ends, and nothing is */
	time_t		 at;		/* when; CHANGE_NOW: 0 */
	char		 currency[8];
	int64_t		 total;		/* below 0: is kept for them */
	int64_t		 due;		/* what is charged */
	int		 lines;
	struct preview_line line[PREVIEW_LINES];	/* the first of them */
};

/* What change_plan() of the same wish would do; `w->preview` is not looked at. */
MUST_USE enum err preview_plan(struct app *a, const struct plan_wish *w,
    struct preview *ret_preview);

#endif /* !APP_PREVIEW_PLAN_H */
