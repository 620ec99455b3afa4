/* SPDX-License-Identifier: MIT */
#ifndef APP_BOOT_REFERRALS_H
#define APP_BOOT_REFERRALS_H

/* What boots Cello's Referral Component for a member. */

#include <time.h>

#include "account/account.h"
#include "base/err.h"
#include "cello/token.h"

struct app;

#define BOOT_URL	1024

/* Why the component is not booted, in words for programs. */
enum boot_refusal {
	BOOT_ENABLED,
	BOOT_OFF,		/* [cello] enabled */
	BOOT_TOO_NEW,		/* [referral] min_account_days */
	BOOT_UNVERIFIED,	/* [referral] require_verified_email */
	BOOT_REFERRED		/* [referral] hide_from_referred */
};

struct boot {
	enum boot_refusal refusal;
	time_t		 from;			/* BOOT_TOO_NEW: not before */
	/* Only if it is not refused: */
	char		 script_url[BOOT_URL];
	const char	*product_id;		/* borrowed */
	char		 token[TOKEN_TEXT];
	char		 full_name[ACCOUNT_FULL_NAME];
	char		 organization[TEXT_UUID];	/* "": is not counted */
};

/* ERR_OK whether it is refused or not. */
MUST_USE enum err boot_referrals(struct app *a, const struct account *who,
    time_t now, struct boot *ret_boot);

#endif /* !APP_BOOT_REFERRALS_H */
