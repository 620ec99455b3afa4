/* SPDX-License-Identifier: MIT */

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/random.h"
#include "base/text.h"
#include "db/db.h"
#include "errand/kind.h"

#include "billing/call.h"

const struct errand_kind call_errands = ERRAND_KIND("call", "stripe_call",
    CALL_LEASE_SECONDS, CALL_ATTEMPTS);

static const char *const kind_names[CALL_KINDS] = {
	[CALL_CUSTOMER] = "customer",
	[CALL_CHECKOUT] = "checkout",
	[CALL_EXPIRE] = "expire",
	[CALL_PORTAL] = "portal",
	[CALL_PREVIEW] = "preview",
	[CALL_CHANGE] = "change",
	[CALL_CANCEL] = "cancel",
	[CALL_RESUME] = "resume",
	[CALL_SCHEDULE] = "schedule",
	[CALL_PHASES] = "phases",
	[CALL_RELEASE] = "release",
	[CALL_STAMP] = "stamp",
	[CALL_END] = "end",
	[CALL_REFUND] = "refund",
	[CALL_CREDIT] = "credit",
	[CALL_CLOSE] = "close",
	[CALL_DELETE] = "delete"
};

const char *
call_kind_name(enum call_kind kind)
{
	return kind_names[kind];
}

void
call_init(struct call *c, const char *account_id, enum call_kind kind,
    const char *path)
{
	memset(c, 0, sizeof(*c));
	random_uuid(c->id);
	assert(strlen(path) < sizeof(c->path));
	(void)snprintf(c->account_id, sizeof(c->account_id), "%s", account_id);
	c->kind = kind;
	(void)snprintf(c->path, sizeof(c->path), "%s", path);
}

void
call_done(struct call *c)
{
	free(c->form);
	c->form = NULL;
}

void
call_errand(const struct call *c, struct errand *ret_errand)
{
	memset(ret_errand, 0, sizeof(*ret_errand));
	ret_errand->lane = lane_of(c->account_id);
	ret_errand->fence = c->fence;
	memcpy(ret_errand->id, c->id, sizeof(c->id));
}

enum err
call_later(struct db *db, const struct call *c, const char *why, int after)
{
	struct errand x;

	call_errand(c, &x);
	return errand_later(db, &call_errands, &x, why, after);
}

/* These are errands, and one that is refused waits for somebody to see it. */
#define OF_COURIERS	"('customer', 'end', 'refund', 'credit')"

/*
 * The index stripe_call_customer allows one that is open or made one, and
 * stripe_call_once one end of a subscription and one refund of a payment.
 */
static const struct stmt call_insert = {
	.name = "call_insert",
	.text =
	    "INSERT INTO stripe_call (lane, id, account_id, kind, state, path,"
	    " form, subject) VALUES ($1::int, $2, $3, $4,"
	    " CASE WHEN $4 IN " OF_COURIERS " THEN 'waiting'"
	    " ELSE 'attended' END, $5, $6, $7)"
	    " ON CONFLICT DO NOTHING RETURNING id",
	.nparams = 7
};

enum err
call_write(struct db *db, const struct call *c)
{
	char lane[TEXT_DIGITS];
	const char *const arg[] = {
		text_digits(lane_of(c->account_id), lane), c->id,
		c->account_id, call_kind_name(c->kind), c->path, c->form,
		c->subject
	};

	return db_one(db, &call_insert, arg, NELEM(arg), ERR_CONFLICT, NULL);
}

#define CALL_COLUMNS \
	" id, account_id, kind, path, form, subject, fence," \
	" first_sent_at IS NOT NULL," \
	" extract(epoch FROM now() - first_sent_at)::bigint," \
	" coalesce(outcome = 'refused', false)"
#define CALL_COLUMN_COUNT	10

/* A row that a newer version wrote may be of a kind that we do not know. */
static enum err
kind_of(const char *name, enum call_kind *ret_kind)
{
	int kind;

	for (kind = 0; kind < CALL_KINDS; kind++)
		if (text_equal(kind_names[kind], name)) {
			*ret_kind = (enum call_kind)kind;
			return ERR_OK;
		}
	log_error("call_unknown", "a call of a kind that is not known: %s",
	    name);
	return ERR_INTERNAL;
}

/* The first row, of CALL_COLUMNS. */
static enum err
call_fill(const struct rows *r, struct call *ret_call)
{
	struct call *c = ret_call;
	enum err e;

	memset(c, 0, sizeof(*c));
	if ((e = rows_copy(r, 0, 0, c->id, sizeof(c->id))) != ERR_OK ||
	    (e = rows_copy(r, 0, 1, c->account_id, sizeof(c->account_id))) !=
	    ERR_OK ||
	    (e = kind_of(rows_text(r, 0, 2), &c->kind)) != ERR_OK ||
	    (e = rows_copy(r, 0, 3, c->path, sizeof(c->path))) != ERR_OK ||
	    (e = rows_copy(r, 0, 5, c->subject, sizeof(c->subject))) != ERR_OK)
		return e;
	c->form = mem_text(rows_text(r, 0, 4));
	c->fence = rows_int(r, 0, 6);
	c->sent = rows_bool(r, 0, 7);
	c->stale = rows_int(r, 0, 8) > CALL_FRESH_HOURS * 3600;
	c->refused = rows_bool(r, 0, 9);
	return ERR_OK;
}

static enum err
call_read(struct db *db, const struct stmt *s, const char *const arg[],
    enum err none, struct call *ret_call)
{
	struct rows *r;
	enum err e;

	if ((e = db_one(db, s, arg, s->nparams, none, &r)) == ERR_OK)
		e = call_fill(r, ret_call);
	rows_free(r);
	return e;
}

static const struct stmt call_select_open = {
	.name = "call_select_open",
	.text =
	    "SELECT" CALL_COLUMNS " FROM stripe_call"
	    " WHERE lane = $1::int AND account_id = $2 AND kind = $3"
	    " AND ($4::text IS NULL OR subject = $4)"
	    " AND state IN ('waiting', 'attended')"
	    " ORDER BY created_at DESC, id LIMIT 1",
	.nparams = 4
};

enum err
call_find_open(struct db *db, const char *account_id, enum call_kind kind,
    const char *subject, struct call *ret_call)
{
	char lane[TEXT_DIGITS];
	const char *const arg[] = {
		text_digits(lane_of(account_id), lane), account_id,
		call_kind_name(kind), subject
	};

	return call_read(db, &call_select_open, arg, ERR_NOTFOUND, ret_call);
}

static const struct stmt call_select_change = {
	.name = "call_select_change",
	.text =
	    "SELECT" CALL_COLUMNS ", coalesce(first_sent_at < now()"
	    " - $3::int * interval '1 minute', false) FROM stripe_call"
	    " WHERE lane = $1::int AND account_id = $2 AND kind IN ('change',"
	    " 'cancel', 'resume', 'schedule', 'phases', 'release')"
	    " AND state = 'attended' ORDER BY created_at, id LIMIT 1",
	.nparams = 3
};

enum err
call_find_change(struct db *db, const char *account_id, struct call *ret_call)
{
	char lane[TEXT_DIGITS], minutes[TEXT_DIGITS];
	const char *const arg[] = {
		text_digits(lane_of(account_id), lane), account_id,
		text_digits(CALL_CHANGE_MINUTES, minutes)
	};
	struct rows *r;
	enum err e;

	e = db_one(db, &call_select_change, arg, NELEM(arg), ERR_NOTFOUND, &r);
	if (e == ERR_OK && (e = call_fill(r, ret_call)) == ERR_OK)
		ret_call->stale = rows_bool(r, 0, CALL_COLUMN_COUNT);
	rows_free(r);
	return e;
}

static const struct stmt call_any_ended = {
	.name = "call_any_ended",
	.text =
	    "SELECT EXISTS (SELECT FROM stripe_call"
	    " WHERE lane = $1::int AND account_id = $2 AND kind = 'end'"
	    " AND subject = $3 AND outcome = 'made')",
	.nparams = 3
};

enum err
call_has_ended(struct db *db, const char *account_id,
    const char *subscription_id, int *ret_ended)
{
	char lane[TEXT_DIGITS];
	const char *const arg[] = {
		text_digits(lane_of(account_id), lane), account_id,
		subscription_id
	};

	return db_ask(db, &call_any_ended, arg, NELEM(arg), ret_ended);
}

static const struct stmt call_select_shown = {
	.name = "call_select_shown",
	.text =
	    "SELECT subject FROM stripe_call WHERE lane = $1::int AND id = $2"
	    " AND account_id = $3 AND kind = 'preview' AND outcome = 'made'"
	    " AND created_at > now() - $4::int * interval '1 minute'",
	.nparams = 4
};

enum err
call_find_shown(struct db *db, const char *account_id, const char *call_id,
    char ret_subject[CALL_SUBJECT])
{
	char lane[TEXT_DIGITS], minutes[TEXT_DIGITS];
	const char *const arg[] = {
		text_digits(lane_of(account_id), lane), call_id, account_id,
		text_digits(CALL_SHOWN_MINUTES, minutes)
	};
	struct rows *r;
	enum err e;

	e = db_one(db, &call_select_shown, arg, NELEM(arg), ERR_NOTFOUND, &r);
	if (e == ERR_OK)
		e = rows_copy(r, 0, 0, ret_subject, CALL_SUBJECT);
	rows_free(r);
	return e;
}

static const struct stmt call_few = {
	.name = "call_few",
	.text =
	    "SELECT count(*) < $3::int FROM stripe_call"
	    " WHERE lane = $1::int AND account_id = $2 AND kind = $4"
	    " AND created_at > now() - interval '1 minute'",
	.nparams = 4
};

enum err
call_may_write(struct db *db, const char *account_id, enum call_kind kind,
    int *ret_retry_after)
{
	char lane[TEXT_DIGITS], most[TEXT_DIGITS];
	const char *const arg[] = {
		text_digits(lane_of(account_id), lane), account_id,
		text_digits(CALL_OFTEN, most), call_kind_name(kind)
	};
	int few;
	enum err e = db_ask(db, &call_few, arg, NELEM(arg), &few);

	if (e != ERR_OK || few)
		return e;
	*ret_retry_after = CALL_OFTEN_LATER_S;
	return ERR_LATER;
}

static const struct stmt call_select = {
	.name = "call_select",
	.text =
	    "SELECT" CALL_COLUMNS " FROM stripe_call"
	    " WHERE lane = $1::int AND id = $2",
	.nparams = 2
};

enum err
call_find(struct db *db, const struct errand *x, struct call *ret_call)
{
	char lane[TEXT_DIGITS];
	const char *const arg[] = { text_digits(x->lane, lane), x->id };
	enum err e;

	e = call_read(db, &call_select, arg, ERR_CONFLICT, ret_call);
	if (e == ERR_OK)
		ret_call->fence = x->fence;
	return e;
}

static const struct stmt call_mark_sent = {
	.name = "call_mark_sent",
	.text =
	    "UPDATE stripe_call SET"
	    " first_sent_at = coalesce(first_sent_at, now()),"
	    " leased_until = now() + $3::int * interval '1 second'"
	    " WHERE lane = $1::int AND id = $2"
	    " AND state IN ('waiting', 'attended') RETURNING id",
	.nparams = 3
};

enum err
call_sending(struct db *db, const struct call *c)
{
	char lane[TEXT_DIGITS], seconds[TEXT_DIGITS];
	const char *const arg[] = {
		text_digits(lane_of(c->account_id), lane), c->id,
		text_digits(CALL_LEASE_SECONDS, seconds)
	};

	return db_one(db, &call_mark_sent, arg, NELEM(arg), ERR_CONFLICT,
	    NULL);
}

static const struct stmt call_settle = {
	.name = "call_settle",
	.text =
	    "UPDATE stripe_call SET outcome = $3, object_id = $4,"
	    " replaced_by = $5, last_error = left($6, 500),"
	    " state = CASE WHEN $3 = 'refused' AND kind IN " OF_COURIERS
	    " THEN 'dead' ELSE 'done' END,"
	    " settled_at = coalesce(settled_at, now()), leased_until = NULL"
	    " WHERE lane = $1::int AND id = $2"
	    " AND (state IN ('waiting', 'attended') OR outcome = $3"
	    " AND object_id IS NOT DISTINCT FROM $4"
	    " AND replaced_by IS NOT DISTINCT FROM $5)"
	    " RETURNING state = 'dead'",
	.nparams = 6
};

/* How a call ended; what does not belong to that end is NULL. */
struct end {
	const char	*outcome;
	const char	*object_id;
	const char	*replaced_by;
	const char	*why;
};

static enum err
settle(struct db *db, const struct call *c, const struct end *end)
{
	char lane[TEXT_DIGITS];
	const char *const arg[] = {
		text_digits(lane_of(c->account_id), lane), c->id,
		end->outcome, end->object_id, end->replaced_by, end->why
	};
	struct rows *r;
	enum err e;

	e = db_one(db, &call_settle, arg, NELEM(arg), ERR_CONFLICT, &r);
	if (e == ERR_OK && rows_bool(r, 0, 0))
		log_error("errand_dead", "gave up on the errand call %s: %s",
		    c->id, end->why);
	rows_free(r);
	return e;
}

/* A customer that was deleted before we heard of it leaves room for another. */
static const struct stmt call_customer_gone = {
	.name = "call_customer_gone",
	.text =
	    "SELECT EXISTS (SELECT FROM customer WHERE id = $1 AND deleted)",
	.nparams = 1
};

enum err
call_made(struct db *db, const struct call *c, const char *object_id)
{
	const char *const arg[] = { object_id };
	struct end end = { .outcome = "made", .object_id = object_id };
	int gone = 0;
	enum err e = ERR_OK;

	if (c->kind == CALL_CUSTOMER)
		e = db_ask(db, &call_customer_gone, arg, NELEM(arg), &gone);
	if (gone)
		end.outcome = "replaced";
	return e != ERR_OK ? e : settle(db, c, &end);
}

enum err
call_refused(struct db *db, const struct call *c, const char *why)
{
	const struct end end = { .outcome = "refused", .why = why };

	return settle(db, c, &end);
}

enum err
call_replaced(struct db *db, const struct call *c, const struct call *by)
{
	const struct end end = { .outcome = "replaced",
	    .replaced_by = by == NULL ? NULL : by->id };

	return settle(db, c, &end);
}

static const struct stmt call_replace_refused = {
	.name = "call_replace_refused",
	.text =
	    "UPDATE stripe_call SET outcome = 'replaced', state = 'done'"
	    " WHERE lane = $1::int AND account_id = $2 AND kind = 'customer'"
	    " AND state = 'dead' AND outcome = 'refused'",
	.nparams = 2
};

enum err
call_renew(struct db *db, const char *account_id)
{
	char lane[TEXT_DIGITS];
	const char *const arg[] = {
		text_digits(lane_of(account_id), lane), account_id
	};

	return db_query(db, &call_replace_refused, arg, NELEM(arg), NULL);
}

static const struct stmt call_retire_made = {
	.name = "call_retire_made",
	.text =
	    "UPDATE stripe_call SET outcome = 'replaced'"
	    " WHERE lane = $1::int AND account_id = $2 AND kind = 'customer'"
	    " AND state = 'done' AND outcome = 'made' AND object_id = $3",
	.nparams = 3
};

enum err
call_retire(struct db *db, const char *account_id, const char *customer_id)
{
	char lane[TEXT_DIGITS];
	const char *const arg[] = {
		text_digits(lane_of(account_id), lane), account_id,
		customer_id
	};

	return db_query(db, &call_retire_made, arg, NELEM(arg), NULL);
}

/* One that is being sent just now is waited for, and what comes is kept. */
static const struct stmt call_drop_unsent = {
	.name = "call_drop_unsent",
	.text =
	    "UPDATE stripe_call SET state = 'dropped', settled_at = now(),"
	    " leased_until = NULL, fence = fence + 1"
	    " WHERE lane = $1::int AND account_id = $2"
	    " AND kind IN ('customer', 'credit')"
	    " AND state IN ('waiting', 'dead')"
	    " AND (first_sent_at IS NULL OR"
	    " kind = 'customer' AND state = 'dead')",
	.nparams = 2
};

static const struct stmt call_erase_forms = {
	.name = "call_erase_forms",
	.text =
	    "UPDATE stripe_call SET form = '' WHERE lane = $1::int"
	    " AND account_id = $2 AND form <> ''"
	    " AND state NOT IN ('waiting', 'attended')",
	.nparams = 2
};

enum err
call_erase(struct db *db, const char *account_id)
{
	char lane[TEXT_DIGITS];
	const char *const arg[] = {
		text_digits(lane_of(account_id), lane), account_id
	};
	enum err e = db_query(db, &call_drop_unsent, arg, NELEM(arg), NULL);

	return e != ERR_OK ? e :
	    db_query(db, &call_erase_forms, arg, NELEM(arg), NULL);
}

/*
 * The dead wait for somebody to see them: a year.  What was only shown is of no
 * use after CALL_SHOWN_MINUTES.
 */
static const struct stmt call_delete_old = {
	.name = "call_delete_old",
	.text =
	    "DELETE FROM stripe_call WHERE lane = $1::int AND id IN"
	    " (SELECT id FROM stripe_call WHERE lane = $1::int"
	    " AND state <> 'waiting'"
	    " AND coalesce(settled_at, created_at) < now() - interval '1 day'"
	    " * CASE WHEN state = 'dead' THEN greatest($2::int, 365)"
	    " WHEN kind = 'preview' THEN least($2::int, 1)"
	    " ELSE $2::int END"
	    " LIMIT $3::int FOR UPDATE SKIP LOCKED) RETURNING id",
	.nparams = 3
};

enum err
call_tidy(struct db *db, int lane, int days, int most, int *ret_deleted)
{
	return lane_tidy(db, &call_delete_old, lane, days, most, ret_deleted);
}

const struct stmt *const call_statements[] = {
	ERRAND_STATEMENTS(call_errands),
	&call_insert,
	&call_select_open,
	&call_select_change,
	&call_any_ended,
	&call_select_shown,
	&call_few,
	&call_select,
	&call_mark_sent,
	&call_settle,
	&call_customer_gone,
	&call_replace_refused,
	&call_retire_made,
	&call_drop_unsent,
	&call_erase_forms,
	&call_delete_old,
	NULL
};
