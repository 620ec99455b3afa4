/* SPDX-License-Identifier: MIT */
#ifndef CRYPTO_SEAL_H
#define CRYPTO_SEAL_H

/*
 * A secret that has to lie in the database, for all processes that have the key
 * and nobody else: AES-256-GCM.
 */

#include <stddef.h>

#include "base/err.h"

#define SEAL_KEY	32

struct buf;

/* Append it sealed, in base64url; each time it looks different. */
void seal_text(const unsigned char key[SEAL_KEY], const char *text,
    struct buf *ret_sealed);

/*
 * What was sealed with this key, into the `size` bytes at `ret_text`.
 * ERR_INPUT: it was with another, or by nobody, or does not fit.
 */
MUST_USE enum err seal_open(const unsigned char key[SEAL_KEY],
    const char *sealed, char *ret_text, size_t size);

#endif /* !CRYPTO_SEAL_H */
