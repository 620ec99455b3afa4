/* SPDX-License-Identifier: MIT */

#include "base/text.h"
#include "db/db.h"

#include "billing/trait.h"

static const char *const names[TRAITS] = {
	[TRAIT_SECRET] = "secret",
	[TRAIT_VERSION] = "version",
	[TRAIT_FOREIGN] = "foreign",
	[TRAIT_UNTIMELY] = "untimely"
};

const char *
trait_name(enum trait t)
{
	return names[t];
}

/* Whoever comes second within the minute writes nothing and waits for nobody. */
static const struct stmt trait_write = {
	.name = "trait_write",
	.text =
	    "INSERT INTO event_trait AS t (trait, value) VALUES ($1, $2)"
	    " ON CONFLICT (trait, value) DO UPDATE SET seen_at = now()"
	    " WHERE t.seen_at < now() - interval '30 seconds'",
	.nparams = 2
};

enum err
trait_note(struct db *db, enum trait t, const char *value)
{
	const char *const arg[] = { names[t], value };

	return db_query(db, &trait_write, arg, NELEM(arg), NULL);
}

static const struct stmt trait_select = {
	.name = "trait_select",
	.text =
	    "SELECT value, extract(epoch FROM now() - seen_at)::bigint"
	    " FROM event_trait WHERE trait = $1"
	    " ORDER BY seen_at DESC LIMIT $2::int",
	.nparams = 2
};

enum err
trait_list(struct db *db, enum trait t,
    struct trait_row ret_rows[TRAITS_MOST], size_t *ret_count)
{
	char most[TEXT_DIGITS];
	const char *const arg[] = {
		names[t], text_digits(TRAITS_MOST, most)
	};
	struct rows *r = NULL;
	enum err e;
	int i;

	e = db_query(db, &trait_select, arg, NELEM(arg), &r);
	for (i = 0; e == ERR_OK && i < rows_count(r); i++) {
		e = rows_copy(r, i, 0, ret_rows[i].value, TRAIT_VALUE);
		ret_rows[i].seen_s = rows_int(r, i, 1);
	}
	*ret_count = e == ERR_OK ? (size_t)i : 0;
	rows_free(r);
	return e;
}

const struct trait_row *
trait_within(const struct trait_row rows[], size_t n, int64_t seconds)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (rows[i].seen_s >= 0 && rows[i].seen_s < seconds)
			return &rows[i];
	return NULL;
}

const struct stmt *const trait_statements[] = {
	&trait_write,
	&trait_select,
	NULL
};
