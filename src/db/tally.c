/* SPDX-License-Identifier: MIT */

#include "db/db.h"

#include "db/tally.h"

enum err
tally(struct db *db, const struct stmt *s, struct tally *ret_tally)
{
	struct rows *r;
	enum err e;

	e = db_one(db, s, NULL, 0, ERR_INTERNAL, &r);
	if (e == ERR_OK) {
		ret_tally->all = rows_int(r, 0, 0);
		ret_tally->recent = rows_int(r, 0, 1);
		ret_tally->last_at = rows_int(r, 0, 2);
	}
	rows_free(r);
	return e;
}
