/* SPDX-License-Identifier: MIT */

#include <stdlib.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "base/log.h"
#include "base/mem.h"

#include "crypto/digest.h"

/* A context that has the key; beginning again with it costs no key setup. */
struct hmac {
	EVP_MAC_CTX	*mac;
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

void
digest_sha256(const void *bytes, size_t len,
    unsigned char ret_digest[DIGEST_SHA256])
{
	/* To look for it would cost more than to use it. */
	static EVP_MD *algorithm;

	if (algorithm == NULL)
		algorithm = EVP_MD_fetch(NULL, "SHA256", NULL);
	must(algorithm != NULL);
	must(EVP_Digest(bytes, len, ret_digest, NULL, algorithm, NULL));
}

/* OpenSSL only reads the name, and says so nowhere in its types. */
static struct hmac *
hmac_new(char *hash, const void *key, size_t len)
{
	const OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, hash,
		    0),
		OSSL_PARAM_construct_end()
	};
	static EVP_MAC *algorithm;
	struct hmac *h = mem_zero(1, sizeof(*h));

	if (algorithm == NULL)
		algorithm = EVP_MAC_fetch(NULL, "HMAC", NULL);
	must(algorithm != NULL);
	must((h->mac = EVP_MAC_CTX_new(algorithm)) != NULL);

	/* No key would mean the one of before; this is an empty one. */
	must(EVP_MAC_init(h->mac, len == 0 ? (const void *)"" : key, len,
	    params));
	return h;
}

struct hmac *
hmac_sha256_new(const void *key, size_t len)
{
	static char hash[] = "SHA256";

	return hmac_new(hash, key, len);
}

struct hmac *
hmac_sha512_new(const void *key, size_t len)
{
	static char hash[] = "SHA512";

	return hmac_new(hash, key, len);
}

void
hmac_free(struct hmac *h)
{
	if (h == NULL)
		return;
	EVP_MAC_CTX_free(h->mac);
	free(h);
}

void
hmac_digest(struct hmac *h, const struct piece *piece, size_t pieces,
    unsigned char *ret_digest)
{
	size_t i, len;

	must(EVP_MAC_init(h->mac, NULL, 0, NULL));
	for (i = 0; i < pieces; i++)
		must(EVP_MAC_update(h->mac, piece[i].bytes, piece[i].len));
	must(EVP_MAC_final(h->mac, ret_digest, &len, DIGEST_SHA512));
}

int
digest_equal(const void *a, const void *b, size_t len)
{
	return CRYPTO_memcmp(a, b, len) == 0;
}
