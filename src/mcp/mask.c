/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "base/buf.h"

#include "mcp/mask.h"

/* May it stand before the @?  RFC 5321, 4.1.2, and letters of any language. */
static int
is_local(char c)
{
	static const char others[] = "!#$%&'*+-/=?^_`{|}~.";

	return (unsigned char)c >= 0x80 || (c >= '0' && c <= '9') ||
	    (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c != '\0' && strchr(others, c) != NULL);
}

/* Of the character at `s`, which has one byte or more. */
static size_t
character(const char *s, size_t len)
{
	size_t n = 1;

	while (n < len && ((unsigned char)s[n] & 0xc0) == 0x80)
		n++;
	return n;
}

void
mask_addresses(const char *text, struct buf *out)
{
	const char *at, *from;

	while ((at = strchr(text, '@')) != NULL) {
		for (from = at; from > text && is_local(from[-1]);)
			from--;
		buf_add(out, text, (size_t)(from - text));
		if (from < at) {
			buf_add(out, from, character(from,
			    (size_t)(at - from)));
			buf_text(out, "***");
		}
		buf_char(out, '@');
		text = at + 1;
	}
	buf_text(out, text);
}
