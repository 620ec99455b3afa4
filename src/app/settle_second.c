/* SPDX-License-Identifier: MIT */

#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "billing/call.h"
#include "billing/customer.h"
#include "billing/entitlement.h"
#include "billing/options.h"
#include "billing/second.h"
#include "ledger/ledger.h"
#include "stripe/kind.h"

#include "app/settle_second.h"

/* Learnt once more of what is being settled: nobody needs to hear it twice. */
static enum err
end_second(struct db *db, const struct second *s)
{
	enum err e = second_end(db, s);

	if (e == ERR_OK)
		log_error("subscription_second", "account %s has paid for two"
		    " subscriptions: %s stays; %s, which was bought after it, is"
		    " ended and paid back", s->account_id, s->kept, s->id);
	return e == ERR_CONFLICT ? ERR_OK : e;
}

enum err
settle_second(struct db *db, const struct billing_config *conf,
    const char *customer_id)
{
	struct second second[SECONDS_MOST];
	size_t count, i;
	enum err e;

	if (conf->several_subscriptions)
		return ERR_OK;
	e = subscription_seconds(db, conf, customer_id, second, &count);
	for (i = 0; e == ERR_OK && i < count; i++)
		if (second[i].ours)
			e = end_second(db, &second[i]);
		else
			log_warn("subscription_beside", "account %s has two"
			    " subscriptions, %s and %s: both stay, unless it"
			    " turns out that a page of ours has sold the"
			    " second just now", second[i].account_id,
			    second[i].kept, second[i].id);
	return e;
}

static enum err
refund_entries(struct db *db, const char *account, const struct json *invoice,
    const struct json *payments)
{
	struct ledger_entry entry[LEDGER_MOST];
	size_t count, i;
	enum err e;

	e = ledger_entries(STRIPE_INVOICE, invoice, payments, entry, &count);
	for (i = 0; e == ERR_OK && i < count; i++) {
		if (entry[i].payment == NULL || entry[i].amount <= 0)
			continue;
		e = second_refund(db, account, entry[i].payment);
		if (e == ERR_CONFLICT)
			e = ERR_OK;
	}
	return e;
}

enum err
settle_second_invoice(struct db *db, const struct json *invoice,
    const struct json *payments)
{
	const char *subscription = json_id(invoice,
	    "parent.subscription_details.subscription");
	const char *customer = json_id(invoice, "customer");
	char account[TEXT_UUID];
	int ended = 0;
	enum err e;

	if (subscription == NULL || customer == NULL)
		return ERR_OK;
	if ((e = customer_owner(db, customer, account)) != ERR_OK ||
	    account[0] == '\0')
		return e;
	e = call_has_ended(db, account, subscription, &ended);
	return e != ERR_OK || !ended ? e :
	    refund_entries(db, account, invoice, payments);
}
