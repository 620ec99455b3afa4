/* SPDX-License-Identifier: MIT */
#ifndef APP_FIND_LINK_H
#define APP_FIND_LINK_H

/* A referrer's own link, for a mail that the product's back end sends. */

#include "base/err.h"
#include "referral/link.h"

struct app;

struct found_link {
	int		 is_known;	/* 0: Cello is being asked */
	struct link	 link;
};

/*
 * From the rows, which couriers renew; `whose` is as in find_person().
 * ERR_NOTFOUND: there is no such account.  ERR_CONFLICT: there is no access to
 * Cello's API.
 */
MUST_USE enum err find_link(struct app *a, const char *whose,
    struct found_link *ret);

#endif /* !APP_FIND_LINK_H */
