/* SPDX-License-Identifier: MIT */

/*
 * Header, a NUL, body: no such input may be believed, for nobody knows the key.
 * Signed with the key, every body is, as often as the header says so, and none
 * with another byte at its end.
 */

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "conf/secret.h"
#include "crypto/digest.h"
#include "stripe/signature.h"

#define NOW	1700000000
#define KEY	"whsec_2f1c8e0a9b7d4c6e8f0a1b2c3d4e5f60"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct signature_keys *
keys(void)
{
	static struct signature_keys *k;
	struct secret s = { .count = 1 };

	if (k != NULL)
		return k;
	log_level(LOG_ERROR);
	s.line[0] = mem_text(KEY);
	k = signature_keys_new(&s);
	free(s.line[0]);
	return k;
}

static void
sign(const void *body, size_t len)
{
	static struct hmac *key;
	static const char stamp[] = "1700000300.";
	const struct piece piece[] = { { stamp, strlen(stamp) },
	    { body, len } };
	unsigned char digest[DIGEST_SHA256];
	char hex[2 * DIGEST_SHA256 + 1], header[256];
	unsigned matched = 0;
	int64_t ago_s = 1;

	if (key == NULL)
		key = hmac_sha256_new(KEY, strlen(KEY));
	hmac_digest(key, piece, NELEM(piece), digest);
	text_hex(digest, sizeof(digest), hex);
	(void)snprintf(header, sizeof(header), "t=1700000300,v0=%.8s,v1=00,"
	    "v1=%s,v1=%s", hex, hex, hex);
	assert(signature_check(keys(), header, body, len, NOW, &matched,
	    &ago_s) == ERR_OK && matched == 1 && ago_s == 0);
	assert(signature_check(keys(), header, body, len, NOW - 1, &matched,
	    &ago_s) == ERR_DENIED && ago_s == -301);
	if (len > 0)
		assert(signature_check(keys(), header, body, len - 1, NOW,
		    &matched, &ago_s) == ERR_DENIED);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *body = memchr(data, '\0', size);
	char *header;
	unsigned matched;
	int64_t ago_s = 1;

	if (body == NULL)
		return 0;
	header = mem_text_n((const char *)data, (size_t)(body - data));
	body++;
	size -= (size_t)(body - data);
	assert(signature_check(keys(), header, body, size, NOW, &matched,
	    &ago_s) == ERR_DENIED && ago_s == 0);
	sign(body, size);
	free(header);
	return 0;
}
