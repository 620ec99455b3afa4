/* SPDX-License-Identifier: MIT */

#include "base/text.h"
#include "db/db.h"

#include "referral/way.h"

/* To the second, as Stripe tells time. */
static const struct stmt way_update = {
	.name = "way_update",
	.text =
	    "UPDATE cello_way SET way = $1, since = date_trunc('second',"
	    " now() - make_interval(secs => $2::int))"
	    " WHERE what = 'purchases' AND way <> $1",
	.nparams = 2
};

enum err
way_set(struct db *db, const char *way, int64_t seconds)
{
	char ago[TEXT_DIGITS];
	const char *const arg[] = { way, text_digits(seconds, ago) };

	return db_query(db, &way_update, arg, NELEM(arg), NULL);
}

static const struct stmt way_select = {
	.name = "way_select",
	.text =
	    "SELECT EXISTS (SELECT FROM cello_way WHERE what = 'purchases'"
	    " AND way = 'api' AND since <= to_timestamp($1::bigint))",
	.nparams = 1
};

enum err
way_is_api(struct db *db, int64_t at, int *ret_api)
{
	char second[TEXT_DIGITS];
	const char *const arg[] = { text_digits(at, second) };

	return db_ask(db, &way_select, arg, NELEM(arg), ret_api);
}

const struct stmt *const way_statements[] = {
	&way_update,
	&way_select,
	NULL
};
