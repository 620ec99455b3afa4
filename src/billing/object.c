/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "db/db.h"

#include "billing/due.h"
#include "stripe/field.h"
#include "billing/fragment.h"
#include "billing/object.h"

int
object_followed(const char *kind, const char *id)
{
	static const char *const kinds[] = {
		"customer", "subscription", "invoice", "checkout.session"
	};
	size_t i;

	if (id[0] == '\0' || text_begins(id, "upcoming_in"))
		return 0;
	for (i = 0; i < NELEM(kinds); i++)
		if (text_equal(kind, kinds[i]))
			return 1;
	return 0;
}

/* SKIP LOCKED: couriers that look at the same time find different ones. */
static const struct stmt object_claim_one = {
	.name = "object_claim_one",
	.text =
	    "UPDATE stripe_object SET fence = fence + 1,"
	    " leased_until = now() + $1::int * interval '1 second'"
	    " WHERE id = (SELECT id FROM stripe_object"
	    " WHERE heard > seen AND state = 'live' AND due_at <= now()"
	    " AND (leased_until IS NULL OR leased_until < now())"
	    " ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)"
	    " RETURNING id, kind, heard, fence, attempts",
	.nparams = 1
};

enum err
object_claim(struct db *db, struct object *ret_object)
{
	char seconds[FIELD_NUMBER];
	const char *const arg[] = {
		field_number(OBJECT_LEASE_SECONDS, seconds)
	};
	struct object *o = ret_object;
	struct rows *r = NULL;
	enum err e;

	e = db_query(db, &object_claim_one, arg, NELEM(arg), &r);
	if (e != ERR_OK)
		goto done;
	if (rows_count(r) == 0) {
		e = ERR_NOTFOUND;
		goto done;
	}
	snprintf(o->id, sizeof(o->id), "%s", rows_text(r, 0, 0));
	snprintf(o->kind, sizeof(o->kind), "%s", rows_text(r, 0, 1));
	o->heard = rows_int(r, 0, 2);
	o->fence = rows_int(r, 0, 3);
	o->attempts = (int)rows_int(r, 0, 4);
done:
	rows_free(r);
	return e;
}

/*
 * Of what is due already only the leased remain to be looked at, and they are
 * as few as the couriers; the rest is the first entry of the index after now.
 */
static const struct stmt object_next_due = {
	.name = "object_next_due",
	.text =
	    "SELECT (1000 * extract(epoch FROM least("
	    "(SELECT min(coalesce(leased_until, due_at)) FROM stripe_object"
	    " WHERE heard > seen AND state = 'live' AND due_at <= now()),"
	    "(SELECT min(due_at) FROM stripe_object"
	    " WHERE heard > seen AND state = 'live' AND due_at > now())"
	    ") - now()))::bigint",
	.nparams = 0
};

enum err
object_next(struct db *db, int64_t *ret_ms)
{
	return due_in(db, &object_next_due, ret_ms);
}

static const struct stmt object_heard_of = {
	.name = "object_heard_of",
	.text =
	    "INSERT INTO stripe_object AS o (id, kind, lane)"
	    " VALUES ($1, $2, $3)"
	    " ON CONFLICT (id) DO UPDATE SET " OBJECT_HEARD,
	.nparams = 3
};

enum err
object_hear(struct db *db, const char *kind, const char *id)
{
	char lane[FIELD_NUMBER];
	const char *const arg[] = {
		id, kind, field_number(text_lane(id), lane)
	};

	return db_query(db, &object_heard_of, arg, NELEM(arg), NULL);
}

static const struct stmt object_mark_seen = {
	.name = "object_mark_seen",
	.text =
	    "UPDATE stripe_object SET seen = greatest(seen, $3::bigint),"
	    " seen_at = now(), leased_until = NULL, attempts = 0,"
	    " last_error = NULL"
	    " WHERE id = $1 AND fence = $2 RETURNING id",
	.nparams = 3
};

enum err
object_seen(struct db *db, const struct object *o)
{
	char fence[FIELD_NUMBER], heard[FIELD_NUMBER];
	const char *const arg[] = {
		o->id, field_number(o->fence, fence),
		field_number(o->heard, heard)
	};
	struct rows *r = NULL;
	enum err e;

	e = db_query(db, &object_mark_seen, arg, NELEM(arg), &r);
	if (e == ERR_OK && rows_count(r) == 0)
		e = ERR_CONFLICT;
	rows_free(r);
	return e;
}

/* What was heard of since the claim is driven again before it is parked. */
static const struct stmt object_mark_parked = {
	.name = "object_mark_parked",
	.text =
	    "UPDATE stripe_object SET customer_id = $4, leased_until = NULL,"
	    " attempts = 0, last_error = 'the customer is linked to nobody',"
	    " state = CASE WHEN heard > $3::bigint THEN 'live'"
	    " ELSE 'parked' END"
	    " WHERE id = $1 AND fence = $2 RETURNING id",
	.nparams = 4
};

enum err
object_park(struct db *db, const struct object *o, const char *customer_id)
{
	char fence[FIELD_NUMBER], heard[FIELD_NUMBER];
	const char *const arg[] = {
		o->id, field_number(o->fence, fence),
		field_number(o->heard, heard), customer_id
	};
	struct rows *r = NULL;
	enum err e;

	e = db_query(db, &object_mark_parked, arg, NELEM(arg), &r);
	if (e == ERR_OK && rows_count(r) == 0)
		e = ERR_CONFLICT;
	rows_free(r);
	return e;
}

/* What was heard of since the claim may be cured by it: that does not die. */
static const struct stmt object_mark_failed = {
	.name = "object_mark_failed",
	.text =
	    "UPDATE stripe_object SET leased_until = NULL,"
	    " attempts = attempts + 1, due_at = " RETRY_AT ","
	    " last_error = left($4, 200),"
	    " state = CASE WHEN heard > $5::bigint THEN 'live'"
	    " WHEN $6::boolean OR attempts + 1 >= $7::int THEN 'dead'"
	    " ELSE 'live' END"
	    " WHERE id = $1 AND fence = $2 RETURNING state = 'dead'",
	.nparams = 7
};

enum err
object_fail(struct db *db, const struct object *o, const char *why, int after,
    int final)
{
	char fence[FIELD_NUMBER], seconds[FIELD_NUMBER];
	char heard[FIELD_NUMBER], most[FIELD_NUMBER];
	const char *const arg[] = {
		o->id, field_number(o->fence, fence),
		field_number(after, seconds), why,
		field_number(o->heard, heard), final ? "t" : "f",
		field_number(OBJECT_ATTEMPTS, most)
	};
	struct rows *r = NULL;
	enum err e;

	e = db_query(db, &object_mark_failed, arg, NELEM(arg), &r);
	if (e == ERR_OK && rows_count(r) == 0)
		e = ERR_CONFLICT;
	else if (e == ERR_OK && rows_bool(r, 0, 0))
		log_error("object_dead", "gave up on %s %s: %s", o->kind,
		    o->id, why);
	rows_free(r);
	return e;
}

static const struct stmt object_wake = {
	.name = "object_wake",
	.text =
	    "UPDATE stripe_object SET state = 'live', customer_id = NULL,"
	    " due_at = now(), attempts = 0, last_error = NULL"
	    " WHERE customer_id = $1 AND state = 'parked'",
	.nparams = 1
};

enum err
object_unpark(struct db *db, const char *customer_id)
{
	const char *const arg[] = { customer_id };

	return db_query(db, &object_wake, arg, NELEM(arg), NULL);
}

const struct stmt *const object_statements[] = {
	&object_claim_one,
	&object_next_due,
	&object_heard_of,
	&object_mark_seen,
	&object_mark_parked,
	&object_mark_failed,
	&object_wake,
	NULL
};
