/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "base/buf.h"
#include "base/text.h"

#include "http/percent.h"

#define VALUE_MAX	1024	/* a longer value is no value of ours */

static int
digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/*
 * One decoded character of `in`, of which *used bytes were used, or -1: a bad
 * escape or a control character.
 */
static int
decode(const char *in, size_t len, char plus, size_t *used)
{
	int c = (unsigned char)in[0], high, low;

	*used = 1;
	if (c == '+')
		c = plus;
	else if (c == '%') {
		if (len < 3 || (high = digit_of(in[1])) == -1 ||
		    (low = digit_of(in[2])) == -1)
			return -1;
		c = high * 16 + low;
		*used = 3;
	}
	return c < ' ' || c == 0x7f ? -1 : c;
}

enum err
percent_decode(const char *in, size_t len, char plus, char *ret, size_t size)
{
	char out[VALUE_MAX];
	size_t n = 0, used;
	int c;

	if (size > sizeof(out))
		size = sizeof(out);
	for (; len > 0; in += used, len -= used) {
		if ((c = decode(in, len, plus, &used)) == -1 || n + 1 >= size)
			return ERR_INPUT;
		out[n++] = (char)c;
	}
	if (text_utf8_length(out, n) == -1)
		return ERR_INPUT;
	memcpy(ret, out, n);
	ret[n] = '\0';
	return ERR_OK;
}

void
percent_encode(struct buf *out, const char *text)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789-._~/";

	for (; *text != '\0'; text++) {
		if (strchr(plain, *text) != NULL)
			buf_char(out, *text);
		else
			buf_format(out, "%%%02X", (unsigned char)*text);
	}
}
