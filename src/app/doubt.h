/* SPDX-License-Identifier: MIT */
#ifndef APP_DOUBT_H
#define APP_DOUBT_H

/*
 * What speaks against a referral, as far as is known by now: it is written down
 * and told all the same, as Cello decides, but brings no discount.
 */

#include "base/err.h"

struct db;

enum doubt {
	DOUBT_NONE,
	DOUBT_CODE,		/* Cello does not know it, or not any more */
	DOUBT_OWN,		/* it is their own */
	DOUBT_PERSON		/* its owner's address is theirs, too */
};

MUST_USE enum err doubt_of(struct db *db, const char *account_id,
    const char *ucc, enum doubt *ret_doubt);

#endif /* !APP_DOUBT_H */
