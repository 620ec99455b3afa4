/* SPDX-License-Identifier: MIT */
#ifndef APP_HEAR_EVENT_H
#define APP_HEAR_EVENT_H

/* Believe that an object may have changed, once it is in the database. */

#include <stddef.h>
#include <time.h>

#include "base/err.h"

struct app;
struct event;

/* The body of a request to the webhook, exactly as it came. */
struct telling {
	const char	*signature;	/* Stripe-Signature; NULL: none */
	const char	*body;		/* NUL-terminated; may have more */
	size_t		 len;
	time_t		 now;
	const char	*request;	/* its id, for the log; NULL: none */
};

/*
 * All that was told at once; ret[i] is how it ended for told[i].  ERR_DENIED: the
 * signature does not vouch for the body; logged.  ERR_OK: it is committed,
 * whatever it says: what cannot be read waits for somebody among the dead
 * errands.  Several are committed together where they can be, and no one shares
 * the fate of another: if that fails each is recorded by itself.
 */
void hear_events(struct app *a, const struct telling told[], enum err ret[],
    size_t n);

/*
 * Is it ours?  *ret_why: NULL, yes; else a word of TRAIT_FOREIGN: its object
 * cannot be read with our key.  Whose the rows are is as of a minute ago.
 */
MUST_USE enum err hear_event_whose(struct app *a, const struct event *e,
    const char **ret_why);

#endif /* !APP_HEAR_EVENT_H */
