/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <string.h>

#include "db/db.h"

#include "app/config.h"

#include "app/attribute.h"

enum err
attribute(struct db *db, const struct config *conf, const char *account_id,
    struct attribution *ret_attribution)
{
	struct attribution *t = ret_attribution;
	enum err e;

	(void)conf;
	memset(t, 0, sizeof(*t));
	(void)snprintf(t->newcomer, sizeof(t->newcomer), "%s", account_id);
	e = referral_find_terms(db, account_id, t->ucc, &t->terms);
	return e == ERR_NOTFOUND ? ERR_OK : e;
}
