/* SPDX-License-Identifier: MIT */
#ifndef BASE_BUF_H
#define BASE_BUF_H

/* Bytes that grow up to a ceiling, always followed by a NUL. */

#include <stddef.h>

#include "base/err.h"

struct buf {
	char	*data;		/* owned; never NULL after buf_init() */
	size_t	 len;
	size_t	 max;		/* the ceiling, in bytes */
	size_t	 room;
	int	 full;		/* something did not fit; sticks until reset */
};

void buf_init(struct buf *b, size_t max);
void buf_done(struct buf *b);

/* Forget the contents and keep the memory. */
void buf_reset(struct buf *b);

/*
 * Append.  What would pass the ceiling is not appended and sets b->full, so a
 * caller may append many times and look once.
 */
void buf_add(struct buf *b, const void *data, size_t len);
void buf_text(struct buf *b, const char *text);
void buf_char(struct buf *b, char c);
void buf_format(struct buf *b, const char *format, ...) PRINTF(2, 3);

#endif /* !BASE_BUF_H */
