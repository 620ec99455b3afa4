/* SPDX-License-Identifier: MIT */

#include "db/db.h"

#include "ledger/holdings.h"

static const struct stmt ledger_entry_held = {
	.name = "ledger_entry_held",
	.text =
	    HOLDING_OF
	    "SELECT x.* FROM ledger_entry x WHERE x.account_id = $1"
	    HOLDING_END,
	.nparams = 1
};

static const struct holding_field ledger_entry_fields[] = {
	{ "kind", "what it was", NULL },
	{ "source_id", "what moved the money, at Stripe", NULL },
	{ "customer_id", "the customer at Stripe", NULL },
	{ "account_id", "the account", NULL },
	{ "ucc", "the referral code to which it counts", NULL },
	{ "reward_percent", "what whoever referred them gets of it", NULL },
	{ "reward_months", "and for how many months", NULL },
	{ "invoice_id", "the invoice", NULL },
	{ "payment_id", "the payment", NULL },
	{ "currency", "of the amounts", NULL },
	{ "amount", "that came, or went, in the smallest unit", NULL },
	{ "total", "of the invoice", NULL },
	{ "tax", "of the invoice", NULL },
	{ "booked_at", "when it moved", NULL },
	{ "written_at", "when it was written down", NULL },
	{ NULL, NULL, NULL }
};

static const struct stmt credit_entry_held = {
	.name = "credit_entry_held",
	.text =
	    HOLDING_OF
	    "SELECT x.* FROM credit_entry x WHERE x.account_id = $1"
	    HOLDING_END,
	.nparams = 1
};

static const struct holding_field credit_entry_fields[] = {
	{ "event_id", "Cello's", NULL },
	{ "reward_id", "Cello's", NULL },
	{ "user_id", "the account, as Cello says it", NULL },
	{ "account_id", "the account", NULL },
	{ "amount", "in credits", NULL },
	{ "told_at", "when Cello made it", NULL },
	{ "value", "what it is worth, in the smallest unit", NULL },
	{ "currency", "of that", NULL },
	{ "written_at", "when it was written down", NULL },
	{ NULL, NULL, NULL }
};

static const struct stmt credit_booking_held = {
	.name = "credit_booking_held",
	.text =
	    HOLDING_OF
	    "SELECT b.* FROM credit_booking b"
	    " JOIN credit_entry x ON x.event_id = b.event_id"
	    " WHERE x.account_id = $1"
	    HOLDING_END,
	.nparams = 1
};

static const struct holding_field credit_booking_fields[] = {
	{ "event_id", "of the credit", NULL },
	{ "call_id", "by which Stripe was asked to book it", NULL },
	{ "written_at", "when it was written down", NULL },
	{ NULL, NULL, NULL }
};

static const struct stmt welcome_credit_held = {
	.name = "welcome_credit_held",
	.text =
	    HOLDING_OF
	    "SELECT x.* FROM welcome_credit x WHERE x.account_id = $1"
	    HOLDING_END,
	.nparams = 1
};

static const struct holding_field welcome_credit_fields[] = {
	{ "account_id", "the account", NULL },
	{ "value", "what they were promised, in the smallest unit", NULL },
	{ "currency", "of that", NULL },
	{ "promised_at", "when they were", NULL },
	{ "outcome", "what became of it with their first payment", NULL },
	{ "call_id", "by which Stripe was asked to book it", NULL },
	{ "decided_at", "when that was decided", NULL },
	{ "invoice_id", "which payment waited for that", NULL },
	{ "booked", "how much was credited, in the smallest unit", NULL },
	{ NULL, NULL, NULL }
};

const struct holding ledger_holdings[] = {
	{
		.table = "ledger_entry",
		.what = "every payment of theirs, and what went back",
		.ends = "kept: the law wants accounts to be kept for years",
		.erased = "it stays: ids, amounts and dates",
		.rows = &ledger_entry_held,
		.field = ledger_entry_fields
	},
	{
		.table = "credit_entry",
		.what = "credits that they were given for referrals",
		.ends = "kept: the law wants accounts to be kept for years",
		.erased = "it stays: ids, amounts and dates",
		.rows = &credit_entry_held,
		.field = credit_entry_fields
	},
	{
		.table = "credit_booking",
		.what = "which of these credits are balance at Stripe",
		.ends = "kept: the law wants accounts to be kept for years",
		.erased = "it stays: ids and dates",
		.rows = &credit_booking_held,
		.field = credit_booking_fields
	},
	{
		.table = "welcome_credit",
		.what = "the credit that they were promised as one who was"
		    " referred",
		.ends = "kept: the law wants accounts to be kept for years",
		.erased = "it stays: ids, amounts and dates",
		.rows = &welcome_credit_held,
		.field = welcome_credit_fields
	},
	{ .table = NULL }
};

const struct stmt *const ledger_holdings_statements[] = {
	&ledger_entry_held,
	&credit_entry_held,
	&credit_booking_held,
	&welcome_credit_held,
	NULL
};
