/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "db/db.h"

#include "billing/due.h"
#include "stripe/field.h"
#include "billing/fragment.h"

#include "billing/call.h"

void
call_done(struct call *c)
{
	free(c->form);
	c->form = NULL;
}

/* The index stripe_call_customer allows one that is open or done. */
static const struct stmt call_insert = {
	.name = "call_insert",
	.text =
	    "INSERT INTO stripe_call (id, account_id, kind, lane, path, form,"
	    " subject) VALUES ($1, $2, $3, $4, $5, $6, $7)"
	    " ON CONFLICT (account_id) WHERE kind = 'customer'"
	    " AND state IN ('new', 'sent', 'done') DO NOTHING"
	    " RETURNING id",
	.nparams = 7
};

enum err
call_write(struct db *db, const struct call *c)
{
	char lane[FIELD_NUMBER];
	const char *const arg[] = {
		c->id, c->account_id, c->kind,
		field_number(text_lane(c->account_id), lane), c->path,
		c->form, c->subject
	};
	struct rows *r = NULL;
	enum err e;

	e = db_query(db, &call_insert, arg, NELEM(arg), &r);
	if (e == ERR_OK && rows_count(r) == 0)
		e = ERR_CONFLICT;
	rows_free(r);
	return e;
}

#define CALL_COLUMNS \
	" id, account_id, kind, path, form, subject, fence, attempts," \
	" extract(epoch FROM now() - first_sent_at)::bigint"

/* The first row, of CALL_COLUMNS; ERR_NOTFOUND if there is none. */
static enum err
call_fill(const struct rows *r, struct call *ret_call)
{
	struct call *c = ret_call;

	if (rows_count(r) == 0)
		return ERR_NOTFOUND;
	memset(c, 0, sizeof(*c));
	snprintf(c->id, sizeof(c->id), "%s", rows_text(r, 0, 0));
	snprintf(c->account_id, sizeof(c->account_id), "%s",
	    rows_text(r, 0, 1));
	snprintf(c->kind, sizeof(c->kind), "%s", rows_text(r, 0, 2));
	snprintf(c->path, sizeof(c->path), "%s", rows_text(r, 0, 3));
	c->form = mem_text(rows_text(r, 0, 4));
	snprintf(c->subject, sizeof(c->subject), "%s", rows_text(r, 0, 5));
	c->fence = rows_int(r, 0, 6);
	c->attempts = (int)rows_int(r, 0, 7);
	c->stale = rows_int(r, 0, 8) > CALL_FRESH_HOURS * 3600;
	return ERR_OK;
}

static const struct stmt call_select_open = {
	.name = "call_select_open",
	.text =
	    "SELECT" CALL_COLUMNS " FROM stripe_call"
	    " WHERE account_id = $1 AND kind = $2"
	    " AND ($3::text IS NULL OR subject = $3)"
	    " AND state IN ('new', 'sent')"
	    " ORDER BY created_at DESC, id LIMIT 1",
	.nparams = 3
};

enum err
call_open(struct db *db, const char *account_id, const char *kind,
    const char *subject, struct call *ret_call)
{
	const char *const arg[] = { account_id, kind, subject };
	struct rows *r = NULL;
	enum err e;

	e = db_query(db, &call_select_open, arg, NELEM(arg), &r);
	if (e == ERR_OK)
		e = call_fill(r, ret_call);
	rows_free(r);
	return e;
}

/* Only customers: somebody waits for the others, or has gone. */
static const struct stmt call_claim_one = {
	.name = "call_claim_one",
	.text =
	    "UPDATE stripe_call SET fence = fence + 1,"
	    " leased_until = now() + $1::int * interval '1 second'"
	    " WHERE id = (SELECT id FROM stripe_call"
	    " WHERE kind = 'customer' AND state IN ('new', 'sent')"
	    " AND due_at <= now()"
	    " AND (leased_until IS NULL OR leased_until < now())"
	    " ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)"
	    " RETURNING" CALL_COLUMNS,
	.nparams = 1
};

enum err
call_claim(struct db *db, struct call *ret_call)
{
	char seconds[FIELD_NUMBER];
	const char *const arg[] = {
		field_number(CALL_LEASE_SECONDS, seconds)
	};
	struct rows *r = NULL;
	enum err e;

	e = db_query(db, &call_claim_one, arg, NELEM(arg), &r);
	if (e == ERR_OK)
		e = call_fill(r, ret_call);
	rows_free(r);
	return e;
}

static const struct stmt call_next_due = {
	.name = "call_next_due",
	.text =
	    "SELECT (1000 * extract(epoch FROM min("
	    "greatest(due_at, leased_until)) - now()))::bigint"
	    " FROM stripe_call"
	    " WHERE kind = 'customer' AND state IN ('new', 'sent')",
	.nparams = 0
};

enum err
call_next(struct db *db, int64_t *ret_ms)
{
	return due_in(db, &call_next_due, ret_ms);
}

/* The lease keeps a courier from sending what a handler sends just now. */
static const struct stmt call_mark_sent = {
	.name = "call_mark_sent",
	.text =
	    "UPDATE stripe_call SET state = 'sent', attempts = attempts + 1,"
	    " first_sent_at = coalesce(first_sent_at, now()),"
	    " leased_until = now() + $2::int * interval '1 second'"
	    " WHERE id = $1 AND state IN ('new', 'sent') RETURNING id",
	.nparams = 2
};

enum err
call_sending(struct db *db, const struct call *c)
{
	char seconds[FIELD_NUMBER];
	const char *const arg[] = {
		c->id, field_number(CALL_LEASE_SECONDS, seconds)
	};
	struct rows *r = NULL;
	enum err e;

	e = db_query(db, &call_mark_sent, arg, NELEM(arg), &r);
	if (e == ERR_OK && rows_count(r) == 0)
		e = ERR_CONFLICT;
	rows_free(r);
	return e;
}

/* A customer that was deleted before we heard of it leaves room for another. */
static const struct stmt call_settle = {
	.name = "call_settle",
	.text =
	    "UPDATE stripe_call SET object_id = $3,"
	    " state = CASE WHEN $2 = 'done' AND EXISTS (SELECT FROM customer"
	    " WHERE id = $3 AND deleted) THEN 'replaced' ELSE $2 END,"
	    " replaced_by = $4, last_error = left($5, 200),"
	    " settled_at = coalesce(settled_at, now()), leased_until = NULL"
	    " WHERE id = $1 AND (state IN ('new', 'sent') OR state = $2"
	    " AND object_id IS NOT DISTINCT FROM $3"
	    " AND replaced_by IS NOT DISTINCT FROM $4)"
	    " RETURNING id",
	.nparams = 5
};

/* How a call ended; what does not belong to that end is NULL. */
struct end {
	const char	*state;
	const char	*object_id;
	const char	*replaced_by;
	const char	*why;
};

static enum err
settle(struct db *db, const struct call *c, const struct end *end)
{
	const char *const arg[] = {
		c->id, end->state, end->object_id, end->replaced_by, end->why
	};
	struct rows *r = NULL;
	enum err e;

	e = db_query(db, &call_settle, arg, NELEM(arg), &r);
	if (e == ERR_OK && rows_count(r) == 0)
		e = ERR_CONFLICT;
	rows_free(r);
	return e;
}

enum err
call_made(struct db *db, const struct call *c, const char *object_id)
{
	const struct end end = { .state = "done", .object_id = object_id };

	return settle(db, c, &end);
}

enum err
call_refused(struct db *db, const struct call *c, const char *why)
{
	const struct end end = { .state = "refused", .why = why };

	return settle(db, c, &end);
}

enum err
call_replaced(struct db *db, const struct call *c, const struct call *by)
{
	const struct end end = { .state = "replaced", .replaced_by = by->id };

	return settle(db, c, &end);
}

static const struct stmt call_postpone = {
	.name = "call_postpone",
	.text =
	    "UPDATE stripe_call SET leased_until = NULL, due_at = " RETRY_AT ","
	    " last_error = left($4, 200),"
	    " state = CASE WHEN attempts >= $5::int THEN 'dead'"
	    " ELSE state END,"
	    " settled_at = CASE WHEN attempts >= $5::int THEN now() END"
	    " WHERE id = $1 AND fence = $2 AND state IN ('new', 'sent')"
	    " RETURNING state = 'dead'",
	.nparams = 5
};

enum err
call_later(struct db *db, const struct call *c, const char *why, int after)
{
	char fence[FIELD_NUMBER], seconds[FIELD_NUMBER], most[FIELD_NUMBER];
	const char *const arg[] = {
		c->id, field_number(c->fence, fence),
		field_number(after, seconds), why,
		field_number(CALL_ATTEMPTS, most)
	};
	struct rows *r = NULL;
	enum err e;

	e = db_query(db, &call_postpone, arg, NELEM(arg), &r);
	if (e == ERR_OK && rows_count(r) == 0)
		e = ERR_CONFLICT;
	else if (e == ERR_OK && rows_bool(r, 0, 0))
		log_error("call_dead", "gave up on the %s call %s: %s",
		    c->kind, c->id, why);
	rows_free(r);
	return e;
}

const struct stmt *const call_statements[] = {
	&call_insert,
	&call_select_open,
	&call_claim_one,
	&call_next_due,
	&call_mark_sent,
	&call_settle,
	&call_postpone,
	NULL
};
