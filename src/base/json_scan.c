/* SPDX-License-Identifier: MIT */

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"

#include "base/json_scan.h"

#define PATH_MAX_BYTES	128

/* Where the scanner is; `path` is the names of the objects it is inside. */
struct scan {
	const char		*at;
	const char		*end;
	struct json_want	*want;
	size_t			 count;
	int			 depth;
	char			 path[PATH_MAX_BYTES];
	size_t			 path_len;
	int			 lost;	/* the path is no wanted one's */
};

/* What a string turned out to be. */
struct string {
	const char	*at;		/* between the quotes */
	size_t		 len;
	int		 escaped;
};

static int scan_value(struct scan *s, struct json_want *w);

static void
skip_space(struct scan *s)
{
	while (s->at < s->end && (*s->at == ' ' || *s->at == '\n' ||
	    *s->at == '\t' || *s->at == '\r'))
		s->at++;
}

static int
next_is(struct scan *s, char c)
{
	if (s->at == s->end || *s->at != c)
		return 0;
	s->at++;
	return 1;
}

static unsigned
hex4(const char *p)
{
	unsigned v = 0;
	int i;

	for (i = 0; i < 4; i++)
		v = v * 16 + (unsigned)text_hex_digit(p[i]);
	return v;
}

static int
is_unit(const struct scan *s, const char *p)
{
	int i;

	if (s->end - p < 6 || p[0] != '\\' || p[1] != 'u')
		return 0;
	for (i = 2; i < 6; i++)
		if (text_hex_digit(p[i]) == -1)
			return 0;
	return 1;
}

/* Past one escape; surrogates come in pairs, and NUL does not come. */
static int
scan_escape(struct scan *s)
{
	unsigned unit;

	if (s->end - s->at < 2)
		return 0;
	if (s->at[1] != 'u') {
		if (s->at[1] == '\0' || strchr("\"\\/bfnrt", s->at[1]) == NULL)
			return 0;
		s->at += 2;
		return 1;
	}
	if (!is_unit(s, s->at))
		return 0;
	unit = hex4(s->at + 2);
	s->at += 6;
	if (unit == 0 || (unit >= 0xdc00 && unit <= 0xdfff))
		return 0;
	if (unit < 0xd800 || unit > 0xdbff)
		return 1;
	if (!is_unit(s, s->at))
		return 0;
	unit = hex4(s->at + 2);
	s->at += 6;
	return unit >= 0xdc00 && unit <= 0xdfff;
}

/* Past one character of several bytes. */
static int
scan_wide(struct scan *s)
{
	size_t n = 1, left = (size_t)(s->end - s->at);

	while (n < 4 && n < left && ((unsigned char)s->at[n] & 0xc0) == 0x80)
		n++;
	if (text_utf8_length(s->at, n) != 1)
		return 0;
	s->at += n;
	return 1;
}

/* 1: copied as it is; 0: the end of a run of plain bytes. */
static const unsigned char plain[256] = {
	[' '] = 1, ['!'] = 1, ['#' ... '['] = 1, [']' ... 0x7f] = 1
};

static int
scan_string(struct scan *s, struct string *ret)
{
	const char *from;

	if (!next_is(s, '"'))
		return 0;
	from = s->at;
	ret->escaped = 0;
	for (;;) {
		while (s->at < s->end && plain[(unsigned char)*s->at])
			s->at++;
		if (s->at == s->end)
			return 0;
		if (*s->at == '"')
			break;
		if (*s->at == '\\') {
			ret->escaped = 1;
			if (!scan_escape(s))
				return 0;
		} else if ((unsigned char)*s->at < 0x80 || !scan_wide(s))
			return 0;
	}
	ret->at = from;
	ret->len = (size_t)(s->at - from);
	s->at++;
	return 1;
}

static int
scan_digits(struct scan *s)
{
	const char *from = s->at;

	while (s->at < s->end && *s->at >= '0' && *s->at <= '9')
		s->at++;
	return s->at > from;
}

/* Would json_parse() take it?  It has 64 bits for a whole number. */
static int
number_fits(const char *at, size_t len, int is_whole)
{
	char text[JSON_NUMBER + 1];

	if (is_whole && len <= 18)
		return 1;
	if (len > JSON_NUMBER)
		return 0;
	memcpy(text, at, len);
	text[len] = '\0';
	if (!is_whole)
		return isfinite(strtod(text, NULL));
	errno = 0;
	(void)strtoll(text, NULL, 10);
	return errno == 0;
}

static int
scan_number(struct scan *s)
{
	const char *from = s->at;
	int is_whole = 1;

	(void)next_is(s, '-');
	if (!next_is(s, '0') && !scan_digits(s))
		return 0;
	if (next_is(s, '.')) {
		is_whole = 0;
		if (!scan_digits(s))
			return 0;
	}
	if (next_is(s, 'e') || next_is(s, 'E')) {
		is_whole = 0;
		if (!next_is(s, '+'))
			(void)next_is(s, '-');
		if (!scan_digits(s))
			return 0;
	}
	return number_fits(from, (size_t)(s->at - from), is_whole);
}

static int
scan_word(struct scan *s, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(s->end - s->at) < len || memcmp(s->at, word, len) != 0)
		return 0;
	s->at += len;
	return 1;
}

/* The want with this path, if the path is known. */
static struct json_want *
wanted(const struct scan *s)
{
	size_t i;

	if (s->lost)
		return NULL;
	for (i = 0; i < s->count; i++)
		if (strlen(s->want[i].path) == s->path_len &&
		    memcmp(s->want[i].path, s->path, s->path_len) == 0)
			return &s->want[i];
	return NULL;
}

/* Add a member's name to the path. */
static void
path_enter(struct scan *s, const struct string *name)
{
	size_t dot = s->path_len > 0;

	/* A name that is empty or has a dot would look like another path. */
	if (s->lost || name->escaped || name->len == 0 ||
	    memchr(name->at, '.', name->len) != NULL ||
	    s->path_len + dot + name->len > sizeof(s->path)) {
		s->lost = 1;
		return;
	}
	if (dot)
		s->path[s->path_len++] = '.';
	memcpy(s->path + s->path_len, name->at, name->len);
	s->path_len += name->len;
}

static int
scan_member(struct scan *s)
{
	size_t path_len = s->path_len;
	struct json_want *w;
	struct string name;
	int lost = s->lost, ok;

	if (!scan_string(s, &name))
		return 0;
	skip_space(s);
	if (!next_is(s, ':'))
		return 0;
	path_enter(s, &name);
	w = wanted(s);
	if (w != NULL && w->is_there)
		return 0;		/* which one would count? */
	if (w != NULL)
		w->is_there = 1;
	ok = scan_value(s, w);
	s->path_len = path_len;
	s->lost = lost;
	return ok;
}

static int
scan_object(struct scan *s)
{
	skip_space(s);
	if (next_is(s, '}'))
		return 1;
	do {
		skip_space(s);
		if (!scan_member(s))
			return 0;
		skip_space(s);
	} while (next_is(s, ','));
	return next_is(s, '}');
}

static int
scan_array(struct scan *s)
{
	int lost = s->lost;

	s->lost = 1;
	skip_space(s);
	if (!next_is(s, ']')) {
		do {
			if (!scan_value(s, NULL))
				return 0;
			skip_space(s);
		} while (next_is(s, ','));
		if (!next_is(s, ']'))
			return 0;
	}
	s->lost = lost;
	return 1;
}

static int
scan_nested(struct scan *s, struct json_want *w)
{
	int is_object = *s->at++ == '{', ok;

	if (w != NULL)
		w->is_other = 1;
	if (++s->depth > JSON_DEPTH)
		return 0;
	ok = is_object ? scan_object(s) : scan_array(s);
	s->depth--;
	return ok;
}

/* A value, and white space before it; a scalar is told to `w`, if not NULL. */
static int
scan_value(struct scan *s, struct json_want *w)
{
	struct string text;
	const char *from;

	skip_space(s);
	if (s->at == s->end)
		return 0;
	from = s->at;
	switch (*from) {
	case '{':
	case '[':
		return scan_nested(s, w);
	case '"':
		if (!scan_string(s, &text))
			return 0;
		if (w != NULL) {
			w->at = text.at;
			w->len = text.len;
			w->is_text = !text.escaped;
			w->is_other = text.escaped;
		}
		return 1;
	case 'n':
		return scan_word(s, "null");
	case 't':
		if (!scan_word(s, "true"))
			return 0;
		break;
	case 'f':
		if (!scan_word(s, "false"))
			return 0;
		break;
	default:
		if (!scan_number(s))
			return 0;
	}
	if (w != NULL) {
		w->at = from;
		w->len = (size_t)(s->at - from);
	}
	return 1;
}

enum err
json_scan(const char *text, size_t len, struct json_want *want, size_t count)
{
	struct scan s = { .at = text, .end = text + len, .want = want,
	    .count = count };
	size_t i;

	for (i = 0; i < count; i++) {
		want[i].at = NULL;
		want[i].len = 0;
		want[i].is_text = want[i].is_other = want[i].is_there = 0;
	}
	skip_space(&s);
	if (s.at == s.end || *s.at != '{' || !scan_value(&s, NULL))
		return ERR_INPUT;
	skip_space(&s);
	return s.at == s.end ? ERR_OK : ERR_INPUT;
}
