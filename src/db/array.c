/* SPDX-License-Identifier: MIT */

#include "db/array.h"

void
array_begin(struct buf *out, size_t max)
{
	buf_init(out, max);
	buf_char(out, '{');
}

void
array_add(struct buf *out, const char *text)
{
	if (out->len > 1)
		buf_char(out, ',');
	if (text == NULL) {
		buf_text(out, "NULL");
		return;
	}
	buf_char(out, '"');
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			buf_char(out, '\\');
		buf_char(out, *text);
	}
	buf_char(out, '"');
}

void
array_end(struct buf *out)
{
	buf_char(out, '}');
}
