/* SPDX-License-Identifier: MIT */

#include "base/text.h"
#include "db/db.h"

#include "referral/view.h"

#define TODAY	"(now() AT TIME ZONE 'UTC')::date"

static const struct stmt view_upsert = {
	.name = "view_upsert",
	.text =
	    "INSERT INTO referral_view AS v (ucc, day, views)"
	    " SELECT $1, " TODAY ", 1"
	    " WHERE EXISTS (SELECT FROM referral_view WHERE ucc = $1"
	    " AND day = " TODAY ")"
	    " OR (SELECT count(*) FROM (SELECT FROM referral_view"
	    " WHERE day = " TODAY " LIMIT $2::int) AS today) < $2::int"
	    " ON CONFLICT (ucc, day) DO UPDATE SET views = v.views + 1",
	.nparams = 2
};

enum err
view_count(struct db *db, const char *ucc)
{
	char most[TEXT_DIGITS];
	const char *const arg[] = { ucc, text_digits(VIEW_CODES, most) };

	return db_query(db, &view_upsert, arg, NELEM(arg), NULL);
}

static const struct stmt view_delete_old = {
	.name = "view_delete_old",
	.text =
	    "DELETE FROM referral_view WHERE (ucc, day) IN"
	    " (SELECT ucc, day FROM referral_view"
	    " WHERE day < " TODAY " - $1::int LIMIT $2::int)"
	    " RETURNING ucc",
	.nparams = 2
};

enum err
view_tidy(struct db *db, int days, int most, int *ret_deleted)
{
	char age[TEXT_DIGITS], limit[TEXT_DIGITS];
	const char *const arg[] = {
		text_digits(days, age), text_digits(most, limit)
	};

	return db_changes(db, &view_delete_old, arg, NELEM(arg), ret_deleted);
}

const struct stmt *const view_statements[] = {
	&view_upsert,
	&view_delete_old,
	NULL
};
