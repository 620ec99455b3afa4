/* SPDX-License-Identifier: MIT */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#include "app/finding.h"

void
finding_begin(struct finding *f, enum finding_kind kind, const char *cause,
    const char *fix)
{
	memset(f, 0, sizeof(*f));
	f->kind = kind;
	f->cause = cause;
	text_cut(fix, f->fix, sizeof(f->fix));
}

int
finding_says(struct finding *f, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(f->says, sizeof(f->says), format, ap);
	va_end(ap);
	return 1;
}

const char *
finding_kind_name(enum finding_kind kind)
{
	static const char *const names[] = {
		[FINDING_WRONG] = "wrong", [FINDING_WARNING] = "warning",
		[FINDING_WAIT] = "wait", [FINDING_UNSEEN] = "unseen"
	};

	return names[kind];
}
