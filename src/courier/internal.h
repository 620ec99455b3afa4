/* SPDX-License-Identifier: MIT */
#ifndef COURIER_INTERNAL_H
#define COURIER_INTERNAL_H

/* What the files of this folder share. */

#include "base/err.h"

struct config;
struct db;
struct stripe;

/* What an errand needs; a courier owns one of each. */
struct courier {
	const struct config	*conf;
	struct db		*db;
	struct stripe		*stripe;
	void			(*beat)(void *);	/* "I am alive" */
	void			*beat_arg;
};

/*
 * Do one errand that is due.  ERR_NOTFOUND: none is.  ERR_OK: one was done, or
 * put off, or lost to somebody else.  Others: the database cannot be asked.
 */
MUST_USE enum err object_errand(const struct courier *c);	/* object.c */
MUST_USE enum err call_errand(const struct courier *c);	/* call.c */

#endif /* !COURIER_INTERNAL_H */
