/* SPDX-License-Identifier: MIT */
#ifndef DB_ARRAY_H
#define DB_ARRAY_H

/* A list as the argument of a statement: the text of an array of SQL's. */

#include "base/buf.h"

void array_begin(struct buf *out, size_t max);	/* as buf_init() */
void array_add(struct buf *out, const char *text);	/* NULL: SQL NULL */
void array_end(struct buf *out);		/* out->data is the argument */

#endif /* !DB_ARRAY_H */
