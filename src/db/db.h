/* SPDX-License-Identifier: MIT */
#ifndef DB_DB_H
#define DB_DB_H

/*
 * One connection to PostgreSQL, owned by one process, opened after fork and
 * opened again when it was lost.  Every wait has a deadline: 2 s to resolve the
 * names of all hosts, which is done for each connection, 2 s to connect to each
 * of their addresses, statement 5 s and 1 s more for a server that does not
 * answer, lock 2 s, idle in transaction 10 s.  The server keeps its own of
 * these, except behind a pooler, where the role must have them (ALTER ROLE ...
 * SET).
 *
 * Errors of every function that runs a statement, logged here once:
 *   ERR_LATER     no connection, serialization failure, deadlock, time-out
 *   ERR_CONFLICT  a unique or foreign key said no; or the statement gives way
 *   ERR_INTERNAL  anything else: our statement is wrong
 * After an error inside a transaction only rolling back is possible: the
 * statements that follow return the same error, and it does not commit.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct db;
struct rows;

/* How to get there.  Strings are borrowed for the life of the connection. */
struct db_settings {
	const char	*conninfo;
	int		 pooled;	/* behind PgBouncer, transaction mode */
	int64_t		 statement_ms;	/* 0: the default, 5000 */
	const char	*name;		/* application_name */
};

/* A statement: a literal beside the function that runs it. */
struct stmt {
	const char	*name;		/* the C name of the variable */
	const char	*text;
	int		 nparams;
	int		 spares_ahead;	/* it writes what nothing is
					 * asked ahead about: db/ahead.h */
	int		 gives_way;	/* lock_timeout is ERR_CONFLICT: it has
					 * a short one of its own */
	/*
	 * The same question about several, or NULL; see db/many.h.  Its $1 is an
	 * array of what is $1 here, its other parameters are the same.  Each
	 * row has one column more, the last: whose it is, from 1 on, in the
	 * order of the array.
	 */
	const struct stmt	*many;
};

/*
 * In the text of a statement: whole seconds since 1970 of a time, which is the
 * second that it is in, or those of an interval.  NULL stays NULL.
 */
#define DB_EPOCH(time)	"floor(extract(epoch FROM " time "))::bigint"

/* Does not connect; the first statement does.  Never NULL. */
struct db *db_open(const struct db_settings *s);
void db_close(struct db *db);

/*
 * Run `s` with `count` text parameters (NULL: SQL NULL); count must equal
 * s->nparams.  ret_rows may be NULL when no answer is wanted; else the caller
 * owns *ret_rows, which is NULL on error.  Outside a transaction it commits by
 * itself, in one round trip, and what certainly had no effect (serialization
 * failure, a connection found dead) is tried again here.  So is a statement
 * whose connection died under it, if its text begins with SELECT: such a one
 * must only read.
 */
MUST_USE enum err db_query(struct db *db, const struct stmt *s,
    const char *const arg[], int count, struct rows **ret_rows);

/*
 * A statement that answers with exactly one row; with none it is `none`.
 * ret_rows as of db_query().
 */
MUST_USE enum err db_one(struct db *db, const struct stmt *s,
    const char *const arg[], int count, enum err none, struct rows **ret_rows);

/* A statement that answers with a row for each that it changed: how many? */
MUST_USE enum err db_changes(struct db *db, const struct stmt *s,
    const char *const arg[], int count, int *ret_rows);

/* A statement that answers yes or no: the first column of its one row. */
MUST_USE enum err db_ask(struct db *db, const struct stmt *s,
    const char *const arg[], int count, int *ret_yes);

/*
 * Run `work` between BEGIN and COMMIT; anything but ERR_OK from it rolls back
 * and is returned.  Serialization failures and deadlocks run it again, 5 times
 * in all, so it may only touch the database and its own `arg`, which it must
 * reset when it begins.  If the answer to COMMIT was lost: ERR_LATER.
 */
typedef enum err db_work(struct db *db, void *arg);
MUST_USE enum err db_transaction(struct db *db, db_work *work, void *arg);

/*
 * As db_transaction(), for work with a key that `arg` has before it begins.  If
 * the answer to COMMIT was lost, `is_done` looks for the key: ERR_OK, it was
 * committed; ERR_NOTFOUND, it was not, and is run again.  Should the server be
 * at that COMMIT still, the second run meets its key: ERR_CONFLICT, and `is_done`
 * is asked whose that is.
 */
MUST_USE enum err db_transaction_keyed(struct db *db, db_work *work,
    db_work *is_done, void *arg);

/* Is the server there?  Connects if need be; one round trip. */
MUST_USE enum err db_ping(struct db *db);

/*
 * Does a server take connections there, whether or not it lets us in?  To tell
 * "no rights" from "no answer" after db_ping() has failed.  Within the deadlines
 * of connecting; nothing is logged.
 */
int db_listens(struct db *db);

/* The connection's socket, to see whether there is one; -1: none. */
int db_socket(const struct db *db);

/*
 * Rows.  rows_free(NULL) does nothing; texts are borrowed from the rows, and
 * NULL for SQL's NULL.
 */
void rows_free(struct rows *r);
int rows_count(const struct rows *r);	/* of NULL none */
int rows_null(const struct rows *r, int row, int column);
const char *rows_text(const struct rows *r, int row, int column);
/*
 * Copy a text into the `size` bytes at `ret`; NULL becomes "".  ERR_INTERNAL:
 * it does not fit, logged, and `ret` is "".
 */
MUST_USE enum err rows_copy(const struct rows *r, int row, int column,
    char *ret, size_t size);

int64_t rows_int(const struct rows *r, int row, int column);	/* NULL: 0 */
int rows_bool(const struct rows *r, int row, int column);	/* NULL: 0 */

#endif /* !DB_DB_H */
