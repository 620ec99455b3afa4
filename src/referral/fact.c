/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "db/db.h"
#include "errand/kind.h"

#include "referral/fact.h"

const struct errand_kind fact_errands = ERRAND_KIND("fact", "cello_fact",
    FACT_LEASE_S, FACT_ATTEMPTS);

enum err
fact_id(enum cello_trigger trigger, const char *what, char ret_id[FACT_ID])
{
	const int len = snprintf(ret_id, FACT_ID, "%s:%s",
	    cello_trigger_name(trigger), what);

	return len > 0 && len < FACT_ID ? ERR_OK : ERR_INPUT;
}

/*
 * The one that it comes after is held meanwhile: whoever tells that at this
 * moment waits, and then finds this one; or is waited for, and is seen to be
 * done.
 */
static const struct stmt fact_insert = {
	.name = "fact_insert",
	.text =
	    "WITH before AS (SELECT state FROM cello_fact"
	    " WHERE lane = $1::int AND id = $8 FOR UPDATE)"
	    " INSERT INTO cello_fact (lane, id, trigger, api, account_id, ucc,"
	    " form, after, state) VALUES ($1::int, $2, $3, $4, $5, $6, $7, $8,"
	    " CASE WHEN EXISTS (SELECT FROM before"
	    " WHERE state NOT IN ('done', 'dropped'))"
	    " THEN 'parked' ELSE 'waiting' END)"
	    " ON CONFLICT (lane, id) DO NOTHING",
	.nparams = 8
};

enum err
fact_write(struct db *db, const struct fact_order *o)
{
	char lane[TEXT_DIGITS];
	const char *const arg[] = {
		text_digits(lane_of(o->account_id), lane), o->id,
		cello_trigger_name(o->trigger), cello_api_name(o->api),
		o->account_id, o->ucc, o->body, o->after
	};

	return db_query(db, &fact_insert, arg, NELEM(arg), NULL);
}

static const struct stmt fact_select = {
	.name = "fact_select",
	.text =
	    "SELECT id, trigger, api, account_id, ucc, form,"
	    " sent_at IS NOT NULL, coalesce(sent_at < now() -"
	    " $3::int * interval '1 hour', false) FROM cello_fact"
	    " WHERE lane = $1::int AND id = $2",
	.nparams = 3
};

static enum err
fill(const struct rows *r, struct fact *f)
{
	enum err e;

	if ((e = rows_copy(r, 0, 0, f->id, sizeof(f->id))) != ERR_OK ||
	    (e = rows_copy(r, 0, 3, f->account_id, sizeof(f->account_id))) !=
	    ERR_OK || (e = rows_copy(r, 0, 4, f->ucc, sizeof(f->ucc))) !=
	    ERR_OK)
		return e;
	if (cello_trigger_of(rows_text(r, 0, 1), &f->trigger) != ERR_OK ||
	    cello_api_of(rows_text(r, 0, 2), &f->api) != ERR_OK) {
		log_error("fact_unknown", "a fact of a kind that is not known:"
		    " %s", f->id);
		return ERR_INTERNAL;
	}
	f->body = mem_text(rows_text(r, 0, 5));
	f->sent = rows_bool(r, 0, 6);
	f->stale = rows_bool(r, 0, 7);
	return ERR_OK;
}

enum err
fact_find(struct db *db, const struct errand *x, struct fact *ret_fact)
{
	char lane[TEXT_DIGITS], hours[TEXT_DIGITS];
	const char *const arg[] = { text_digits(x->lane, lane), x->id,
	    text_digits(CELLO_FRESH_HOURS, hours) };
	struct rows *r;
	enum err e;

	memset(ret_fact, 0, sizeof(*ret_fact));
	e = db_one(db, &fact_select, arg, NELEM(arg), ERR_CONFLICT, &r);
	if (e == ERR_OK)
		e = fill(r, ret_fact);
	rows_free(r);
	return e;
}

void
fact_done(struct fact *f)
{
	free(f->body);
	f->body = NULL;
}

/* --- what became of it --- */

static enum err
mark(struct db *db, const struct stmt *s, const struct errand *x)
{
	char lane[TEXT_DIGITS], fence[TEXT_DIGITS];
	const char *const arg[] = { text_digits(x->lane, lane), x->id,
	    text_digits(x->fence, fence) };

	return db_one(db, s, arg, NELEM(arg), ERR_CONFLICT, NULL);
}

static const struct stmt fact_mark_sent = {
	.name = "fact_mark_sent",
	.text =
	    "UPDATE cello_fact SET sent_at = coalesce(sent_at, now())"
	    " WHERE lane = $1::int AND id = $2 AND fence = $3"
	    " AND state = 'waiting' RETURNING id",
	.nparams = 3
};

enum err
fact_sending(struct db *db, const struct errand *x)
{
	return mark(db, &fact_mark_sent, x);
}

static const struct stmt fact_mark_unsent = {
	.name = "fact_mark_unsent",
	.text =
	    "UPDATE cello_fact SET sent_at = NULL"
	    " WHERE lane = $1::int AND id = $2 AND fence = $3"
	    " AND state = 'waiting' RETURNING id",
	.nparams = 3
};

enum err
fact_unsent(struct db *db, const struct errand *x)
{
	return mark(db, &fact_mark_unsent, x);
}

static const struct stmt fact_wake = {
	.name = "fact_wake",
	.text =
	    "UPDATE cello_fact SET " ERRAND_REVIVED
	    " WHERE lane = $1::int AND after = $2 AND state = 'parked'",
	.nparams = 2
};

static enum err
wake_after(struct db *db, int lane, const char *id)
{
	char in_lane[TEXT_DIGITS];
	const char *const arg[] = { text_digits(lane, in_lane), id };

	return db_query(db, &fact_wake, arg, NELEM(arg), NULL);
}

static const struct stmt fact_mark_told = {
	.name = "fact_mark_told",
	.text =
	    "UPDATE cello_fact SET state = 'done', outcome = 'told',"
	    " settled_at = now(), leased_until = NULL, last_error = NULL,"
	    " event_id = left($4, 127), warnings = left($5, 500)"
	    " WHERE lane = $1::int AND id = $2 AND fence = $3"
	    " AND state = 'waiting' RETURNING id",
	.nparams = 5
};

enum err
fact_told(struct db *db, const struct errand *x,
    const struct fact_answer *answer)
{
	char lane[TEXT_DIGITS], fence[TEXT_DIGITS];
	const char *const arg[] = { text_digits(x->lane, lane), x->id,
	    text_digits(x->fence, fence), answer->event_id,
	    answer->warnings };
	enum err e;

	e = db_one(db, &fact_mark_told, arg, NELEM(arg), ERR_CONFLICT, NULL);
	return e != ERR_OK ? e : wake_after(db, x->lane, x->id);
}

static const struct stmt fact_mark_held = {
	.name = "fact_mark_held",
	.text =
	    "UPDATE cello_fact SET state = 'attended', leased_until = NULL,"
	    " last_error = left($4, 200)"
	    " WHERE lane = $1::int AND id = $2 AND fence = $3"
	    " AND state = 'waiting' RETURNING id",
	.nparams = 4
};

enum err
fact_hold(struct db *db, const struct errand *x, const char *why)
{
	char lane[TEXT_DIGITS], fence[TEXT_DIGITS];
	const char *const arg[] = { text_digits(x->lane, lane), x->id,
	    text_digits(x->fence, fence), why };
	enum err e;

	e = db_one(db, &fact_mark_held, arg, NELEM(arg), ERR_CONFLICT, NULL);
	if (e == ERR_OK)
		log_error("fact_held", "whether Cello has %s is not known: %s;"
		    " \"endpin cello resolve\" wants to be told", x->id, why);
	return e;
}

/* --- people --- */

static const struct stmt fact_settle_held = {
	.name = "fact_settle_held",
	.text =
	    "UPDATE cello_fact SET state = $3, settled_at = CASE"
	    " WHEN $3 = 'waiting' THEN NULL ELSE now() END,"
	    " outcome = CASE WHEN $3 = 'done' THEN 'resolved' END,"
	    " attempts = 0, due_at = now(), sent_at = CASE"
	    " WHEN $3 = 'waiting' THEN NULL ELSE sent_at END"
	    " WHERE lane = $1::int AND id = $2 AND state = 'attended'"
	    " RETURNING id",
	.nparams = 3
};

enum err
fact_resolve(struct db *db, int lane, const char *id, enum fact_end end)
{
	static const char *const states[] = {
		[FACT_IS_TOLD] = "done", [FACT_AGAIN] = "waiting",
		[FACT_NEVER] = "dropped"
	};
	char in_lane[TEXT_DIGITS];
	const char *const arg[] = { text_digits(lane, in_lane), id,
	    states[end] };
	enum err e;

	e = db_one(db, &fact_settle_held, arg, NELEM(arg), ERR_NOTFOUND,
	    NULL);
	return e != ERR_OK || end == FACT_AGAIN ? e :
	    wake_after(db, lane, id);
}

static const struct stmt fact_select_held = {
	.name = "fact_select_held",
	.text = "SELECT count(*) FROM cello_fact WHERE state = 'attended'",
	.nparams = 0
};

enum err
fact_count_held(struct db *db, int64_t *ret_held)
{
	struct rows *r;
	enum err e;

	e = db_one(db, &fact_select_held, NULL, 0, ERR_INTERNAL, &r);
	if (e == ERR_OK)
		*ret_held = rows_int(r, 0, 0);
	rows_free(r);
	return e;
}

static const struct stmt fact_select_news = {
	.name = "fact_select_news",
	.text =
	    "SELECT (SELECT count(*) FROM (SELECT FROM cello_fact"
	    " WHERE trigger = $1 AND state = 'done' LIMIT $2::int) done),"
	    " count(*) FILTER (WHERE state = 'attended'),"
	    " count(*) FILTER (WHERE state = 'dead'),"
	    " coalesce(extract(epoch FROM (SELECT max(settled_at)"
	    " FROM cello_fact WHERE trigger = $1 AND state = 'done'))::bigint,"
	    " 0), count(*) FILTER (WHERE state = 'waiting'),"
	    " coalesce(extract(epoch FROM now() - min(created_at)"
	    " FILTER (WHERE state = 'waiting'))::bigint, 0),"
	    " max(last_error) FILTER (WHERE state = 'dead')"
	    " FROM (SELECT state, created_at, last_error FROM cello_fact"
	    " WHERE trigger = $1 AND state IN ('attended', 'dead')"
	    " UNION ALL SELECT state, created_at, last_error FROM cello_fact"
	    " WHERE trigger = $1 AND state = 'waiting') open",
	.nparams = 2
};

enum err
fact_news(struct db *db, enum cello_trigger trigger,
    struct fact_news *ret_news)
{
	char most[TEXT_DIGITS];
	const char *const arg[] = { cello_trigger_name(trigger),
	    text_digits(FACT_NEWS_TOLD, most) };
	struct fact_news *n = ret_news;
	struct rows *r;
	enum err e;

	e = db_one(db, &fact_select_news, arg, NELEM(arg), ERR_INTERNAL, &r);
	if (e == ERR_OK) {
		n->told = rows_int(r, 0, 0);
		n->held = rows_int(r, 0, 1);
		n->dead = rows_int(r, 0, 2);
		n->told_at = rows_int(r, 0, 3);
		n->waiting = rows_int(r, 0, 4);
		n->waits_s = rows_int(r, 0, 5);
		text_cut(rows_text(r, 0, 6), n->why, sizeof(n->why));
	}
	rows_free(r);
	return e;
}

/* --- its time is over --- */

/* Where the two versions have a person's address and name. */
#define WITHOUT_PERSON \
	"(form::jsonb #- '{context,newUser,email}'" \
	" #- '{context,newUser,name}' #- '{newUser,email}'" \
	" #- '{newUser,name}')::text"

static const struct stmt fact_erase_person = {
	.name = "fact_erase_person",
	.text =
	    "UPDATE cello_fact SET form = CASE"
	    " WHEN state IN ('done', 'dropped') THEN ''"
	    " ELSE " WITHOUT_PERSON " END"
	    " WHERE lane = $1::int AND account_id = $2 AND form <> ''"
	    " AND (state <> 'waiting' OR api = 'v1' OR sent_at IS NULL)",
	.nparams = 2
};

static const struct stmt fact_any_sent = {
	.name = "fact_any_sent",
	.text =
	    "SELECT EXISTS (SELECT FROM cello_fact WHERE lane = $1::int"
	    " AND account_id = $2 AND state = 'waiting' AND api = 'v2'"
	    " AND sent_at IS NOT NULL AND form <> '{}')",
	.nparams = 2
};

enum err
fact_under_way(struct db *db, const char *account_id, int *ret_under_way)
{
	char lane[TEXT_DIGITS];
	const char *const arg[] = {
		text_digits(lane_of(account_id), lane), account_id
	};

	return db_ask(db, &fact_any_sent, arg, NELEM(arg), ret_under_way);
}

enum err
fact_erase(struct db *db, const char *account_id)
{
	char lane[TEXT_DIGITS];
	const char *const arg[] = {
		text_digits(lane_of(account_id), lane), account_id
	};

	return db_query(db, &fact_erase_person, arg, NELEM(arg), NULL);
}

static const struct stmt fact_erase_old = {
	.name = "fact_erase_old",
	.text =
	    "UPDATE cello_fact SET form = '' WHERE lane = $1::int AND id IN"
	    " (SELECT id FROM cello_fact WHERE lane = $1::int AND form <> ''"
	    " AND state IN ('done', 'dropped')"
	    " AND settled_at < now() - $2::int * interval '1 day'"
	    " LIMIT $3::int FOR UPDATE SKIP LOCKED) RETURNING id",
	.nparams = 3
};

enum err
fact_tidy(struct db *db, int lane, int days, int most, int *ret_erased)
{
	return lane_tidy(db, &fact_erase_old, lane, days, most, ret_erased);
}

const struct stmt *const fact_statements[] = {
	ERRAND_STATEMENTS(fact_errands),
	&fact_insert,
	&fact_select,
	&fact_mark_sent,
	&fact_mark_unsent,
	&fact_wake,
	&fact_mark_told,
	&fact_mark_held,
	&fact_settle_held,
	&fact_select_held,
	&fact_select_news,
	&fact_erase_person,
	&fact_any_sent,
	&fact_erase_old,
	NULL
};
