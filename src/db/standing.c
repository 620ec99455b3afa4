/* SPDX-License-Identifier: MIT */

#include "base/clock.h"
#include "db/db.h"

#include "db/standing.h"

/* A server that recovers says of each transaction that it can only read. */
static const struct stmt standing_find = {
	.name = "standing_find",
	.text =
	    "SELECT current_setting('transaction_read_only') = 'on',"
	    " " DB_EPOCH("clock_timestamp()"),
	.nparams = 0
};

enum err
standing_look(struct db *db, struct standing *ret_standing)
{
	struct rows *r = NULL;
	enum err e;

	e = db_one(db, &standing_find, NULL, 0, ERR_INTERNAL, &r);
	if (e == ERR_OK) {
		ret_standing->is_read_only = rows_bool(r, 0, 0);
		ret_standing->ahead_s = rows_int(r, 0, 1) - clock_now();
	}
	rows_free(r);
	return e;
}
