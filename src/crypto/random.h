/* SPDX-License-Identifier: MIT */
#ifndef CRYPTO_RANDOM_H
#define CRYPTO_RANDOM_H

#include <stddef.h>

#include "base/text.h"

/* From the kernel through OpenSSL; aborts if there is none to be had. */
void random_bytes(void *ret_bytes, size_t len);

/* A version 4 UUID (RFC 9562). */
void random_uuid(char ret_text[TEXT_UUID]);

#endif /* !CRYPTO_RANDOM_H */
