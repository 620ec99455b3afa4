/* SPDX-License-Identifier: MIT */

#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "base/log.h"
#include "base/mem.h"

#include "crypto/digest.h"

#define BLOCK_MOST	128	/* of SHA-512 */

/*
 * The two hash states of RFC 2104 with the key already in them.  Measured with
 * OpenSSL 3.0 and 200 bytes of SHA-512: 0.48 us so, 0.52 with an EVP_MAC that
 * is initialized again, 0.75 with EVP_MAC_CTX_dup(), 1.1 with HMAC().
 */
struct hmac {
	EVP_MD_CTX	*inner;
	EVP_MD_CTX	*outer;
	EVP_MD_CTX	*work;
	unsigned	 size;		/* of the digest */
};

/* OpenSSL says no only without memory or without the algorithm. */
static void
must(int ok)
{
	if (ok != 1) {
		log_error("digest_failed", "OpenSSL cannot hash");
		abort();
	}
}

static EVP_MD_CTX *
context_new(void)
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();

	must(c != NULL);
	return c;
}

void
digest_sha256(const void *bytes, size_t len,
    unsigned char ret_digest[DIGEST_SHA256])
{
	static EVP_MD_CTX *c;

	if (c == NULL)
		c = context_new();
	must(EVP_DigestInit_ex(c, EVP_sha256(), NULL));
	must(EVP_DigestUpdate(c, bytes, len));
	must(EVP_DigestFinal_ex(c, ret_digest, NULL));
}

/* A state that has hashed the key's block XOR `with`. */
static EVP_MD_CTX *
keyed(const EVP_MD *md, const unsigned char *key, unsigned char with)
{
	EVP_MD_CTX *c = context_new();
	unsigned char block[BLOCK_MOST];
	size_t i, size = (size_t)EVP_MD_get_block_size(md);

	for (i = 0; i < size; i++)
		block[i] = key[i] ^ with;
	must(EVP_DigestInit_ex(c, md, NULL));
	must(EVP_DigestUpdate(c, block, size));
	OPENSSL_cleanse(block, sizeof(block));
	return c;
}

static struct hmac *
hmac_new(const EVP_MD *md, const void *key, size_t len)
{
	struct hmac *h = mem_zero(1, sizeof(*h));
	unsigned char block[BLOCK_MOST] = { 0 };

	/* A key that is longer than a block is hashed first. */
	if (len > (size_t)EVP_MD_get_block_size(md))
		must(EVP_Digest(key, len, block, NULL, md, NULL));
	else if (len > 0)
		memcpy(block, key, len);
	h->inner = keyed(md, block, 0x36);
	h->outer = keyed(md, block, 0x5c);
	h->work = context_new();
	h->size = (unsigned)EVP_MD_get_size(md);
	OPENSSL_cleanse(block, sizeof(block));
	return h;
}

struct hmac *
hmac_sha256_new(const void *key, size_t len)
{
	return hmac_new(EVP_sha256(), key, len);
}

struct hmac *
hmac_sha512_new(const void *key, size_t len)
{
	return hmac_new(EVP_sha512(), key, len);
}

void
hmac_free(struct hmac *h)
{
	if (h == NULL)
		return;
	EVP_MD_CTX_free(h->inner);
	EVP_MD_CTX_free(h->outer);
	EVP_MD_CTX_free(h->work);
	free(h);
}

void
hmac_digest(struct hmac *h, const struct piece *piece, size_t pieces,
    unsigned char *ret_digest)
{
	unsigned char middle[DIGEST_SHA512];
	size_t i;

	must(EVP_MD_CTX_copy_ex(h->work, h->inner));
	for (i = 0; i < pieces; i++)
		must(EVP_DigestUpdate(h->work, piece[i].bytes, piece[i].len));
	must(EVP_DigestFinal_ex(h->work, middle, NULL));
	must(EVP_MD_CTX_copy_ex(h->work, h->outer));
	must(EVP_DigestUpdate(h->work, middle, h->size));
	must(EVP_DigestFinal_ex(h->work, ret_digest, NULL));
}

int
digest_equal(const void *a, const void *b, size_t len)
{
	return CRYPTO_memcmp(a, b, len) == 0;
}
