/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "db/array.h"

size_t
array_room(size_t bytes, size_t n)
{
	return 2 * bytes + 6 * n + 2;
}

void
array_begin(struct buf *out, size_t max)
{
	buf_init(out, max);
	buf_char(out, '{');
}

void
array_add(struct buf *out, const char *text)
{
	size_t len;

	if (out->len > 1)
		buf_char(out, ',');
	if (text == NULL) {
		buf_text(out, "NULL");
		return;
	}
	buf_char(out, '"');
	for (;;) {
		len = strcspn(text, "\"\\");
		buf_add(out, text, len);
		text += len;
		if (*text == '\0')
			break;
		buf_char(out, '\\');
		buf_char(out, *text++);
	}
	buf_char(out, '"');
}

void
array_end(struct buf *out)
{
	buf_char(out, '}');
}
