/* SPDX-License-Identifier: MIT */

#include "base/text.h"
#include "db/db.h"

#include "billing/home.h"

/* The first to come decides; the second sees only what the first has written. */
static const struct stmt home_write = {
	.name = "home_write",
	.text =
	    "INSERT INTO stripe_home (account, livemode) VALUES ($1, $2)"
	    " ON CONFLICT (one) DO NOTHING",
	.nparams = 2
};

static const struct stmt home_select = {
	.name = "home_select",
	.text = "SELECT account, livemode FROM stripe_home",
	.nparams = 0
};

enum err
home_find(struct db *db, struct home *ret_home)
{
	struct rows *r = NULL;
	enum err e;

	e = db_one(db, &home_select, NULL, 0, ERR_NOTFOUND, &r);
	if (e != ERR_OK)
		return e;
	e = rows_copy(r, 0, 0, ret_home->account, sizeof(ret_home->account));
	ret_home->livemode = rows_bool(r, 0, 1);
	rows_free(r);
	return e;
}

enum err
home_settle(struct db *db, const struct home *mine, struct home *ret_home)
{
	const char *const arg[] = { mine->account, mine->livemode ? "t" : "f" };
	enum err e;

	e = db_query(db, &home_write, arg, NELEM(arg), NULL);
	if (e == ERR_OK && (e = home_find(db, ret_home)) == ERR_NOTFOUND)
		e = ERR_LATER;
	return e;
}

int
home_same(const struct home *a, const struct home *b)
{
	return a->livemode == b->livemode && (text_empty(a->account) ||
	    text_empty(b->account) || text_equal(a->account, b->account));
}

const struct stmt *const home_statements[] = {
	&home_write,
	&home_select,
	NULL
};
