/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "base/text.h"

#include "http/percent.h"

#include "http/path.h"

#define LITERAL	"abcdefghijklmnopqrstuvwxyz0123456789-_."
#define NAME	"abcdefghijklmnopqrstuvwxyz_"

static int
segment_ok(const char *text)
{
	return strchr(text, '/') == NULL && !text_equal(text, ".") &&
	    !text_equal(text, "..");
}

enum err
path_cut(const char *sent, struct path *ret)
{
	char *out = ret->text;
	size_t len;

	ret->n = 0;
	ret->escaped = 0;
	if (*sent != '/')
		return ERR_INPUT;
	/* Decoded it is not longer, so everything fits. */
	for (; *sent == '/'; sent += len) {
		sent++;
		len = strcspn(sent, "/");
		if (ret->n == PATH_SEGMENTS ||
		    percent_decode(sent, len, '+', out, PATH_PARAM) != ERR_OK ||
		    !segment_ok(out))
			return ERR_INPUT;
		ret->segment[ret->n++] = out;
		ret->escaped = ret->escaped << 1 | (strlen(out) != len);
		out += strlen(out) + 1;
	}
	return ERR_OK;
}

/* Each request asks this of each row, and most differ in the first bytes. */
unsigned
path_match(const struct path *p, const char *row)
{
	unsigned rank = 1;	/* then a bit for each: is a literal */
	const char *segment;
	size_t i;

	for (i = 0; i < p->n && *row == '/'; i++) {
		segment = p->segment[i];
		rank <<= 1;
		if (*++row == '{') {
			if (*segment == '\0')
				return 0;
			row += strcspn(row, "/");
			continue;
		}
		for (; *segment != '\0' && *segment == *row; segment++)
			row++;
		if (*segment != '\0')
			return 0;
		rank |= 1;
	}
	return i == p->n && *row == '\0' ? rank : 0;
}

int
path_is_disguised(const struct path *p, unsigned rank)
{
	return (p->escaped & rank) != 0;
}

void
path_params(const struct path *p, const char *row, struct req *q)
{
	struct path_param *param;
	size_t i;

	q->params = 0;
	for (i = 0; i < p->n; i++, row += strcspn(row, "/")) {
		row++;
		if (*row != '{')
			continue;
		param = &q->param[q->params++];
		param->name = row + 1;
		memcpy(param->value, p->segment[i], strlen(p->segment[i]) + 1);
	}
}

/* Is the parameter that begins at `name` also at an earlier place of `row`? */
static int
is_repeated(const char *row, const char *name, size_t len)
{
	for (; row < name; row++)
		if (*row == '{' && row + 1 != name &&
		    strncmp(row + 1, name, len) == 0 && row[1 + len] == '}')
			return 1;
	return 0;
}

int
path_row_ok(const char *row)
{
	const char *at = row;
	size_t len, segments = 0, params = 0;

	if (*row != '/')
		return 0;
	for (; *at == '/'; at += len) {
		at++;
		if (++segments > PATH_SEGMENTS)
			return 0;
		if (*at != '{') {
			len = strspn(at, LITERAL);
			continue;
		}
		len = 1 + strspn(at + 1, NAME);
		if (len == 1 || at[len] != '}' || ++params > PATH_PARAMS ||
		    is_repeated(row, at + 1, len - 1))
			return 0;
		len++;
	}
	return *at == '\0';
}
