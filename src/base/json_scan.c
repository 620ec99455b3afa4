/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "base/json_scan.h"

#define PATH_MAX_BYTES	128

#define BYTE_ORDER_MARK	"\xef\xbb\xbf"

/* Where the scanner is; `path` is the names of the objects it is inside. */
struct scan {
	const char		*at;
	const char		*end;
	struct json_want	*want;
	size_t			 count;
	char			 path[PATH_MAX_BYTES];
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
	if (!next_is(s, '"'))
		return 0;
	ret->at = s->at;
	ret->escaped = 0;
	for (; s->at < s->end; s->at++) {
		if (*s->at == '"') {
			ret->len = (size_t)(s->at++ - ret->at);
			return 1;
		}
		if (*s->at != '\\')
			continue;
		ret->escaped = 1;
		if (++s->at == s->end)
			break;
	}
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

/* Is `w`, or something that it is inside of, at the path? */
static int
is_at_path(const struct scan *s, const struct json_want *w)
{
	return s->path_len == 0 ||
	    (strncmp(w->path, s->path, s->path_len) == 0 &&
	    (w->path[s->path_len] == '\0' || w->path[s->path_len] == '.'));
}

/* Add a member's name to the path.  0: nothing there is wanted. */
static int
path_enter(struct scan *s, const struct string *name)
{
	size_t dot = s->path_len > 0, i;

	if (name->escaped || name->len == 0 ||
	    memchr(name->at, '.', name->len) != NULL ||
	    memchr(name->at, '\0', name->len) != NULL ||
	    s->path_len + dot + name->len > sizeof(s->path))
		return 0;
	if (dot)
		s->path[s->path_len++] = '.';
	memcpy(s->path + s->path_len, name->at, name->len);
	s->path_len += name->len;
	for (i = 0; i < s->count; i++)
		if (is_at_path(s, &s->want[i]))
			return 1;
	return 0;
}

/* So deep as the wanted paths are: everything else is skipped. */
static int
scan_member(struct scan *s)
{
	const size_t path_len = s->path_len;
	struct string name;
	int ok;

	if (!scan_string(s, &name))
		return 0;
	skip_space(s);
	if (!next_is(s, ':'))
		return 0;
	ok = path_enter(s, &name) ? scan_wanted(s) : skip_value(s);
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

	for (w = s->want; w < s->want + s->count; w++) {
		if (!is_at_path(s, w))
			continue;
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
	    .count = count };
	const size_t mark = strlen(BYTE_ORDER_MARK);

	(void)want_afresh(&s);
	if (len >= mark && memcmp(text, BYTE_ORDER_MARK, mark) == 0)
		s.at += mark;
	skip_space(&s);
	if (!scan_object(&s))
		return ERR_INPUT;
	skip_space(&s);
	return s.at == s.end ? ERR_OK : ERR_INPUT;
}
