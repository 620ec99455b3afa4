/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <string.h>

#include "account/account.h"
#include "account/organization.h"
#include "db/db.h"

#include "app/config.h"

#include "app/attribute.h"

enum err
attribute(struct db *db, const struct config *conf, const char *account_id,
    struct attribution *ret_attribution)
{
	struct attribution *t = ret_attribution;
	char first[TEXT_UUID];
	enum err e = ERR_OK;

	memset(t, 0, sizeof(*t));
	(void)snprintf(first, sizeof(first), "%s", account_id);
	if (cello_counts_organizations(&conf->cello))
		e = organization_of(db, account_id, t->organization,
		    first);
	(void)snprintf(t->newcomer, sizeof(t->newcomer), "%s",
	    t->organization[0] == '\0' ? account_id : t->organization);
	if (e == ERR_OK)
		e = referral_find_terms(db, first, t->ucc, &t->terms);
	return e == ERR_NOTFOUND ? ERR_OK : e;
}

const char *
attribute_stamp(const struct config *conf, const struct attribution *by)
{
	return cello_looks_at_stripe(&conf->cello) ? by->ucc : "";
}
