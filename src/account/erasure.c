/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "base/text.h"
#include "db/db.h"
#include "errand/kind.h"

#include "account/erasure.h"

const struct errand_kind erasure_errands = ERRAND_KIND("erasure", "erasure",
    ERASURE_LEASE_S, ERASURE_ATTEMPTS);

static const struct stmt erasure_insert = {
	.name = "erasure_insert",
	.text =
	    "INSERT INTO erasure AS e (lane, id, asked_by)"
	    " VALUES ($1::int, $2, $3)"
	    " ON CONFLICT (lane, id) DO UPDATE SET " ERRAND_REVIVED
	    " WHERE e.state IN ('dead', 'dropped', 'parked')",
	.nparams = 3
};

enum err
erasure_order(struct db *db, const char *account_id, enum erasure_by by)
{
	static const char *const names[] = {
		[ERASURE_PERSON] = "person", [ERASURE_OPERATOR] = "operator",
		[ERASURE_PRODUCT] = "product"
	};
	char lane[TEXT_DIGITS];
	const char *const arg[] = { text_digits(lane_of(account_id), lane),
	    account_id, names[by] };

	return db_query(db, &erasure_insert, arg, NELEM(arg), NULL);
}

static const struct stmt erasure_set_closed = {
	.name = "erasure_set_closed",
	.text =
	    "UPDATE erasure SET closed_at = coalesce(closed_at, now())"
	    " WHERE lane = $1::int AND id = $2 AND fence = $3"
	    " RETURNING " DB_EPOCH("now() - closed_at"),
	.nparams = 3
};

enum err
erasure_closed(struct db *db, const struct errand *x, int64_t *ret_for_s)
{
	char lane[TEXT_DIGITS], fence[TEXT_DIGITS];
	const char *const arg[] = { text_digits(x->lane, lane), x->id,
	    text_digits(x->fence, fence) };
	struct rows *r;
	enum err e;

	e = db_one(db, &erasure_set_closed, arg, NELEM(arg), ERR_CONFLICT,
	    &r);
	if (e == ERR_OK)
		*ret_for_s = rows_int(r, 0, 0);
	rows_free(r);
	return e;
}

static const struct stmt erasure_set_due = {
	.name = "erasure_set_due",
	.text =
	    "UPDATE erasure SET leased_until = NULL, last_error = NULL,"
	    " closed_at = CASE WHEN $4::int > 0 THEN closed_at END,"
	    " attempts = 0, due_at = CASE WHEN attempts = 0 THEN due_at"
	    " ELSE now() + $4::int * interval '1 second' END"
	    " WHERE lane = $1::int AND id = $2 AND fence = $3"
	    " AND state = 'waiting' RETURNING id",
	.nparams = 4
};

enum err
erasure_rest(struct db *db, const struct errand *x, int seconds)
{
	char lane[TEXT_DIGITS], fence[TEXT_DIGITS], after[TEXT_DIGITS];
	const char *const arg[] = { text_digits(x->lane, lane), x->id,
	    text_digits(x->fence, fence), text_digits(seconds, after) };

	return db_one(db, &erasure_set_due, arg, NELEM(arg), ERR_CONFLICT,
	    NULL);
}

/* Brought back since the claim, it is not done. */
static const struct stmt erasure_set_done = {
	.name = "erasure_set_done",
	.text =
	    "UPDATE erasure SET leased_until = NULL, last_error = NULL,"
	    " state = CASE WHEN attempts = 0 THEN state ELSE 'done' END,"
	    " settled_at = CASE WHEN attempts > 0 THEN now() END"
	    " WHERE lane = $1::int AND id = $2 AND fence = $3"
	    " AND state = 'waiting' RETURNING id",
	.nparams = 3
};

enum err
erasure_done(struct db *db, const struct errand *x)
{
	char lane[TEXT_DIGITS], fence[TEXT_DIGITS];
	const char *const arg[] = { text_digits(x->lane, lane), x->id,
	    text_digits(x->fence, fence) };

	return db_one(db, &erasure_set_done, arg, NELEM(arg), ERR_CONFLICT,
	    NULL);
}

static const struct stmt erasure_revive = {
	.name = "erasure_revive",
	.text =
	    "UPDATE erasure SET " ERRAND_REVIVED ", closed_at = NULL"
	    " WHERE lane = $1::int AND id = $2",
	.nparams = 2
};

enum err
erasure_again(struct db *db, const char *account_id)
{
	char lane[TEXT_DIGITS];
	const char *const arg[] = { text_digits(lane_of(account_id), lane),
	    account_id };

	return db_query(db, &erasure_revive, arg, NELEM(arg), NULL);
}

static const struct stmt erasure_select = {
	.name = "erasure_select",
	.text =
	    "SELECT " DB_EPOCH("asked_at") ", " DB_EPOCH("closed_at") ","
	    " CASE WHEN state = 'done' THEN " DB_EPOCH("settled_at") " END,"
	    " asked_by, state, coalesce(last_error, '')"
	    " FROM erasure WHERE lane = $1::int AND id = $2",
	.nparams = 2
};

enum err
erasure_find(struct db *db, const char *account_id,
    struct erasure *ret_erasure)
{
	char lane[TEXT_DIGITS];
	const char *const arg[] = { text_digits(lane_of(account_id), lane),
	    account_id };
	struct erasure *n = ret_erasure;
	struct rows *r;
	enum err e;

	e = db_one(db, &erasure_select, arg, NELEM(arg), ERR_NOTFOUND, &r);
	if (e == ERR_OK) {
		n->asked_at = rows_int(r, 0, 0);
		n->closed_at = rows_int(r, 0, 1);
		n->done_at = rows_int(r, 0, 2);
		text_cut(rows_text(r, 0, 3), n->by, sizeof(n->by));
		text_cut(rows_text(r, 0, 4), n->state, sizeof(n->state));
		text_cut(rows_text(r, 0, 5), n->why, sizeof(n->why));
	}
	rows_free(r);
	return e;
}

const struct stmt *const erasure_statements[] = {
	ERRAND_STATEMENTS(erasure_errands),
	&erasure_insert,
	&erasure_set_closed,
	&erasure_set_due,
	&erasure_set_done,
	&erasure_revive,
	&erasure_select,
	NULL
};
