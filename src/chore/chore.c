/* SPDX-License-Identifier: MIT */

#include "base/text.h"
#include "db/db.h"
#include "errand/kind.h"

#include "chore/chore.h"

const struct errand_kind chore_errands = ERRAND_KIND("chore", "chore",
    CHORE_LEASE_SECONDS, CHORE_ATTEMPTS);

/* Brought forward since the claim, its next turn is at once. */
static const struct stmt chore_mark_done = {
	.name = "chore_mark_done",
	.text =
	    "UPDATE chore SET done_at = now(), leased_until = NULL,"
	    " last_error = NULL, place = NULL,"
	    " due_at = CASE WHEN attempts = 0 THEN due_at"
	    " ELSE now() + $4::int * interval '1 second' END, attempts = 0"
	    " WHERE lane = $1::int AND id = $2 AND fence = $3 RETURNING id",
	.nparams = 4
};

enum err
chore_done(struct db *db, const struct errand *x, int seconds)
{
	char lane[TEXT_DIGITS], fence[TEXT_DIGITS], after[TEXT_DIGITS];
	const char *const arg[] = {
		text_digits(x->lane, lane), x->id,
		text_digits(x->fence, fence), text_digits(seconds, after)
	};

	return db_one(db, &chore_mark_done, arg, NELEM(arg), ERR_CONFLICT,
	    NULL);
}

#define TOLD_MOST	"12"	/* failures in a row that make the wait longer */

static const struct stmt chore_mark_put_off = {
	.name = "chore_mark_put_off",
	.text =
	    "UPDATE chore SET leased_until = NULL, last_error = left($5, 200),"
	    " due_at = now() + greatest($4::int, "
	    ERRAND_BACKOFF("greatest(attempts - 1, 0)")
	    ") * interval '1 second',"
	    " attempts = least(attempts, " TOLD_MOST "), place = nullif($6, '')"
	    " WHERE lane = $1::int AND id = $2 AND fence = $3"
	    " AND state = 'waiting' RETURNING id",
	.nparams = 6
};

enum err
chore_put_off(struct db *db, const struct errand *x,
    const struct chore_pause *p)
{
	char lane[TEXT_DIGITS], fence[TEXT_DIGITS], seconds[TEXT_DIGITS];
	const char *const arg[] = {
		text_digits(x->lane, lane), x->id,
		text_digits(x->fence, fence), text_digits(p->after, seconds),
		p->why, p->place
	};

	return db_one(db, &chore_mark_put_off, arg, NELEM(arg), ERR_CONFLICT,
	    NULL);
}

static const struct stmt chore_select_age = {
	.name = "chore_select_age",
	.text =
	    "SELECT coalesce(extract(epoch FROM now() - done_at)::bigint, -1)"
	    " FROM chore WHERE lane = $1::int AND id = $2",
	.nparams = 2
};

enum err
chore_age(struct db *db, const char *id, int64_t *ret_s)
{
	char lane[TEXT_DIGITS];
	const char *const arg[] = { text_digits(lane_of(id), lane), id };
	struct rows *r;
	enum err e;

	e = db_one(db, &chore_select_age, arg, NELEM(arg), ERR_NOTFOUND, &r);
	if (e == ERR_OK)
		*ret_s = rows_int(r, 0, 0);
	rows_free(r);
	return e;
}

static const struct stmt chore_select_place = {
	.name = "chore_select_place",
	.text =
	    "SELECT coalesce(place, '') FROM chore"
	    " WHERE lane = $1::int AND id = $2",
	.nparams = 2
};

enum err
chore_place(struct db *db, const char *id, char ret_place[CHORE_PLACE])
{
	char lane[TEXT_DIGITS];
	const char *const arg[] = { text_digits(lane_of(id), lane), id };
	struct rows *r;
	enum err e;

	e = db_one(db, &chore_select_place, arg, NELEM(arg), ERR_NOTFOUND, &r);
	if (e == ERR_OK)
		e = rows_copy(r, 0, 0, ret_place, CHORE_PLACE);
	rows_free(r);
	return e;
}

const struct stmt *const chore_statements[] = {
	ERRAND_STATEMENTS(chore_errands),
	&chore_mark_done,
	&chore_mark_put_off,
	&chore_select_age,
	&chore_select_place,
	NULL
};
