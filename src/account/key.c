/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/random.h"
#include "crypto/digest.h"
#include "db/ahead.h"
#include "db/db.h"

#include "account/account.h"

#include "account/key.h"

#define BYTES	32
#define PREFIX	"ek_"
#define DIGITS	(2 * DIGEST_SHA256 + 1)

static const struct {
	enum key_scope	 scope;
	const char	*name;
} names[] = {
	{ KEY_SERVER, "server" }, { KEY_MCP, "mcp" },
	{ KEY_ADDRESSES, "addresses" }
};

const char *
key_scope_text(unsigned scopes, char ret[KEY_SCOPE_TEXT])
{
	size_t i, len = 0;

	ret[0] = '\0';
	for (i = 0; i < NELEM(names); i++)
		if ((scopes & names[i].scope) != 0)
			len += (size_t)snprintf(ret + len, KEY_SCOPE_TEXT - len,
			    "%s%s", len == 0 ? "" : " ", names[i].name);
	return ret;
}

/* What key_scope_text() made `text` of. */
static unsigned
scopes_of(const char *text)
{
	char each[KEY_SCOPE_TEXT];
	unsigned scopes;

	for (scopes = 0; scopes < KEY_SCOPES; scopes++)
		if (text_equal(key_scope_text(scopes, each), text))
			return scopes;
	return 0;
}

static void
digest_of(const char *key, char ret_digits[DIGITS])
{
	unsigned char digest[DIGEST_SHA256];

	digest_sha256(key, strlen(key), digest);
	text_hex(digest, sizeof(digest), ret_digits);
}

int
key_name_ok(const char *name)
{
	return !text_empty(name) && strlen(name) < KEY_NAME &&
	    account_name_ok(name);
}

static const struct stmt key_insert = {
	.name = "key_insert",
	.text =
	    "INSERT INTO api_key (id, name, digest, scopes)"
	    " VALUES ($1, $2, $3, string_to_array($4, ' '))",
	.nparams = 4
};

enum err
key_create(struct db *db, const char *name, unsigned scopes,
    char ret_key[KEY_TEXT], char ret_id[TEXT_UUID])
{
	unsigned char secret[BYTES];
	char digest[DIGITS], scope[KEY_SCOPE_TEXT];
	const char *const arg[] = { ret_id, name, digest,
	    key_scope_text(scopes, scope) };

	random_uuid(ret_id);
	random_bytes(secret, sizeof(secret));
	memcpy(ret_key, PREFIX, sizeof(PREFIX) - 1);
	text_base64url(secret, sizeof(secret), ret_key + sizeof(PREFIX) - 1);
	explicit_bzero(secret, sizeof(secret));
	digest_of(ret_key, digest);
	return db_query(db, &key_insert, arg, NELEM(arg), NULL);
}

static const struct stmt key_select = {
	.name = "key_select",
	.text =
	    "SELECT id, coalesce(used_at < now() - interval '1 minute', true),"
	    " array_to_string(scopes, ' ')"
	    " FROM api_key WHERE digest = $1 AND revoked_at IS NULL",
	.nparams = 1
};

/* Of two requests at the same time one writes. */
static const struct stmt key_set_used = {
	.name = "key_set_used",
	.text =
	    "UPDATE api_key SET used_at = now() WHERE id = $1"
	    " AND coalesce(used_at < now() - interval '1 second', true)",
	.nparams = 1,
	.spares_ahead = 1
};

void
key_find_ahead(struct db *db, const char *key)
{
	char digest[DIGITS];
	const char *const arg[] = { digest };

	digest_of(key, digest);
	db_ahead(db, &key_select, arg, NELEM(arg));
}

enum err
key_find(struct db *db, const char *key, char ret_id[TEXT_UUID],
    unsigned *ret_scopes)
{
	char digest[DIGITS], scope[KEY_SCOPE_TEXT];
	const char *const arg[] = { digest }, *const used[] = { ret_id };
	struct rows *r;
	int note = 0;
	enum err e;

	digest_of(key, digest);
	e = db_one(db, &key_select, arg, NELEM(arg), ERR_NOTFOUND, &r);
	if (e == ERR_OK)
		e = rows_copy(r, 0, 0, ret_id, TEXT_UUID);
	if (e == ERR_OK)
		e = rows_copy(r, 0, 2, scope, sizeof(scope));
	if (e == ERR_OK) {
		note = rows_bool(r, 0, 1);
		*ret_scopes = scopes_of(scope);
	}
	rows_free(r);
	return e == ERR_OK && note ?
	    db_query(db, &key_set_used, used, NELEM(used), NULL) : e;
}

static const struct stmt key_select_all = {
	.name = "key_select_all",
	.text =
	    "SELECT id, name, extract(epoch FROM now() - created_at)::bigint,"
	    " coalesce(extract(epoch FROM now() - used_at)::bigint, -1),"
	    " revoked_at IS NOT NULL, array_to_string(scopes, ' ')"
	    " FROM api_key"
	    " ORDER BY created_at DESC, id LIMIT $1::int",
	.nparams = 1
};

static enum err
fill(const struct rows *r, int i, struct key_row *x)
{
	char scope[KEY_SCOPE_TEXT];
	enum err e;

	x->made_s = rows_int(r, i, 2);
	x->used_s = rows_int(r, i, 3);
	x->revoked = rows_bool(r, i, 4);
	if ((e = rows_copy(r, i, 0, x->id, sizeof(x->id))) != ERR_OK ||
	    (e = rows_copy(r, i, 5, scope, sizeof(scope))) != ERR_OK)
		return e;
	x->scopes = scopes_of(scope);
	return rows_copy(r, i, 1, x->name, sizeof(x->name));
}

enum err
key_list(struct db *db, struct key_row **ret_rows, size_t *ret_count)
{
	char most[TEXT_DIGITS];
	const char *const arg[] = { text_digits(KEYS_MOST, most) };
	struct key_row *found;
	struct rows *r = NULL;
	enum err e;
	int i;

	if ((e = db_query(db, &key_select_all, arg, NELEM(arg), &r)) !=
	    ERR_OK)
		return e;
	found = mem_zero((size_t)rows_count(r) + 1, sizeof(*found));
	for (i = 0; i < rows_count(r) && e == ERR_OK; i++)
		e = fill(r, i, &found[i]);
	rows_free(r);
	if (e != ERR_OK) {
		free(found);
		return e;
	}
	*ret_rows = found;
	*ret_count = (size_t)i;
	return ERR_OK;
}

static const struct stmt key_set_revoked = {
	.name = "key_set_revoked",
	.text =
	    "UPDATE api_key SET revoked_at = now()"
	    " WHERE id = $1 AND revoked_at IS NULL RETURNING id",
	.nparams = 1
};

enum err
key_revoke(struct db *db, const char *id)
{
	const char *const arg[] = { id };

	return text_is_uuid(id) ? db_one(db, &key_set_revoked, arg,
	    NELEM(arg), ERR_NOTFOUND, NULL) : ERR_NOTFOUND;
}

const struct stmt *const key_statements[] = {
	&key_insert,
	&key_select,
	&key_set_used,
	&key_select_all,
	&key_set_revoked,
	NULL
};
