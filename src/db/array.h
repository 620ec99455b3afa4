/* SPDX-License-Identifier: MIT */
#ifndef DB_ARRAY_H
#define DB_ARRAY_H

/* A list as the argument of a statement: the text of an array of SQL's. */

#include <stddef.h>

#include "base/buf.h"

/*
 * What `n` texts of `bytes` in all can need: each byte may be escaped, and each
 * text has quotes and a comma, or is NULL.
 */
size_t array_room(size_t bytes, size_t n);

void array_begin(struct buf *out, size_t max);	/* as buf_init() */
void array_add(struct buf *out, const char *text);	/* NULL: SQL NULL */
void array_end(struct buf *out);		/* out->data is the argument */

#endif /* !DB_ARRAY_H */
