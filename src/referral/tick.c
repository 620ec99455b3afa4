/* SPDX-License-Identifier: MIT */

#include "base/text.h"
#include "db/db.h"

#include "referral/tick.h"

static const struct stmt tick_insert = {
	.name = "tick_insert",
	.text =
	    "INSERT INTO tick (item, ticked_by) VALUES ($1, $2)"
	    " ON CONFLICT DO NOTHING",
	.nparams = 2
};

enum err
tick_set(struct db *db, const char *item, const char *by)
{
	const char *const arg[] = { item, by };

	return db_query(db, &tick_insert, arg, NELEM(arg), NULL);
}

static const struct stmt tick_delete = {
	.name = "tick_delete",
	.text = "DELETE FROM tick WHERE item = $1",
	.nparams = 1
};

enum err
tick_clear(struct db *db, const char *item)
{
	const char *const arg[] = { item };

	return db_query(db, &tick_delete, arg, NELEM(arg), NULL);
}

static const struct stmt tick_select = {
	.name = "tick_select",
	.text =
	    "SELECT item, " DB_EPOCH("ticked_at") ", ticked_by"
	    " FROM tick ORDER BY item LIMIT $1::int",
	.nparams = 1
};

enum err
tick_list(struct db *db, struct tick ret[TICKS_MOST], size_t *ret_count)
{
	char most[TEXT_DIGITS];
	const char *const arg[] = { text_digits(TICKS_MOST, most) };
	struct rows *r = NULL;
	enum err e;
	int i;

	e = db_query(db, &tick_select, arg, NELEM(arg), &r);
	for (i = 0; e == ERR_OK && i < rows_count(r); i++) {
		e = rows_copy(r, i, 0, ret[i].item, TICK_ITEM);
		ret[i].at = rows_int(r, i, 1);
		text_cut(rows_text(r, i, 2), ret[i].by, TICK_BY);
	}
	*ret_count = e == ERR_OK ? (size_t)i : 0;
	rows_free(r);
	return e;
}

const struct tick *
tick_of(const struct tick *t, size_t count, const char *item)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (text_equal(t[i].item, item))
			return &t[i];
	return NULL;
}

const struct stmt *const tick_statements[] = {
	&tick_insert,
	&tick_delete,
	&tick_select,
	NULL
};
