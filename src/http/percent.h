/* SPDX-License-Identifier: MIT */
#ifndef HTTP_PERCENT_H
#define HTTP_PERCENT_H

/* Percent-encoding (RFC 3986 section 2.1), done and undone. */

#include <stddef.h>

#include "base/err.h"

struct buf;

/*
 * Decode `len` bytes of `in` into `ret`, which has `size` bytes, and end it
 * with a NUL.  A '+' becomes `plus`: a space in a query, itself in a path.
 * ERR_INPUT: longer, or has a bad escape or a control character, or is not
 * UTF-8; then `ret` is as it was.
 */
MUST_USE enum err percent_decode(const char *in, size_t len, char plus,
    char *ret, size_t size);

/*
 * Append `text` as a value in a query: all but what is unreserved, and slashes,
 * is encoded.
 */
void percent_encode(struct buf *out, const char *text);

#endif /* !HTTP_PERCENT_H */
