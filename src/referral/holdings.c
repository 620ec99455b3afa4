/* SPDX-License-Identifier: MIT */

#include "db/db.h"

#include "referral/holdings.h"

static const struct stmt referral_held = {
	.name = "referral_held",
	.text =
	    HOLDING_OF
	    "SELECT x.* FROM referral x WHERE x.account_id = $1"
	    HOLDING_END,
	.nparams = 1
};

static const struct holding_field referral_fields[] = {
	{ "account_id", "the account", NULL },
	{ "ucc", "the code of the link", NULL },
	{ "source", "how it was kept until they signed up", NULL },
	{ "created_at", "when they signed up with it", NULL },
	{ "reward_percent", "what was promised for it then", NULL },
	{ "reward_months", "and for how many months", NULL },
	{ "clicked_at", "when they followed the link", NULL },
	{ "product_id", "the product that the link names", NULL },
	{ "trusted_at", "when somebody found that they are nobody who refers"
	    " themselves", NULL },
	{ NULL, NULL, NULL }
};

static const struct stmt referral_card_held = {
	.name = "referral_card_held",
	.text =
	    HOLDING_OF
	    "SELECT x.* FROM referral_card x"
	    " WHERE x.lane = get_byte(sha256(convert_to($1::text, 'UTF8')), 0)"
	    " AND x.id = $1::text"
	    HOLDING_END,
	.nparams = 1
};

static const struct holding_field referral_card_fields[] = {
	{ "id", "the account", NULL },
	{ "looked_at", "when Stripe was asked about them last", NULL },
	{ "fingerprints", "what Stripe calls each card with which they have"
	    " paid: it says that two are the same, and not which", NULL },
	HOLDING_ERRAND,
	{ NULL, NULL, NULL }
};

static const struct stmt referral_code_held = {
	.name = "referral_code_held",
	.text =
	    HOLDING_OF
	    "SELECT x.* FROM referral_code x WHERE x.owner = $1::text"
	    HOLDING_END,
	.nparams = 1
};

static const struct holding_field referral_code_fields[] = {
	{ "id", "the code of the link", NULL },
	{ "looked_at", "when Cello was asked about it last", NULL },
	{ "valid", "whether Cello says that it is good", NULL },
	{ "owner", "whose it is, as Cello says", NULL },
	HOLDING_ERRAND,
	{ NULL, NULL, NULL }
};

static const struct stmt referral_link_held = {
	.name = "referral_link_held",
	.text =
	    HOLDING_OF
	    "SELECT x.* FROM referral_link x"
	    " WHERE x.lane = get_byte(sha256(convert_to($1::text, 'UTF8')), 0)"
	    " AND x.id = $1::text"
	    HOLDING_END,
	.nparams = 1
};

static const struct holding_field referral_link_fields[] = {
	{ "id", "the account", NULL },
	{ "looked_at", "when Cello was asked about it last", NULL },
	{ "ucc", "the code of the link", NULL },
	{ "link", "the link", NULL },
	HOLDING_ERRAND,
	{ NULL, NULL, NULL }
};

static const struct stmt cello_fact_held = {
	.name = "cello_fact_held",
	.text =
	    HOLDING_OF
	    "SELECT x.* FROM cello_fact x"
	    " WHERE x.lane = get_byte(sha256(convert_to($1::text, 'UTF8')), 0)"
	    " AND x.account_id = $1::uuid"
	    HOLDING_END,
	.nparams = 1
};

static const struct holding_field cello_fact_fields[] = {
	{ "id", "what happened, and to what", NULL },
	{ "trigger", "what happened, in Cello's word", NULL },
	{ "api", "in which version", NULL },
	{ "account_id", "the account", NULL },
	{ "ucc", "the referral code", NULL },
	{ "form", "what is sent", NULL },
	{ "after", "what has to be told before", NULL },
	{ "created_at", "when it was written", NULL },
	{ "sent_at", "when it was sent first", NULL },
	{ "outcome", "what came of it", NULL },
	{ "event_id", "Cello's", NULL },
	{ "warnings", "what Cello had to say", NULL },
	HOLDING_ERRAND,
	{ NULL, NULL, NULL }
};

const struct holding referral_holdings[] = {
	{
		.table = "referral",
		.what = "by whose link they came",
		.ends = "never by itself",
		.erased = "it stays: whoever referred them is rewarded by it",
		.rows = &referral_held,
		.field = referral_fields
	},
	{
		.table = "referral_card",
		.what = "their cards, to tell who refers themselves",
		.ends = "[retention] card_days after Stripe was asked last",
		.erased = "it goes",
		.rows = &referral_card_held,
		.field = referral_card_fields
	},
	{
		.table = "referral_code",
		.what = "their own link, if somebody has signed up by it",
		.ends = "never by itself",
		.erased = "it stays: who came by it stays referred",
		.rows = &referral_code_held,
		.field = referral_code_fields
	},
	{
		.table = "referral_link",
		.what = "their own link, for mails to them",
		.ends = "never by itself",
		.erased = "it goes",
		.rows = &referral_link_held,
		.field = referral_link_fields
	},
	{
		.table = "cello_fact",
		.what = "what Cello is told of them",
		.ends = "that it was told never; what was sent [retention]"
		    " fact_days after that",
		.erased = "what was sent goes, and name and address from what"
		    " is still to be sent; one more is added: that they are to"
		    " be forgotten",
		.rows = &cello_fact_held,
		.field = cello_fact_fields
	},
	{ .table = NULL }
};

const struct stmt *const referral_holdings_statements[] = {
	&referral_held,
	&referral_card_held,
	&referral_code_held,
	&referral_link_held,
	&cello_fact_held,
	NULL
};
