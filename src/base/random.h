/* SPDX-License-Identifier: MIT */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stddef.h>

#include "base/text.h"

/* From the kernel, good enough for keys; aborts if there is none to be had. */
void random_bytes(void *ret_bytes, size_t len);

/* A version 4 UUID (RFC 9562). */
void random_uuid(char ret_text[TEXT_UUID]);

#endif /* !BASE_RANDOM_H */
