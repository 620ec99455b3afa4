/* SPDX-License-Identifier: MIT */
#ifndef CELLO_OPTIONS_H
#define CELLO_OPTIONS_H

/* [cello] */

#include "conf/option.h"

struct cello_config {
	int	 enabled;
	char	*environment;		/* "sandbox" or "production" */
	char	*product_id;
	char	*product_secret_file;
	char	*api_base;		/* "": by environment */
	char	*assets_base;		/* "": by environment */
	char	*access_key_id;		/* "": the API is not asked */
	char	*secret_access_key_file;
	char	*signups;		/* "stripe" or "api": which way */
	char	*purchases;		/* the same */
	char	*events_api;		/* "v1" or "v2" */
	char	*attribution;		/* "user" or "organization" */
	int	 timeout;		/* seconds, of a call */
	int	 calls_per_second;
	int	 allow_inline;		/* on the pages that boot the component */
	char	*public_pages;		/* URLs, for the doctor */
	char	*rewards_user;		/* "": no rewards in credits come */
	char	*rewards_password_file;
	char	*credit_currency;	/* "": rewards are not booked */
	int	 credit_value;		/* of one credit, in minor units */
	int	 reward_percent;	/* of what a referral pays, to whom referred */
	int	 reward_months;		/* from their first payment on; 0: always */
};

extern const struct option_row cello_options[];

/* Is it the one in which rewards are real? */
int cello_is_production(const struct cello_config *c);

/* Does Cello learn of them by its API, and not by what Stripe tells it? */
int cello_signups_by_api(const struct cello_config *c);
int cello_purchases_by_api(const struct cello_config *c);

/* Is the newcomer in Cello's eyes an organization, or a person? */
int cello_counts_organizations(const struct cello_config *c);

/*
 * Does Cello look at customers at Stripe for anything?  If it does not they do
 * not carry a code, lest somebody is counted twice.
 */
int cello_looks_at_stripe(const struct cello_config *c);

/* Is its API asked of anything? */
int cello_api_is_asked(const struct cello_config *c);

#endif /* !CELLO_OPTIONS_H */
