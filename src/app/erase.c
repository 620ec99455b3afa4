/* SPDX-License-Identifier: MIT */

#include "account/account.h"
#include "account/session.h"
#include "base/log.h"
#include "billing/call.h"
#include "billing/event.h"
#include "db/db.h"
#include "referral/card.h"
#include "referral/fact.h"
#include "referral/link.h"

#include "app/app.h"
#include "app/password.h"
#include "app/tell_of.h"

#include "app/erase.h"

const struct erase_kept erase_kept[] = {
	{ "invoices, payments and refunds, with their amounts and dates, here"
	    " and at Stripe; what Stripe holds has the name and address that"
	    " were on the invoice",
	    "the law wants accounts to be kept for years" },
	{ "what is owed", "an invoice that is open stays open" },
	{ "by whose link the account came, if by any, and its credits from"
	    " referrals", "somebody else's reward is reckoned from it" },
	{ "the referral link that others came by", "what those who came by it"
	    " have from it stays theirs" },
	{ "an id without a name, and when the account was made and erased",
	    "the entries above hang on it" },
	{ NULL, NULL }
};

/* But for what Stripe has told, of which there may be much. */
static enum err
erase_small(struct db *db, const char *account_id)
{
	enum err e;

	if ((e = session_close_all(db, account_id)) != ERR_OK ||
	    (e = call_erase(db, account_id)) != ERR_OK ||
	    (e = link_erase(db, account_id)) != ERR_OK ||
	    (e = card_erase(db, account_id)) != ERR_OK)
		return e;
	return fact_erase(db, account_id);
}

enum err
erase_rows(struct db *db, const char *account_id)
{
	enum err e = erase_small(db, account_id);

	return e != ERR_OK ? e : event_erase(db, account_id);
}

struct order {
	struct app	*a;
	const char	*account_id;
	enum erasure_by	 by;
};

static enum err
write_all(struct db *db, void *arg)
{
	const struct order *o = arg;
	enum err e;

	if ((e = account_erase(db, o->account_id)) != ERR_OK ||
	    (e = erase_small(db, o->account_id)) != ERR_OK ||
	    (e = tell_of_erasure(db, o->a->conf, o->account_id)) != ERR_OK)
		return e;
	return erasure_order(db, o->account_id, o->by);
}

enum err
erase(struct app *a, const char *account_id, enum erasure_by by)
{
	struct order o = { .a = a, .account_id = account_id, .by = by };
	enum err e = db_transaction(a->db, write_all, &o);

	if (e == ERR_OK) {
		log_info("erasure_asked", "account %s is erased: what it has"
		    " at Stripe is ended next", account_id);
		app_ring(a);
	}
	return e;
}

enum err
erase_self(struct app *a, const struct account *who, const char *password,
    int *ret_busy)
{
	char hash[PASSWORD_HASH], fresh[PASSWORD_HASH];
	struct account found;
	enum err e;

	*ret_busy = 0;
	if (password == NULL)
		return ERR_DENIED;
	e = account_find(a->db, who->email, &found, hash, sizeof(hash));
	if (e == ERR_OK)
		e = password_verify(a, password, hash, fresh, ret_busy);
	return e != ERR_OK ? e : erase(a, who->id, ERASURE_PERSON);
}

enum err
erase_look(struct app *a, const char *account_id, struct erasure *ret_erasure)
{
	return erasure_find(a->db, account_id, ret_erasure);
}
