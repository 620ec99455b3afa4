/* SPDX-License-Identifier: MIT */

#include "base/text.h"
#include "db/db.h"

#include "billing/home.h"

static const struct stmt home_known = {
	.name = "home_known",
	.text =
	    "SELECT EXISTS (SELECT FROM stripe_home WHERE key_digest = $1)",
	.nparams = 1
};

enum err
home_knows(struct db *db, const char *key_digest, int *ret_known)
{
	const char *const arg[] = { key_digest };

	return db_ask(db, &home_known, arg, NELEM(arg), ret_known);
}

/*
 * The first to come decides; who comes later may bring another key of it, and
 * may say which account it is if the first was not allowed to ask.
 */
static const struct stmt home_write = {
	.name = "home_write",
	.text =
	    "INSERT INTO stripe_home AS h (account, livemode, key_digest)"
	    " VALUES ($1, $2, $3)"
	    " ON CONFLICT (one) DO UPDATE SET key_digest = $3, account ="
	    " CASE h.account WHEN '' THEN $1 ELSE h.account END"
	    " WHERE h.key_digest <> $3 AND h.livemode = $2"
	    " AND (h.account = $1 OR h.account = '' OR $1 = '')",
	.nparams = 3
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
home_settle(struct db *db, const struct home *mine, const char *key_digest,
    struct home *ret_home)
{
	const char *const arg[] = {
		mine->account, mine->livemode ? "t" : "f", key_digest
	};
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
	&home_known,
	&home_write,
	&home_select,
	NULL
};
