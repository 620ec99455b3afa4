/* SPDX-License-Identifier: MIT */

#include <stddef.h>

#include "account/account.h"
#include "base/json.h"
#include "base/log.h"
#include "base/random.h"
#include "base/text.h"
#include "billing/balance.h"
#include "billing/customer.h"
#include "billing/object.h"
#include "billing/options.h"
#include "ledger/welcome.h"
#include "referral/card.h"

#include "app/attribute.h"
#include "app/doubt.h"

#include "app/book_welcome.h"

enum err
promise_welcome(struct db *db, const char *account_id,
    const struct plan_config *plan)
{
	return welcome_promise(db, account_id, plan->referral_credit,
	    plan->currency);
}

static enum err
judge(struct db *db, const struct config *conf, const struct welcome *w,
    const char *currency, enum welcome_outcome *ret)
{
	enum doubt doubt = DOUBT_NONE;
	struct attribution by;
	struct account who;
	int64_t since;
	enum err e;

	if ((e = account_since(db, w->account_id, &who, &since)) != ERR_OK ||
	    (e = attribute(db, conf, w->account_id, &by)) != ERR_OK ||
	    (e = doubt_of(db, w->account_id, by.ucc, &doubt)) != ERR_OK)
		return e;
	if (account_is_erased(&who))
		*ret = WELCOME_ERASED;
	else if (!text_equal(currency, w->currency))
		*ret = WELCOME_CURRENCY;
	else if (doubt == DOUBT_CODE || doubt == DOUBT_OWN ||
	    by.ucc[0] == '\0')
		*ret = WELCOME_DOUBT;
	else if (doubt != DOUBT_NONE)
		*ret = WELCOME_OPEN;	/* until a person has looked */
	else
		*ret = WELCOME_BOOKED;
	return ERR_OK;
}

/*
 * The customer that they have by now.  None: it waits for the next payment.
 * Never more than was paid: a dear plan is tried for nothing, and left for a
 * cheap one before it costs anything.
 */
static enum err
credit(struct db *db, const struct welcome *w, int64_t paid)
{
	char call[TEXT_UUID], customer[STRIPE_ID];
	const struct balance_order order = { .call_id = call,
	    .account_id = w->account_id, .customer = customer,
	    .amount = paid < w->value ? paid : w->value,
	    .currency = w->currency };
	enum err e = customer_of(db, w->account_id, customer);

	if (e != ERR_OK)
		return e == ERR_NOTFOUND ? ERR_OK : e;
	random_uuid(call);
	e = welcome_book(db, w->account_id, order.amount, call);
	return e != ERR_OK ? e : balance_order(db, &order);
}

static enum err
refuse(struct db *db, const struct welcome *w, enum welcome_outcome outcome)
{
	if (outcome != WELCOME_ERASED)
		log_warn("welcome_refused", "account %s has paid and does not"
		    " get the %lld %s that it was promised: %s", w->account_id,
		    (long long)w->value, w->currency,
		    outcome == WELCOME_CURRENCY ? "it has paid in another"
		    " currency" : "something speaks against its referral");
	return welcome_refuse(db, w->account_id, outcome);
}

/*
 * With this payment they have shown a card, that may be the referrer's, and
 * another one than that of a trial: who pays is looked at, once.
 */
static enum err
credit_or_wait(struct db *db, const struct config *conf,
    const struct welcome *w, const char *invoice, int64_t paid)
{
	int awaited = 0;
	enum err e = ERR_OK;

	if (!doubt_compares_cards(conf))
		return credit(db, w, paid);
	if (w->invoice[0] == '\0')
		e = doubt_shown(db, conf, w->account_id);
	if (e == ERR_OK)
		e = card_is_awaited(db, w->account_id, &awaited);
	if (e != ERR_OK)
		return e;
	return awaited ? welcome_wait(db, w->account_id, invoice) :
	    credit(db, w, paid);
}

static int64_t
paid_on(const struct json *invoice)
{
	int64_t paid = 0;

	return text_equal(json_text(invoice, "status"), "paid") &&
	    json_int(invoice, "amount_paid", &paid) == ERR_OK ? paid : 0;
}

enum err
book_welcome(struct db *db, const struct config *conf, const char *account_id,
    const struct json *invoice)
{
	const char *id = json_text(invoice, "id");
	const int64_t paid = paid_on(invoice);
	enum welcome_outcome outcome = WELCOME_OPEN;
	struct welcome w;
	enum err e;

	if (paid <= 0)
		return ERR_OK;
	e = welcome_find_open(db, account_id, &w);
	if (e != ERR_OK)
		return e == ERR_NOTFOUND ? ERR_OK : e;
	e = judge(db, conf, &w, json_text(invoice, "currency"), &outcome);
	if (e != ERR_OK)
		return e;
	if (outcome == WELCOME_OPEN)
		return welcome_wait(db, account_id, id);
	return outcome == WELCOME_BOOKED ?
	    credit_or_wait(db, conf, &w, id, paid) : refuse(db, &w, outcome);
}

enum err
resume_welcome(struct db *db, const char *account_id)
{
	struct welcome w;
	enum err e = welcome_find_open(db, account_id, &w);

	if (e != ERR_OK)
		return e == ERR_NOTFOUND ? ERR_OK : e;
	return w.invoice[0] == '\0' ? ERR_OK :
	    object_hear(db, STRIPE_INVOICE, w.invoice);
}
