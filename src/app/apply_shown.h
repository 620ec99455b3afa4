/* SPDX-License-Identifier: MIT */
#ifndef APP_APPLY_SHOWN_H
#define APP_APPLY_SHOWN_H

#include <stddef.h>

#include "base/err.h"
#include "billing/object.h"

struct app;
struct json;

/* An object that was claimed because a page showed it, and what it showed. */
struct shown {
	const struct object_claimed	*claimed;
	const struct json		*read;
};

/*
 * Apply all of them in one transaction; if that cannot be, each in its own.
 * ERR_OK: they are settled, put off, or lost to somebody else.  Anything else:
 * the database cannot be asked; their leases will run out.
 */
MUST_USE enum err apply_shown(struct app *a, const struct shown shown[],
    size_t count);

#endif /* !APP_APPLY_SHOWN_H */
