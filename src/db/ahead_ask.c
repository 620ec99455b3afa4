/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "base/clock.h"

#include "db/many.h"
#include "db/question.h"

#include "db/ahead.h"

#define APART_US	INT64_C(60000000)

/* Who can be asked with others is. */
static void
find_leads(struct ahead *a)
{
	const int together = clock_mono_us() >= a->apart_until_us;
	struct question *x;
	size_t i, k;

	a->leads = 0;
	for (i = 0; i < a->count; i++) {
		x = &a->question[i];
		x->mates = 0;
		for (k = 0; k < a->leads; k++)
			if (together && a->lead[k]->stmt == x->stmt &&
			    many_fits(x->stmt, a->lead[k]->arg, x->arg))
				break;
		if (k == a->leads)
			a->lead[a->leads++] = x;
		x->lead = a->lead[k];
		x->lead->mates++;
	}
}

/* What is sent for a lead and its mates. */
static const struct stmt *
sent_for(const struct question *lead)
{
	return lead->mates > 1 ? lead->stmt->many : lead->stmt;
}

/* Into libpq's buffer, which leaves with the Sync.  0: it did not take it. */
static int
send_one(struct db *db, const struct stmt *s, const char *const arg[])
{
	if (db->settings.pooled)
		return PQsendQueryParams(db->conn, s->text, s->nparams, NULL,
		    arg, NULL, NULL, 0);
	return PQsendQueryPrepared(db->conn, prepared_find(db, s)->wire,
	    s->nparams, arg, NULL, NULL, 0);
}

/* The same of a lead, for all its mates. */
static int
send_lead(struct db *db, const struct question *lead)
{
	const char *arg[DB_AHEAD_ARGS], *key[DB_AHEAD];
	struct question *x;
	struct buf all;
	size_t i, n = 0;
	int ok;

	memcpy(arg, lead->arg, sizeof(arg));
	if (lead->mates == 1)
		return send_one(db, lead->stmt, arg);
	for (i = 0; i < db->ahead->count; i++) {
		x = &db->ahead->question[i];
		if (x->lead == lead)
			key[n++] = x->arg[0];
	}
	many_key(key, n, &all);
	arg[0] = all.data;
	ok = send_one(db, lead->stmt->many, arg);
	explicit_bzero(all.data, all.len);
	buf_done(&all);
	return ok;
}

/* So a lead and its mates end.  Takes `r`, NULL unless ERR_OK. */
static void
conclude(struct db *db, struct question *lead, enum err e, PGresult *r)
{
	PGresult *part[DB_AHEAD] = { r };
	struct question *x;
	size_t i, n = 0;
	int ok = 1;

	if (lead->mates > 1 && r != NULL) {
		ok = many_split(r, lead->mates, part);
		PQclear(r);
	}
	/* If not, each asks by itself. */
	for (i = 0; ok && i < db->ahead->count; i++) {
		x = &db->ahead->question[i];
		if (x->lead != lead)
			continue;
		x->stand = ANSWERED;
		x->err = e;
		x->result = part[n++];
	}
}

/*
 * What the server says to one; takes `r`.  ABORTED is no answer: a mate before
 * it has failed.  An error counts where another try would not be right: whoever
 * comes for it is not to wait for the same a second time.  But what several were
 * asked with may have failed because of one of them, if it was not too slow.  Where
 * that was a mistake of ours, or a database that cannot (a distributed one), it
 * would be so again.
 */
static void
judge_one(struct db *db, struct question *lead, PGresult *r)
{
	const struct stmt *s = sent_for(lead);
	struct prepared *p = db->settings.pooled ? NULL : prepared_find(db, s);
	enum err e;

	if (p != NULL && prepared_is_stale(p, r)) {
		p->wire[0] = '\0';
	} else if (PQresultStatus(r) != PGRES_PIPELINE_ABORTED) {
		db->again = AGAIN_NO;
		e = sqlstate_judge(db, s, r);
		if (e == ERR_OK) {
			if (p != NULL)
				p->proven = 1;
			conclude(db, lead, e, r);
			return;
		}
		if (lead->mates > 1 && e == ERR_INTERNAL)
			db->ahead->apart_until_us = clock_mono_us() + APART_US;
		if (db->again == AGAIN_NO &&
		    (lead->mates == 1 || (e == ERR_LATER && db->conn != NULL)))
			conclude(db, lead, e, NULL);
	}
	PQclear(r);
}

/* Give each statement its name.  0: that, or connecting, failed. */
static int
prepare_all(struct db *db)
{
	const struct stmt *s;
	struct prepared *p;
	size_t i;

	if (connection_need(db) != ERR_OK)
		return 0;
	for (i = 0; !db->settings.pooled && i < db->ahead->leads; i++) {
		s = sent_for(db->ahead->lead[i]);
		p = prepared_find(db, s);
		if (p->wire[0] == '\0' && prepared_make(db, s, p) != ERR_OK)
			return 0;
	}
	return 1;
}

/* NULL, or why not. */
static const char *
send_all(struct db *db)
{
	size_t i;

	if (!PQenterPipelineMode(db->conn))
		return PQerrorMessage(db->conn);
	for (i = 0; i < db->ahead->leads; i++)
		if (!send_lead(db, db->ahead->lead[i]))
			return PQerrorMessage(db->conn);
	return PQpipelineSync(db->conn) ? NULL : PQerrorMessage(db->conn);
}

/* The next result, or NULL with *ret_why set. */
static PGresult *
result_next(struct db *db, int64_t deadline, const char **ret_why)
{
	PGresult *r;

	if ((*ret_why = answer_ready(db, deadline)) != NULL)
		return NULL;
	if ((r = PQgetResult(db->conn)) == NULL)
		*ret_why = "the server answered nothing";
	else if (PQstatus(db->conn) != CONNECTION_OK) {
		*ret_why = "the connection broke inside an answer";
		PQclear(r);
		r = NULL;
	}
	return r;
}

/* A result for each, a NULL after each, and the Sync.  NULL, or why not. */
static const char *
read_all(struct db *db, int64_t deadline, PGresult *result[])
{
	const char *why = NULL;
	PGresult *sync;
	size_t i;

	for (i = 0; i < db->ahead->leads; i++) {
		result[i] = result_next(db, deadline, &why);
		if (why != NULL ||
		    (why = answer_ready(db, deadline)) != NULL)
			return why;
		if ((sync = PQgetResult(db->conn)) != NULL) {
			PQclear(sync);
			return "the server answered with something else";
		}
	}
	sync = result_next(db, deadline, &why);
	if (why == NULL && (PQresultStatus(sync) != PGRES_PIPELINE_SYNC ||
	    !PQexitPipelineMode(db->conn)))
		why = "the server answered with something else";
	PQclear(sync);
	return why;
}

/*
 * There is no connection any more.  What came before that is as good as ever;
 * the rest may be asked once more if the server went, and not if it was too slow:
 * it would be so again, for one after the other.
 */
static void
judge_broken(struct db *db, PGresult *result[])
{
	const int was_slow = !db->died;
	struct question *lead;
	size_t i;

	for (i = 0; i < db->ahead->leads; i++) {
		lead = db->ahead->lead[i];
		if (PQresultStatus(result[i]) == PGRES_TUPLES_OK) {
			db->connect_at = 0;
			conclude(db, lead, ERR_OK, result[i]);
			continue;
		}
		PQclear(result[i]);
		if (was_slow)
			conclude(db, lead, ERR_LATER, NULL);
	}
}

void
db_ahead_ask(struct db *db)
{
	PGresult *result[DB_AHEAD] = { NULL };
	const char *why;
	size_t i;

	if (db->ahead == NULL || db->ahead->count == 0)
		return;
	find_leads(db->ahead);
	if (!prepare_all(db)) {
		if (db->conn == NULL)
			judge_broken(db, result);
		return;
	}
	why = send_all(db);
	if (why == NULL)
		why = read_all(db, clock_mono_us() +
		    answer_patience(db) * 1000, result);
	if (why != NULL) {
		connection_drop(db, why);
		judge_broken(db, result);
		return;
	}
	db->used_at = clock_mono_us();
	db->connect_at = 0;

	/* Only now: an error judged in the middle would end the connection. */
	for (i = 0; i < db->ahead->leads && db->conn != NULL; i++) {
		judge_one(db, db->ahead->lead[i], result[i]);
		result[i] = NULL;
	}
	for (; i < db->ahead->leads; i++)
		PQclear(result[i]);
}
