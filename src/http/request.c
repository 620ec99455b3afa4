/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "base/text.h"

#include "http/request.h"

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
decode(const char *in, size_t len, size_t *used)
{
	int c = (unsigned char)in[0], high, low;

	*used = 1;
	if (c == '+')
		c = ' ';
	else if (c == '%') {
		if (len < 3 || (high = digit_of(in[1])) == -1 ||
		    (low = digit_of(in[2])) == -1)
			return -1;
		c = high * 16 + low;
		*used = 3;
	}
	return c < ' ' || c == 0x7f ? -1 : c;
}

static enum err
value_decode(const char *in, size_t len, char *ret, size_t size)
{
	char out[VALUE_MAX];
	size_t n = 0, used;
	int c;

	if (size > sizeof(out))
		size = sizeof(out);
	for (; len > 0; in += used, len -= used) {
		if ((c = decode(in, len, &used)) == -1 || n + 1 >= size)
			return ERR_INPUT;
		out[n++] = (char)c;
	}
	if (text_utf8_length(out, n) == -1)
		return ERR_INPUT;
	memcpy(ret, out, n);
	ret[n] = '\0';
	return ERR_OK;
}

enum err
req_query(const struct req *q, const char *name, char *ret, size_t size)
{
	size_t len = strlen(name), part;
	const char *at = q->query;

	for (;; at += part + 1) {
		part = strcspn(at, "&");
		if (part >= len && strncmp(at, name, len) == 0) {
			if (part == len)
				return value_decode("", 0, ret, size);
			if (at[len] == '=')
				return value_decode(at + len + 1,
				    part - len - 1, ret, size);
		}
		if (at[part] == '\0')
			return ERR_NOTFOUND;
	}
}

/*
 * Only ';' separates.  A web server that joins two Cookie headers puts ", "
 * between them; neither a comma nor a space is of a cookie's characters.
 */
static int
cookie_octet(char c)
{
	return c > ' ' && c < '\x7f' && c != ',' && c != '\\';
}

enum err
req_cookie(const struct req *q, const char *name, char *ret, size_t size)
{
	const char *at = q->cookie, *found = NULL;
	size_t len = strlen(name), part, i, n = 0;

	for (; at != NULL && *at != '\0'; at += at[part] == ';' ? part + 1 :
	    part) {
		at += strspn(at, " \t");
		part = strcspn(at, ";");
		if (part <= len || at[len] != '=' ||
		    strncmp(at, name, len) != 0)
			continue;
		if (found != NULL)
			return ERR_INPUT;
		found = at + len + 1;
		n = part - len - 1;
	}
	if (found == NULL)
		return ERR_NOTFOUND;

	while (n > 0 && (found[n - 1] == ' ' || found[n - 1] == '\t'))
		n--;
	if (n >= size)
		return ERR_INPUT;
	for (i = 0; i < n; i++)
		if (!cookie_octet(found[i]))
			return ERR_INPUT;
	memcpy(ret, found, n);
	ret[n] = '\0';
	return ERR_OK;
}
