/* SPDX-License-Identifier: MIT */

#include "cello/options.h"

#define AT(field)	offsetof(struct cello_config, field)

const struct option_row cello_options[] = {
	{ "enabled", OPTION_BOOL, AT(enabled), "true", 0, 0, NULL, 0,
	    "Whether tokens are issued and Cello's scripts are loaded." },
	{ "environment", OPTION_TEXT, AT(environment), "sandbox", 1, 16,
	    "sandbox|production", 0, "Which of Cello's environments." },
	{ "product_id", OPTION_TEXT, AT(product_id), "", 0, 255, NULL, 0,
	    "From Cello's portal, Access Keys." },
	{ "product_secret_file", OPTION_TEXT, AT(product_secret_file), "",
	    0, 1024, NULL, OPTION_SECRET,
	    "A file with the product secret that signs tokens." },
	{ "api_base", OPTION_TEXT, AT(api_base), "", 0, 512, NULL, 0,
	    "Empty: Cello's host of the environment." },
	{ "assets_base", OPTION_TEXT, AT(assets_base), "", 0, 512, NULL, 0,
	    "Empty: Cello's host of the environment." },
	{ "reward_percent", OPTION_NUMBER, AT(reward_percent), "0", 0, 100,
	    NULL, 0, "What the campaign gives of what referrals pay, for"
	    " \"endpin ledger\"; 0: not reckoned." },
	{ "reward_months", OPTION_NUMBER, AT(reward_months), "0", 0, 120,
	    NULL, 0, "For so many months from their first payment; 0: for"
	    " ever." },
	{ NULL, OPTION_TEXT, 0, NULL, 0, 0, NULL, 0, NULL }
};
