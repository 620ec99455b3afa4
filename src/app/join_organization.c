/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "account/account.h"
#include "account/organization.h"
#include "base/log.h"
#include "db/db.h"

#include "app/app.h"

#include "app/join_organization.h"

enum err
find_organization(struct app *a, const char *email,
    struct membership *ret_membership)
{
	struct membership *m = ret_membership;
	struct account who;
	enum err e;

	if ((e = account_find(a->db, email, &who, NULL, 0)) != ERR_OK)
		return e;
	memcpy(m->account, who.id, sizeof(m->account));
	return organization_of(a->db, who.id, m->organization, m->first);
}

enum err
join_organization(struct app *a, const char *email, const char *other,
    struct membership *ret_membership)
{
	struct membership to;
	enum err e;

	if ((e = find_organization(a, other, &to)) != ERR_OK ||
	    (e = find_organization(a, email, ret_membership)) != ERR_OK ||
	    (e = organization_join(a->db, ret_membership->account,
	    to.account)) != ERR_OK)
		return e;
	log_info("organization_joined", "account %s is of the organization"
	    " %s", ret_membership->account, to.organization);
	return find_organization(a, email, ret_membership);
}
