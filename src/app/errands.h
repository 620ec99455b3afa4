/* SPDX-License-Identifier: MIT */
#ifndef APP_ERRANDS_H
#define APP_ERRANDS_H

/*
 * The kinds of errands there are, and what is done for each.  A new kind is a
 * table with a row in errand_jobs[], and a verb.  Couriers do one of each row
 * in turn, so a row is also a share of their time: what a person waits for is
 * read before all that came earlier, and that goes on all the same.  What is
 * being read by listing (billing/sweep.h) is not read one by one meanwhile.
 */

#include <stddef.h>

#include "billing/pace.h"
#include "errand/errand.h"

struct app;

/*
 * Do `e`, which is claimed, and settle it.  ERR_OK: settled, put off, or lost
 * to somebody else.  Anything else: the database cannot be asked; the lease
 * will run out.
 */
typedef enum err errand_run(struct app *a, const struct errand *e);

struct errand_job {
	const struct errand_kind	*kind;
	errand_run			*run;
	int				 asks_stripe;	/* always */
	int				 asks_cello;
	int				 takes_long;	/* perhaps: others go on */
	int				 is_queue;	/* of a kind with a row */
	enum pace			 pace;		/* what it asks of Stripe */
	int				 covers;	/* while one waits, what is */
	int				 is_covered;	/* covered is left alone */
	/* Much is due: is there a better way, and does it begin now? */
	enum err			(*survey)(struct app *a,
					    int *ret_begun);
};

extern const struct errand_job errand_jobs[];	/* kind NULL at the end */

errand_run apply_object;	/* read it from Stripe and apply it */
errand_run do_call;		/* send it, write down what came */
errand_run look_at_link;	/* a mail is to show it */
errand_run look_at_code;	/* somebody signed up with it */
errand_run look_at_cards;	/* a referral is doubted by them */
errand_run tell_cello;		/* a fact, by its API */
errand_run read_page;		/* a page of a sweep, and all it shows */
errand_run close_account;	/* of who is erased */
errand_run do_chore;		/* tidy, reconcile */

/* All kinds together, for whoever asks whether it works. */
struct backlog {
	int64_t	 overdue_s;	/* of the oldest errand that is due */
	int64_t	 due;
	int64_t	 parked;
	int64_t	 dead;
};
MUST_USE enum err errands_backlog(struct app *a, struct backlog *ret_backlog);

#endif /* !APP_ERRANDS_H */
