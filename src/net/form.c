/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

#include "net/form.h"

/* RFC 3986, section 2.3. */
static const char unreserved[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

/* Percent-encode all that is neither unreserved nor one of `also`. */
static void
escape(struct buf *b, const char *text, const char *also)
{
	static const char hex[] = "0123456789ABCDEF";
	unsigned char c;

	for (; (c = (unsigned char)*text) != '\0'; text++) {
		if (strchr(unreserved, c) != NULL || strchr(also, c) != NULL) {
			buf_char(b, (char)c);
		} else {
			buf_char(b, '%');
			buf_char(b, hex[c >> 4]);
			buf_char(b, hex[c & 15]);
		}
	}
}

void
form_escape(struct buf *b, const char *text)
{
	escape(b, text, "");
}

void
form_empty(struct buf *b, const char *name)
{
	if (b->len > 0)
		buf_char(b, '&');
	/* Stripe reads the brackets either way; so do people in its log. */
	escape(b, name, "[]");
	buf_char(b, '=');
}

void
form_text(struct buf *b, const char *name, const char *value)
{
	if (text_empty(value))
		return;
	form_empty(b, name);
	escape(b, value, "");
}

void
form_int(struct buf *b, const char *name, int64_t value)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%lld", (long long)value);
	form_text(b, name, text);
}
