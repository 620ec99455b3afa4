/* SPDX-License-Identifier: MIT */

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/text.h"

#include "base/json_mend.h"

#define REPLACEMENT	"\\ufffd"
#define BYTE_ORDER_MARK	"\xef\xbb\xbf"
#define NUMBER_MAX	63

/* Every byte of `text` is of a character, and none is NUL. */
struct mending {
	const char	*at;	/* ends with a NUL */
	struct buf	*out;
	int		 depth;
};

/* The code unit that "\uXXXX" at `p` spells, or -1: it is no such thing. */
static int
unit_at(const char *p)
{
	int value = 0, i, digit;

	if (p[0] != '\\' || p[1] != 'u')
		return -1;
	for (i = 2; i < 6; i++) {
		if ((digit = text_hex_digit(p[i])) == -1)
			return -1;
		value = value * 16 + digit;
	}
	return value;
}

static int
is_high(int unit)
{
	return unit >= 0xd800 && unit <= 0xdbff;
}

static int
is_low(int unit)
{
	return unit >= 0xdc00 && unit <= 0xdfff;
}

/* Bytes of the escape at `p`; 0: it is a wrong one. */
static size_t
escape_length(const char *p)
{
	int unit;

	if (p[1] != '\0' && strchr("\"\\/bfnrt", p[1]) != NULL)
		return 2;
	unit = unit_at(p);
	if (is_high(unit))
		return is_low(unit_at(p + 6)) ? 12 : 0;
	return unit <= 0 || is_low(unit) ? 0 : 6;
}

/* Bytes of the character at `p`; 0: the text ends there. */
static size_t
character_length(const char *p)
{
	size_t len = *p != '\0';

	while (((unsigned char)p[len] & 0xc0) == 0x80)
		len++;
	return len;
}

/* Past an escape; of a wrong one as much as is one. */
static void
mend_escape(struct mending *m)
{
	size_t len = escape_length(m->at);

	if (len > 0)
		buf_add(m->out, m->at, len);
	else {
		buf_text(m->out, REPLACEMENT);
		len = unit_at(m->at) != -1 ? 6 :
		    1 + character_length(m->at + 1);
	}
	m->at += len;
}

static void
mend_string(struct mending *m)
{
	buf_char(m->out, *m->at++);
	while (*m->at != '\0' && *m->at != '"') {
		if (*m->at == '\\')
			mend_escape(m);
		else if ((unsigned char)*m->at < 0x20) {
			buf_text(m->out, REPLACEMENT);
			m->at++;
		} else
			buf_char(m->out, *m->at++);
	}
	if (*m->at == '"')
		buf_char(m->out, *m->at++);
}

static void
skip_string(struct mending *m)
{
	for (m->at++; *m->at != '\0' && *m->at != '"'; m->at++)
		if (*m->at == '\\' && m->at[1] != '\0')
			m->at++;
	m->at += *m->at == '"';
}

static void
skip_nested(struct mending *m)
{
	int depth = 0;

	do {
		if (*m->at == '"') {
			skip_string(m);
			continue;
		}
		depth += *m->at == '{' || *m->at == '[';
		depth -= *m->at == '}' || *m->at == ']';
		m->at++;
	} while (*m->at != '\0' && depth > 0);
}

/* A number has 64 bits if it is whole, and is finite if it is not. */
static int
bare_fits(const char *bare, size_t len)
{
	char text[NUMBER_MAX + 1];

	if (len > NUMBER_MAX)
		return 0;
	memcpy(text, bare, len);
	text[len] = '\0';
	if (text_equal(text, "true") || text_equal(text, "false") ||
	    text_equal(text, "null"))
		return 1;
	if (strspn(text, "+-.0123456789eE") < len)
		return 0;
	if (strpbrk(text, ".eE") != NULL)
		return isfinite(strtod(text, NULL));
	errno = 0;
	(void)strtoll(text, NULL, 10);
	return errno == 0;
}

static void
mend_bare(struct mending *m)
{
	size_t len = strcspn(m->at, " \t\r\n,:\"[]{}");

	if (bare_fits(m->at, len))
		buf_add(m->out, m->at, len);
	else
		buf_text(m->out, "null");
	m->at += len;
}

static void
mend_next(struct mending *m)
{
	switch (*m->at) {
	case '"':
		mend_string(m);
		return;
	case '{':
	case '[':
		if (m->depth == JSON_DEPTH) {
			skip_nested(m);
			buf_text(m->out, "null");
			return;
		}
		m->depth++;
		break;
	case '}':
	case ']':
		m->depth--;
		break;
	case ' ':
	case '\t':
	case '\r':
	case '\n':
	case ',':
	case ':':
		break;
	default:
		mend_bare(m);
		return;
	}
	buf_char(m->out, *m->at++);
}

void
json_mend(const char *text, size_t len, struct buf *out)
{
	struct mending m = { .out = out };
	struct buf clean;

	buf_init(&clean, TEXT_MENDED(len));
	text_mend(text, len, &clean);
	m.at = clean.data;
	if (text_begins(m.at, BYTE_ORDER_MARK))
		m.at += strlen(BYTE_ORDER_MARK);
	while (*m.at != '\0')
		mend_next(&m);
	buf_done(&clean);
}
