/* SPDX-License-Identifier: MIT */

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "db/array.h"
#include "db/db.h"
#include "errand/errand.h"
#include "stripe/event.h"

#include "billing/object.h"

#include "billing/event.h"

/*
 * Each of these is one statement, one round trip, one commit.  What follows sees
 * a row of `fresh` only if the event was new, so a second delivery changes
 * nothing.
 */
#define COLUMNS \
	"(lane, id, type, object_kind, object_id, api_version, livemode," \
	" created, payload, account)"

/* Of one event: $1 to $10. */
#define FACTS	10
#define FRESH \
	"WITH fresh AS (" \
	" INSERT INTO stripe_event " COLUMNS \
	" VALUES ($1::smallint, $2, $3, $4, $5, $6, $7," \
	" coalesce(to_timestamp($8::bigint), now()), $9, $10)" \
	" ON CONFLICT (lane, id) DO NOTHING" \
	" RETURNING lane, id, object_kind, object_id)"

/*
 * $11: is its object followed?  Being heard of wakes what was parked or dead; a
 * lease that somebody holds stays, because heard > seen is still true when it
 * is given back.  Whoever has just paid on a page of Checkout waits for it.
 */
#define AWAITED(kind, type) \
	kind " = 'checkout.session' AND " type \
	" <> 'checkout.session.expired'"

static const struct stmt event_insert = {
	.name = "event_insert",
	.text =
	    FRESH ", heard AS ("
	    " INSERT INTO stripe_object AS o (lane, id, kind, awaited, urgency)"
	    " SELECT lane, object_id, object_kind,"
	    " " AWAITED("object_kind", "$3") ", $12::smallint FROM fresh"
	    " WHERE $11::boolean"
	    " ON CONFLICT (lane, id) DO UPDATE SET " OBJECT_HEARD
	    ") SELECT count(*) FROM fresh",
	.nparams = FACTS + 2
};

/*
 * Of many, in arrays and in the order of their keys.  Whoever does the same
 * beside us takes the same locks in the same order, all events before all
 * objects and each by its key, so that nobody waits in a circle.  An object that
 * several are about is bumped once.
 *
 * A courier that writes down what it has read takes the rows of objects in
 * another order: its own is the last, after those that it heard of.  We give
 * way to whoever has a row before PostgreSQL looks for a circle
 * (deadlock_timeout, a second): whoever waits in one waits for one lock for
 * ever, so the time is that of each lock.  An event that is recorded alone
 * waits for one row at a time, its own before its object's.
 *
 * Payloads come as one text: as an array each byte would be looked at three
 * times, and each quote escaped.
 */
#define PAYLOAD		8	/* $9 */
#define BETWEEN		'\x1e'	/* two of them; one that has it is no plain one */
#define BETWEEN_SQL	"E'\\x1e'"
#define GIVE_WAY_SQL	"'250ms'"
static const struct stmt event_insert_all = {
	.name = "event_insert_all",
	.text =
	    "WITH patience AS (SELECT set_config('lock_timeout',"
	    " " GIVE_WAY_SQL ", true)), told AS (SELECT t.* FROM patience,"
	    " unnest($1::smallint[], $2::text[],"
	    " $3::text[], $4::text[], $5::text[], $6::text[], $7::boolean[],"
	    " $8::bigint[], string_to_array($9::text, " BETWEEN_SQL "),"
	    " $10::text[], $11::boolean[], $12::smallint[])"
	    " AS t (lane, id, type, object_kind, object_id, api_version,"
	    " livemode, created, payload, account, followed, urgency)),"
	    " fresh AS ("
	    " INSERT INTO stripe_event " COLUMNS
	    " SELECT lane, id, type, object_kind, object_id, api_version,"
	    " livemode, coalesce(to_timestamp(created), now()), payload,"
	    " account FROM told"
	    " ON CONFLICT (lane, id) DO NOTHING"
	    " RETURNING lane, id, object_kind, object_id), heard AS ("
	    " INSERT INTO stripe_object AS o (lane, id, kind, awaited, urgency)"
	    " SELECT f.lane, f.object_id, min(f.object_kind),"
	    " bool_or(" AWAITED("f.object_kind", "t.type") "), min(t.urgency)"
	    " FROM fresh f JOIN told t ON t.lane = f.lane AND t.id = f.id"
	    " WHERE t.followed GROUP BY f.lane, f.object_id"
	    " ORDER BY f.lane, f.object_id"
	    " ON CONFLICT (lane, id) DO UPDATE SET " OBJECT_HEARD
	    ") SELECT lane, id FROM fresh",
	.nparams = FACTS + 2,
	.gives_way = 1
};

/*
 * Which of them have an object whose row somebody has now, by their numbers,
 * from 1 on.  The rows that nobody has are locked and let go at once, so
 * nothing of that has to be on a disk.
 */
static const struct stmt event_find_held = {
	.name = "event_find_held",
	.text =
	    "WITH haste AS (SELECT set_config('synchronous_commit', 'off',"
	    " true)), told AS (SELECT t.* FROM haste,"
	    " unnest($1::smallint[], $2::text[])"
	    " WITH ORDINALITY AS t (lane, id, number)), free AS ("
	    " SELECT t.number FROM told t JOIN stripe_object o"
	    " ON o.lane = t.lane AND o.id = t.id"
	    " FOR NO KEY UPDATE OF o SKIP LOCKED)"
	    " SELECT t.number FROM told t JOIN stripe_object o"
	    " ON o.lane = t.lane AND o.id = t.id"
	    " WHERE t.number NOT IN (SELECT number FROM free)",
	.nparams = 2
};

/* $11: what is odd about one that names nothing that can be read. */
static const struct stmt event_insert_unread = {
	.name = "event_insert_unread",
	.text =
	    FRESH ", kept AS ("
	    " INSERT INTO stripe_object (lane, id, kind, state, settled_at,"
	    " last_error)"
	    " SELECT lane, id, 'event', 'dead', now(), $11 FROM fresh"
	    " ON CONFLICT (lane, id) DO NOTHING"
	    ") SELECT count(*) FROM fresh",
	.nparams = FACTS + 1
};

static enum urgency
urgency_of(const char *type)
{
	static const struct {
		const char	*type;
		enum urgency	 urgency;
	} urgent[] = {
		{ "customer.subscription.created", URGENCY_LIFE },
		{ "customer.subscription.deleted", URGENCY_LIFE },
		{ "customer.subscription.paused", URGENCY_LIFE },
		{ "customer.subscription.resumed", URGENCY_LIFE },
		{ "invoice.payment_failed", URGENCY_PAYMENT },
		{ "invoice.payment_action_required", URGENCY_PAYMENT }
	};
	size_t i;

	if (text_begins(type, "v1."))	/* a thin event's */
		type += 3;
	for (i = 0; i < NELEM(urgent); i++)
		if (text_equal(type, urgent[i].type))
			return urgent[i].urgency;
	return URGENCY_NONE;
}

/* Its lane is its object's, if it names one. */
static int
lane_for(const struct event *e)
{
	return lane_of(text_empty(e->object_id) ? e->id : e->object_id);
}

static void
facts_of(const struct event *e, int in_lane, const char *payload,
    char lane[TEXT_DIGITS], const char *ret_arg[FACTS])
{
	const char *const arg[FACTS] = {
		text_digits(in_lane, lane), e->id, e->type,
		text_or_null(e->object_kind), text_or_null(e->object_id),
		text_or_null(e->api_version),
		e->livemode == -1 ? NULL : e->livemode ? "t" : "f",
		text_or_null(e->created), payload, text_or_null(e->account)
	};

	memcpy(ret_arg, arg, sizeof(arg));
}

static enum err
keep(struct db *db, const struct stmt *how, const char *const arg[],
    int *ret_fresh)
{
	struct rows *r;
	enum err e;

	e = db_one(db, how, arg, how->nparams, ERR_INTERNAL, &r);
	if (e == ERR_OK)
		*ret_fresh = rows_int(r, 0, 0) == 1;
	rows_free(r);
	return e;
}

static enum err
insert_unread(struct db *db, const struct event *e, const char *payload,
    int *ret_fresh)
{
	char lane[TEXT_DIGITS];
	const char *arg[FACTS + 1];

	facts_of(e, lane_of(e->id), payload, lane, arg);
	arg[FACTS] = e->odd;
	return keep(db, &event_insert_unread, arg, ret_fresh);
}

static int
is_unread(const struct event *e)
{
	return e->odd != NULL && !event_followed(e) && !e->is_foreign;
}

/* The event, its place beside its object, and that object. */
struct place {
	char		 lane[TEXT_DIGITS];
	char		 urgency[TEXT_DIGITS];
	const char	*arg[FACTS + 2];
};

static void
place_of(const struct event *e, int lane, const char *payload,
    struct place *ret)
{
	facts_of(e, lane, payload, ret->lane, ret->arg);
	ret->arg[FACTS] = event_followed(e) ? "t" : "f";
	ret->arg[FACTS + 1] = text_digits(urgency_of(e->type), ret->urgency);
}

static enum err
insert(struct db *db, const struct event *e, const char *payload,
    int *ret_fresh)
{
	struct place p;

	if (is_unread(e))
		return insert_unread(db, e, payload, ret_fresh);
	place_of(e, lane_for(e), payload, &p);
	return keep(db, &event_insert, p.arg, ret_fresh);
}

/* A column of text takes it as it is. */
static int
is_text(const char *payload, size_t len)
{
	return memchr(payload, '\0', len) == NULL &&
	    text_utf8_length(payload, len) != -1;
}

enum err
event_record(struct db *db, const struct event *e, const char *payload,
    size_t len, int *ret_fresh)
{
	struct buf mended;
	enum err err;

	if (is_text(payload, len))
		return insert(db, e, payload, ret_fresh);
	buf_init(&mended, TEXT_MENDED(len));
	text_mend(payload, len, &mended);
	err = insert(db, e, mended.data, ret_fresh);
	buf_done(&mended);
	return err;
}

int
event_is_plain(const struct event *e, const char *payload, size_t len)
{
	return !is_unread(e) && len <= EVENT_ALL_BYTES &&
	    is_text(payload, len) && memchr(payload, BETWEEN, len) == NULL;
}

/* One of those that are recorded together, and its lane. */
struct keyed {
	struct event_told	*told;
	int			 lane;
};

/* Of the same event twice the first is the first. */
static int
by_key(const void *a, const void *b)
{
	const struct keyed *x = a, *y = b;
	int order = x->lane - y->lane;

	if (order == 0)
		order = strcmp(x->told->event->id, y->told->event->id);
	return order != 0 ? order : x->told < y->told ? -1 : 1;
}

/* Of the same event twice the first is fresh, as if it had come before. */
static void
find_fresh(const struct rows *r, const struct keyed keyed[], size_t n)
{
	size_t i;
	int row;

	for (i = 0; i < n; i++)
		keyed[i].told->fresh = 0;
	for (row = 0; row < rows_count(r); row++) {
		for (i = 0; i < n; i++)
			if (rows_int(r, row, 0) == keyed[i].lane &&
			    text_equal(rows_text(r, row, 1),
			    keyed[i].told->event->id))
				break;
		if (i < n)
			keyed[i].told->fresh = 1;
	}
}

static void
columns_add(struct buf column[], const struct keyed *k)
{
	const struct event_told *t = k->told;
	struct place p;
	size_t c;

	place_of(t->event, k->lane, t->payload, &p);
	for (c = 0; c < FACTS + 2; c++)
		if (c != PAYLOAD)
			array_add(&column[c], p.arg[c]);
	if (column[PAYLOAD].len > 0)
		buf_char(&column[PAYLOAD], BETWEEN);
	buf_add(&column[PAYLOAD], t->payload, t->len);
}

enum err
event_record_all(struct db *db, struct event_told told[], size_t n)
{
	struct keyed *keyed = mem_zero(n, sizeof(*keyed));
	struct buf column[FACTS + 2];
	const char *arg[FACTS + 2];
	struct rows *r = NULL;
	size_t i, c;
	enum err e;

	for (i = 0; i < n; i++)
		keyed[i] = (struct keyed){ .told = &told[i],
		    .lane = lane_for(told[i].event) };
	qsort(keyed, n, sizeof(*keyed), by_key);

	for (c = 0; c < NELEM(column); c++)
		if (c == PAYLOAD)
			buf_init(&column[c], EVENT_ALL_BYTES + n);
		else
			array_begin(&column[c], array_room(EVENT_ALL_BYTES, n));
	for (i = 0; i < n; i++)
		columns_add(column, &keyed[i]);
	for (c = 0; c < NELEM(column); c++) {
		if (c != PAYLOAD)
			array_end(&column[c]);
		arg[c] = column[c].data;
	}
	e = db_query(db, &event_insert_all, arg, NELEM(arg), &r);
	if (e == ERR_OK)
		find_fresh(r, keyed, n);
	for (c = 0; c < NELEM(column); c++)
		buf_done(&column[c]);
	free(keyed);
	rows_free(r);
	return e;
}

enum err
event_find_apart(struct db *db, struct event_told told[], size_t n)
{
	char lane[TEXT_DIGITS];
	struct buf lanes, ids;
	struct rows *r = NULL;
	const char *arg[2];
	int64_t number;
	size_t i;
	enum err e;
	int row;

	array_begin(&lanes, array_room(n * sizeof(lane), n));
	array_begin(&ids, array_room(n * STRIPE_ID, n));
	for (i = 0; i < n; i++) {
		told[i].apart = 0;
		array_add(&lanes, text_digits(lane_for(told[i].event), lane));
		array_add(&ids, text_or_null(told[i].event->object_id));
	}
	array_end(&lanes);
	array_end(&ids);
	arg[0] = lanes.data;
	arg[1] = ids.data;
	e = db_query(db, &event_find_held, arg, NELEM(arg), &r);
	for (row = 0; row < rows_count(r); row++) {
		number = rows_int(r, row, 0);
		assert(number > 0 && number <= (int64_t)n);
		told[number - 1].apart = 1;
	}
	rows_free(r);
	buf_done(&ids);
	buf_done(&lanes);
	return e;
}

const struct stmt *const event_record_statements[] = {
	&event_insert,
	&event_insert_all,
	&event_insert_unread,
	&event_find_held,
	NULL
};
