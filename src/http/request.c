/* SPDX-License-Identifier: MIT */

#include <assert.h>
#include <string.h>

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
