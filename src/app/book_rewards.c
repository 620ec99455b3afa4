/* SPDX-License-Identifier: MIT */

#include <stddef.h>

#include "account/account.h"
#include "base/log.h"
#include "base/random.h"
#include "base/text.h"
#include "billing/balance.h"
#include "billing/invoice.h"
#include "cello/options.h"
#include "ledger/credit.h"

#include "app/book_rewards.h"

static enum err
book_one(struct db *db, const char *account_id, const struct payer *p,
    const struct credit_due *d)
{
	char call[TEXT_UUID];
	const struct balance_order order = { .call_id = call,
	    .account_id = account_id, .customer = p->customer,
	    .amount = d->value, .currency = d->currency,
	    .reward = d->reward };
	enum err e;

	if (!text_equal(p->currency, d->currency)) {
		log_error("reward_currency", "reward %s is worth %s, and"
		    " account %s pays in %s: it is not booked", d->reward,
		    d->currency, account_id, p->currency);
		return ERR_OK;
	}
	random_uuid(call);
	e = credit_book(db, d->event, call);
	if (e == ERR_CONFLICT)
		return ERR_OK;
	return e != ERR_OK ? e : balance_order(db, &order);
}

/* Who is gone may still pay what is open, and is credited nothing. */
static enum err
forget_if_erased(struct db *db, const char *account_id, size_t *count)
{
	struct account who;
	int64_t since;
	enum err e;

	if (*count == 0)
		return ERR_OK;
	e = account_since(db, account_id, &who, &since);
	if (e == ERR_OK && account_is_erased(&who))
		*count = 0;
	return e;
}

enum err
book_rewards(struct db *db, const struct cello_config *conf,
    const char *account_id)
{
	struct credit_due due[CREDIT_DUE_MOST];
	struct payer payer;
	size_t count, i;
	enum err e;

	if (text_empty(conf->credit_currency))
		return ERR_OK;
	if ((e = invoice_payer(db, account_id, &payer)) != ERR_OK)
		return e == ERR_NOTFOUND ? ERR_OK : e;
	e = credit_unbooked(db, account_id, payer.currency, due, &count);
	if (e == ERR_OK)
		e = forget_if_erased(db, account_id, &count);
	for (i = 0; e == ERR_OK && i < count; i++)
		e = book_one(db, account_id, &payer, &due[i]);
	return e;
}
