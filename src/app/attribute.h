/* SPDX-License-Identifier: MIT */
#ifndef APP_ATTRIBUTE_H
#define APP_ATTRIBUTE_H

/*
 * To whom an account is counted: who referred it, and who the newcomer is in
 * Cello's eyes.
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
};

MUST_USE enum err attribute(struct db *db, const struct config *conf,
    const char *account_id, struct attribution *ret_attribution);

#endif /* !APP_ATTRIBUTE_H */
