/* SPDX-License-Identifier: MIT */
#ifndef ACCOUNT_SESSION_H
#define ACCOUNT_SESSION_H

/*
 * Sessions: 256 random bits in a cookie, their SHA-256 in the database.  Each
 * ends after an absolute time and at logout.  One whose person did not ask to
 * be remembered may sit in anybody's browser: it also ends with the browser
 * (its cookie does), and after an idle time.
 */

#include "account/account.h"
#include "base/err.h"

struct db;
struct stmt;

#define SESSION_TOKEN	44	/* 43 characters of base64url and a NUL */
#define SESSION_HASH	67	/* "\x" and 64 digits: a bytea literal */

struct session_limits {
	int	 idle_hours;	/* without use; not of who is remembered */
	int	 hours;		/* in any case, who is not remembered */
	int	 days;		/* in any case, who is */
};

/* Whose session begins, and do they want to stay logged in? */
struct session_start {
	const char	*account_id;
	int		 remember;
	const char	*token;		/* of session_token(); NULL: a new one */
};

/* The hash of a cookie's value, in the database's notation. */
void session_hash(const char *token, char ret_hash[SESSION_HASH]);

/*
 * A token of a session that is still to be opened: with one that was made before
 * the transaction, the session can be looked for if nobody knows what became of
 * the transaction.
 */
void session_token(char ret_token[SESSION_TOKEN]);

/*
 * Start a session; inside a transaction or alone.  ERR_CONFLICT: with this token
 * there is one.
 */
MUST_USE enum err session_open(struct db *db,
    const struct session_start *start, const struct session_limits *limits,
    char ret_token[SESSION_TOKEN]);

/*
 * Whose session is it?  One indexed read.  If *ret_touch is set a twentieth of
 * the idle time has gone since its last use: session_touch() it.  ERR_NOTFOUND:
 * nobody's, or over.
 */
MUST_USE enum err session_find(struct db *db, const char *token,
    const struct session_limits *limits, struct account *ret_account,
    int *ret_touch);

/* Note that session_find() is going to ask (db/ahead.h). */
void session_find_ahead(struct db *db, const char *token,
    const struct session_limits *limits);

/* Say that the session with this hash was used now. */
MUST_USE enum err session_touch(struct db *db, const char *hash);

/* End it at once, for every worker.  Ending what is not there is fine. */
MUST_USE enum err session_close(struct db *db, const char *token);

/* End all of the account's. */
MUST_USE enum err session_close_all(struct db *db, const char *account_id);

/*
 * Delete up to `most` of those that are over, among the hashes that begin with
 * this byte (0 to 255).
 */
MUST_USE enum err session_tidy(struct db *db, int first_byte,
    const struct session_limits *limits, int most, int *ret_deleted);

extern const struct stmt *const session_statements[];

#endif /* !ACCOUNT_SESSION_H */
