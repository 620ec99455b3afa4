/* SPDX-License-Identifier: MIT */

#include "base/meter.h"

#include "http/options.h"

#define AT(which)	(offsetof(struct limits_config, each) + \
			    (which) * sizeof(int))

/* Each named as limit_name() names it. */
const struct option_row limits_options[] = {
	{ "login", OPTION_NUMBER, AT(LIMIT_LOGIN), "60", 0, METER_MOST, NULL,
	    0, "Logins that one address may try in a minute; 0: any number." },
	{ "signup", OPTION_NUMBER, AT(LIMIT_SIGNUP), "10", 0, METER_MOST, NULL,
	    0, "Signups of one address in a minute." },
	{ "erase", OPTION_NUMBER, AT(LIMIT_ERASE), "5", 0, METER_MOST, NULL,
	    0, "Erasures of an account of one address in a minute." },
	{ "billing", OPTION_NUMBER, AT(LIMIT_BILLING), "60", 0, METER_MOST,
	    NULL, 0,
	    "Requests of one address in a minute that wait for Stripe." },
	{ "usual", OPTION_NUMBER, AT(LIMIT_USUAL), "3000", 0, METER_MOST, NULL,
	    0, "All others of one address in a minute: pages and reads." },
	{ "server", OPTION_NUMBER, AT(LIMIT_SERVER), "6000", 0, METER_MOST,
	    NULL, 0, "Requests with a key of one address in a minute." },
	{ "exempt", OPTION_TEXT, offsetof(struct limits_config, exempt), "",
	    0, 1024, NULL, 0,
	    "Addresses and networks that are not counted, with spaces." },
	{ NULL, OPTION_TEXT, 0, NULL, 0, 0, NULL, 0, NULL }
};
