/* SPDX-License-Identifier: MIT */

#include "base/text.h"

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
	{ "access_key_id", OPTION_TEXT, AT(access_key_id), "", 0, 255, NULL, 0,
	    "From Cello's portal, Access Keys; empty: its API is not asked." },
	{ "secret_access_key_file", OPTION_TEXT, AT(secret_access_key_file),
	    "", 0, 1024, NULL, OPTION_SECRET,
	    "A file with the secret that belongs to it." },
	{ "signups", OPTION_TEXT, AT(signups), "stripe", 1, 8, "stripe|api", 0,
	    "How Cello learns of signups: from Stripe's customers or by us." },
	{ "purchases", OPTION_TEXT, AT(purchases), "stripe", 1, 8,
	    "stripe|api", 0,
	    "How Cello learns of payments and refunds: from Stripe or by us." },
	{ "events_api", OPTION_TEXT, AT(events_api), "v1", 1, 8, "v1|v2", 0,
	    "In which version of its API Cello is told." },
	{ "attribution", OPTION_TEXT, AT(attribution), "user", 1, 16,
	    "user|organization", 0,
	    "Who is new in Cello's eyes, and pays: user or organization." },
	{ "timeout", OPTION_NUMBER, AT(timeout), "10", 1, 20, NULL, 0,
	    "Seconds after which a call of Cello's API is given up." },
	{ "calls_per_second", OPTION_NUMBER, AT(calls_per_second), "10",
	    1, 1000, NULL, 0,
	    "Calls of Cello's API that all processes make together." },
	{ "allow_inline", OPTION_BOOL, AT(allow_inline), "true", 0, 0, NULL, 0,
	    "Whether pages that boot the component allow inline scripts and"
	    " styles." },
	{ "public_pages", OPTION_TEXT, AT(public_pages), "", 0, 4096, NULL, 0,
	    "Pages of yours that visitors come to, for \"endpin doctor\"." },
	{ "rewards_user", OPTION_TEXT, AT(rewards_user), "", 0, 255, NULL, 0,
	    "Who tells of rewards in credits, as Cello's support says; empty:"
	    " nobody." },
	{ "rewards_password_file", OPTION_TEXT, AT(rewards_password_file), "",
	    0, 1024, NULL, OPTION_SECRET,
	    "A file with the password of that, one a line while it is rolled." },
	{ "credit_currency", OPTION_TEXT, AT(credit_currency), "", 0, 3, NULL,
	    0, "In what rewards in credits are booked as balance at Stripe;"
	    " empty: they are not." },
	{ "credit_value", OPTION_NUMBER, AT(credit_value), "1", 1, 1000000,
	    NULL, 0, "What a credit is worth, in minor units." },
	{ "reward_percent", OPTION_NUMBER, AT(reward_percent), "0", 0, 100,
	    NULL, 0, "What the campaign gives of what referrals pay, for"
	    " \"endpin ledger\"; 0: not reckoned." },
	{ "reward_months", OPTION_NUMBER, AT(reward_months), "0", 0, 120,
	    NULL, 0, "For so many months from their first payment; 0: for"
	    " ever." },
	{ NULL, OPTION_TEXT, 0, NULL, 0, 0, NULL, 0, NULL }
};

int
cello_is_production(const struct cello_config *c)
{
	return text_equal(c->environment, "production");
}

int
cello_signups_by_api(const struct cello_config *c)
{
	return text_equal(c->signups, "api");
}

int
cello_purchases_by_api(const struct cello_config *c)
{
	return text_equal(c->purchases, "api");
}

int
cello_api_is_asked(const struct cello_config *c)
{
	return c->enabled && !text_empty(c->access_key_id);
}

int
cello_counts_organizations(const struct cello_config *c)
{
	return text_equal(c->attribution, "organization");
}

int
cello_looks_at_stripe(const struct cello_config *c)
{
	return !cello_signups_by_api(c) || !cello_purchases_by_api(c);
}
