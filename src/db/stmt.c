/* SPDX-License-Identifier: MIT */

#include <assert.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/random.h"
#include "base/text.h"

#include "db/ahead.h"
#include "db/internal.h"

/* The statement that the protocol has room for without a name. */
#define UNNAMED		""

static const struct stmt ping = {
	.name = "ping",
	.text = "SELECT 1",
	.nparams = 0
};

struct prepared *
prepared_find(struct db *db, const struct stmt *s)
{
	size_t i = ((uintptr_t)s / sizeof(*s)) % DB_PREPARED;

	while (db->prepared[i].stmt != NULL && db->prepared[i].stmt != s)
		i = (i + 1) % DB_PREPARED;
	return &db->prepared[i];
}

/* Have the server parse `s` and call it `wire`. */
static enum err
statement_parse(struct db *db, const struct stmt *s, const char *wire)
{
	PGresult *r = NULL;
	enum err e = ERR_LATER;

	if (!PQsendPrepare(db->conn, wire, s->text, s->nparams, NULL))
		connection_drop(db, PQerrorMessage(db->conn));
	else if ((r = answer_wait(db, answer_patience(db))) != NULL)
		e = sqlstate_judge(db, s, r);

	/* Parsing changes nothing, so that another connection may do it. */
	if (db->conn == NULL)
		db->again = AGAIN_NOW;
	PQclear(r);
	return e;
}

enum err
prepared_make(struct db *db, const struct stmt *s, struct prepared *p)
{
	char wire[DB_WIRE];
	enum err e;

	(void)snprintf(wire, sizeof(wire), "%u_%s", ++db->serial, s->name);
	if ((e = statement_parse(db, s, wire)) != ERR_OK)
		return e;

	if (p->stmt == NULL)
		db->prepared_count++;
	/* A program with more statements needs a larger table. */
	assert(db->prepared_count < DB_PREPARED);
	p->stmt = s;
	p->proven = 0;
	memcpy(p->wire, wire, sizeof(p->wire));
	return ERR_OK;
}

int
prepared_is_stale(const struct prepared *p, const PGresult *r)
{
	const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);

	return p->proven && (text_equal(state, "26000") ||
	    text_equal(state, "0A000"));
}

static int
is_read(const struct stmt *s)
{
	return text_begins(s->text, "SELECT");
}

/*
 * Nobody knows what became of a statement whose connection died under it, but
 * what only reads may be run once more.  One that ran out of time may not: it
 * would again.
 */
static int
is_lost_read(const struct db *db, const struct stmt *s)
{
	return db->conn == NULL && db->died && !db->in_transaction &&
	    is_read(s);
}

/* One try, over whatever connection there is. */
static enum err
run_once(struct db *db, const struct stmt *s, const char *const arg[],
    PGresult **ret_result)
{
	struct prepared *p = NULL;
	PGresult *r = NULL;
	enum err e;
	int sent;

	db->again = AGAIN_NO;
	if ((e = connection_need(db)) != ERR_OK)
		return e;

	if (db->settings.pooled) {
		sent = PQsendQueryParams(db->conn, s->text, s->nparams, NULL,
		    arg, NULL, NULL, 0);
	} else {
		p = prepared_find(db, s);
		if (p->wire[0] == '\0' &&
		    (e = prepared_make(db, s, p)) != ERR_OK)
			goto done;
		sent = PQsendQueryPrepared(db->conn, p->wire, s->nparams, arg,
		    NULL, NULL, 0);
	}
	e = ERR_LATER;
	if (!sent) {
		connection_drop(db, PQerrorMessage(db->conn));
		goto done;
	}
	if ((r = answer_wait(db, answer_patience(db))) == NULL)
		goto done;

	if (p != NULL && prepared_is_stale(p, r)) {
		p->wire[0] = '\0';
		db->again = AGAIN_NOW;
		log_debug("db_again", "statement %s is prepared anew", s->name);
		goto done;
	}
	if ((e = sqlstate_judge(db, s, r)) != ERR_OK)
		goto done;
	if (p != NULL)
		p->proven = 1;
	*ret_result = r;
	r = NULL;
done:
	if (e == ERR_LATER && is_lost_read(db, s))
		db->again = AGAIN_NOW;
	PQclear(r);
	return e;
}

int
stmt_again(struct db *db, int tries)
{
	unsigned random;

	if (db->again == AGAIN_NO)
		return 0;
	if (tries >= DB_TRIES) {
		log_warn("db_error", "gave up after %d tries", tries);
		return 0;
	}

	/* Full jitter, so that those who collided do not meet again. */
	if (db->again == AGAIN_SOON) {
		random_bytes(&random, sizeof(random));
		(void)poll(NULL, 0, (int)(random %
		    ((DB_JITTER_MS << (tries - 1)) + 1)));
	}
	return 1;
}

/* Takes `r`. */
static void
hand_over(PGresult *r, struct rows **ret_rows)
{
	if (ret_rows != NULL)
		*ret_rows = rows_new(r);
	else
		PQclear(r);
}

enum err
stmt_run(struct db *db, const struct stmt *s, const char *const arg[],
    struct rows **ret_rows)
{
	PGresult *r = NULL;
	int tries = 0;
	enum err e;

	if (!is_read(s) && !s->spares_ahead)
		db_ahead_forget(db);

	/* Inside a transaction it is the transaction that is run again. */
	do
		e = run_once(db, s, arg, &r);
	while (e != ERR_OK && !db->in_transaction && stmt_again(db, ++tries));

	if (e == ERR_OK)
		hand_over(r, ret_rows);
	return e;
}

enum err
db_query(struct db *db, const struct stmt *s, const char *const arg[],
    int count, struct rows **ret_rows)
{
	PGresult *r;
	enum err e;

	assert(count == s->nparams);
	if (ret_rows != NULL)
		*ret_rows = NULL;
	if (ahead_take(db, s, arg, &e, &r)) {
		if (e == ERR_OK)
			hand_over(r, ret_rows);
		return e;
	}

	/* The server would refuse, and the log has said why already. */
	if (db->in_transaction && db->failed != ERR_OK)
		return db->failed;

	e = stmt_run(db, s, arg, ret_rows);
	if (db->in_transaction)
		db->failed = e;
	return e;
}

enum err
db_one(struct db *db, const struct stmt *s, const char *const arg[], int count,
    enum err none, struct rows **ret_rows)
{
	struct rows *r = NULL;
	enum err e;

	e = db_query(db, s, arg, count, &r);
	if (e == ERR_OK && rows_count(r) == 0)
		e = none;
	if (e != ERR_OK || ret_rows == NULL) {
		rows_free(r);
		r = NULL;
	}
	if (ret_rows != NULL)
		*ret_rows = r;
	return e;
}

enum err
db_changes(struct db *db, const struct stmt *s, const char *const arg[],
    int count, int *ret_rows)
{
	struct rows *r = NULL;
	enum err e;

	e = db_query(db, s, arg, count, &r);
	if (e == ERR_OK)
		*ret_rows = rows_count(r);
	rows_free(r);
	return e;
}

enum err
db_ask(struct db *db, const struct stmt *s, const char *const arg[], int count,
    int *ret_yes)
{
	struct rows *r;
	enum err e;

	e = db_one(db, s, arg, count, ERR_INTERNAL, &r);
	if (e == ERR_OK)
		*ret_yes = rows_bool(r, 0, 0);
	rows_free(r);
	return e;
}

enum err
db_ping(struct db *db)
{
	return db_query(db, &ping, NULL, 0, NULL);
}

/* One try of db_prepare(). */
static enum err
prepare_once(struct db *db, const struct stmt *s)
{
	PGresult *r = NULL;
	enum err e;

	db->again = AGAIN_NO;
	if ((e = connection_need(db)) != ERR_OK ||
	    (e = statement_parse(db, s, UNNAMED)) != ERR_OK)
		goto done;

	e = ERR_LATER;
	if (!PQsendDescribePrepared(db->conn, UNNAMED)) {
		connection_drop(db, PQerrorMessage(db->conn));
		goto done;
	}
	if ((r = answer_wait(db, answer_patience(db))) == NULL ||
	    (e = sqlstate_judge(db, s, r)) != ERR_OK)
		goto done;
	if (PQnparams(r) != s->nparams) {
		log_error("db_error", "statement %s has %d parameters,"
		    " but says %d", s->name, PQnparams(r), s->nparams);
		e = ERR_INTERNAL;
	}
done:
	PQclear(r);
	return e;
}

enum err
db_prepare(struct db *db, const struct stmt *s)
{
	int tries = 0;
	enum err e;

	if (db->in_transaction && db->failed != ERR_OK)
		return db->failed;
	do
		e = prepare_once(db, s);
	while (e != ERR_OK && !db->in_transaction && stmt_again(db, ++tries));
	if (db->in_transaction)
		db->failed = e;
	return e;
}
