/* SPDX-License-Identifier: MIT */

#include "referral/options.h"

#define AT(field)	offsetof(struct referral_config, field)

const struct option_row referral_options[] = {
	{ "touch", OPTION_TEXT, AT(touch), "last", 1, 8, "last|first", 0,
	    "Which link counts of several that somebody followed." },
	{ "consent_cookie", OPTION_TEXT, AT(consent_cookie), "", 0, 64, NULL,
	    0, "Without this cookie no code is kept; empty: none is needed." },
	{ "consent_value", OPTION_TEXT, AT(consent_value), "", 0, 128, NULL, 0,
	    "What that has to contain, as it is sent; empty: anything." },
	{ "forward", OPTION_TEXT, AT(forward), "", 0, 2048, NULL, 0,
	    "Origins that /r may lead to, with blanks between." },
	{ "min_account_days", OPTION_NUMBER, AT(min_account_days), "0", 0, 365,
	    NULL, 0, "How old an account has to be to refer others." },
	{ "require_verified_email", OPTION_BOOL, AT(require_verified_email),
	    "false", 0, 0, NULL, 0, "Whether who refers others needs an"
	    " address that your product has verified." },
	{ "hide_from_referred", OPTION_BOOL, AT(hide_from_referred), "false",
	    0, 0, NULL, 0, "Whether who was referred cannot refer others." },
	{ "language", OPTION_TEXT, AT(language), "", 0, 8, NULL, 0,
	    "Of Cello's component, like \"de\"; empty: as Cello has it." },
	{ "theme", OPTION_TEXT, AT(theme), "", 0, 16, NULL, 0,
	    "Its themeMode; empty: as Cello has it." },
	{ "announce", OPTION_BOOL, AT(announce), "false", 0, 0, NULL, 0,
	    "Whether Cello's announcement is shown to who has just bought or"
	    " upgraded, twice at most." },
	{ NULL, OPTION_TEXT, 0, NULL, 0, 0, NULL, 0, NULL }
};
