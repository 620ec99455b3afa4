/* SPDX-License-Identifier: MIT */

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#include "app/checkup.h"

#define SENTENCE	1024

void
say_well(struct checkup *c, const char *what, const char *format, ...)
{
	char sentence[SENTENCE];
	const struct remark r = { .ok = 1, .what = what, .text = sentence };
	va_list args;

	va_start(args, format);
	(void)vsnprintf(sentence, sizeof(sentence), format, args);
	va_end(args);
	c->say(c->arg, &r);
}

void
say_wrong(struct checkup *c, const struct fault *f)
{
	const struct remark r = { .what = f->what, .text = f->problem,
	    .detail = f->detail, .hint = f->hint };

	assert(f->hint != NULL);
	c->wrong++;
	c->say(c->arg, &r);
}
