/* SPDX-License-Identifier: MIT */
#ifndef BILLING_OPTIONS_H
#define BILLING_OPTIONS_H

/* Each [plan NAME], and what [stripe] says about access. */

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
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
	int	 referral_trial_days;	/* in place of trial_days; 0: the same */
	char	*referral_discount;	/* what that takes off; "": not shown */
	int	 referral_months;	/* for so long; 0: not shown */
	int64_t	 referral_credit;	/* after a first payment; minor units */
	char	*features;		/* as in billing/feature.h; unless Stripe's */
	char	*limits;
};

struct billing_config {
	/* of [stripe] */
	int			 grace_hours;
	int			 access_before_payment;
	int			 access_while_paused;
	int			 several_subscriptions;
	int			 entitlements;	/* features are Stripe's */
	char			*erased_customer;	/* "keep", "delete" */
	/* [plan NAME], in the order of the file */
	struct plan_config	 plan[BILLING_PLANS];
	size_t			 plans;
};

extern const struct option_row billing_options[];	/* [stripe]: billing_config */
extern const struct option_row plan_options[];	/* [plan NAME]: plan_config */

/* Is the customer of an erased account deleted at Stripe? */
int billing_deletes_customers(const struct billing_config *c);

/* NULL: there is no such plan.  Borrowed. */
const struct plan_config *plan_find(const struct billing_config *c,
    const char *name);
const struct plan_config *plan_of_price(const struct billing_config *c,
    const char *price);

/* Does who was referred get anything that others do not? */
int plan_welcomes(const struct plan_config *p);

/* What a coupon takes off; one of the two is not 0. */
struct discount {
	int	 percent_100th;		/* 20 % is 2000 */
	int64_t	 amount;		/* minor units */
};

/*
 * What the configuration says that the plan's referral coupon takes off, for
 * showing.  ERR_NOTFOUND: nothing.  ERR_INPUT: it is neither "20%" (with up to
 * two decimals) nor minor units, or leaves less than nothing.
 */
MUST_USE enum err plan_discount(const struct plan_config *p,
    struct discount *ret_discount);

/* The plan's amount with that taken off, as Stripe rounds it. */
int64_t plan_discounted(const struct plan_config *p, const struct discount *d);

/*
 * The `i`th price that means this plan: its former ones, then the one at which
 * it is sold.  0: there are not so many.
 */
#define PLAN_PRICE	256
int plan_price(const struct plan_config *p, size_t i,
    char ret_price[PLAN_PRICE]);

#endif /* !BILLING_OPTIONS_H */
