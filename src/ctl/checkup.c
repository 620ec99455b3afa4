/* SPDX-License-Identifier: MIT */

#include <stdarg.h>
#include <stdio.h>

#include "ctl/checkup.h"

void
say_well(const char *what, const char *format, ...)
{
	va_list args;

	printf("ok      %-14s ", what);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
}

void
say_wrong(struct checkup *c, const struct fault *f)
{
	c->wrong++;
	printf("not ok  %-14s %s\n", f->what, f->problem);
	if (f->detail != NULL)
		printf("        %-14s %s\n", "detail", f->detail);
	printf("        %-14s %s\n", "hint", f->hint);
}
