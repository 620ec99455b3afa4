/* SPDX-License-Identifier: MIT */
#ifndef APP_HEAR_EVENT_H
#define APP_HEAR_EVENT_H

/* Believe that an object may have changed, once it is in the database. */

#include <stddef.h>
#include <time.h>

#include "base/err.h"

struct app;

/* The body of a request to the webhook, exactly as it came. */
struct telling {
	const char	*signature;	/* Stripe-Signature; NULL: none */
	const char	*body;		/* NUL-terminated; may have more */
	size_t		 len;
	time_t		 now;
};

/*
 * ERR_DENIED: the signature does not vouch for the body; logged.  ERR_OK: it is
 * committed, whatever it says: what cannot be read waits for somebody among
 * the dead errands.
 */
MUST_USE enum err hear_event(struct app *a, const struct telling *t);

#endif /* !APP_HEAR_EVENT_H */
