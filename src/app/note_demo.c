/* SPDX-License-Identifier: MIT */

#include "account/account.h"
#include "db/db.h"

#include "app/app.h"
#include "app/config.h"
#include "app/tell_of.h"

#include "app/note_demo.h"

struct noting {
	const struct config	*conf;
	struct account		 account;
	struct demo		*demo;
};

static enum err
write_demo(struct db *db, void *arg)
{
	struct noting *n = arg;

	return tell_of_demo(db, n->conf, &n->account, n->demo->id,
	    n->demo->at, &n->demo->referred);
}

enum err
note_demo(struct app *a, struct demo *d)
{
	struct noting n = { .conf = a->conf, .demo = d };
	enum err e;

	if (!cello_api_is_asked(&a->conf->cello))
		return ERR_CONFLICT;
	e = account_find(a->db, d->email, &n.account, NULL, 0);
	if (e == ERR_OK)
		e = db_transaction(a->db, write_demo, &n);
	if (e == ERR_OK && d->referred)
		app_ring(a);
	return e;
}
