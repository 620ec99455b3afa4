/* SPDX-License-Identifier: MIT */

#include "account/account.h"
#include "account/erasure.h"
#include "account/holdings.h"
#include "account/key.h"
#include "account/organization.h"
#include "account/session.h"
#include "base/err.h"
#include "billing/call.h"
#include "billing/checkout.h"
#include "billing/customer.h"
#include "billing/entitlement.h"
#include "billing/event.h"
#include "billing/granted.h"
#include "billing/holdings.h"
#include "billing/home.h"
#include "billing/invoice.h"
#include "billing/object.h"
#include "billing/pace.h"
#include "billing/payback.h"
#include "billing/planned.h"
#include "billing/second.h"
#include "billing/story.h"
#include "billing/subscription.h"
#include "billing/sweep.h"
#include "billing/trait.h"
#include "chore/chore.h"
#include "db/db.h"
#include "db/stmt.h"
#include "ledger/credit.h"
#include "ledger/holdings.h"
#include "ledger/ledger.h"
#include "ledger/report.h"
#include "ledger/welcome.h"
#include "referral/bearer.h"
#include "referral/card.h"
#include "referral/code.h"
#include "referral/fact.h"
#include "referral/fact_story.h"
#include "referral/funnel.h"
#include "referral/holdings.h"
#include "referral/link.h"
#include "referral/referral.h"
#include "referral/sight.h"
#include "referral/tick.h"
#include "referral/view.h"
#include "referral/way.h"

#include "ctl/statements.h"

/* Every module that has some. */
static const struct stmt *const *const modules[] = {
	account_holdings_statements,
	account_statements,
	organization_statements,
	bearer_statements,
	billing_holdings_statements,
	call_statements,
	checkout_statements,
	chore_statements,
	card_statements,
	code_statements,
	credit_statements,
	customer_statements,
	entitlement_statements,
	erasure_statements,
	event_record_statements,
	event_statements,
	fact_statements,
	way_statements,
	fact_story_statements,
	home_statements,
	funnel_statements,
	granted_statements,
	invoice_statements,
	key_statements,
	ledger_holdings_statements,
	ledger_report_statements,
	ledger_statements,
	link_statements,
	object_statements,
	pace_statements,
	payback_statements,
	planned_statements,
	referral_holdings_statements,
	referral_statements,
	second_statements,
	session_statements,
	sight_statements,
	story_statements,
	subscription_statements,
	sweep_statements,
	tick_statements,
	trait_statements,
	view_statements,
	welcome_statements
};

/* In a transaction: behind a pooler that keeps us on one server. */
static enum err
prepare_one(struct db *db, void *arg)
{
	const struct stmt *const *s = arg;

	return db_prepare(db, *s);
}

int
statements_prepare(struct db *db, int *ret_count)
{
	const struct stmt *const *s;
	const struct stmt *one;
	int count = 0, refused = 0;
	size_t i;

	for (i = 0; i < NELEM(modules); i++)
		for (s = modules[i]; *s != NULL; s++) {
			one = *s;
			count++;
			if (db_transaction(db, prepare_one, &one) != ERR_OK)
				refused++;
		}
	*ret_count = count;
	return refused;
}
