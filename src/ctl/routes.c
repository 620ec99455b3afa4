/* SPDX-License-Identifier: MIT */

#include <stdio.h>

#include "api/api.h"

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
	printf("%-6s  %-22s  %-8s  %-7s  %-5s  %s\n", "METHOD", "PATH", "DUTY",
	    "ENTRY", "BODY", "MOST");
	for (r = routes; r->path != NULL; r++)
		printf("%-6s  %-22s  %-8s  %-7s  %-5s  %zu\n",
		    r->method == GET ? "GET" : "POST", r->path,
		    duty_name(r->duty), entries[r->entry], bodies[r->body],
		    r->most);
	return CTL_OK;
}
