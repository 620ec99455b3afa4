/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "db/array.h"
#include "db/db.h"
#include "errand/kind.h"

#include "billing/object.h"

const struct errand_kind object_errands = ERRAND_KIND("object", "stripe_object",
    OBJECT_LEASE_SECONDS, OBJECT_ATTEMPTS);

const struct errand_kind object_awaited = ERRAND_QUEUE("object", "awaited",
    "stripe_object", OBJECT_LEASE_SECONDS, OBJECT_ATTEMPTS, " AND awaited",
    "due_at");

const struct errand_kind object_urgent = ERRAND_QUEUE("object", "urgent",
    "stripe_object", OBJECT_LEASE_SECONDS, OBJECT_ATTEMPTS,
    " AND urgency <= 3", "urgency, due_at");

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

static const struct stmt object_overtaken = {
	.name = "object_overtaken",
	.text =
	    "INSERT INTO stripe_object AS o (lane, id, kind, awaited)"
	    " VALUES ($1::int, $2, $3, true)"
	    " ON CONFLICT (lane, id) DO UPDATE SET fence = o.fence + 1,"
	    " leased_until = NULL, " OBJECT_HEARD,
	.nparams = 3
};

enum err
object_overtake(struct db *db, enum stripe_kind kind, const char *id)
{
	return hear(db, &object_overtaken, kind, id);
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

/*
 * Whoever hears of one after `asked_at` sets heard_at to the time at which its
 * transaction began, and Stripe had told of it by then.  What is nobody's now
 * was not claimed since either: a claim is a lease.
 *
 * The state is written so that no index on what waits can serve it: as long as
 * little waits that looks cheap, and in the night in which all of it does, each
 * of it would be held against each that is shown.
 */
static const struct stmt object_claim_page = {
	.name = "object_claim_page",
	.text =
	    "UPDATE stripe_object AS o SET fence = o.fence + 1,"
	    " leased_until = now() + $4::int * interval '1 second'"
	    " FROM unnest($1::int[], $2::text[]) AS l (lane, id)"
	    " WHERE o.lane = l.lane AND o.id = l.id"
	    " AND o.state || '' = 'waiting' AND o.due_at <= now()"
	    " AND o.heard_at < $3::timestamptz"
	    " AND (o.leased_until IS NULL OR o.leased_until < now())"
	    " RETURNING o.lane, o.id, o.kind, o.fence, o.attempts, o.heard",
	.nparams = 4
};

static enum err
claimed_fill(const struct rows *r, int i, struct object_claimed *ret_claimed)
{
	struct object_claimed *c = ret_claimed;
	enum err e;

	c->errand.lane = (int)rows_int(r, i, 0);
	c->errand.fence = rows_int(r, i, 3);
	c->errand.attempts = (int)rows_int(r, i, 4);
	c->object.kind = stripe_kind(rows_text(r, i, 2));
	c->object.heard = rows_int(r, i, 5);
	e = rows_copy(r, i, 1, c->errand.id, sizeof(c->errand.id));
	return e != ERR_OK ? e :
	    rows_copy(r, i, 1, c->object.id, sizeof(c->object.id));
}

enum err
object_claim_shown(struct db *db, const char *asked_at,
    const char *const shown[], size_t count,
    struct object_claimed ret_claimed[], size_t *ret_claimed_count)
{
	char lane[TEXT_DIGITS], lease[TEXT_DIGITS];
	struct buf lanes, ids;
	struct rows *r = NULL;
	enum err e;
	size_t n;
	int i;

	array_begin(&lanes, count * sizeof(lane) + 16);
	array_begin(&ids, count * (2 * STRIPE_ID + 3) + 16);
	for (n = 0; n < count; n++) {
		array_add(&lanes, text_digits(lane_of(shown[n]), lane));
		array_add(&ids, shown[n]);
	}
	array_end(&lanes);
	array_end(&ids);
	{
		const char *const arg[] = { lanes.data, ids.data, asked_at,
		    text_digits(OBJECT_LEASE_SECONDS, lease) };

		e = db_query(db, &object_claim_page, arg, NELEM(arg), &r);
	}
	for (i = 0, n = 0; e == ERR_OK && i < rows_count(r) && n < count; i++)
		e = claimed_fill(r, i, &ret_claimed[n++]);
	*ret_claimed_count = n;
	rows_free(r);
	buf_done(&ids);
	buf_done(&lanes);
	return e;
}

/* So many of each lane, whatever there is: the answer costs the same. */
#define SOME \
	" FROM generate_series(0, 255) AS l (lane), LATERAL" \
	" (SELECT id, kind FROM stripe_object WHERE lane = l.lane" \
	" AND " ERRAND_DUE " AND urgency > 3"
#define OLDEST	SOME " ORDER BY due_at LIMIT 16) AS o"
#define NEWEST	SOME " ORDER BY due_at DESC LIMIT 16) AS o"

static const struct stmt object_count_oldest = {
	.name = "object_count_oldest",
	.text = "SELECT o.kind, count(*)" OLDEST " GROUP BY o.kind",
	.nparams = 0
};

enum err
object_survey(struct db *db, int64_t ret_count[STRIPE_KINDS])
{
	struct rows *r = NULL;
	enum stripe_kind k;
	enum err e;
	int i;

	memset(ret_count, 0, STRIPE_KINDS * sizeof(ret_count[0]));
	if ((e = db_query(db, &object_count_oldest, NULL, 0, &r)) != ERR_OK)
		return e;
	for (i = 0; i < rows_count(r); i++)
		if ((k = stripe_kind(rows_text(r, i, 0))) != STRIPE_KINDS)
			ret_count[k] = rows_int(r, i, 1);
	rows_free(r);
	return ERR_OK;
}

#define ONE_EACH \
	" WHERE o.kind = $1) AS s, LATERAL" \
	" (SELECT payload FROM stripe_event WHERE lane = s.lane" \
	" AND object_id = s.id ORDER BY created DESC LIMIT 1) AS e"

static const struct stmt object_oldest_events = {
	.name = "object_oldest_events",
	.text =
	    "SELECT e.payload FROM (SELECT DISTINCT ON (l.lane) l.lane, o.id"
	    OLDEST ONE_EACH,
	.nparams = 1
};

static const struct stmt object_newest_events = {
	.name = "object_newest_events",
	.text =
	    "SELECT e.payload FROM (SELECT DISTINCT ON (l.lane) l.lane, o.id"
	    NEWEST ONE_EACH,
	.nparams = 1
};

enum err
object_sample(struct db *db, enum stripe_kind kind, int newest,
    struct rows **ret_rows)
{
	const char *const arg[] = { stripe_kind_name(kind) };

	return db_query(db, newest ? &object_newest_events :
	    &object_oldest_events, arg, NELEM(arg), ret_rows);
}

/*
 * Of each lane the oldest are looked at: more comes with the next sweep.  An
 * array, because a join goes through the whole lane, which is longest just then.
 */
static const struct stmt object_pass_over = {
	.name = "object_pass_over",
	.text =
	    "UPDATE stripe_object AS t SET urgency = 3"
	    " FROM generate_series(0, 255) AS l (lane)"
	    " WHERE t.lane = l.lane AND t.id = ANY (ARRAY"
	    " (SELECT id FROM stripe_object WHERE lane = l.lane"
	    " AND " ERRAND_DUE " AND urgency > 3"
	    " AND heard_at < $2::timestamptz"
	    " ORDER BY due_at LIMIT 256))"
	    " AND (t.kind = $1 OR t.kind <> ALL ($3::text[]))"
	    " RETURNING t.id",
	.nparams = 3
};

enum err
object_missed(struct db *db, enum stripe_kind kind, const char *begun_at)
{
	struct buf swept;
	enum stripe_kind k;
	enum err e;

	array_begin(&swept, STRIPE_KINDS * 64);
	for (k = 0; k < STRIPE_KINDS; k++)
		if (stripe_is_swept(k))
			array_add(&swept, stripe_kind_name(k));
	array_end(&swept);
	{
		const char *const arg[] = { stripe_kind_name(kind), begun_at,
		    swept.data };

		e = db_query(db, &object_pass_over, arg, NELEM(arg), NULL);
	}
	buf_done(&swept);
	return e;
}

/* The dead wait for somebody to see them: a year. */
static const struct stmt object_delete_old = {
	.name = "object_delete_old",
	.text =
	    "DELETE FROM stripe_object WHERE lane = $1::int AND id IN"
	    " (SELECT id FROM stripe_object WHERE lane = $1::int"
	    " AND state <> 'waiting'"
	    " AND settled_at < now() - $2::int * interval '1 day'"
	    " AND (state <> 'dead'"
	    " OR settled_at < now() - interval '365 days')"
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
	ERRAND_QUEUE_STATEMENTS(object_urgent),
	&object_select,
	&object_heard_of,
	&object_heard_later,
	&object_awaited_by,
	&object_heard_first,
	&object_overtaken,
	&object_hurried,
	&object_mark_seen,
	&object_mark_parked,
	&object_wake,
	&object_claim_page,
	&object_count_oldest,
	&object_oldest_events,
	&object_newest_events,
	&object_pass_over,
	&object_delete_old,
	NULL
};
