/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "account/account.h"
#include "base/text.h"

#include "app/app.h"
#include "app/config.h"
#include "app/find_person.h"

#include "app/find_link.h"

enum err
find_link(struct app *a, const char *whose, struct found_link *ret)
{
	struct account who;
	int64_t since;
	int wanted;
	enum err e;

	memset(ret, 0, sizeof(*ret));
	if (!cello_api_is_asked(&a->conf->cello))
		return ERR_CONFLICT;
	if ((e = find_person(a->db, whose, &who, &since)) != ERR_OK)
		return e;
	if (account_is_erased(&who))
		return ERR_NOTFOUND;
	if ((e = link_want(a->db, who.id, &wanted)) != ERR_OK)
		return e;
	if (wanted)
		app_ring(a);
	e = link_find(a->db, who.id, &ret->link);
	ret->is_known = e == ERR_OK;
	return e == ERR_NOTFOUND ? ERR_OK : e;
}
