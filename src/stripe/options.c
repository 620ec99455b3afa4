/* SPDX-License-Identifier: MIT */

#include "stripe/options.h"

#define AT(field)	offsetof(struct stripe_config, field)

const struct option_row stripe_options[] = {
	{ "api_base", OPTION_ORIGIN, AT(api_base), "https://api.stripe.com",
	    1, 512, NULL, 0, "Where Stripe's API is." },
	{ "secret_key_file", OPTION_TEXT, AT(secret_key_file), NULL, 1, 1024,
	    NULL, OPTION_MUST | OPTION_SECRET,
	    "A file with the secret or restricted key." },
	{ "webhook_secret_file", OPTION_TEXT, AT(webhook_secret_file), NULL,
	    1, 1024, NULL, OPTION_MUST | OPTION_SECRET,
	    "A file with the webhook's signing secrets, one per line." },
	{ "timeout", OPTION_NUMBER, AT(timeout), "10", 1, 25, NULL, 0,
	    "Seconds that a call to Stripe may take." },
	{ "calls_per_second", OPTION_NUMBER, AT(calls_per_second), "100",
	    5, 100000, NULL, 0,
	    "Calls a second that Stripe allows, of all machines together." },
	{ "calls_per_endpoint", OPTION_NUMBER, AT(calls_per_endpoint), "25",
	    5, 100000, NULL, 0,
	    "The same to one of its endpoints: a method and a path." },
	{ "people_percent", OPTION_NUMBER, AT(people_percent), "40",
	    10, 90, NULL, 0,
	    "How many of them are kept for what a person waits for." },
	{ NULL, OPTION_TEXT, 0, NULL, 0, 0, NULL, 0, NULL }
};
