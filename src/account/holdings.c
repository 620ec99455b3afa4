/* SPDX-License-Identifier: MIT */

#include "db/db.h"

#include "account/holdings.h"

static const struct stmt account_held = {
	.name = "account_held",
	.text =
	    HOLDING_OF
	    "SELECT a.* FROM account a WHERE a.id = $1"
	    HOLDING_END,
	.nparams = 1
};

static const struct holding_field account_fields[] = {
	{ "id", "the account; Cello knows them by it", NULL },
	{ "email", "the address they log in with", NULL },
	{ "password_hash", "what a password is compared with",
	    "it is a secret, and says nothing" },
	{ "first_name", "as they typed it", NULL },
	{ "last_name", "as they typed it", NULL },
	{ "organization", "as they typed it", NULL },
	{ "created_at", "when they signed up", NULL },
	{ "organization_id", "the organization that they are of, one of"
	    " their own unless joined to another", NULL },
	{ "verified_at", "since when the product says that the address is"
	    " theirs", NULL },
	{ "erased_at", "when the account was erased", NULL },
	{ NULL, NULL, NULL }
};

static const struct stmt session_held = {
	.name = "session_held",
	.text =
	    HOLDING_OF
	    "SELECT s.* FROM session s WHERE s.account_id = $1"
	    HOLDING_END,
	.nparams = 1
};

static const struct holding_field session_fields[] = {
	{ "token_hash", "what the cookie is compared with",
	    "it is a secret, and says nothing" },
	{ "account_id", "the account", NULL },
	{ "created_at", "when they logged in", NULL },
	{ "used_at", "when it was used last", NULL },
	{ "ends_at", "when it ends in any case", NULL },
	{ "remembered", "whether they asked to stay logged in", NULL },
	{ NULL, NULL, NULL }
};

static const struct stmt erasure_held = {
	.name = "erasure_held",
	.text =
	    HOLDING_OF
	    "SELECT x.* FROM erasure x"
	    " WHERE x.lane = get_byte(sha256(convert_to($1::text, 'UTF8')), 0)"
	    " AND x.id = $1::text"
	    HOLDING_END,
	.nparams = 1
};

static const struct holding_field erasure_fields[] = {
	{ "id", "the account", NULL },
	{ "asked_at", "when it was asked for", NULL },
	{ "asked_by", "by whose wish", NULL },
	{ "closed_at", "since when nothing was open at Stripe", NULL },
	HOLDING_ERRAND,
	{ NULL, NULL, NULL }
};

const struct holding account_holdings[] = {
	{
		.table = "account",
		.what = "who they said they are",
		.ends = "never by itself",
		.erased = "name, address, organization and password go; the"
		    " id stays",
		.rows = &account_held,
		.field = account_fields
	},
	{
		.table = "session",
		.what = "where they are logged in",
		.ends = "when it is over, at most [session] days after the"
		    " login",
		.erased = "ended",
		.rows = &session_held,
		.field = session_fields
	},
	{
		.table = "erasure",
		.what = "that their account was to be erased",
		.ends = "never by itself",
		.erased = "it stays, and shows what was done",
		.rows = &erasure_held,
		.field = erasure_fields
	},
	{ .table = NULL }
};

const struct stmt *const account_holdings_statements[] = {
	&account_held,
	&session_held,
	&erasure_held,
	NULL
};
