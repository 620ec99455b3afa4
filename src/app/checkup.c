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

static void
complain(struct checkup *c, const struct fault *f, const char *lacks)
{
	const struct remark r = { .what = f->what, .text = f->problem,
	    .detail = f->detail, .hint = f->hint, .lacks = lacks };

	assert(f->hint != NULL);
	c->wrong++;
	c->say(c->arg, &r);
}

void
say_wrong(struct checkup *c, const struct fault *f)
{
	complain(c, f, NULL);
}

void
say_lacks(struct checkup *c, const struct fault *f)
{
	complain(c, f, f->detail);
}
