/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "account/account.h"
#include "base/text.h"

#include "app/app.h"
#include "app/config.h"

#include "app/find_link.h"

static enum err
find_account(struct app *a, const struct link_wish *w, char ret_id[TEXT_UUID])
{
	char email[ACCOUNT_EMAIL];
	struct account who;
	enum err e;

	if (w->account == NULL) {
		e = account_find(a->db, w->email, &who, NULL, 0);
		if (e == ERR_OK)
			memcpy(ret_id, who.id, sizeof(who.id));
		return e;
	}
	if (!text_is_uuid(w->account))
		return ERR_NOTFOUND;
	text_cut(w->account, ret_id, TEXT_UUID);
	return account_email(a->db, ret_id, email);
}

enum err
find_link(struct app *a, const struct link_wish *w, struct found_link *ret)
{
	char id[TEXT_UUID];
	int wanted;
	enum err e;

	memset(ret, 0, sizeof(*ret));
	if (!a->conf->cello.enabled ||
	    text_empty(a->conf->cello.access_key_id))
		return ERR_CONFLICT;
	if ((e = find_account(a, w, id)) != ERR_OK ||
	    (e = link_want(a->db, id, &wanted)) != ERR_OK)
		return e;
	if (wanted)
		app_ring(a);
	e = link_find(a->db, id, &ret->link);
	ret->is_known = e == ERR_OK;
	return e == ERR_NOTFOUND ? ERR_OK : e;
}
