/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "base/buf.h"
#include "base/random.h"
#include "crypto/seal.h"
#include "db/db.h"

#include "referral/bearer.h"

#define SEALED	(2 * CELLO_TOKEN)

static const struct stmt bearer_select = {
	.name = "bearer_select",
	.text =
	    "SELECT access, coalesce(fetched_by, '') FROM cello_access"
	    " WHERE account = $1 AND access <> ''"
	    " AND access_until > now() + $2::int * interval '1 second'",
	.nparams = 2
};

enum err
bearer_find(struct db *db, const struct cello *c, struct bearer *ret_bearer)
{
	char early[TEXT_DIGITS];
	const char *const arg[] = { cello_digest(c),
	    text_digits(BEARER_EARLY_S, early) };
	struct rows *r;
	enum err e;

	e = db_one(db, &bearer_select, arg, NELEM(arg), ERR_NOTFOUND, &r);
	if (e == ERR_OK)
		e = rows_copy(r, 0, 1, ret_bearer->fetch, TEXT_UUID);
	if (e == ERR_OK && seal_open(cello_seal(c), rows_text(r, 0, 0),
	    ret_bearer->token, CELLO_TOKEN) != ERR_OK)
		e = ERR_NOTFOUND;
	rows_free(r);
	return e;
}

static const struct stmt bearer_take = {
	.name = "bearer_take",
	.text =
	    "INSERT INTO cello_access AS a (account, fetched_by,"
	    " fetched_until) VALUES ($1, $2, now() + $3::int *"
	    " interval '1 second') ON CONFLICT (account) DO UPDATE"
	    " SET fetched_by = excluded.fetched_by,"
	    " fetched_until = excluded.fetched_until"
	    " WHERE coalesce(a.fetched_until <= now(), true)"
	    " AND a.access_until <= now() + $4::int * interval '1 second'"
	    " RETURNING CASE WHEN refresh_until > now() + $4::int *"
	    " interval '1 second' THEN refresh ELSE '' END",
	.nparams = 4
};

enum err
bearer_begin(struct db *db, const struct cello *c, struct bearer *a,
    char ret_refresh[CELLO_TOKEN])
{
	char seconds[TEXT_DIGITS], early[TEXT_DIGITS];
	const char *const arg[] = { cello_digest(c), a->fetch,
	    text_digits(BEARER_FETCH_S, seconds),
	    text_digits(BEARER_EARLY_S, early) };
	struct rows *r;
	enum err e;

	random_uuid(a->fetch);
	e = db_one(db, &bearer_take, arg, NELEM(arg), ERR_CONFLICT, &r);
	if (e == ERR_OK && seal_open(cello_seal(c), rows_text(r, 0, 0),
	    ret_refresh, CELLO_TOKEN) != ERR_OK)
		ret_refresh[0] = '\0';
	rows_free(r);
	return e;
}

static const struct stmt bearer_keep = {
	.name = "bearer_keep",
	.text =
	    "UPDATE cello_access SET fetched_until = NULL,"
	    " access = coalesce($3, access), access_until = CASE"
	    " WHEN $3::text IS NULL THEN access_until"
	    " ELSE now() + $4::int * interval '1 second' END,"
	    " refresh = coalesce($5, refresh), refresh_until = CASE"
	    " WHEN $5::text IS NULL THEN refresh_until"
	    " ELSE now() + $6::int * interval '1 second' END"
	    " WHERE account = $1 AND fetched_by = $2",
	.nparams = 6
};

/* NULL for what is not there: the former stays. */
static const char *
seal(const struct cello *c, const char *token, struct buf *b)
{
	if (token[0] == '\0')
		return NULL;
	seal_text(cello_seal(c), token, b);
	return b->data;
}

enum err
bearer_end(struct db *db, const struct cello *c, const struct bearer *a,
    const struct cello_grant *g)
{
	char access_s[TEXT_DIGITS], refresh_s[TEXT_DIGITS];
	const char *arg[] = { cello_digest(c), a->fetch, NULL, "0", NULL,
	    "0" };
	struct buf access, refresh;
	enum err e;

	buf_init(&access, SEALED);
	buf_init(&refresh, SEALED);
	if (g != NULL) {
		arg[2] = seal(c, g->access, &access);
		arg[3] = text_digits(g->access_s, access_s);
		arg[4] = seal(c, g->refresh, &refresh);
		arg[5] = text_digits(g->refresh_s, refresh_s);
	}
	e = db_query(db, &bearer_keep, arg, NELEM(arg), NULL);
	buf_done(&refresh);
	buf_done(&access);
	return e;
}

static const struct stmt bearer_drop = {
	.name = "bearer_drop",
	.text =
	    "UPDATE cello_access SET access_until = now(), access = ''"
	    " WHERE account = $1 AND fetched_by = $2",
	.nparams = 2
};

enum err
bearer_forget(struct db *db, const struct cello *c, const struct bearer *a)
{
	const char *const arg[] = { cello_digest(c), a->fetch };

	return db_query(db, &bearer_drop, arg, NELEM(arg), NULL);
}

const struct stmt *const bearer_statements[] = {
	&bearer_select,
	&bearer_take,
	&bearer_keep,
	&bearer_drop,
	NULL
};
