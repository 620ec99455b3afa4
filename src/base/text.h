/* SPDX-License-Identifier: MIT */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

/* Questions about strings.  ASCII only, whatever the locale. */

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct buf;

int text_equal(const char *a, const char *b);		/* NULL equals NULL */
int text_equal_nocase(const char *a, const char *b);
int text_begins(const char *text, const char *prefix);
int text_empty(const char *text);			/* NULL or "" */

/* A decimal number, digits only, no sign, no space, up to `max`. */
MUST_USE enum err text_number(const char *text, int64_t max,
    int64_t *ret_value);

/* Code points in valid UTF-8, or -1: it is not. */
long text_utf8_length(const char *text, size_t len);

/*
 * Append a text in which each NUL and each byte that is of no character is
 * U+FFFD; at most TEXT_MENDED(len) bytes.
 */
#define TEXT_MENDED(len)	(3 * (len))
void text_mend(const char *text, size_t len, struct buf *out);

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

/*
 * The bytes that text_base64url() made `text` of, at most `size` of them.
 * ERR_INPUT: nothing makes this text, or there are more.
 */
MUST_USE enum err text_unbase64url(const char *text, void *ret_bytes,
    size_t size, size_t *ret_len);
/* What text_base64() writes for `len` bytes, in its one spelling. */
MUST_USE enum err text_unbase64(const char *text, size_t text_len,
    void *ret_bytes, size_t len);

/* 8-4-4-4-12 in lower case, as the database prints an uuid. */
#define TEXT_UUID	37
int text_is_uuid(const char *text);

/* `value` in digits; returns `ret_digits`. */
#define TEXT_DIGITS	24
const char *text_digits(int64_t value, char ret_digits[TEXT_DIGITS]);

/* `text`, or NULL (for the database) if it is "". */
const char *text_or_null(const char *text);

/*
 * Copy for people: what does not fit into `size` bytes is cut off, between two
 * characters.  NULL becomes "".  Never for an id, a key or an address.
 */
void text_cut(const char *text, char *ret, size_t size);

#endif /* !BASE_TEXT_H */
