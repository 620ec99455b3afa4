/* SPDX-License-Identifier: MIT */

#include <stdio.h>

#include "api/api.h"
#include "http/request.h"
#include "http/route.h"
#include "mcp/mcp.h"
#include "web/page.h"

#include "daemon/work.h"

/* NULL: there is none there. */
static const struct route *
row_at(uintptr_t address)
{
	static const struct route *const rooms[] = { api_routes, mcp_routes,
	    link_routes, web_routes };
	const struct route *r;
	size_t i;

	for (i = 0; i < NELEM(rooms); i++)
		for (r = rooms[i]; r->path != NULL; r++)
			if ((uintptr_t)r == address)
				return r;
	return NULL;
}

void
work_text(const struct busy *b, char ret_text[WORK_TEXT])
{
	const struct route *r = row_at(b->row);
	const int n = b->requests;
	char mates[40] = "";

	if (r != NULL && n > 1)
		(void)snprintf(mates, sizeof(mates), ", one of %d requests", n);
	if (r != NULL)
		(void)snprintf(ret_text, WORK_TEXT, "%s %s%s",
		    method_names[r->method], r->path, mates);
	else if (n > 1)
		(void)snprintf(ret_text, WORK_TEXT, "%d requests together", n);
	else
		(void)snprintf(ret_text, WORK_TEXT, "one request");
}
