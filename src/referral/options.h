/* SPDX-License-Identifier: MIT */
#ifndef REFERRAL_OPTIONS_H
#define REFERRAL_OPTIONS_H

/* [referral] */

#include "conf/option.h"

struct referral_config {
	char	*touch;			/* "last" or "first" */
	char	*consent_cookie;	/* "": ours need no consent */
	char	*consent_value;		/* what it has to contain; "": anything */
	char	*forward;		/* origins, with blanks between */
	int	 min_account_days;	/* before somebody may refer */
	int	 require_verified_email;
	int	 hide_from_referred;
	char	*language;		/* of the component; "": Cello's choice */
	char	*theme;
	int	 announce;		/* to who has bought or upgraded */
};

extern const struct option_row referral_options[];

#endif /* !REFERRAL_OPTIONS_H */
