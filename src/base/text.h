/* SPDX-License-Identifier: MIT */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

/* Questions about strings.  ASCII only, whatever the locale. */

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

int text_equal(const char *a, const char *b);		/* NULL equals NULL */
int text_equal_nocase(const char *a, const char *b);
int text_begins(const char *text, const char *prefix);
int text_empty(const char *text);			/* NULL or "" */

/* A decimal number, digits only, no sign, no space, up to `max`. */
MUST_USE enum err text_number(const char *text, int64_t max,
    int64_t *ret_value);

/* Code points in valid UTF-8, or -1: it is not. */
long text_utf8_length(const char *text, size_t len);

/* 2 * len digits in lower case and a NUL. */
void text_hex(const void *bytes, size_t len, char *ret_text);

/* Exactly 2 * len lower-case digits, else ERR_INPUT. */
MUST_USE enum err text_unhex(const char *text, size_t text_len, void *ret_bytes,
    size_t len);

/* 0 to 15, in either case; -1: it is no digit. */
int text_hex_digit(char c);

/* Base64 without padding, of RFC 4648 section 4 and of section 5 (url). */
#define TEXT_BASE64_LEN(n)	(((n) * 4 + 2) / 3)
void text_base64(const void *bytes, size_t len, char *ret_text);
void text_base64url(const void *bytes, size_t len, char *ret_text);

/* What text_base64() writes for `len` bytes, in its one spelling. */
MUST_USE enum err text_unbase64(const char *text, size_t text_len,
    void *ret_bytes, size_t len);

/* 8-4-4-4-12 in lower case, as the database prints an uuid. */
#define TEXT_UUID	37
int text_is_uuid(const char *text);

/* The shard lane of an errand's key: 0..63, stable for ever (FNV-1a). */
#define TEXT_LANES	64
int text_lane(const char *key);

#endif /* !BASE_TEXT_H */
