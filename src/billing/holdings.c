/* SPDX-License-Identifier: MIT */

#include "db/db.h"

#include "billing/owned.h"

#include "billing/holdings.h"

static const struct stmt customer_held = {
	.name = "customer_held",
	.text =
	    HOLDING_OF
	    "SELECT c.* FROM customer c WHERE c.account_id = $1::uuid"
	    " OR c.former_account_id = $1::uuid"
	    HOLDING_END,
	.nparams = 1
};

static const struct holding_field customer_fields[] = {
	{ "id", "of the customer at Stripe", NULL },
	{ "account_id", "the account", NULL },
	{ "former_account_id", "the account whose it was", NULL },
	{ "deleted", "whether it was deleted at Stripe", NULL },
	{ "livemode", "whether it is real money", NULL },
	{ "linked_at", "since when it is known to be theirs", NULL },
	{ "seen_at", "when it was read at Stripe last", NULL },
	{ "anchored_at", "when it was heard of first", NULL },
	{ "granted_at", "when its entitlements were read last", NULL },
	{ "told_ucc", "the referral code that stands there", NULL },
	{ "told_user", "the account or organization that stands there", NULL },
	{ "told_email", "whether an address stands there", NULL },
	{ "told_at", "since when they do", NULL },
	{ "told_organization", "the organization that stands there", NULL },
	{ NULL, NULL, NULL }
};

static const struct stmt subscription_held = {
	.name = "subscription_held",
	.text =
	    HOLDING_OF
	    "SELECT x.* FROM subscription x WHERE x.customer_id IN (SELECT c.id"
	    " FROM customer c WHERE c.account_id = $1::uuid"
	    " OR c.former_account_id = $1::uuid)"
	    HOLDING_END,
	.nparams = 1
};

static const struct holding_field subscription_fields[] = {
	{ "id", "of the subscription at Stripe", NULL },
	{ "customer_id", "the customer at Stripe", NULL },
	{ "status", "as Stripe has it", NULL },
	{ "price", "what was bought", NULL },
	{ "quantity", "how many", NULL },
	{ "current_period_start", "of the period under way", NULL },
	{ "current_period_end", "of the period under way", NULL },
	{ "cancel_at", "when it is going to end", NULL },
	{ "trial_end", "of the trial", NULL },
	{ "ended_at", "when it ended", NULL },
	{ "created", "when it began", NULL },
	{ "livemode", "whether it is real money", NULL },
	{ "seen_at", "when it was read at Stripe last", NULL },
	{ "paid_until", "until when it is paid", NULL },
	{ "past_due_since", "since when a payment has failed", NULL },
	{ "pause", "how collecting is paused", NULL },
	{ "resumes_at", "when it goes on", NULL },
	{ "latest_invoice", "the last invoice", NULL },
	{ "latest_invoice_status", "and how it stands", NULL },
	{ "pay_url", "Stripe's page where that can be paid", NULL },
	{ "cancel_flag", "whether it ends with the period", NULL },
	{ "schedule", "what plans its changes, at Stripe", NULL },
	{ "next_at", "when the planned change comes", NULL },
	{ "next_prices", "what it changes to", NULL },
	{ "next_quantities", "how many of these", NULL },
	{ "next_ours", "whether they planned it here", NULL },
	{ "pending_until", "until when a change waits for its payment", NULL },
	{ "pending_prices", "what that changes to", NULL },
	{ "pending_quantities", "how many of these", NULL },
	{ NULL, NULL, NULL }
};

static const struct stmt subscription_item_held = {
	.name = "subscription_item_held",
	.text =
	    HOLDING_OF
	    "SELECT x.* FROM subscription_item x"
	    " WHERE x.customer_id IN (SELECT c.id"
	    " FROM customer c WHERE c.account_id = $1::uuid"
	    " OR c.former_account_id = $1::uuid)"
	    HOLDING_END,
	.nparams = 1
};

static const struct holding_field subscription_item_fields[] = {
	{ "id", "of the part at Stripe", NULL },
	{ "subscription_id", "the subscription", NULL },
	{ "customer_id", "the customer at Stripe", NULL },
	{ "price", "what was bought", NULL },
	{ "quantity", "how many", NULL },
	{ "current_period_start", "of the period under way", NULL },
	{ "current_period_end", "of the period under way", NULL },
	{ "position", "its place among the parts", NULL },
	{ NULL, NULL, NULL }
};

static const struct stmt trial_held = {
	.name = "trial_held",
	.text =
	    HOLDING_OF
	    "SELECT x.* FROM trial x WHERE x.account_id = $1"
	    HOLDING_END,
	.nparams = 1
};

static const struct holding_field trial_fields[] = {
	{ "account_id", "the account", NULL },
	{ "subscription_id", "with which subscription", NULL },
	{ "tried_at", "when", NULL },
	{ NULL, NULL, NULL }
};

static const struct stmt entitlement_held = {
	.name = "entitlement_held",
	.text =
	    HOLDING_OF
	    "SELECT x.* FROM entitlement x WHERE x.customer_id IN (SELECT c.id"
	    " FROM customer c WHERE c.account_id = $1::uuid"
	    " OR c.former_account_id = $1::uuid)"
	    HOLDING_END,
	.nparams = 1
};

static const struct holding_field entitlement_fields[] = {
	{ "customer_id", "the customer at Stripe", NULL },
	{ "lookup_key", "the name of what they may use", NULL },
	{ NULL, NULL, NULL }
};

static const struct stmt invoice_held = {
	.name = "invoice_held",
	.text =
	    HOLDING_OF
	    "SELECT x.* FROM invoice x WHERE x.customer_id IN (SELECT c.id"
	    " FROM customer c WHERE c.account_id = $1::uuid"
	    " OR c.former_account_id = $1::uuid)"
	    HOLDING_END,
	.nparams = 1
};

static const struct holding_field invoice_fields[] = {
	{ "id", "of the invoice at Stripe", NULL },
	{ "customer_id", "the customer at Stripe", NULL },
	{ "subscription_id", "what it is for", NULL },
	{ "status", "as Stripe has it", NULL },
	{ "billing_reason", "why it was made", NULL },
	{ "currency", "of the amounts, which are in its smallest unit", NULL },
	{ "amount_due", "to be paid", NULL },
	{ "amount_paid", "paid", NULL },
	{ "total", "of the invoice", NULL },
	{ "created", "when it was made", NULL },
	{ "paid_at", "when it was paid", NULL },
	{ "livemode", "whether it is real money", NULL },
	{ "seen_at", "when it was read at Stripe last", NULL },
	{ "number", "of the invoice", NULL },
	{ "url", "Stripe's page that shows it", NULL },
	{ "booked", "how much of it is in the ledger", NULL },
	{ NULL, NULL, NULL }
};

static const struct stmt payback_held = {
	.name = "payback_held",
	.text =
	    HOLDING_OF
	    "SELECT x.* FROM payback x WHERE x.customer_id IN (SELECT c.id"
	    " FROM customer c WHERE c.account_id = $1::uuid"
	    " OR c.former_account_id = $1::uuid)"
	    HOLDING_END,
	.nparams = 1
};

static const struct holding_field payback_fields[] = {
	{ "id", "at Stripe", NULL },
	{ "kind", "which of the three", NULL },
	{ "customer_id", "the customer at Stripe", NULL },
	{ "payment_id", "the payment", NULL },
	{ "invoice_id", "the invoice", NULL },
	{ "status", "as Stripe has it", NULL },
	{ "currency", "of the amount", NULL },
	{ "amount", "in the smallest unit", NULL },
	{ "moves", "how many entries of the ledger it has", NULL },
	{ "created", "when it was made", NULL },
	{ "seen_at", "when it was read at Stripe last", NULL },
	{ NULL, NULL, NULL }
};

static const struct stmt checkout_session_held = {
	.name = "checkout_session_held",
	.text =
	    HOLDING_OF
	    "SELECT x.* FROM checkout_session x WHERE x.account_id = $1"
	    HOLDING_END,
	.nparams = 1
};

static const struct holding_field checkout_session_fields[] = {
	{ "id", "of the page at Stripe", NULL },
	{ "account_id", "the account", NULL },
	{ "customer_id", "the customer at Stripe", NULL },
	{ "subject", "what was ordered", NULL },
	{ "status", "as Stripe has it", NULL },
	{ "url", "where it is",
	    "whoever has it can pay on it" },
	{ "subscription_id", "what came of it", NULL },
	{ "created_at", "when it was made", NULL },
	{ "expires_at", "when it closes by itself", NULL },
	{ NULL, NULL, NULL }
};

static const struct stmt stripe_call_held = {
	.name = "stripe_call_held",
	.text =
	    HOLDING_OF
	    "SELECT x.* FROM stripe_call x"
	    " WHERE x.lane = get_byte(sha256(convert_to($1::text, 'UTF8')), 0)"
	    " AND x.account_id = $1::uuid"
	    HOLDING_END,
	.nparams = 1
};

static const struct holding_field stripe_call_fields[] = {
	{ "id", "the key under which Stripe knows it", NULL },
	{ "account_id", "the account", NULL },
	{ "kind", "what was asked for", NULL },
	{ "path", "where", NULL },
	{ "form", "what was sent, as a form of the web is", NULL },
	{ "subject", "what it is about", NULL },
	{ "object_id", "what Stripe made", NULL },
	{ "replaced_by", "the call that took its place", NULL },
	{ "created_at", "when it was written", NULL },
	{ "first_sent_at", "when it was sent first", NULL },
	{ "outcome", "what came of it", NULL },
	HOLDING_ERRAND,
	{ NULL, NULL, NULL }
};

static const struct stmt stripe_event_held = {
	.name = "stripe_event_held",
	.text =
	    "WITH " OWNED_OBJECTS " " HOLDING_OF
	    "SELECT e.* FROM stripe_event e"
	    " JOIN mine m ON e.lane = " OWNED_LANE("m.id")
	    " AND e.object_id = m.id"
	    " UNION SELECT e.* FROM stripe_event e JOIN theirs t ON "
	    OWNED_STRANGER("t.id")
	    HOLDING_END,
	.nparams = 1
};

static const struct holding_field stripe_event_fields[] = {
	{ "id", "of the event at Stripe", NULL },
	{ "type", "what happened", NULL },
	{ "object_kind", "to what kind of thing", NULL },
	{ "object_id", "and which one", NULL },
	{ "api_version", "in which words of Stripe's", NULL },
	{ "livemode", "whether it is real money", NULL },
	{ "created", "when it happened", NULL },
	{ "received_at", "when it was told", NULL },
	{ "payload", "as Stripe told it", NULL },
	{ "lane", "a part of the table", NULL },
	{ "account", "another Stripe account that it is of", NULL },
	{ NULL, NULL, NULL }
};

static const struct stmt stripe_object_held = {
	.name = "stripe_object_held",
	.text =
	    "WITH " OWNED_OBJECTS " " HOLDING_OF
	    "SELECT o.* FROM stripe_object o"
	    " JOIN mine m ON o.lane = " OWNED_LANE("m.id")
	    " AND o.id = m.id"
	    HOLDING_END,
	.nparams = 1
};

static const struct holding_field stripe_object_fields[] = {
	{ "id", "of what is read", NULL },
	{ "kind", "what it is", NULL },
	{ "heard", "how often it was heard of", NULL },
	{ "seen", "as of which of these it was read", NULL },
	{ "customer_id", "the customer that it waits for", NULL },
	{ "heard_at", "when it was heard of last", NULL },
	{ "seen_at", "when it was read last", NULL },
	{ "awaited", "whether somebody waits for it", NULL },
	{ "urgency", "how soon it is read", NULL },
	HOLDING_ERRAND,
	{ NULL, NULL, NULL }
};

const struct holding billing_holdings[] = {
	{
		.table = "customer",
		.what = "what they are at Stripe",
		.ends = "never by itself",
		.erased = "it stays, for invoices and the ledger name it",
		.rows = &customer_held,
		.field = customer_fields
	},
	{
		.table = "subscription",
		.what = "what they have subscribed to",
		.ends = "never by itself",
		.erased = "ended; it stays, as part of the accounts",
		.rows = &subscription_held,
		.field = subscription_fields
	},
	{
		.table = "subscription_item",
		.what = "the parts of a subscription",
		.ends = "with the subscription",
		.erased = "they stay, as part of the accounts",
		.rows = &subscription_item_held,
		.field = subscription_item_fields
	},
	{
		.table = "trial",
		.what = "that they have tried a plan for free",
		.ends = "never by itself",
		.erased = "it stays: an id and a date",
		.rows = &trial_held,
		.field = trial_fields
	},
	{
		.table = "entitlement",
		.what = "what Stripe grants them",
		.ends = "when Stripe grants it no more",
		.erased = "it goes with the subscription",
		.rows = &entitlement_held,
		.field = entitlement_fields
	},
	{
		.table = "invoice",
		.what = "their invoices",
		.ends = "kept: the law wants accounts to be kept for years",
		.erased = "they stay; the address on an invoice is at Stripe"
		    " alone",
		.rows = &invoice_held,
		.field = invoice_fields
	},
	{
		.table = "payback",
		.what = "refunds, disputes and credit notes",
		.ends = "kept: the law wants accounts to be kept for years",
		.erased = "they stay, as part of the accounts",
		.rows = &payback_held,
		.field = payback_fields
	},
	{
		.table = "checkout_session",
		.what = "pages on which they could pay",
		.ends = "[retention] checkout_days after the page has expired",
		.erased = "closed, so that nothing can be bought on one that"
		    " is open",
		.rows = &checkout_session_held,
		.field = checkout_session_fields
	},
	{
		.table = "stripe_call",
		.what = "what Stripe was asked to do for them",
		.ends = "[retention] call_days after it was done; one that"
		    " failed a year after that",
		.erased = "what was sent goes; that something was sent goes"
		    " in its time",
		.rows = &stripe_call_held,
		.field = stripe_call_fields
	},
	{
		.table = "stripe_event",
		.what = "what Stripe has told about what is theirs",
		.ends = "[retention] event_days after it came",
		.erased = "what was told goes; that something was told goes"
		    " in its time. What Stripe tells later, too",
		.rows = &stripe_event_held,
		.field = stripe_event_fields
	},
	{
		.table = "stripe_object",
		.what = "that something of theirs is to be read at Stripe",
		.ends = "[retention] object_days after it was read; what"
		    " failed a year after that",
		.erased = "it goes in its time: ids and dates",
		.rows = &stripe_object_held,
		.field = stripe_object_fields
	},
	{ .table = NULL }
};

const struct stmt *const billing_holdings_statements[] = {
	&customer_held,
	&subscription_held,
	&subscription_item_held,
	&trial_held,
	&entitlement_held,
	&invoice_held,
	&payback_held,
	&checkout_session_held,
	&stripe_call_held,
	&stripe_event_held,
	&stripe_object_held,
	NULL
};
