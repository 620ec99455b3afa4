/* SPDX-License-Identifier: MIT */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#include "base/buf.h"

#define FIRST_ROOM	256

/* Room for `more` bytes and the NUL.  0: they would pass the ceiling. */
static int
make_room(struct buf *b, size_t more)
{
	size_t need, room;

	if (b->full || more > b->max - b->len) {
		b->full = 1;
		return 0;
	}
	need = b->len + more + 1;
	if (need <= b->room)
		return 1;
	for (room = b->room; room < need; room *= 2)
		continue;
	if (room > b->max + 1)
		room = b->max + 1;
	b->data = mem_grow(b->data, room);
	b->room = room;
	return 1;
}

void
buf_init(struct buf *b, size_t max)
{
	memset(b, 0, sizeof(*b));
	b->max = max;
	b->room = max < FIRST_ROOM ? max + 1 : FIRST_ROOM;
	b->data = mem_zero(b->room, 1);
}

void
buf_done(struct buf *b)
{
	free(b->data);
	memset(b, 0, sizeof(*b));
}

void
buf_reset(struct buf *b)
{
	b->len = 0;
	b->full = 0;
	b->data[0] = '\0';
}

void
buf_add(struct buf *b, const void *data, size_t len)
{
	if (len == 0 || !make_room(b, len))
		return;
	memcpy(b->data + b->len, data, len);
	b->len += len;
	b->data[b->len] = '\0';
}

void
buf_text(struct buf *b, const char *text)
{
	buf_add(b, text, strlen(text));
}

void
buf_char(struct buf *b, char c)
{
	if (!make_room(b, 1))
		return;
	b->data[b->len++] = c;
	b->data[b->len] = '\0';
}

void
buf_format(struct buf *b, const char *format, ...)
{
	const size_t room = b->room - b->len;
	va_list ap;
	int n;

	/* Most of the time it fits into what there is. */
	va_start(ap, format);
	n = vsnprintf(b->data + b->len, room, format, ap);
	va_end(ap);
	if (n < 0)		/* longer than an int can say */
		b->full = 1;
	if (n <= 0 || !make_room(b, (size_t)n)) {
		b->data[b->len] = '\0';
		return;
	}
	if ((size_t)n >= room) {
		va_start(ap, format);
		(void)vsnprintf(b->data + b->len, (size_t)n + 1, format, ap);
		va_end(ap);
	}
	b->len += (size_t)n;
}
