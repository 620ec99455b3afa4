/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <argon2.h>
#include <openssl/crypto.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/random.h"
#include "base/text.h"
#include "conf/secret.h"

#include "crypto/digest.h"

#include "crypto/password.h"

#define MEMORY_KIB	19456
#define PASSES		2
#define LANES		1
/* A stored hash says its own price; this is the most that is paid. */
#define MEMORY_MOST	262144
#define PASSES_MOST	16
#define LANES_MOST	4
#define SALT		16
#define HASH		32
#define KEYID		9	/* with the NUL */
#define PEPPER		64	/* the most bytes of one */
#define PEPPER_LEAST	32

struct pepper_key {
	char		 id[KEYID];
	unsigned char	 key[PEPPER];
	size_t		 len;
};

struct pepper {
	struct pepper_key	 key[SECRET_LINES];
	size_t			 count;
};

/* A PHC string, taken apart. */
struct phc {
	unsigned	 memory, passes, lanes;
	char		 keyid[KEYID];		/* "": no pepper */
	unsigned char	 salt[SALT];
	unsigned char	 hash[HASH];
};

static int
keyid_ok(const char *id, size_t len)
{
	return len >= 1 && len < KEYID && strspn(id,
	    "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") >= len;
}

static enum err
pepper_line(const char *line, struct pepper_key *k)
{
	size_t id_len = strcspn(line, ":"), hex_len;

	if (line[id_len] != ':' || !keyid_ok(line, id_len))
		return ERR_INPUT;
	hex_len = strlen(line + id_len + 1);
	if (hex_len % 2 != 0 || hex_len / 2 < PEPPER_LEAST ||
	    hex_len / 2 > PEPPER)
		return ERR_INPUT;
	memcpy(k->id, line, id_len);
	k->id[id_len] = '\0';
	k->len = hex_len / 2;
	return text_unhex(line + id_len + 1, hex_len, k->key, k->len);
}

/* The key called `id`; "" is no key.  NULL: there is none of that name. */
static const struct pepper_key *
pepper_find(const struct pepper *p, const char *id)
{
	static const struct pepper_key none;
	size_t i;

	if (*id == '\0')
		return &none;
	for (i = 0; p != NULL && i < p->count; i++)
		if (text_equal(p->key[i].id, id))
			return &p->key[i];
	return NULL;
}

enum err
pepper_new(const struct secret *lines, struct pepper **ret_pepper)
{
	struct pepper *p;
	size_t i;

	if (lines == NULL) {
		*ret_pepper = NULL;
		return ERR_OK;
	}
	p = mem_zero(1, sizeof(*p));
	for (i = 0; i < lines->count; i++) {
		if (pepper_line(lines->line[i], &p->key[i]) != ERR_OK) {
			log_error("secret_bad", "line %zu of the pepper file "
			    "is not id:hex with %d to %d bytes", i + 1,
			    PEPPER_LEAST, PEPPER);
			pepper_free(p);
			return ERR_INPUT;
		}
		/* Of two, one would refuse what the other hashed. */
		if (pepper_find(p, p->key[i].id) != NULL) {
			log_error("secret_bad", "line %zu of the pepper file "
			    "has the id of a line before it", i + 1);
			pepper_free(p);
			return ERR_INPUT;
		}
		p->count++;
	}
	*ret_pepper = p;
	return ERR_OK;
}

void
pepper_free(struct pepper *p)
{
	mem_free_secret(p, sizeof(*p));
}

static const char *
pepper_current(const struct pepper *p)
{
	return p == NULL ? "" : p->key[0].id;
}

static enum err
compute(const struct phc *c, const struct pepper_key *k, const char *password,
    size_t len, unsigned char ret_hash[HASH])
{
	unsigned char salt[SALT], key[PEPPER];
	argon2_context a;
	int n;

	memset(&a, 0, sizeof(a));
	memcpy(salt, c->salt, sizeof(salt));
	memcpy(key, k->key, sizeof(key));
	a.out = ret_hash;
	a.outlen = HASH;
	/* libargon2 does not write to it without ARGON2_FLAG_CLEAR_PASSWORD. */
	a.pwd = (uint8_t *)(uintptr_t)password;
	a.pwdlen = (uint32_t)len;
	a.salt = salt;
	a.saltlen = SALT;
	a.secret = k->len > 0 ? key : NULL;
	a.secretlen = (uint32_t)k->len;
	a.t_cost = c->passes;
	a.m_cost = c->memory;
	a.lanes = a.threads = c->lanes;
	a.version = ARGON2_VERSION_13;
	a.flags = ARGON2_DEFAULT_FLAGS;
	n = argon2id_ctx(&a);
	OPENSSL_cleanse(key, sizeof(key));
	if (n != ARGON2_OK) {
		log_error("password_failed", "cannot hash: %s",
		    argon2_error_message(n));
		return ERR_INTERNAL;
	}
	return ERR_OK;
}

static void
phc_write(const struct phc *c, char ret_hash[PASSWORD_HASH])
{
	char salt[TEXT_BASE64_LEN(SALT) + 1], hash[TEXT_BASE64_LEN(HASH) + 1];

	text_base64(c->salt, SALT, salt);
	text_base64(c->hash, HASH, hash);
	(void)snprintf(ret_hash, PASSWORD_HASH,
	    "$argon2id$v=19$m=%u,t=%u,p=%u%s%s$%s$%s", c->memory, c->passes,
	    c->lanes, *c->keyid != '\0' ? ",keyid=" : "", c->keyid, salt, hash);
}

/* `prefix` and 1..most at *text, without leading zeros; *text moves behind. */
static enum err
phc_number(const char **text, const char *prefix, unsigned most,
    unsigned *ret_value)
{
	unsigned value = 0;
	const char *p;

	if (!text_begins(*text, prefix))
		return ERR_INPUT;
	p = *text + strlen(prefix);
	if (*p < '1' || *p > '9')
		return ERR_INPUT;
	for (; *p >= '0' && *p <= '9'; p++) {
		value = value * 10 + (unsigned)(*p - '0');
		if (value > most)
			return ERR_INPUT;
	}
	*text = p;
	*ret_value = value;
	return ERR_OK;
}

static enum err
phc_read(const char *text, struct phc *c)
{
	static const char keyid[] = ",keyid=";
	size_t len;

	memset(c, 0, sizeof(*c));
	if (phc_number(&text, "$argon2id$v=19$m=", MEMORY_MOST,
	    &c->memory) != ERR_OK ||
	    phc_number(&text, ",t=", PASSES_MOST, &c->passes) != ERR_OK ||
	    phc_number(&text, ",p=", LANES_MOST, &c->lanes) != ERR_OK ||
	    c->memory < 8 * c->lanes)
		return ERR_INPUT;
	if (text_begins(text, keyid)) {
		text += sizeof(keyid) - 1;
		len = strcspn(text, "$");
		if (!keyid_ok(text, len))
			return ERR_INPUT;
		memcpy(c->keyid, text, len);
		text += len;
	}
	if (*text != '$')
		return ERR_INPUT;
	text++;
	len = strcspn(text, "$");
	if (text_unbase64(text, len, c->salt, SALT) != ERR_OK ||
	    text[len] != '$')
		return ERR_INPUT;
	text += len + 1;
	return text_unbase64(text, strlen(text), c->hash, HASH);
}

static struct phc
phc_current(const struct pepper *p)
{
	struct phc c = { .memory = MEMORY_KIB, .passes = PASSES,
	    .lanes = LANES };

	(void)snprintf(c.keyid, sizeof(c.keyid), "%s", pepper_current(p));
	return c;
}

enum err
password_hash(const struct pepper *p, const char *password, size_t len,
    char ret_hash[PASSWORD_HASH])
{
	struct phc c = phc_current(p);
	enum err e;

	random_bytes(c.salt, sizeof(c.salt));
	e = compute(&c, pepper_find(p, c.keyid), password, len, c.hash);
	if (e == ERR_OK)
		phc_write(&c, ret_hash);
	return e;
}

enum err
password_check(const struct pepper *p, const char *hash, const char *password,
    size_t len, int *ret_old)
{
	struct phc now = phc_current(p), c = now;
	const struct pepper_key *k;
	unsigned char got[HASH];
	enum err e;
	int equal;

	/* Nobody's password costs as much as somebody's. */
	if (hash != NULL && phc_read(hash, &c) != ERR_OK) {
		log_error("password_failed", "a stored hash is not ours");
		return ERR_INTERNAL;
	}
	if ((k = pepper_find(p, c.keyid)) == NULL) {
		log_error("password_failed", "there is no pepper called %s",
		    c.keyid);
		return ERR_INTERNAL;
	}
	if ((e = compute(&c, k, password, len, got)) != ERR_OK)
		return e;
	equal = digest_equal(got, c.hash, HASH);
	OPENSSL_cleanse(got, sizeof(got));
	if (hash == NULL || !equal)
		return ERR_DENIED;
	*ret_old = c.memory != now.memory || c.passes != now.passes ||
	    c.lanes != now.lanes || !text_equal(c.keyid, now.keyid);
	return ERR_OK;
}
