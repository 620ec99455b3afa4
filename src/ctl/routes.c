/* SPDX-License-Identifier: MIT */

#include <stdio.h>

#include "api/api.h"
#include "web/page.h"

#include "ctl/args.h"
#include "ctl/ctl.h"

static const char *const entries[] = {
	[ANYONE] = "anyone", [VISITOR] = "visitor", [MEMBER] = "member"
};

static const char *const bodies[] = {
	[NONE] = "none", [EMPTY] = "empty", [JSON] = "json", [RAW] = "raw"
};

/* As the workers have them (daemon/site.c). */
static const struct route *const tables[] = { api_routes, web_routes };

/* endpin routes: the tables as they are enforced. */
int
ctl_routes(const struct ctl *t)
{
	const struct route *r;
	size_t i;

	if (!args_none(t))
		return CTL_USAGE;
	printf("%-6s  %-22s  %-8s  %-7s  %-5s  %-7s  %s\n", "METHOD", "PATH",
	    "DUTY", "ENTRY", "BODY", "MOST", "ROLE");
	for (i = 0; i < NELEM(tables); i++)
		for (r = tables[i]; r->path != NULL; r++)
			printf("%-6s  %-22s  %-8s  %-7s  %-5s  %-7zu  %x\n",
			    method_names[r->method], r->path,
			    duty_name(r->duty), entries[r->entry],
			    bodies[r->body], r->most, r->role);
	return CTL_OK;
}
