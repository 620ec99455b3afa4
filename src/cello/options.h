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
	int	 reward_percent;	/* of what a referral pays, to whom referred */
	int	 reward_months;		/* from their first payment on; 0: always */
};

extern const struct option_row cello_options[];

#endif /* !CELLO_OPTIONS_H */
