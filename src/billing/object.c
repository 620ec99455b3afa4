/* SPDX-License-Identifier: MIT */

#include "base/text.h"
#include "db/db.h"
#include "errand/kind.h"

#include "billing/object.h"

const struct errand_kind object_errands = ERRAND_KIND("object", "stripe_object",
    OBJECT_LEASE_SECONDS, OBJECT_ATTEMPTS);

const struct errand_kind object_awaited = ERRAND_QUEUE("object", "awaited",
    "stripe_object", OBJECT_LEASE_SECONDS, OBJECT_ATTEMPTS, " AND awaited");

static const struct stmt object_select = {
	.name = "object_select",
	.text =
	    "SELECT id, kind, heard FROM stripe_object"
	    " WHERE lane = $1::int AND id = $2",
	.nparams = 2
};

enum err
object_find(struct db *db, const struct errand *x, struct object *ret_object)
{
	char lane[TEXT_DIGITS];
	const char *const arg[] = { text_digits(x->lane, lane), x->id };
	struct object *o = ret_object;
	struct rows *r;
	enum err e;

	e = db_one(db, &object_select, arg, NELEM(arg), ERR_CONFLICT, &r);
	if (e != ERR_OK)
		return e;
	e = rows_copy(r, 0, 0, o->id, sizeof(o->id));
	o->kind = stripe_kind(rows_text(r, 0, 1));
	o->heard = rows_int(r, 0, 2);
	rows_free(r);
	return e;
}

static const struct stmt object_heard_of = {
	.name = "object_heard_of",
	.text =
	    "INSERT INTO stripe_object AS o (lane, id, kind)"
	    " VALUES ($1::int, $2, $3)"
	    " ON CONFLICT (lane, id) DO UPDATE SET " OBJECT_HEARD,
	.nparams = 3
};

static enum err
hear(struct db *db, const struct stmt *how, enum stripe_kind kind,
    const char *id)
{
	char lane[TEXT_DIGITS];
	const char *const arg[] = {
		text_digits(lane_of(id), lane), id, stripe_kind_name(kind)
	};

	return db_query(db, how, arg, NELEM(arg), NULL);
}

enum err
object_hear(struct db *db, enum stripe_kind kind, const char *id)
{
	return hear(db, &object_heard_of, kind, id);
}

static const struct stmt object_heard_later = {
	.name = "object_heard_later",
	.text =
	    "INSERT INTO stripe_object AS o (lane, id, kind, due_at)"
	    " VALUES ($1::int, $2, $3, now() + $4::int * interval '1 second')"
	    " ON CONFLICT (lane, id) DO UPDATE SET "
	    OBJECT_HEARD_FOR("now() + $4::int * interval '1 second'")
	    " WHERE o.state <> 'waiting'",
	.nparams = 4
};

enum err
object_hear_later(struct db *db, enum stripe_kind kind, const char *id,
    int seconds)
{
	char lane[TEXT_DIGITS], after[TEXT_DIGITS];
	const char *const arg[] = {
		text_digits(lane_of(id), lane), id, stripe_kind_name(kind),
		text_digits(seconds, after)
	};

	return db_query(db, &object_heard_later, arg, NELEM(arg), NULL);
}

/*
 * What is read just now may have been read a moment too early, so it is heard
 * of again; due at once only if it was settled.  The dead are somebody else's.
 */
static const struct stmt object_awaited_by = {
	.name = "object_awaited_by",
	.text =
	    "INSERT INTO stripe_object AS o (lane, id, kind, awaited)"
	    " VALUES ($1::int, $2, $3, true)"
	    " ON CONFLICT (lane, id) DO UPDATE SET awaited = true,"
	    " heard = o.heard + 1, heard_at = now(), state = 'waiting',"
	    " due_at = CASE o.state WHEN 'done' THEN now() ELSE o.due_at END,"
	    " settled_at = NULL"
	    " WHERE o.state IN ('waiting', 'done')"
	    " AND o.heard_at < now() - $4::int * interval '1 second'",
	.nparams = 4
};

enum err
object_await(struct db *db, enum stripe_kind kind, const char *id)
{
	char lane[TEXT_DIGITS], seconds[TEXT_DIGITS];
	const char *const arg[] = {
		text_digits(lane_of(id), lane), id, stripe_kind_name(kind),
		text_digits(OBJECT_AWAIT_S, seconds)
	};

	return db_query(db, &object_awaited_by, arg, NELEM(arg), NULL);
}

/* On its way, parked or seen: whoever read it, did so after it was made. */
static const struct stmt object_heard_first = {
	.name = "object_heard_first",
	.text =
	    "INSERT INTO stripe_object AS o (lane, id, kind, awaited)"
	    " VALUES ($1::int, $2, $3, true)"
	    " ON CONFLICT (lane, id) DO UPDATE SET " OBJECT_HEARD
	    " WHERE o.state IN ('dead', 'dropped')",
	.nparams = 3
};

enum err
object_hear_first(struct db *db, enum stripe_kind kind, const char *id)
{
	enum err e = hear(db, &object_heard_first, kind, id);

	return e != ERR_OK ? e : object_hurry(db, kind, id);
}

static const struct stmt object_hurried = {
	.name = "object_hurried",
	.text =
	    "UPDATE stripe_object SET awaited = true"
	    " WHERE lane = $1::int AND id = $2 AND kind = $3"
	    " AND state = 'waiting'",
	.nparams = 3
};

enum err
object_hurry(struct db *db, enum stripe_kind kind, const char *id)
{
	return hear(db, &object_hurried, kind, id);
}

/* Heard of since the claim, when it was $4 times?  Then once more, at once. */
#define SINCE	"heard > $4::bigint"

/* Or, because it is doubtful, in $6 seconds. */
#define AGAIN	"(" SINCE " OR $6::int > 0)"

static const struct stmt object_mark_seen = {
	.name = "object_mark_seen",
	.text =
	    "UPDATE stripe_object SET seen = greatest(seen, $4::bigint),"
	    " seen_at = now(), leased_until = NULL, attempts = 0,"
	    " last_error = $5, awaited = awaited AND " AGAIN ","
	    " due_at = CASE WHEN " SINCE " OR $6::int = 0 THEN due_at"
	    " ELSE now() + $6::int * interval '1 second' END,"
	    " state = CASE WHEN " AGAIN " THEN 'waiting' ELSE 'done' END,"
	    " settled_at = CASE WHEN " AGAIN " THEN NULL ELSE now() END"
	    " WHERE lane = $1::int AND id = $2 AND fence = $3 RETURNING id",
	.nparams = 6
};

static enum err
seen(struct db *db, const struct errand *x, const struct object *o,
    const char *note, int again_s)
{
	char lane[TEXT_DIGITS], fence[TEXT_DIGITS], heard[TEXT_DIGITS];
	char again[TEXT_DIGITS];
	const char *const arg[] = {
		text_digits(x->lane, lane), x->id,
		text_digits(x->fence, fence), text_digits(o->heard, heard),
		note, text_digits(again_s, again)
	};

	return db_one(db, &object_mark_seen, arg, NELEM(arg), ERR_CONFLICT,
	    NULL);
}

enum err
object_seen(struct db *db, const struct errand *x, const struct object *o)
{
	return seen(db, x, o, NULL, 0);
}

enum err
object_seen_doubtful(struct db *db, const struct errand *x,
    const struct object *o)
{
	return seen(db, x, o, NULL, OBJECT_DOUBT_SECONDS);
}

enum err
object_seen_gone(struct db *db, const struct errand *x,
    const struct object *o)
{
	return seen(db, x, o, "it is gone at Stripe", 0);
}

/* What was heard of since the claim is driven again before it is parked. */
static const struct stmt object_mark_parked = {
	.name = "object_mark_parked",
	.text =
	    "UPDATE stripe_object SET leased_until = NULL, attempts = 0,"
	    " last_error = 'the customer is linked to nobody',"
	    " customer_id = $5, awaited = awaited AND " SINCE ","
	    " state = CASE WHEN " SINCE " THEN 'waiting' ELSE 'parked' END,"
	    " settled_at = CASE WHEN " SINCE " THEN NULL ELSE now() END"
	    " WHERE lane = $1::int AND id = $2 AND fence = $3 RETURNING id",
	.nparams = 5
};

enum err
object_park(struct db *db, const struct errand *x, const struct object *o,
    const char *customer_id)
{
	char lane[TEXT_DIGITS], fence[TEXT_DIGITS], heard[TEXT_DIGITS];
	const char *const arg[] = {
		text_digits(x->lane, lane), x->id,
		text_digits(x->fence, fence), text_digits(o->heard, heard),
		customer_id
	};

	return db_one(db, &object_mark_parked, arg, NELEM(arg), ERR_CONFLICT,
	    NULL);
}

/* In whatever lane: a customer is linked once. */
static const struct stmt object_wake = {
	.name = "object_wake",
	.text =
	    "UPDATE stripe_object SET " ERRAND_REVIVED ","
	    " customer_id = NULL, last_error = NULL"
	    " WHERE customer_id = $1 AND state = 'parked'",
	.nparams = 1
};

enum err
object_unpark(struct db *db, const char *customer_id)
{
	const char *const arg[] = { customer_id };

	return db_query(db, &object_wake, arg, NELEM(arg), NULL);
}

/* The dead wait for somebody to see them: a year. */
static const struct stmt object_delete_old = {
	.name = "object_delete_old",
	.text =
	    "DELETE FROM stripe_object WHERE lane = $1::int AND id IN"
	    " (SELECT id FROM stripe_object WHERE lane = $1::int"
	    " AND state <> 'waiting'"
	    " AND settled_at < now() - interval '1 day' *"
	    " CASE state WHEN 'dead' THEN greatest($2::int, 365)"
	    " ELSE $2::int END"
	    " LIMIT $3::int FOR UPDATE SKIP LOCKED) RETURNING id",
	.nparams = 3
};

enum err
object_tidy(struct db *db, int lane, int days, int most, int *ret_deleted)
{
	return lane_tidy(db, &object_delete_old, lane, days, most,
	    ret_deleted);
}

const struct stmt *const object_statements[] = {
	ERRAND_STATEMENTS(object_errands),
	ERRAND_QUEUE_STATEMENTS(object_awaited),
	&object_select,
	&object_heard_of,
	&object_heard_later,
	&object_awaited_by,
	&object_heard_first,
	&object_hurried,
	&object_mark_seen,
	&object_mark_parked,
	&object_wake,
	&object_delete_old,
	NULL
};
