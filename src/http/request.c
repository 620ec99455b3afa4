/* SPDX-License-Identifier: MIT */

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "http/percent.h"

#include "http/request.h"

const char *const method_names[METHODS] = {
	[METHOD_OTHER] = "other", [GET] = "GET", [HEAD] = "HEAD",
	[POST] = "POST", [PUT] = "PUT", [PATCH] = "PATCH", [DELETE] = "DELETE"
};

const char *
req_param(const struct req *q, const char *name)
{
	size_t len = strlen(name), i;

	for (i = 0; i < q->params; i++)
		if (strncmp(q->param[i].name, name, len) == 0 &&
		    q->param[i].name[len] == '}')
			break;
	assert(i < q->params);
	return q->param[i].value;
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
				return percent_decode("", 0, ' ', ret, size);
			if (at[len] == '=')
				return percent_decode(at + len + 1,
				    part - len - 1, ' ', ret, size);
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

/* A walk over the cookies of a request, line by line. */
struct walk {
	const struct req	*q;
	const char		*at;	/* in a line; NULL: before the first */
	size_t			 line;	/* the next one */
	const char		*value;
	size_t			 len;
};

static const char *
next_line(struct walk *w)
{
	return w->line < w->q->cookies ? w->q->cookie[w->line++] : NULL;
}

/* To the next cookie called `name`; 0: there is none. */
static int
walk_to(struct walk *w, const char *name)
{
	size_t len = strlen(name), part;
	const char *at;

	for (;;) {
		while (w->at == NULL || *w->at == '\0')
			if ((w->at = next_line(w)) == NULL)
				return 0;
		at = w->at + strspn(w->at, " \t");
		part = strcspn(at, ";");
		w->at = at + part + (at[part] == ';');
		if (part <= len || at[len] != '=' ||
		    strncmp(at, name, len) != 0)
			continue;
		w->value = at + len + 1;
		w->len = part - len - 1;
		while (w->len > 0 && (w->value[w->len - 1] == ' ' ||
		    w->value[w->len - 1] == '\t'))
			w->len--;
		return 1;
	}
}

static enum err
value_copy(const struct walk *w, char *ret, size_t size)
{
	size_t i;

	if (w->len >= size)
		return ERR_INPUT;
	for (i = 0; i < w->len; i++)
		if (!cookie_octet(w->value[i]))
			return ERR_INPUT;
	memcpy(ret, w->value, w->len);
	ret[w->len] = '\0';
	return ERR_OK;
}

enum err
req_cookie(const struct req *q, const char *name, char *ret, size_t size)
{
	struct walk w = { .q = q }, first;

	if (!walk_to(&w, name))
		return ERR_NOTFOUND;
	first = w;
	while (walk_to(&w, name))
		if (w.len != first.len ||
		    memcmp(w.value, first.value, w.len) != 0)
			return ERR_INPUT;
	return value_copy(&first, ret, size);
}

enum err
req_cookie_first(const struct req *q, const char *name, char *ret, size_t size)
{
	struct walk w = { .q = q };

	return walk_to(&w, name) ? value_copy(&w, ret, size) : ERR_NOTFOUND;
}

int
req_has_cookie(const struct req *q, const char *name)
{
	struct walk w = { .q = q };

	return walk_to(&w, name);
}

const char *
req_credentials(const struct req *q, const char *scheme)
{
	const char *sent = q->authorization;
	const size_t len = strlen(scheme);

	if (sent == NULL || strncasecmp(sent, scheme, len) != 0 ||
	    sent[len] != ' ')
		return NULL;
	sent += len;
	return sent + strspn(sent, " ");
}
