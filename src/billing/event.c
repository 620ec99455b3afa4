/* SPDX-License-Identifier: MIT */

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "db/db.h"
#include "errand/errand.h"
#include "billing/owned.h"

#include "billing/event.h"

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
	&event_newest,
	&event_select,
	&event_select_payload,
	&event_erase_payload,
	&event_erase_strangers,
	&event_delete_old,
	NULL
};
