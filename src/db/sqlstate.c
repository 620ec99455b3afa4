/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "base/log.h"
#include "base/text.h"

#include "db/internal.h"

#define LOCK_NOT_AVAILABLE	"55P03"

/*
 * What a caller should do, by SQLSTATE or by a beginning of one; the first that
 * fits counts.  What is not here is a mistake of ours.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
static const struct {
	const char	*begins;
	enum err	 meaning;
	enum again	 again;
	int		 useless;	/* so is the connection */
} meanings[] = {
	{ "23503", ERR_CONFLICT, AGAIN_NO,   0 },	/* foreign key */
	{ "23505", ERR_CONFLICT, AGAIN_NO,   0 },	/* unique */
	{ "40001", ERR_LATER,    AGAIN_SOON, 0 },	/* serialization */
	{ "40P01", ERR_LATER,    AGAIN_SOON, 0 },	/* deadlock */
	{ LOCK_NOT_AVAILABLE, ERR_LATER, AGAIN_NO, 0 },	/* lock_timeout */
	{ "57014", ERR_LATER,    AGAIN_NO,   0 },	/* statement_timeout */
	{ "25P03", ERR_LATER,    AGAIN_NO,   1 },	/* idle too long */
	/* An old primary that came back: another host may be the new one. */
	{ "25006", ERR_LATER,    AGAIN_NO,   1 },	/* read-only */
	{ "08",    ERR_LATER,    AGAIN_NO,   1 },	/* connection */
	{ "53",    ERR_LATER,    AGAIN_NO,   0 },	/* resources */
	{ "57P0",  ERR_LATER,    AGAIN_NO,   1 }	/* shutting down */
};

/* "" instead of NULL, for the log. */
static const char *
field(const PGresult *r, int which)
{
	const char *text = PQresultErrorField(r, which);

	return text == NULL ? "" : text;
}

/*
 * Never the message itself, which may quote a value, nor its detail, which
 * does.  Class 42 is about names and syntax and can only quote the statement.
 */
static void
say_failure(const struct stmt *s, const PGresult *r, enum err e,
    enum again again)
{
	const char *state = field(r, PG_DIAG_SQLSTATE);
	const char *constraint = field(r, PG_DIAG_CONSTRAINT_NAME);

	if (again != AGAIN_NO)
		log_debug("db_again", "statement %s stopped with sqlstate %s"
		    " and may be run again", s->name, state);
	else if (e == ERR_CONFLICT)
		log_info("db_conflict", "statement %s met sqlstate %s%s%s",
		    s->name, state, constraint[0] == '\0' ? "" :
		    ", constraint ", constraint);
	else if (e == ERR_LATER)
		log_warn("db_error", "statement %s failed with sqlstate %s",
		    s->name, state);
	else if (text_begins(state, "42"))
		log_error("db_error", "statement %s failed with sqlstate %s:"
		    " %s", s->name, state, field(r, PG_DIAG_MESSAGE_PRIMARY));
	else
		log_error("db_error", "statement %s failed with sqlstate %s,"
		    " constraint %s", s->name, state, constraint);
}

enum err
sqlstate_judge(struct db *db, const struct stmt *s, const PGresult *r)
{
	const char *state = field(r, PG_DIAG_SQLSTATE);
	enum err e = ERR_INTERNAL;
	int useless = 0;
	size_t i;

	if (PQresultStatus(r) != PGRES_FATAL_ERROR)
		return ERR_OK;

	for (i = 0; i < NELEM(meanings); i++) {
		if (text_begins(state, meanings[i].begins)) {
			e = meanings[i].meaning;
			db->again = meanings[i].again;
			useless = meanings[i].useless;
			break;
		}
	}
	/* Expected, and so no failure that the table would be right about. */
	if (s->gives_way && text_equal(state, LOCK_NOT_AVAILABLE))
		e = ERR_CONFLICT;
	say_failure(s, r, e, db->again);

	/*
	 * ACTIVE: the error has come, but the end of the answer has not.  Then
	 * the error may be any; of the useless, none quotes a value.
	 */
	if (useless)
		connection_drop(db, field(r, PG_DIAG_MESSAGE_PRIMARY));
	else if (PQstatus(db->conn) != CONNECTION_OK ||
	    PQtransactionStatus(db->conn) == PQTRANS_ACTIVE)
		connection_drop(db, "the connection broke inside an answer");
	return e;
}
