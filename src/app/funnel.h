/* SPDX-License-Identifier: MIT */
#ifndef APP_FUNNEL_H
#define APP_FUNNEL_H

/*
 * How many came by links, signed up, tried and paid, and who sent them; see
 * referral/funnel.h for what is counted.  Periods are half open, since one day
 * and before another, days of UTC.
 */

#include <stddef.h>
#include <stdint.h>

#include "account/account.h"
#include "base/err.h"
#include "referral/code.h"
#include "referral/funnel.h"

struct app;

/* The day after today begins then, and the Monday `weeks` before this one. */
int64_t day_after(int64_t now);
int64_t monday_before(int64_t now, int weeks);

/*
 * Of w the prices are filled in, and what is 0 or NULL: since ever, until the
 * end of today, in the order of "paid", in the currency of the first plan.
 * funnel_done() ends it.  ERR_INPUT: `order` is none of funnel_orders[].
 */
MUST_USE enum err funnel(struct app *a, struct funnel_wish *w,
    struct funnel *ret_funnel);

/* --- who refers --- */

#define REFERRERS_PAGE	10

struct referrers_wish {
	int64_t		 since, until;	/* as of funnel() */
	const char	*order;
	const char	*currency;
	const char	*who;	/* a code, an address, an id; NULL: all */
	int64_t		 page;	/* from 1 on */
};

struct referrer {
	const struct funnel_row	*row;	/* its key is the code */
	/* As far as Cello has said whose code it is; else "". */
	char			 owner[CODE_OWNER];	/* productUserId */
	char			 email[ACCOUNT_EMAIL];	/* of an account here */
};

struct referrers {
	struct funnel	 funnel;	/* owned: `row`s are in there */
	const char	*currency;	/* that money was ordered by */
	size_t		 all;		/* who are wished for, on all pages */
	struct referrer	 referrer[REFERRERS_PAGE];
	size_t		 count;
};

/*
 * Codes that somebody followed or signed up with.  A page behind the last is
 * empty.  referrers_done() ends it.  Errors as of funnel().
 */
MUST_USE enum err referrers(struct app *a, const struct referrers_wish *w,
    struct referrers *ret_referrers);
void referrers_done(struct referrers *r);

#endif /* !APP_FUNNEL_H */
