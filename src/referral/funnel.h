/* SPDX-License-Identifier: MIT */
#ifndef REFERRAL_FUNNEL_H
#define REFERRAL_FUNNEL_H

/*
 * What became of the people who came: of those who signed up in a stretch of
 * time, how many had a trial, how many have paid by now, and what that was.
 * Days are of UTC and weeks those of ISO 8601.  What is of the other mode than
 * the database at Stripe does not count.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct db;
struct stmt;

enum funnel_by { FUNNEL_WEEK, FUNNEL_MONTH, FUNNEL_REFERRER, FUNNEL_PLAN };

const char *funnel_by_name(enum funnel_by by);	/* "week" */

/* What a price of Stripe's means, and brings in a year. */
struct funnel_price {
	const char	*price, *plan, *currency;
	int64_t		 yearly;	/* minor units, of one seat */
};

struct funnel_wish {
	enum funnel_by			 by;
	/* Who signed up since the one, and before the other: days begin then. */
	int64_t				 since, until;	/* since 1970 */
	const struct funnel_price	*price;
	size_t				 prices;
	/* Referrers come in the order of this, the most first. */
	const char			*order;	/* as of funnel_orders[] */
	const char			*currency;	/* for money of that */
};

extern const char *const funnel_orders[];	/* NULL at the end */

/* In one currency, minor units, with tax. */
struct funnel_money {
	char	 currency[8];
	int64_t	 came;			/* paid by them until now */
	int64_t	 went;			/* back to them, below 0 */
	int64_t	 yearly;		/* of what runs now, at plans' prices */
};

struct funnel_row {
	/* "2026-W48", "2026-11", a code, a plan or a price of none; "" */
	char			 key[256];
	int			 referred;
	int64_t			 views;	/* of links; 0 where not referred */
	int64_t			 signups;
	int64_t			 trials;
	int64_t			 paid;	/* and not all of it went back */
	struct funnel_money	*money;	/* by currency; the funnel's */
	size_t			 moneys;
};

struct funnel {
	struct funnel_row	*row;
	size_t			 rows;
	struct funnel_row	 total[2];	/* of the others, of referred */
	struct funnel_money	*money;		/* of all of these */
};

/*
 * Weeks and months come in their order, each twice, empty or not; referrers in
 * that wished for, who has none behind them; plans by their names.
 */
MUST_USE enum err funnel_find(struct db *db, const struct funnel_wish *w,
    struct funnel *ret_funnel);
void funnel_done(struct funnel *f);

extern const struct stmt *const funnel_statements[];

#endif /* !REFERRAL_FUNNEL_H */
