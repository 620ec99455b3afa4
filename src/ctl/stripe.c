/* SPDX-License-Identifier: MIT */

/* endpin stripe: what is done at Stripe by hand. */

#include "base/err.h"
#include "ctl/args.h"
#include "ctl/ctl.h"

static const struct arg_part parts[] = {
	{ "adopt", ctl_adopt },
	{ "endpoint", ctl_endpoint },
	{ NULL, NULL }
};

int
ctl_stripe(const struct ctl *t)
{
	return args_part(t, parts, "what is to be done there?");
}
