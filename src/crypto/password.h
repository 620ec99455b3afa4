/* SPDX-License-Identifier: MIT */
#ifndef CRYPTO_PASSWORD_H
#define CRYPTO_PASSWORD_H

/*
 * Passwords as PHC strings of argon2id (RFC 9106), m=19456 KiB, t=2, p=1: one
 * of the equal-strength sets of OWASP's Password Storage Cheat Sheet.  A pepper
 * is libargon2's secret input and is named by keyid in the string.
 */

#include <stddef.h>

#include "base/err.h"

#define PASSWORD_HASH	192	/* bytes for a PHC string of ours */
#define PASSWORD_MAX	1024	/* bytes of a password */

struct secret;
struct pepper;

/*
 * Lines "id:hex", at least 32 bytes of hex, id of 1-8 letters and digits; the
 * first is for new hashes, the others for old ones.  NULL `lines`: no pepper,
 * and *ret_pepper is NULL.  ERR_INPUT: a line is malformed, or an id is there
 * twice; logged.  The caller owns *ret_pepper.
 */
MUST_USE enum err pepper_new(const struct secret *lines,
    struct pepper **ret_pepper);
void pepper_free(struct pepper *p);

/* Hash with a fresh 16-byte salt.  ERR_INTERNAL: no memory; logged. */
MUST_USE enum err password_hash(const struct pepper *p, const char *password,
    size_t len, char ret_hash[PASSWORD_HASH]);

/*
 * ERR_OK: it is the password; *ret_old is set if it should be hashed again
 * (other parameters or pepper).  ERR_DENIED: it is not.  A NULL `hash` does
 * the same work and answers ERR_DENIED.  ERR_INTERNAL: the hash is not ours.
 */
MUST_USE enum err password_check(const struct pepper *p, const char *hash,
    const char *password, size_t len, int *ret_old);

#endif /* !CRYPTO_PASSWORD_H */
