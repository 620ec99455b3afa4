/* SPDX-License-Identifier: MIT */
#ifndef BILLING_HOME_H
#define BILLING_HOME_H

/*
 * The one Stripe account and mode that all rows belong to, written down when
 * Stripe was first asked.  What another key answers is not about them.
 */

#include "base/err.h"

struct db;
struct stmt;

#define HOME_ACCOUNT	256

struct home {
	char	 account[HOME_ACCOUNT];	/* "": the key may not ask for it */
	int	 livemode;
};


/* Was this the last key that was found to be one of the rows' home? */
MUST_USE enum err home_knows(struct db *db, const char *key_digest,
    int *ret_known);

/*
 * Whose are the rows?  Nobody's yet: from now on they are `mine`.  If they are,
 * the key is remembered; and if the account was not known, in the same mode, it
 * is now.  *ret_home may be `mine` itself.
 */
MUST_USE enum err home_settle(struct db *db, const struct home *mine,
    const char *key_digest, struct home *ret_home);

/* The same, without an opinion.  ERR_NOTFOUND: nobody's yet. */
MUST_USE enum err home_find(struct db *db, struct home *ret_home);

/* Are the two one?  An account that is not known is no difference. */
int home_same(const struct home *a, const struct home *b);

extern const struct stmt *const home_statements[];

#endif /* !BILLING_HOME_H */
