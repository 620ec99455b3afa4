/* SPDX-License-Identifier: MIT */

#include <stdio.h>

#include "api/api.h"
#include "base/buf.h"
#include "base/json_write.h"
#include "mcp/mcp.h"
#include "web/page.h"

#include "ctl/args.h"
#include "ctl/ctl.h"

#define JSON_MAX	65536

static const char *const entries[] = {
	[ANYONE] = "anyone", [VISITOR] = "visitor", [MEMBER] = "member",
	[PROGRAM] = "program"
};

static const char *const bodies[] = {
	[NONE] = "none", [EMPTY] = "empty", [JSON] = "json", [RAW] = "raw"
};

/* All that a worker may have; with "[server] pages = no" it lacks web's. */
static const struct route *const tables[] = { api_routes, mcp_routes,
    link_routes, web_routes };

static void
print_line(const struct route *r)
{
	const char *name = limit_name(r->limit);

	printf("%-6s  %-22s  %-8s  %-7s  %-5s  %-7zu  %-4s  %s%s\n",
	    method_names[r->method], r->path, duty_name(r->duty),
	    entries[r->entry], bodies[r->body], r->most,
	    r->role == 0 ? "any" : "some", name == NULL ? "none: " : "",
	    name == NULL ? limit_reason(r->limit) : name);
}

static void
print_table(void)
{
	const struct route *r;
	size_t i;

	printf("%-6s  %-22s  %-8s  %-7s  %-5s  %-7s  %-4s  %s\n", "METHOD",
	    "PATH", "DUTY", "ENTRY", "BODY", "MOST", "ROLE", "LIMIT");
	for (i = 0; i < NELEM(tables); i++)
		for (r = tables[i]; r->path != NULL; r++)
			print_line(r);
}

static void
put_route(struct json_writer *w, const struct route *r)
{
	json_open(w, NULL);
	json_put_text(w, "method", method_names[r->method]);
	json_put_text(w, "path", r->path);
	json_put_text(w, "duty", duty_name(r->duty));
	json_put_text(w, "entry", entries[r->entry]);
	json_put_text(w, "body", bodies[r->body]);
	json_put_int(w, "most", (int64_t)r->most);
	json_put_bool(w, "anyRole", r->role == 0);
	json_put_text(w, "limit", limit_name(r->limit));
	json_put_text(w, "unlimitedBecause", limit_reason(r->limit));
	json_close(w);
}

static void
print_json(void)
{
	const struct route *r;
	struct json_writer w;
	struct buf text;
	size_t i;

	buf_init(&text, JSON_MAX);
	json_write_init(&w, &text);
	json_open_array(&w, NULL);
	for (i = 0; i < NELEM(tables); i++)
		for (r = tables[i]; r->path != NULL; r++)
			put_route(&w, r);
	json_close_array(&w);
	printf("%s\n", text.data);
	buf_done(&text);
}

/* endpin routes [--json]: the tables as they are enforced. */
int
ctl_routes(const struct ctl *t)
{
	const int json = args_json(t);

	if (json < 0)
		return CTL_USAGE;
	if (json)
		print_json();
	else
		print_table();
	return CTL_OK;
}
