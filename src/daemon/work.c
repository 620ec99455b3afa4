/* SPDX-License-Identifier: MIT */

#include <stdio.h>

#include "http/request.h"
#include "http/route.h"

#include "daemon/site.h"

#include "daemon/work.h"

/* NULL: there is none there. */
static const struct route *
row_at(uintptr_t address)
{
	const struct route *const *room, *r;

	for (room = site_rooms; *room != NULL; room++)
		for (r = *room; r->path != NULL; r++)
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
