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
#define BOOT_NAME	(2 * ACCOUNT_NAME)

struct boot {
	char		 script_url[BOOT_URL];
	const char	*product_id;		/* borrowed */
	char		 token[TOKEN_TEXT];
	char		 full_name[BOOT_NAME];
};

/* ERR_NOTFOUND: Cello is switched off. */
MUST_USE enum err boot_referrals(struct app *a, const struct account *who,
    time_t now, struct boot *ret_boot);

#endif /* !APP_BOOT_REFERRALS_H */
