/* SPDX-License-Identifier: MIT */
#ifndef CRYPTO_DIGEST_H
#define CRYPTO_DIGEST_H

/* Hashes and keyed hashes; every function works on bytes and cannot fail. */

#include <stddef.h>

#define DIGEST_SHA256	32
#define DIGEST_SHA512	64

void digest_sha256(const void *bytes, size_t len,
    unsigned char ret_digest[DIGEST_SHA256]);

/*
 * A key made ready once per process: HMAC (RFC 2104) whose key is hashed once,
 * so that a message costs only its own bytes.
 */
struct hmac;
struct hmac *hmac_sha256_new(const void *key, size_t len);
struct hmac *hmac_sha512_new(const void *key, size_t len);
void hmac_free(struct hmac *h);

struct piece {
	const void	*bytes;
	size_t		 len;
};

/* The digest, as long as the hash's, of one message in pieces. */
void hmac_digest(struct hmac *h, const struct piece *piece, size_t pieces,
    unsigned char *ret_digest);

/* Equal, in time that depends on `len` only? */
int digest_equal(const void *a, const void *b, size_t len);

#endif /* !CRYPTO_DIGEST_H */
