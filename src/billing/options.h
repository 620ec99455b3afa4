/* SPDX-License-Identifier: MIT */
#ifndef BILLING_OPTIONS_H
#define BILLING_OPTIONS_H

/* Each [plan NAME], and what [stripe] says about access. */

#include <stddef.h>
#include <stdint.h>

#include "conf/option.h"

#define BILLING_PLANS	64

struct plan_config {
	char	*name;			/* from [plan NAME] */
	char	*price;			/* Stripe price id */
	char	*former_prices;		/* the same, with blanks between */
	char	*label;
	char	*description;
	int64_t	 amount;		/* minor units, for showing */
	char	*currency;		/* ISO 4217, lower case as at Stripe */
	char	*interval;		/* day, week, month, year */
	int	 trial_days;
	char	*referral_coupon;	/* "": none */
};

struct billing_config {
	/* of [stripe] */
	int			 grace_hours;
	int			 access_before_payment;
	int			 access_while_paused;
	/* [plan NAME], in the order of the file */
	struct plan_config	 plan[BILLING_PLANS];
	size_t			 plans;
};

extern const struct option_row billing_options[];	/* [stripe]: billing_config */
extern const struct option_row plan_options[];	/* [plan NAME]: plan_config */

/* NULL: there is no such plan.  Borrowed. */
const struct plan_config *plan_find(const struct billing_config *c,
    const char *name);
const struct plan_config *plan_of_price(const struct billing_config *c,
    const char *price);

/*
 * The `i`th price that means this plan: its former ones, then the one at which
 * it is sold.  0: there are not so many.
 */
#define PLAN_PRICE	256
int plan_price(const struct plan_config *p, size_t i,
    char ret_price[PLAN_PRICE]);

#endif /* !BILLING_OPTIONS_H */
