/* SPDX-License-Identifier: MIT */
#ifndef APP_HEAR_REWARD_H
#define APP_HEAR_REWARD_H

/*
 * A reward in credits becomes an entry of the ledger, once, and what it is worth
 * is booked at Stripe if [cello] says so.
 */

#include <stddef.h>

#include "base/err.h"

struct app;

/* What came, exactly as it came; NULL: the header was not sent. */
struct reward_telling {
	const char	*credentials;	/* Basic's, or NULL */
	const char	*env;
	const char	*body;
	size_t		 len;
};

/*
 * ERR_OK: it is committed, or was before, or is of no credits.  ERR_NOTFOUND:
 * no credentials are configured.  ERR_DENIED: they are others; *ret_many: and
 * came too often.  ERR_INPUT: it is of another environment, or not as Cello has
 * it; logged.
 *
 * Whoever has the right ones is heard, however often wrong ones come: Cello and
 * whoever guesses may share the address of a proxy.
 */
MUST_USE enum err hear_reward(struct app *a, const struct reward_telling *t,
    int *ret_many);

#endif /* !APP_HEAR_REWARD_H */
