/* SPDX-License-Identifier: MIT */
#ifndef STRIPE_OPTIONS_H
#define STRIPE_OPTIONS_H

/* [stripe], what reaching Stripe needs; see also billing/options.h. */

#include "conf/option.h"

struct stripe_config {
	char	*api_base;
	char	*secret_key_file;
	char	*webhook_secret_file;
	int	 timeout;		/* seconds */
	int	 calls_per_second;	/* of all machines */
	int	 calls_per_endpoint;
	int	 people_percent;
};

extern const struct option_row stripe_options[];

#endif /* !STRIPE_OPTIONS_H */
