/* SPDX-License-Identifier: MIT */
#ifndef ACCOUNT_KEY_H
#define ACCOUNT_KEY_H

/*
 * Keys with which programs ask: 256 random bits, shown once, and kept as a
 * digest.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"

struct db;
struct stmt;

#define KEY_TEXT	48	/* "ek_" and 43 characters, with the NUL */
#define KEY_NAME	64
#define KEYS_MOST	1000	/* as many are listed */

/* What a key is good for. */
enum key_scope {
	KEY_SERVER = 1,		/* what the product's back end asks */
	KEY_MCP = 2,		/* questions of an MCP client */
	KEY_ADDRESSES = 4,	/* whose answers name addresses as they are */
	KEY_SCOPES = 8		/* the first that is none */
};

/* "mcp addresses", in their order; returns `ret`. */
#define KEY_SCOPE_TEXT	32
const char *key_scope_text(unsigned scopes, char ret[KEY_SCOPE_TEXT]);

/* Can it be the name of a key? */
int key_name_ok(const char *name);

/* Make one; nobody can find it out again. */
MUST_USE enum err key_create(struct db *db, const char *name,
    unsigned scopes, char ret_key[KEY_TEXT], char ret_id[TEXT_UUID]);

/* Note that key_find() is going to ask (db/ahead.h). */
void key_find_ahead(struct db *db, const char *key);

/* ERR_NOTFOUND: it is none, or was revoked. */
MUST_USE enum err key_find(struct db *db, const char *key,
    char ret_id[TEXT_UUID], unsigned *ret_scopes);

struct key_row {
	char	 id[TEXT_UUID];
	char	 name[KEY_NAME];
	int64_t	 made_s, used_s;	/* ago; used_s -1: never */
	int	 revoked;
	unsigned scopes;
};

/* The newest first.  The caller frees *ret_rows. */
MUST_USE enum err key_list(struct db *db, struct key_row **ret_rows,
    size_t *ret_count);

/* From now on it is none.  ERR_NOTFOUND: there is none that is good. */
MUST_USE enum err key_revoke(struct db *db, const char *id);

extern const struct stmt *const key_statements[];

#endif /* !ACCOUNT_KEY_H */
