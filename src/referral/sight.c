/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "base/text.h"
#include "db/db.h"

#include "referral/sight.h"

/* Whoever comes second within the minute writes nothing. */
static const struct stmt sight_write = {
	.name = "sight_write",
	.text =
	    "INSERT INTO component_sight AS s (outcome) VALUES ($1)"
	    " ON CONFLICT (outcome) DO UPDATE SET seen_at = now()"
	    " WHERE s.seen_at < now() - interval '30 seconds'",
	.nparams = 1
};

enum err
sight_note(struct db *db, enum boot_sight s)
{
	const char *const arg[] = { boot_name(s) };

	return db_query(db, &sight_write, arg, NELEM(arg), NULL);
}

static const struct stmt sight_select = {
	.name = "sight_select",
	.text =
	    "SELECT outcome, " DB_EPOCH("seen_at")
	    " FROM component_sight",
	.nparams = 0
};

enum err
sight_list(struct db *db, int64_t ret_at[SIGHTS])
{
	struct rows *r = NULL;
	enum boot_sight s;
	enum err e;
	int i;

	memset(ret_at, 0, SIGHTS * sizeof(*ret_at));
	e = db_query(db, &sight_select, NULL, 0, &r);
	for (i = 0; e == ERR_OK && i < rows_count(r); i++)
		for (s = 0; s < SIGHTS; s++)
			if (text_equal(rows_text(r, i, 0), boot_name(s)))
				ret_at[s] = rows_int(r, i, 1);
	rows_free(r);
	return e;
}

const struct stmt *const sight_statements[] = {
	&sight_write,
	&sight_select,
	NULL
};
