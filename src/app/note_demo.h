/* SPDX-License-Identifier: MIT */
#ifndef APP_NOTE_DEMO_H
#define APP_NOTE_DEMO_H

/* Somebody has attended a demo, as the product's back end says. */

#include <stdint.h>

#include "base/err.h"

struct app;

#define NOTE_DEMO_ID	64	/* bytes, without the NUL */

struct demo {
	const char	*email;
	const char	*id;		/* of the demo; NULL: their only one */
	int64_t		 at;		/* seconds since 1970 */
	int		 referred;	/* else nobody is told */
};

/*
 * Cello is told, once for each demo of an account.  ERR_NOTFOUND: nobody has
 * this address.  ERR_CONFLICT: [cello] has no access to the API.
 */
MUST_USE enum err note_demo(struct app *a, struct demo *d);

#endif /* !APP_NOTE_DEMO_H */
