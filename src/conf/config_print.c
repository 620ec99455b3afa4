/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <string.h>

#include "conf/option.h"
#include "base/text.h"

#include "conf/config.h"

#define VALUE	8192

static void
print_section(const char *section, const char *title, const void *base,
    FILE *out)
{
	const struct option *o;
	char value[VALUE];

	fprintf(out, "[%s]\n", title);
	for (o = options; o->section != NULL; o++) {
		if (!text_equal(o->section, section))
			continue;
		option_show(o, base, value, sizeof(value));
		fprintf(out, "%s = %s\n", o->name, value);
	}
	fputc('\n', out);
}

void
config_print(const struct config *c, FILE *out)
{
	const struct option *o;
	const char *last = "";
	char title[64];
	size_t i;

	for (o = options; o->section != NULL; o++) {
		if (text_equal(o->section, last) ||
		    text_equal(o->section, "plan"))
			continue;
		last = o->section;
		print_section(last, last, c, out);
	}
	for (i = 0; i < c->plans; i++) {
		(void)snprintf(title, sizeof(title), "plan %s",
		    c->plan[i].name);
		print_section("plan", title, &c->plan[i], out);
	}
}

static const char *const kind_name[] = {
	[OPTION_NUMBER] = "number", [OPTION_MONEY] = "number",
	[OPTION_BOOL] = "true|false", [OPTION_TEXT] = "text",
	[OPTION_ORIGIN] = "origin", [OPTION_LISTEN] = "socket"
};

void
config_print_options(FILE *out)
{
	const struct option *o;
	char limits[64];

	for (o = options; o->section != NULL; o++) {
		limits[0] = '\0';
		if (o->kind == OPTION_NUMBER || o->kind == OPTION_MONEY)
			(void)snprintf(limits, sizeof(limits), " %lld..%lld",
			    (long long)o->min, (long long)o->max);
		fprintf(out, "[%s]\t%s\t%s%s\t%s\t%s\t%s\n", o->section,
		    o->name, o->choices != NULL ? o->choices :
		    kind_name[o->kind], limits,
		    o->flags & OPTION_MUST ? "must be set" :
		    *o->dflt == '\0' ? "(empty)" : o->dflt,
		    o->flags & OPTION_FIXED ? "restart" : "reload", o->about);
	}
}
