/* SPDX-License-Identifier: MIT */

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "db/db.h"
#include "errand/errand.h"
#include "stripe/event.h"

#include "billing/object.h"
#include "billing/owned.h"

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
	    " INSERT INTO stripe_object AS o (lane, id, kind, awaited, urgency)"
	    " SELECT lane, object_id, object_kind,"
	    " object_kind = 'checkout.session'"
	    " AND $3 <> 'checkout.session.expired', $12::smallint FROM fresh"
	    " WHERE $11::boolean"
	    " ON CONFLICT (lane, id) DO UPDATE SET " OBJECT_HEARD
	    ") SELECT count(*) FROM fresh",
	.nparams = FACTS + 2
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
	char lane[TEXT_DIGITS], urgency[TEXT_DIGITS];
	const char *arg[FACTS + 2];

	if (e->odd != NULL && !followed && !e->is_foreign)
		return insert_unread(db, e, payload, ret_fresh);
	facts_of(e, text_empty(e->object_id) ? e->id : e->object_id, payload,
	    lane, arg);
	arg[FACTS] = followed ? "t" : "f";
	arg[FACTS + 1] = text_digits(urgency_of(e->type), urgency);
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

/* Every object that the rows know to be of the account $1. */
static const struct stmt event_erase_payload = {
	.name = "event_erase_payload",
	.text =
	    "WITH " OWNED_OBJECTS
	    " UPDATE stripe_event e SET payload = '{}' FROM mine"
	    " WHERE e.lane = " OWNED_LANE("mine.id")
	    " AND e.object_id = mine.id AND e.payload <> '{}'",
	.nparams = 1
};

static const struct stmt event_erase_strangers = {
	.name = "event_erase_strangers",
	.text =
	    "WITH " OWNED_OBJECTS
	    " UPDATE stripe_event e SET payload = '{}' FROM theirs t"
	    " WHERE " OWNED_STRANGER("t.id"),
	.nparams = 1
};

enum err
event_erase(struct db *db, const char *account_id)
{
	const char *const arg[] = { account_id };
	enum err e;

	e = db_query(db, &event_erase_payload, arg, NELEM(arg), NULL);
	return e != ERR_OK ? e :
	    db_query(db, &event_erase_strangers, arg, NELEM(arg), NULL);
}

#define RFC_3339(column) \
	"to_char(" column " AT TIME ZONE 'UTC'," \
	" 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"

/* $1: the lanes that it may lie in. */
static const struct stmt event_select = {
	.name = "event_select",
	.text =
	    "SELECT e.lane, e.id, e.type, e.object_kind, e.object_id,"
	    " e.account, e.api_version, e.livemode, " RFC_3339("e.created")
	    ", " RFC_3339("e.received_at") ", o.state, o.last_error"
	    " FROM stripe_event e LEFT JOIN stripe_object o"
	    " ON o.lane = e.lane AND o.id = coalesce(e.object_id, e.id)"
	    " WHERE e.lane = ANY ($1::smallint[])"
	    " AND ($2::text IS NULL OR e.id = $2)"
	    " AND ($3::text IS NULL OR e.object_id = $3)"
	    " AND ($4::text IS NULL OR e.type = $4)"
	    " AND ($5::bigint = 0"
	    " OR e.received_at > now() - $5::bigint * interval '1 second')"
	    " ORDER BY e.received_at DESC, e.id LIMIT $6::int",
	.nparams = 6
};

/* One row; what does not fit was never written by us. */
static enum err
take_row(const struct rows *r, int i, struct event_row *ret)
{
	const struct {
		char	*to;
		size_t	 size;
		int	 column;
	} texts[] = {
		{ ret->id, sizeof(ret->id), 1 },
		{ ret->type, sizeof(ret->type), 2 },
		{ ret->object_kind, sizeof(ret->object_kind), 3 },
		{ ret->object_id, sizeof(ret->object_id), 4 },
		{ ret->account, sizeof(ret->account), 5 },
		{ ret->version, sizeof(ret->version), 6 },
		{ ret->created, sizeof(ret->created), 8 },
		{ ret->received, sizeof(ret->received), 9 },
		{ ret->state, sizeof(ret->state), 10 }
	};
	enum err e = ERR_OK;
	size_t t;

	ret->lane = (int)rows_int(r, i, 0);
	for (t = 0; t < NELEM(texts) && e == ERR_OK; t++)
		e = rows_copy(r, i, texts[t].column, texts[t].to,
		    texts[t].size);
	ret->livemode = rows_null(r, i, 7) ? -1 : rows_bool(r, i, 7);
	text_cut(rows_text(r, i, 11), ret->last_error,
	    sizeof(ret->last_error));
	return e;
}

/* Of an object its own lane; else all of them. */
static void
lanes_of(const struct event_wish *wish, struct buf *out)
{
	int lane;

	if (wish->object_id != NULL) {
		buf_format(out, "{%d}", lane_of(wish->object_id));
		return;
	}
	for (lane = 0; lane < LANES; lane++)
		buf_format(out, "%c%d", lane == 0 ? '{' : ',', lane);
	buf_char(out, '}');
}

enum err
event_list(struct db *db, const struct event_wish *wish,
    struct event_row **ret_rows, size_t *ret_count)
{
	char since[TEXT_DIGITS], most[TEXT_DIGITS];
	struct event_row *rows = NULL;
	struct rows *r = NULL;
	struct buf lanes;
	enum err e;
	int i;

	buf_init(&lanes, 8 * LANES);
	lanes_of(wish, &lanes);
	e = db_query(db, &event_select, (const char *const []){ lanes.data,
	    wish->id, wish->object_id, wish->type,
	    text_digits(wish->since_s, since),
	    text_digits(wish->most, most) }, event_select.nparams, &r);
	buf_done(&lanes);
	if (e == ERR_OK)
		rows = mem_zero((size_t)rows_count(r) + 1, sizeof(*rows));
	for (i = 0; e == ERR_OK && i < rows_count(r); i++)
		e = take_row(r, i, &rows[i]);
	if (e == ERR_OK) {
		*ret_rows = rows;
		*ret_count = (size_t)i;
	} else
		free(rows);
	rows_free(r);
	return e;
}

static const struct stmt event_select_payload = {
	.name = "event_select_payload",
	.text =
	    "SELECT payload FROM stripe_event"
	    " WHERE lane = $1::int AND id = $2",
	.nparams = 2
};

enum err
event_payload(struct db *db, const struct event_row *row, char **ret_payload)
{
	char lane[TEXT_DIGITS];
	const char *const arg[] = { text_digits(row->lane, lane), row->id };
	struct rows *r;
	enum err e;

	e = db_one(db, &event_select_payload, arg, NELEM(arg), ERR_NOTFOUND,
	    &r);
	if (e != ERR_OK)
		return e;
	*ret_payload = mem_text(rows_text(r, 0, 0));
	rows_free(r);
	return ERR_OK;
}

const struct stmt *const event_statements[] = {
	&event_insert,
	&event_insert_unread,
	&event_newest,
	&event_select,
	&event_select_payload,
	&event_erase_payload,
	&event_erase_strangers,
	&event_delete_old,
	NULL
};
