/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/text.h"
#include "db/db.h"
#include "errand/errand.h"
#include "stripe/event.h"

#include "billing/object.h"

#include "billing/event.h"

/*
 * Both are one statement, one round trip, one commit.  $1 to $10 are the event;
 * what follows sees a row of `fresh` only if the event was new, so a second
 * delivery changes nothing.
 */
#define FACTS	10
#define FRESH \
	"WITH fresh AS (" \
	" INSERT INTO stripe_event (lane, id, type, object_kind," \
	" object_id, api_version, livemode, created, payload, account)" \
	" VALUES ($1::smallint, $2, $3, $4, $5, $6, $7," \
	" coalesce(to_timestamp($8::bigint), now()), $9, $10)" \
	" ON CONFLICT (lane, id) DO NOTHING" \
	" RETURNING lane, id, object_kind, object_id)"

/*
 * $11: is its object followed?  Being heard of wakes what was parked or dead; a
 * lease that somebody holds stays, because heard > seen is still true when it
 * is given back.  Whoever has just paid on a page of Checkout waits for it.
 */
static const struct stmt event_insert = {
	.name = "event_insert",
	.text =
	    FRESH ", heard AS ("
	    " INSERT INTO stripe_object AS o (lane, id, kind, awaited)"
	    " SELECT lane, object_id, object_kind,"
	    " object_kind = 'checkout.session'"
	    " AND $3 <> 'checkout.session.expired' FROM fresh"
	    " WHERE $11::boolean"
	    " ON CONFLICT (lane, id) DO UPDATE SET " OBJECT_HEARD
	    ") SELECT count(*) FROM fresh",
	.nparams = FACTS + 1
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

/* Into the lane of `key`. */
static void
facts_of(const struct event *e, const char *key, const char *payload,
    char lane[TEXT_DIGITS], const char *ret_arg[FACTS])
{
	const char *const arg[FACTS] = {
		text_digits(lane_of(key), lane), e->id, e->type,
		text_or_null(e->object_kind), text_or_null(e->object_id),
		text_or_null(e->api_version),
		e->livemode == -1 ? NULL : e->livemode ? "t" : "f",
		text_or_null(e->created), payload, text_or_null(e->account)
	};

	memcpy(ret_arg, arg, sizeof(arg));
}

static enum err
keep(struct db *db, const struct stmt *how,
    const char *const arg[FACTS + 1], int *ret_fresh)
{
	struct rows *r;
	enum err e;

	e = db_one(db, how, arg, FACTS + 1, ERR_INTERNAL, &r);
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

	facts_of(e, e->id, payload, lane, arg);
	arg[FACTS] = e->odd;
	return keep(db, &event_insert_unread, arg, ret_fresh);
}

/* Beside its object, if it names one. */
static enum err
insert(struct db *db, const struct event *e, const char *payload,
    int *ret_fresh)
{
	const int followed = event_followed(e);
	char lane[TEXT_DIGITS];
	const char *arg[FACTS + 1];

	if (e->odd != NULL && !followed && !e->is_foreign)
		return insert_unread(db, e, payload, ret_fresh);
	facts_of(e, text_empty(e->object_id) ? e->id : e->object_id, payload,
	    lane, arg);
	arg[FACTS] = followed ? "t" : "f";
	return keep(db, &event_insert, arg, ret_fresh);
}

enum err
event_record(struct db *db, const struct event *e, const char *payload,
    size_t len, int *ret_fresh)
{
	struct buf mended;
	enum err err;

	/* A column of text takes neither. */
	if (memchr(payload, '\0', len) == NULL &&
	    text_utf8_length(payload, len) != -1)
		return insert(db, e, payload, ret_fresh);
	buf_init(&mended, TEXT_MENDED(len));
	text_mend(payload, len, &mended);
	err = insert(db, e, mended.data, ret_fresh);
	buf_done(&mended);
	return err;
}

static const struct stmt event_newest = {
	.name = "event_newest",
	.text =
	    "SELECT '[' || string_agg(n.payload, ',') || ']' FROM ("
	    "SELECT e.payload, rank() OVER (ORDER BY e.created DESC) AS place"
	    " FROM stripe_object o JOIN stripe_event e"
	    " ON e.lane = o.lane AND e.object_id = o.id"
	    " WHERE o.lane = $1::int AND o.id = $2"
	    " AND (o.seen_at IS NULL OR e.received_at > o.seen_at)"
	    ") n WHERE n.place = 1",
	.nparams = 2
};

enum err
event_unseen(struct db *db, const struct errand *x, struct json **ret_events)
{
	char lane[TEXT_DIGITS];
	const char *const arg[] = { text_digits(x->lane, lane), x->id };
	const char *payloads;
	struct rows *r;
	enum err e;

	e = db_one(db, &event_newest, arg, NELEM(arg), ERR_INTERNAL, &r);
	if (e != ERR_OK)
		return e;
	payloads = rows_text(r, 0, 0);
	if (payloads == NULL ||
	    json_parse(payloads, strlen(payloads), ret_events) != ERR_OK)
		e = ERR_NOTFOUND;
	rows_free(r);
	return e;
}

static const struct stmt event_delete_old = {
	.name = "event_delete_old",
	.text =
	    "DELETE FROM stripe_event WHERE lane = $1::int AND id IN"
	    " (SELECT id FROM stripe_event WHERE lane = $1::int"
	    " AND received_at < now() - $2::int * interval '1 day'"
	    " LIMIT $3::int) RETURNING id",
	.nparams = 3
};

enum err
event_tidy(struct db *db, int lane, int days, int most, int *ret_deleted)
{
	return lane_tidy(db, &event_delete_old, lane, days, most,
	    ret_deleted);
}

const struct stmt *const event_statements[] = {
	&event_insert,
	&event_insert_unread,
	&event_newest,
	&event_delete_old,
	NULL
};
