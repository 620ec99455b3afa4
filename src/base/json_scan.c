/* SPDX-License-Identifier: MIT */

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/json_scan.h"

#define BYTE_ORDER_MARK	"\xef\xbb\xbf"

/*
 * Where the scanner is: so many bytes of their paths say which objects it is
 * inside of, for those of the wanted whose bit is set in `near`.
 */
struct scan {
	const char		*at;
	const char		*end;
	struct json_want	*want;
	size_t			 count;
	uint32_t		 near;
	size_t			 path_len;
};

/* What a string turned out to be. */
struct string {
	const char	*at;		/* between the quotes */
	size_t		 len;
	int		 escaped;
};

static int scan_wanted(struct scan *s);

static int
is_space(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static void
skip_space(struct scan *s)
{
	while (s->at < s->end && is_space(*s->at))
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

/* All that a string's end depends on is quotes and what escapes them. */
static int
scan_string(struct scan *s, struct string *ret)
{
	const char *at, *const end = s->end;

	if (!next_is(s, '"'))
		return 0;
	ret->at = s->at;
	ret->escaped = 0;
	for (at = ret->at; at < end; at++) {
		if (*at == '"') {
			ret->len = (size_t)(at - ret->at);
			s->at = at + 1;
			return 1;
		}
		if (*at != '\\')
			continue;
		ret->escaped = 1;
		if (++at == end)
			break;
	}
	s->at = end;
	return 0;
}

/* A number or a word, whatever it says; 0: there is nothing. */
static int
skip_bare(struct scan *s)
{
	const char *from = s->at;

	while (s->at < s->end && !is_space(*s->at) && *s->at != ',' &&
	    *s->at != '}' && *s->at != ']')
		s->at++;
	return s->at > from;
}

/* An object or array by its brackets alone, however deep: no recursion. */
static int
skip_nested(struct scan *s)
{
	struct string text;
	size_t depth = 0;

	while (s->at < s->end) {
		switch (*s->at) {
		case '"':
			if (!scan_string(s, &text))
				return 0;
			continue;
		case '{':
		case '[':
			depth++;
			break;
		case '}':
		case ']':
			depth--;
			break;
		default:
			break;
		}
		s->at++;
		if (depth == 0)
			return 1;
	}
	return 0;
}

static int
skip_value(struct scan *s)
{
	struct string text;

	skip_space(s);
	if (s->at == s->end)
		return 0;
	if (*s->at == '{' || *s->at == '[')
		return skip_nested(s);
	return *s->at == '"' ? scan_string(s, &text) : skip_bare(s);
}

/* Is it the first of the names in `path`?  None of those has a dot or NUL. */
static int
is_first(const struct string *name, const char *path)
{
	return *path == *name->at && strcspn(path, ".") == name->len &&
	    memcmp(path, name->at, name->len) == 0;
}

/* Which of those that are near are so still inside of this member. */
static uint32_t
near_inside(const struct scan *s, const struct string *name)
{
	uint32_t found = 0;
	const char *rest;
	size_t i;

	if (name->escaped || name->len == 0)
		return 0;
	for (i = 0; i < s->count; i++) {
		if ((s->near & UINT32_C(1) << i) == 0)
			continue;
		rest = s->want[i].path + s->path_len;
		if (s->path_len > 0 && *rest++ != '.')
			continue;
		if (is_first(name, rest))
			found |= UINT32_C(1) << i;
	}
	return found;
}

/* So deep as the wanted paths are: everything else is skipped. */
static int
scan_member(struct scan *s)
{
	const size_t path_len = s->path_len;
	const uint32_t outside = s->near;
	struct string name;
	uint32_t near;
	int ok;

	if (!scan_string(s, &name))
		return 0;
	skip_space(s);
	if (!next_is(s, ':'))
		return 0;
	if ((near = near_inside(s, &name)) == 0)
		return skip_value(s);
	s->near = near;
	s->path_len += (s->path_len > 0) + name.len;
	ok = scan_wanted(s);
	s->near = outside;
	s->path_len = path_len;
	return ok;
}

static int
scan_object(struct scan *s)
{
	if (!next_is(s, '{'))
		return 0;
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

/*
 * Forget what was found at the path before and inside of it; returns the want
 * that is there, NULL if it only holds some.
 */
static struct json_want *
want_afresh(struct scan *s)
{
	struct json_want *found = NULL, *w;
	size_t i;

	for (i = 0; i < s->count; i++) {
		if ((s->near & UINT32_C(1) << i) == 0)
			continue;
		w = &s->want[i];
		w->at = NULL;
		w->len = 0;
		w->is_text = w->is_escaped = w->is_other = 0;
		if (w->path[s->path_len] == '\0')
			found = w;
	}
	return found;
}

static int
scan_wanted(struct scan *s)
{
	struct json_want *w = want_afresh(s);
	struct string text = { .escaped = 0 };
	int is_text;

	skip_space(s);
	if (s->at == s->end)
		return 0;
	if (*s->at == '{' || *s->at == '[') {
		if (w != NULL)
			w->is_other = 1;
		return *s->at == '{' ? scan_object(s) : skip_nested(s);
	}
	is_text = *s->at == '"';
	text.at = s->at;
	if (!(is_text ? scan_string(s, &text) : skip_bare(s)))
		return 0;
	if (!is_text)
		text.len = (size_t)(s->at - text.at);
	if (w == NULL || (!is_text && text.len == 4 &&
	    memcmp(text.at, "null", 4) == 0))
		return 1;
	w->at = text.at;
	w->len = text.len;
	w->is_text = is_text;
	w->is_escaped = text.escaped;
	return 1;
}

enum err
json_scan(const char *text, size_t len, struct json_want *want, size_t count)
{
	struct scan s = { .at = text, .end = text + len, .want = want,
	    .count = count, .near = UINT32_MAX };
	const size_t mark = strlen(BYTE_ORDER_MARK);

	assert(count <= JSON_WANTS);
	(void)want_afresh(&s);
	if (len >= mark && memcmp(text, BYTE_ORDER_MARK, mark) == 0)
		s.at += mark;
	skip_space(&s);
	if (!scan_object(&s))
		return ERR_INPUT;
	skip_space(&s);
	return s.at == s.end ? ERR_OK : ERR_INPUT;
}
