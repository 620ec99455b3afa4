/* SPDX-License-Identifier: MIT */

#include <stdio.h>

#include "api/api.h"
#include "conf/config.h"

#include "ctl/ctl.h"

static const char *const entries[] = {
	[ANYONE] = "anyone", [VISITOR] = "visitor", [MEMBER] = "member"
};

static const char *const bodies[] = {
	[NONE] = "none", [EMPTY] = "empty", [JSON] = "json", [RAW] = "raw"
};

/* endpin routes: the table of api/routes.c as it is enforced. */
int
ctl_routes(const struct ctl *t)
{
	const struct route *r;

	if (t->argc > 1)
		return ctl_usage(t);
	printf("%-6s  %-22s  %-4s  %-7s  %-5s  %-7s  %s\n", "METHOD", "PATH",
	    "POOL", "ENTRY", "BODY", "MOST", "ROLE");
	for (r = routes; r->path != NULL; r++)
		printf("%-6s  %-22s  %-4s  %-7s  %-5s  %-7zu  %x\n",
		    method_names[r->method], r->path, pool_names[r->pool],
		    entries[r->entry], bodies[r->body], r->most, r->role);
	return CTL_OK;
}
