/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "db/db.h"
#include "errand/kind.h"

#include "billing/sweep.h"

const struct errand_kind sweep_errands = ERRAND_KIND("sweep", "stripe_sweep",
    SWEEP_LEASE_SECONDS, SWEEP_ATTEMPTS);

/* One that goes on is left alone, and so is for a while one that was given up. */
static const struct stmt sweep_start = {
	.name = "sweep_start",
	.text =
	    "INSERT INTO stripe_sweep AS s (lane, id, kind, since, until,"
	    " due_at) VALUES ($1::int, $2, $3, $4::bigint, $5::bigint,"
	    " now() + $7::int * interval '1 second')"
	    " ON CONFLICT (lane, id) DO UPDATE SET state = 'waiting',"
	    " attempts = 0, due_at = excluded.due_at, settled_at = NULL,"
	    " since = excluded.since, until = excluded.until, after = '',"
	    " pages = 0, hits = 0, begun_at = now(), last_error = NULL"
	    " WHERE s.state NOT IN ('waiting', 'dead') OR s.state = 'dead'"
	    " AND s.settled_at < now() - $6::int * interval '1 second'"
	    " RETURNING id",
	.nparams = 7
};

struct span {
	enum stripe_kind	 kind;
	int64_t			 since;
	int64_t			 until;
	int			 begun;
};

static enum err
start_all(struct db *db, void *arg)
{
	struct span *span = arg;
	const int64_t part = (span->until - span->since) / SWEEP_PARTS + 1;
	char id[ERRAND_ID], lane[TEXT_DIGITS];
	char since[TEXT_DIGITS], until[TEXT_DIGITS], rest[TEXT_DIGITS];
	char gather[TEXT_DIGITS];
	const char *const row[] = { lane, id, stripe_kind_name(span->kind),
	    since, until, text_digits(SWEEP_REST_SECONDS, rest),
	    text_digits(SWEEP_GATHER_SECONDS, gather) };
	enum err e = ERR_OK;
	int i, begun;

	span->begun = 0;
	for (i = 0; i < SWEEP_PARTS && e == ERR_OK; i++) {
		(void)snprintf(id, sizeof(id), "%s %d",
		    stripe_kind_name(span->kind), i + 1);
		(void)text_digits(lane_of(id), lane);
		(void)text_digits(span->since + i * part, since);
		(void)text_digits(span->since + (i + 1) * part, until);
		e = db_changes(db, &sweep_start, row, NELEM(row), &begun);
		span->begun += e == ERR_OK ? begun : 0;
	}
	return e;
}

enum err
sweep_begin(struct db *db, enum stripe_kind kind, int64_t since,
    int64_t until, int *ret_begun)
{
	struct span span = { .kind = kind, .since = since, .until = until };
	enum err e = db_transaction(db, start_all, &span);

	*ret_begun = span.begun;
	return e;
}

static const struct stmt sweep_select = {
	.name = "sweep_select",
	.text =
	    "SELECT kind, since, until, after, pages, hits, begun_at,"
	    " clock_timestamp() FROM stripe_sweep"
	    " WHERE lane = $1::int AND id = $2",
	.nparams = 2
};

enum err
sweep_find(struct db *db, const struct errand *x, struct sweep *ret_sweep)
{
	char lane[TEXT_DIGITS];
	const char *const arg[] = { text_digits(x->lane, lane), x->id };
	struct sweep *s = ret_sweep;
	struct rows *r;
	enum err e;

	e = db_one(db, &sweep_select, arg, NELEM(arg), ERR_CONFLICT, &r);
	if (e != ERR_OK)
		return e;
	s->kind = stripe_kind(rows_text(r, 0, 0));
	s->since = rows_int(r, 0, 1);
	s->until = rows_int(r, 0, 2);
	s->pages = rows_int(r, 0, 4);
	s->hits = rows_int(r, 0, 5);
	if ((e = rows_copy(r, 0, 3, s->after, sizeof(s->after))) == ERR_OK &&
	    (e = rows_copy(r, 0, 6, s->begun_at, sizeof(s->begun_at))) ==
	    ERR_OK)
		e = rows_copy(r, 0, 7, s->now, sizeof(s->now));
	rows_free(r);
	return e;
}

/* A page makes up for the failures before it. */
#define PAGE_DONE \
	" leased_until = NULL, attempts = 0, last_error = NULL," \
	" pages = pages + 1, hits = hits + $4::bigint,"

static const struct stmt sweep_go_on = {
	.name = "sweep_go_on",
	.text =
	    "UPDATE stripe_sweep SET" PAGE_DONE " after = $5, due_at = now()"
	    " WHERE lane = $1::int AND id = $2 AND fence = $3"
	    " AND state = 'waiting' RETURNING id",
	.nparams = 5
};

enum err
sweep_turn(struct db *db, const struct errand *x, const char *after,
    int64_t hits)
{
	char lane[TEXT_DIGITS], fence[TEXT_DIGITS], more[TEXT_DIGITS];
	const char *const arg[] = {
		text_digits(x->lane, lane), x->id,
		text_digits(x->fence, fence), text_digits(hits, more), after
	};

	return db_one(db, &sweep_go_on, arg, NELEM(arg), ERR_CONFLICT, NULL);
}

static const struct stmt sweep_finish = {
	.name = "sweep_finish",
	.text =
	    "UPDATE stripe_sweep SET" PAGE_DONE " state = 'done',"
	    " settled_at = now()"
	    " WHERE lane = $1::int AND id = $2 AND fence = $3"
	    " AND state = 'waiting' RETURNING id",
	.nparams = 4
};

/* In whatever lanes they are. */
static const struct stmt sweep_others = {
	.name = "sweep_others",
	.text =
	    "SELECT NOT EXISTS (SELECT FROM stripe_sweep"
	    " WHERE kind = $1 AND state = 'waiting')",
	.nparams = 1
};

enum err
sweep_end(struct db *db, const struct errand *x, enum stripe_kind kind,
    int64_t hits, int *ret_all)
{
	char lane[TEXT_DIGITS], fence[TEXT_DIGITS], more[TEXT_DIGITS];
	const char *const arg[] = {
		text_digits(x->lane, lane), x->id,
		text_digits(x->fence, fence), text_digits(hits, more)
	};
	const char *const of[] = { stripe_kind_name(kind) };
	enum err e;

	e = db_one(db, &sweep_finish, arg, NELEM(arg), ERR_CONFLICT, NULL);
	return e != ERR_OK ? e :
	    db_ask(db, &sweep_others, of, NELEM(of), ret_all);
}

const struct stmt *const sweep_statements[] = {
	ERRAND_STATEMENTS(sweep_errands),
	&sweep_start,
	&sweep_select,
	&sweep_go_on,
	&sweep_finish,
	&sweep_others,
	NULL
};
