/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/random.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "db/ahead.h"
#include "db/db.h"

#include "account/session.h"

#define SESSION_BYTES	32

void
session_hash(const char *token, char ret_hash[SESSION_HASH])
{
	unsigned char digest[DIGEST_SHA256];

	digest_sha256(token, strlen(token), digest);
	memcpy(ret_hash, "\\x", 2);
	text_hex(digest, sizeof(digest), ret_hash + 2);
}

static const struct stmt session_insert = {
	.name = "session_insert",
	.text =
	    "INSERT INTO session (token_hash, account_id, remembered, ends_at)"
	    " VALUES ($1, $2, $3, now() + $4::int * interval '1 hour')",
	.nparams = 4
};

void
session_token(char ret_token[SESSION_TOKEN])
{
	unsigned char secret[SESSION_BYTES];

	random_bytes(secret, sizeof(secret));
	text_base64url(secret, sizeof(secret), ret_token);
	explicit_bzero(secret, sizeof(secret));
}

enum err
session_open(struct db *db, const struct session_start *start,
    const struct session_limits *limits, char ret_token[SESSION_TOKEN])
{
	char token[SESSION_TOKEN], hash[SESSION_HASH];
	char hours[TEXT_DIGITS];
	const char *const arg[] = { hash, start->account_id,
	    start->remember ? "t" : "f", hours };
	enum err e;

	if (start->token == NULL)
		session_token(token);
	else
		text_cut(start->token, token, sizeof(token));
	session_hash(token, hash);
	(void)text_digits(start->remember ? limits->days * 24 : limits->hours,
	    hours);
	e = db_query(db, &session_insert, arg, NELEM(arg), NULL);
	if (e == ERR_OK)
		memcpy(ret_token, token, sizeof(token));
	explicit_bzero(token, sizeof(token));
	return e;
}

/*
 * A twentieth of the idle time is three minutes for each of its hours.  Whoever
 * was logging in as the account was erased has a session all the same.
 */
#define SESSION_COLUMNS \
	ACCOUNT_COLUMNS "," \
	" s.used_at < now() - $2::int * interval '3 minutes'"
#define SESSION_IS_LIVE \
	" s.ends_at > now()" \
	" AND a.erased_at IS NULL" \
	" AND (s.remembered OR" \
	" s.used_at > now() - $2::int * interval '1 hour')"

/*
 * Each is looked up by its key, however many there are.  OFFSET 0 keeps the
 * subquery apart: while there are few sessions the planner would join with all.
 * (SELECT $1) hides how many members the array has: for two or three it would
 * find a plan of their own cheaper, and plan each batch anew, as it does behind a
 * pooler.
 */
static const struct stmt session_select_many = {
	.name = "session_select_many",
	.text =
	    "SELECT found.*, x.n"
	    " FROM unnest((SELECT $1::bytea[])) WITH ORDINALITY"
	    " AS x(token_hash, n)"
	    " CROSS JOIN LATERAL (SELECT" SESSION_COLUMNS
	    " FROM session s"
	    " JOIN account a ON a.id = s.account_id"
	    " WHERE s.token_hash = x.token_hash AND" SESSION_IS_LIVE
	    " OFFSET 0) AS found",
	.nparams = 2
};

static const struct stmt session_select = {
	.name = "session_select",
	.text =
	    "SELECT" SESSION_COLUMNS
	    " FROM session s JOIN account a ON a.id = s.account_id"
	    " WHERE s.token_hash = $1 AND" SESSION_IS_LIVE,
	.nparams = 2,
	.many = &session_select_many
};

/* What cannot be one of ours is not worth a round trip. */
static int
is_token(const char *token)
{
	return strlen(token) == SESSION_TOKEN - 1;
}

void
session_find_ahead(struct db *db, const char *token,
    const struct session_limits *limits)
{
	char hash[SESSION_HASH], hours[TEXT_DIGITS];
	const char *const arg[] = { hash, hours };

	if (!is_token(token))
		return;
	session_hash(token, hash);
	(void)text_digits(limits->idle_hours, hours);
	db_ahead(db, &session_select, arg, NELEM(arg));
}

enum err
session_find(struct db *db, const char *token,
    const struct session_limits *limits, struct account *ret_account,
    int *ret_touch)
{
	char hash[SESSION_HASH], hours[TEXT_DIGITS];
	const char *const arg[] = { hash, hours };
	struct rows *r;
	enum err e;

	if (!is_token(token))
		return ERR_NOTFOUND;
	session_hash(token, hash);
	(void)text_digits(limits->idle_hours, hours);
	e = db_one(db, &session_select, arg, NELEM(arg), ERR_NOTFOUND, &r);
	if (e != ERR_OK)
		return e;
	*ret_touch = rows_bool(r, 0, 5);
	e = account_fill(r, ret_account);
	rows_free(r);
	return e;
}

/* Of two requests at the same time one writes. */
static const struct stmt session_used = {
	.name = "session_used",
	.text =
	    "UPDATE session SET used_at = now()"
	    " WHERE token_hash = $1 AND used_at < now() - interval '1 second'",
	.nparams = 1,
	.spares_ahead = 1
};

enum err
session_touch(struct db *db, const char *hash)
{
	const char *const arg[] = { hash };

	return db_query(db, &session_used, arg, NELEM(arg), NULL);
}

static const struct stmt session_delete = {
	.name = "session_delete",
	.text = "DELETE FROM session WHERE token_hash = $1",
	.nparams = 1
};

enum err
session_close(struct db *db, const char *token)
{
	char hash[SESSION_HASH];
	const char *const arg[] = { hash };

	session_hash(token, hash);
	return db_query(db, &session_delete, arg, NELEM(arg), NULL);
}

static const struct stmt session_delete_all = {
	.name = "session_delete_all",
	.text = "DELETE FROM session WHERE account_id = $1",
	.nparams = 1
};

enum err
session_close_all(struct db *db, const char *account_id)
{
	const char *const arg[] = { account_id };

	return db_query(db, &session_delete_all, arg, NELEM(arg), NULL);
}

/* $1 is the first byte of the hashes that are looked at. */
static const struct stmt session_delete_over = {
	.name = "session_delete_over",
	.text =
	    "DELETE FROM session WHERE token_hash IN"
	    " (SELECT token_hash FROM session"
	    " WHERE token_hash >= set_byte('\\x00', 0, $1::int)"
	    " AND token_hash < set_byte('\\x00', 0, $1::int) ||"
	    " decode(repeat('ff', 32), 'hex')"
	    " AND (ends_at < now()"
	    " OR NOT remembered AND"
	    " used_at < now() - $2::int * interval '1 hour')"
	    " LIMIT $3::int FOR UPDATE SKIP LOCKED) RETURNING token_hash",
	.nparams = 3
};

enum err
session_tidy(struct db *db, int first_byte, const struct session_limits *limits,
    int most, int *ret_deleted)
{
	char byte[TEXT_DIGITS], hours[TEXT_DIGITS], limit[TEXT_DIGITS];
	const char *const arg[] = {
		text_digits(first_byte, byte),
		text_digits(limits->idle_hours, hours),
		text_digits(most, limit)
	};

	return db_changes(db, &session_delete_over, arg, NELEM(arg),
	    ret_deleted);
}

const struct stmt *const session_statements[] = {
	&session_insert,
	&session_select,
	&session_select_many,
	&session_used,
	&session_delete,
	&session_delete_all,
	&session_delete_over,
	NULL
};
