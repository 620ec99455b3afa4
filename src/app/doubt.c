/* SPDX-License-Identifier: MIT */

#include "account/account.h"
#include "base/json.h"
#include "base/text.h"
#include "billing/customer.h"
#include "referral/card.h"
#include "referral/code.h"
#include "referral/referral.h"

#include "app/attribute.h"
#include "app/config.h"

#include "app/doubt.h"

static enum err
compare_addresses(struct db *db, const char *account_id, const char *owner,
    int *ret_same)
{
	char ours[ACCOUNT_EMAIL], theirs[ACCOUNT_EMAIL];
	enum err e;

	*ret_same = 0;
	if ((e = account_email(db, account_id, ours)) == ERR_OK)
		e = account_email(db, owner, theirs);
	if (e == ERR_OK)
		*ret_same = account_same_address(ours, theirs);
	return e == ERR_NOTFOUND ? ERR_OK : e;
}

/* What two accounts may have in common, the surest sign first. */
static const struct {
	enum doubt	 doubt;
	enum err	(*compare)(struct db *db, const char *account_id,
			    const char *owner, int *ret_same);
} signs[] = {
	{ DOUBT_PERSON, compare_addresses },
	{ DOUBT_CUSTOMER, customer_shared },
	{ DOUBT_CARD, card_shared }
};

/* Owner and newcomer are two accounts: is it one person? */
static enum err
compare(struct db *db, const char *account_id, const char *owner,
    enum doubt *ret_doubt)
{
	int same = 0, trusted = 0;
	enum err e = ERR_OK;
	size_t i;

	if (!text_is_uuid(owner))
		return ERR_OK;		/* no account of ours */
	for (i = 0; i < NELEM(signs) && e == ERR_OK && !same; i++)
		if ((e = signs[i].compare(db, account_id, owner, &same)) ==
		    ERR_OK && same)
			*ret_doubt = signs[i].doubt;
	if (e == ERR_OK && same)
		e = referral_is_trusted(db, account_id, &trusted);
	if (trusted)
		*ret_doubt = DOUBT_NONE;
	return e;
}

enum err
doubt_of(struct db *db, const char *account_id, const char *ucc,
    enum doubt *ret_doubt)
{
	struct code code;
	enum err e = code_find(db, ucc, &code);

	*ret_doubt = DOUBT_NONE;
	if (e != ERR_OK)
		return e == ERR_NOTFOUND ? ERR_OK : e;
	if (!code.valid)
		*ret_doubt = DOUBT_CODE;
	else if (text_equal(code.owner, account_id))
		*ret_doubt = DOUBT_OWN;
	else
		return compare(db, account_id, code.owner, ret_doubt);
	return ERR_OK;
}

int
doubt_compares_cards(const struct config *conf)
{
	return conf->retention.card_days > 0 &&
	    cello_api_is_asked(&conf->cello);
}

static enum err
want(struct db *db, const char *account_id, int again)
{
	return text_is_uuid(account_id) ? card_want(db, account_id, again) :
	    ERR_OK;		/* no account of ours */
}

enum err
doubt_referrer(struct db *db, const struct config *conf, const char *owner)
{
	return doubt_compares_cards(conf) ? want(db, owner, 0) : ERR_OK;
}

/* If Cello has not answered yet, its answer has the referrer looked at. */
static enum err
want_both(struct db *db, const struct config *conf, const char *account_id,
    const char *ucc, int again)
{
	struct code code;
	enum err e;

	if (ucc[0] == '\0' || !doubt_compares_cards(conf))
		return ERR_OK;
	if ((e = want(db, account_id, again)) == ERR_OK &&
	    (e = code_find(db, ucc, &code)) == ERR_OK)
		e = want(db, code.owner, again);
	return e == ERR_NOTFOUND ? ERR_OK : e;
}

enum err
doubt_payer(struct db *db, const struct config *conf, const char *account_id,
    const char *ucc)
{
	return want_both(db, conf, account_id, ucc, 0);
}

enum err
doubt_shown(struct db *db, const struct config *conf, const char *account_id)
{
	struct attribution by;
	enum err e = attribute(db, conf, account_id, &by);

	return e != ERR_OK ? e : want_both(db, conf, account_id, by.ucc, 1);
}

enum err
doubt_awaits_referrer(struct db *db, const struct config *conf,
    const char *account_id, int *ret_awaited)
{
	struct attribution by;
	struct code code;
	enum err e = attribute(db, conf, account_id, &by);

	*ret_awaited = 0;
	if (e != ERR_OK || by.ucc[0] == '\0')
		return e;
	e = code_find(db, by.ucc, &code);
	if (e != ERR_OK || !text_is_uuid(code.owner))
		return e == ERR_NOTFOUND ? ERR_OK : e;
	return card_is_awaited(db, code.owner, ret_awaited);
}

enum err
doubt_session(struct db *db, const struct config *conf,
    const struct json *session)
{
	const char *customer = json_id(session, "customer");
	char account[TEXT_UUID];
	enum err e;

	if (customer == NULL ||
	    !text_equal(json_text(session, "status"), "complete"))
		return ERR_OK;
	e = customer_owner(db, customer, account);
	return e != ERR_OK || account[0] == '\0' ? e :
	    doubt_shown(db, conf, account);
}
