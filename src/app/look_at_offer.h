/* SPDX-License-Identifier: MIT */
#ifndef APP_LOOK_AT_OFFER_H
#define APP_LOOK_AT_OFFER_H

/* What somebody gets who was referred: for showing, before anything is bought. */

#include "base/err.h"
#include "cello/ucc.h"

struct app;

struct offered {
	int	 valid;			/* there is a code that counts */
	int	 due;			/* and they get what it brings */
	char	 ucc[UCC];
};

/*
 * `account_id`: of a member, whose own referral decides; NULL: a stranger, for
 * whom the code in the link or the cookie does.  `followed`: the link was
 * followed just now, which is counted; that it could not be is no reason to
 * show less.
 */
MUST_USE enum err look_at_offer(struct app *a, const char *account_id,
    const struct ucc_offer *offer, int followed, struct offered *ret_offered);

#endif /* !APP_LOOK_AT_OFFER_H */
