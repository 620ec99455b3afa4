/* SPDX-License-Identifier: MIT */
#ifndef DB_AHEAD_H
#define DB_AHEAD_H

/*
 * What several requests are about to ask, asked in one round trip.  Whoever
 * knows it notes it; then all of it is asked at once; and the db_query() that
 * would have asked it finds the answer there.  So what is asked ahead changes
 * when it is asked and nothing else: a question that got no answer (its mate
 * failed, its connection died, it was never noted) db_query() asks by itself,
 * with all its tries.  Questions that differ only in $1 are asked by one statement
 * where there is one for several, but for a minute after such a one has failed.
 *
 * An answer serves one db_query(), outside of transactions.  Whatever is not a
 * SELECT forgets all that is left before it is run: what this connection has
 * written is never missing from what it reads after that.  What others write
 * meanwhile may be, as if they had come a moment later.  A statement with
 * `spares_ahead` forgets nothing: it writes only that somebody was seen, which
 * changes none of these answers by more than that moment.
 */

#include "base/together.h"

struct db;
struct stmt;

/* Two of each: who it is, and what for.  More are left to db_query(). */
#define DB_AHEAD	(2 * TOGETHER)
#define DB_AHEAD_ARGS	16	/* of one statement */

/*
 * Note a question: as for db_query(), but `s` has to begin with SELECT.  The
 * parameters are copied.
 */
void db_ahead(struct db *db, const struct stmt *s, const char *const arg[],
    int count);

/* Ask all that was noted.  It waits as long as db_query() may for one. */
void db_ahead_ask(struct db *db);

/* Forget questions and answers that nobody has come for. */
void db_ahead_forget(struct db *db);

#endif /* !DB_AHEAD_H */
