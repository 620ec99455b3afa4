/* SPDX-License-Identifier: MIT */
#ifndef APP_ATTRIBUTE_H
#define APP_ATTRIBUTE_H

/*
 * To whom an account is counted, everywhere: who referred it, and who is new in
 * Cello's eyes.  Where organizations are counted that is the account's, which
 * was referred if its first member was: whoever comes to it later was not, by
 * whatever link they came.
 */

#include "base/err.h"
#include "base/text.h"
#include "cello/ucc.h"
#include "referral/referral.h"

struct config;
struct db;

struct attribution {
	char			 ucc[UCC];	/* "": was not referred */
	struct referral_terms	 terms;
	char			 newcomer[TEXT_UUID];	/* newUserId */
	char			 organization[TEXT_UUID];	/* "": not counted */
};

MUST_USE enum err attribute(struct db *db, const struct config *conf,
    const char *account_id, struct attribution *ret_attribution);

/*
 * The code as it is written on a customer at Stripe: "" where Cello does not
 * look at any, lest somebody is counted twice.
 */
const char *attribute_stamp(const struct config *conf,
    const struct attribution *by);

#endif /* !APP_ATTRIBUTE_H */
