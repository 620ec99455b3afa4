/* SPDX-License-Identifier: MIT */
#ifndef BASE_JSON_MEND_H
#define BASE_JSON_MEND_H

/* JSON that a strict parser refuses for the sake of a member nobody needs. */

#include <stddef.h>

struct buf;

/*
 * Append `text` with what json_parse() would refuse replaced: bytes that are no
 * UTF-8, control characters, NUL, half surrogates and escapes that there are
 * not by U+FFFD; numbers and words that do not fit and what is nested too deep
 * by null.  A text whose brackets and quotes are wrong stays as wrong as it is.
 * At most JSON_MENDED(len) bytes.
 */
#define JSON_MENDED(len)	(6 * (len) + 1)
void json_mend(const char *text, size_t len, struct buf *out);

#endif /* !BASE_JSON_MEND_H */
