/* SPDX-License-Identifier: MIT */

/* endpin stripe: what is done at Stripe by hand. */

#include <stdio.h>

#include "base/err.h"
#include "base/text.h"

#include "ctl/ctl.h"

static const struct {
	const char	*name;
	command		*run;
} parts[] = {
	{ "adopt", ctl_adopt },
	{ "endpoint", ctl_endpoint }
};

int
ctl_stripe(const struct ctl *t)
{
	struct ctl part = *t;
	size_t i;

	part.argc--;
	part.argv++;
	for (i = 0; t->argc > 1 && i < NELEM(parts); i++)
		if (text_equal(parts[i].name, t->argv[1]))
			return parts[i].run(&part);
	fprintf(stderr, "endpin: stripe: what is to be done there?\n"
	    "hint: \"endpin stripe --help\" lists it\n");
	return CTL_USAGE;
}
