/* SPDX-License-Identifier: MIT */

#include "account/account.h"
#include "base/text.h"
#include "referral/code.h"

#include "app/doubt.h"

/* Owner and newcomer are two accounts: is it one person? */
static enum err
compare(struct db *db, const char *account_id, const char *owner,
    enum doubt *ret_doubt)
{
	char ours[ACCOUNT_EMAIL], theirs[ACCOUNT_EMAIL];
	enum err e;

	if (!text_is_uuid(owner))
		return ERR_OK;		/* no account of ours */
	if ((e = account_email(db, account_id, ours)) == ERR_OK)
		e = account_email(db, owner, theirs);
	if (e == ERR_OK && account_same_address(ours, theirs))
		*ret_doubt = DOUBT_PERSON;
	return e == ERR_NOTFOUND ? ERR_OK : e;
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
