/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "conf/secret.h"
#include "crypto/digest.h"

#include "stripe/signature.h"

#define HEADER_MAX	4096
#define TIMESTAMP_MAX	12		/* digits; seconds have ten till 2286 */

struct signature_keys {
	struct hmac	*key[SECRET_LINES];
	char		 name[SECRET_LINES][SIGNATURE_NAME];
	size_t		 count;
};

/* What a header says, with its v1 entries as bytes. */
struct claim {
	char		 t[TIMESTAMP_MAX + 1];	/* as signed; "": none */
	unsigned char	 v1[SIGNATURE_MOST][DIGEST_SHA256];
	size_t		 count;
};

void
signature_name(const char *secret, char ret[SIGNATURE_NAME])
{
	unsigned char digest[DIGEST_SHA256];

	digest_sha256(secret, strlen(secret), digest);
	text_hex(digest, (SIGNATURE_NAME - 1) / 2, ret);
}

struct signature_keys *
signature_keys_new(const struct secret *secrets)
{
	struct signature_keys *k = mem_zero(1, sizeof(*k));
	size_t i;

	for (i = 0; i < secrets->count; i++) {
		k->key[i] = hmac_sha256_new(secrets->line[i],
		    strlen(secrets->line[i]));
		signature_name(secrets->line[i], k->name[i]);
	}
	k->count = secrets->count;
	return k;
}

void
signature_keys_free(struct signature_keys *k)
{
	size_t i;

	if (k == NULL)
		return;
	for (i = 0; i < k->count; i++)
		hmac_free(k->key[i]);
	free(k);
}

const char *
signature_key_name(const struct signature_keys *k, size_t i)
{
	return i < k->count ? k->name[i] : NULL;
}

/* Take in one "scheme=value" of `len` bytes; NULL, or what is wrong. */
static const char *
claim_add(struct claim *c, const char *item, size_t len, size_t *seen)
{
	if (len >= 2 && memcmp(item, "t=", 2) == 0) {
		if (c->t[0] != '\0')
			return "two timestamps";
		if (len - 2 > TIMESTAMP_MAX || len == 2)
			return "bad timestamp";
		memcpy(c->t, item + 2, len - 2);
	} else if (len >= 3 && memcmp(item, "v1=", 3) == 0) {
		if (++*seen > SIGNATURE_MOST)
			return "too many signatures";
		/* One that is malformed is one that does not match. */
		if (text_unhex(item + 3, len - 3, c->v1[c->count],
		    DIGEST_SHA256) == ERR_OK)
			c->count++;
	}
	return NULL;
}

static const char *
claim_read(struct claim *c, const char *header)
{
	const char *why;
	size_t len, seen = 0;

	memset(c, 0, sizeof(*c));
	if (header == NULL)
		return "no header";
	if (strnlen(header, HEADER_MAX + 1) > HEADER_MAX)
		return "header too long";
	/* Web servers join a header that was sent twice so. */
	if (strpbrk(header, " \t") != NULL)
		return "a space";
	for (;;) {
		len = strcspn(header, ",");
		if ((why = claim_add(c, header, len, &seen)) != NULL)
			return why;
		if (header[len] == '\0')
			break;
		header += len + 1;
	}
	if (c->t[0] == '\0')
		return "no timestamp";
	return c->count == 0 ? "no signature" : NULL;
}

static const char *
claim_time(const struct claim *c, time_t now, int64_t *ret_ago_s)
{
	int64_t t;

	if (c->t[0] == '0' || text_number(c->t, INT64_MAX, &t) != ERR_OK)
		return "bad timestamp";
	*ret_ago_s = (int64_t)now - t;
	if (*ret_ago_s > SIGNATURE_WINDOW)
		return "too old";
	return *ret_ago_s < -SIGNATURE_WINDOW ? "from the future" : NULL;
}

/*
 * Every entry is compared with every secret's digest, whatever was found
 * before, so that the time tells nothing about which one it was.
 */
static const char *
claim_digest(const struct claim *c, const struct signature_keys *k,
    const struct piece *body, unsigned *ret_matched)
{
	const struct piece piece[] = {
		{ c->t, strlen(c->t) }, { ".", 1 }, *body
	};
	unsigned char want[DIGEST_SHA256];
	size_t i, j;
	unsigned matched = 0;

	for (i = 0; i < k->count; i++) {
		hmac_digest(k->key[i], piece, NELEM(piece), want);
		for (j = 0; j < c->count; j++)
			matched |= (unsigned)digest_equal(want, c->v1[j],
			    sizeof(want)) << i;
	}
	*ret_matched = matched;
	return matched != 0 ? NULL : "no match";
}

enum err
signature_check(const struct signature_keys *k, const char *header,
    const void *body, size_t len, time_t now, unsigned *ret_matched,
    int64_t *ret_ago_s)
{
	const struct piece message = { body, len };
	struct claim c;
	const char *why, *untimely = NULL;
	int64_t ago_s = 0;

	*ret_ago_s = 0;
	if ((why = claim_read(&c, header)) == NULL) {
		untimely = claim_time(&c, now, &ago_s);
		why = claim_digest(&c, k, &message, ret_matched);
	}
	if (why == NULL && untimely == NULL)
		return ERR_OK;
	if (why == NULL)
		*ret_ago_s = ago_s;
	if (untimely != NULL)
		why = untimely;
	log_warn("signature_refused", "refused a webhook: %s", why);
	return ERR_DENIED;
}
