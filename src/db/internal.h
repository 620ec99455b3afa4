/* SPDX-License-Identifier: MIT */
#ifndef DB_INTERNAL_H
#define DB_INTERNAL_H

/* What the files of this folder share, and nobody else sees. */

#include <stdint.h>

#include <libpq-fe.h>

#include "base/err.h"

#include "db/db.h"
#include "db/preference.h"
#include "db/resolve.h"
#include "db/stmt.h"

#define DB_CONNECT_S	"2"	/* per host; libpq rounds 1 up to 2 */
#define DB_RESOLVE_MS	2000	/* the names of all hosts */

/* A machine that is gone says nothing: whoever is idle asks it, over TCP. */
#define DB_PROBE_AFTER_S	"10"	/* of idle time */
#define DB_PROBE_EVERY_S	"3"
#define DB_PROBE_TIMES		"3"
#define DB_UNHEARD_MS		"6000"	/* nothing acknowledged for so long */

#define DB_STATEMENT_MS	5000
#define DB_LOCK_MS	2000
#define DB_IDLE_MS	10000	/* inside a transaction */
#define DB_GRACE_MS	1000	/* what a server may take to time out */
#define DB_RETRY_MS	200	/* between attempts to connect */
#define DB_QUIET_MS	10	/* a connection this idle may have died */
#define DB_TRIES	5	/* of one statement or transaction, in all */
#define DB_JITTER_MS	50u	/* wait up to this, and each time twice it */
#define DB_PREPARED	256	/* slots, a power of two */
#define DB_WIRE		32	/* a prepared statement's name and its NUL */

/* Would running what failed once more, unchanged, be right? */
enum again {
	AGAIN_NO,
	AGAIN_NOW,	/* nothing happened, and the cause is gone */
	AGAIN_SOON	/* somebody was in the way: wait a moment */
};

/* A statement that this connection knows by name. */
struct prepared {
	const struct stmt	*stmt;		/* NULL: a free slot */
	char			 wire[DB_WIRE];
	int			 proven;	/* it has run at least once */
};

struct ahead;

struct db {
	struct db_settings	 settings;
	struct resolver		 resolver;
	struct preference	 preference;	/* of several servers */
	PGconn			*conn;		/* NULL: none */
	int64_t			 connect_at;	/* not before, monotonic µs */
	int64_t			 used_at;	/* it answered last then */
	int			 lost;		/* said so, and not found yet */
	int			 leaving;	/* the server has said farewell */
	int			 died;		/* so ended the last connection */
	int			 in_transaction;
	enum err		 failed;	/* how this transaction broke */
	int			 in_doubt;	/* or did it?  COMMIT's answer */
	enum again		 again;		/* about the last failure */
	unsigned		 serial;	/* of wire names */
	size_t			 prepared_count;
	struct prepared		 prepared[DB_PREPARED];
	struct ahead		*ahead;		/* owned; NULL: never used */
};

/* connect.c */

/*
 * Make sure that there is a connection which was alive a moment ago.
 * ERR_LATER: there is none, or there was and a transaction died with it.
 */
MUST_USE enum err connection_need(struct db *db);

/* Close the connection because of `why`, which may be libpq's own words. */
void connection_drop(struct db *db, const char *why);

/* answer.c */

/*
 * Wait up to `ms` for the whole answer to what PQsend...() was given: the
 * first result that is an error, else the last.  The caller clears it.  NULL:
 * none came, and the connection has been dropped.
 */
PGresult *answer_wait(struct db *db, int64_t ms);

/*
 * Move bytes until PQgetResult() will not block.  Returns NULL, or why waiting
 * ended: at `deadline` of the monotonic clock, for one.
 */
const char *answer_ready(struct db *db, int64_t deadline);

/* Milliseconds after which the server would have given up by itself. */
int64_t answer_patience(const struct db *db);

/* sqlstate.c */

/*
 * What `r`, the answer to `s`, means to the caller.  Logs a failure, sets
 * db->again and drops a connection that is of no more use.
 */
MUST_USE enum err sqlstate_judge(struct db *db, const struct stmt *s,
    const PGresult *r);

/* ahead.c */

/*
 * Was this asked ahead?  1: *ret_err is how it ended; if that is ERR_OK the
 * caller owns *ret_result.
 */
int ahead_take(struct db *db, const struct stmt *s, const char *const arg[],
    enum err *ret_err, PGresult **ret_result);

void ahead_done(struct db *db);

/* stmt.c */

/* The slot of `s`, or the free one where it belongs. */
struct prepared *prepared_find(struct db *db, const struct stmt *s);

/*
 * Give `s` a name on this connection, in its slot.  The serial number keeps
 * namesakes from different files apart, and the second preparation of a
 * statement from the first, which the server drops with the connection.
 */
MUST_USE enum err prepared_make(struct db *db, const struct stmt *s,
    struct prepared *p);

/*
 * Did it fail because the server no longer has what we prepared, or has it for
 * a table that looks different since a migration?  If it never ran, it is
 * wrong for another reason.
 */
int prepared_is_stale(const struct prepared *p, const PGresult *r);

/* As db_query(), also where a transaction has failed: for its ROLLBACK. */
MUST_USE enum err stmt_run(struct db *db, const struct stmt *s,
    const char *const arg[], struct rows **ret_rows);

/*
 * After a failure: is another try right after `tries` of them?  Waits first,
 * if that helps.
 */
int stmt_again(struct db *db, int tries);

/* rows.c */

/* Takes `result`. */
struct rows *rows_new(PGresult *result);

#endif /* !DB_INTERNAL_H */
