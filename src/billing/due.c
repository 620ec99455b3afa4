/* SPDX-License-Identifier: MIT */

#include "db/db.h"

#include "billing/due.h"

enum err
due_in(struct db *db, const struct stmt *s, int64_t *ret_ms)
{
	struct rows *r = NULL;
	int64_t ms;
	enum err e;

	if ((e = db_query(db, s, NULL, 0, &r)) != ERR_OK)
		goto done;
	ms = rows_int(r, 0, 0);
	if (rows_null(r, 0, 0))
		*ret_ms = -1;
	else
		*ret_ms = ms < 0 ? 0 : ms;
done:
	rows_free(r);
	return e;
}
