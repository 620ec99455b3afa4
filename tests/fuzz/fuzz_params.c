/* SPDX-License-Identifier: MIT */

/*
 * Variables, one a line: what is taken is what the first of its name says, and
 * what is there twice is told of.  Only a browser's own request may change
 * something.
 */

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "http/origin.h"
#include "http/params.h"

#define LINES	512

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The value of the first variable of this name; *ret_n: how many there are. */
static const char *
first(char *const envp[], const char *name, size_t *ret_n)
{
	const size_t len = strlen(name);
	const char *found = NULL, *end;

	for (*ret_n = 0; *envp != NULL; envp++) {
		end = strchr(*envp, '=');
		if (end == NULL)
			end = *envp + strlen(*envp);
		if ((size_t)(end - *envp) != len ||
		    memcmp(*envp, name, len) != 0)
			continue;
		if ((*ret_n)++ == 0)
			found = end + (*end == '=');
	}
	return found;
}

static void
is_first(char *const envp[], const char *name, const char *value, int is_meta)
{
	size_t n;
	const char *text = first(envp, name, &n);

	assert(text_equal(value, is_meta && text_empty(text) ? NULL : text));
}

static void
is_single(char *const envp[], const char *name, const struct req *q)
{
	size_t n;
	const char *text = first(envp, name, &n);

	assert(n < 2 || q->duplicate != NULL);
	assert(!text_equal(name, "HTTP_ORIGIN") || text == NULL ||
	    strchr(text, ',') == NULL || q->duplicate != NULL);
}

static void
look_at(char *const envp[], const struct req *q)
{
	static const char *const single[] = { "CONTENT_LENGTH", "CONTENT_TYPE",
	    "HTTP_HOST", "HTTP_ORIGIN", "HTTP_STRIPE_SIGNATURE",
	    "HTTP_SEC_FETCH_SITE" };
	size_t i, n, len = strlen(q->path);
	const char *uri = first(envp, "REQUEST_URI", &n);

	assert(q->method < METHODS && q->query != NULL);
	assert(len < REQUEST_PATH && strchr(q->path, '?') == NULL);
	if (!q->authorizer) {
		assert(len == 0 || strncmp(uri, q->path, len) == 0);
		is_first(envp, "ENDPIN_WANTED", q->wanted, 1);
	} else
		assert(q->method == GET && text_equal(q->path, "/auth"));
	is_first(envp, "CONTENT_TYPE", q->content_type, 1);
	is_first(envp, "HTTP_ORIGIN", q->origin, 0);
	is_first(envp, "HTTP_SEC_FETCH_SITE", q->sec_fetch_site, 0);
	is_first(envp, "HTTP_STRIPE_SIGNATURE", q->signature, 0);
	is_first(envp, "HTTP_AUTHORIZATION", q->authorization, 0);
	is_first(envp, "REMOTE_ADDR", q->remote, 1);
	for (i = 0; i < NELEM(single); i++)
		is_single(envp, single[i], q);
	(void)first(envp, "HTTP_COOKIE", &n);
	assert(q->cookies == (n < REQUEST_COOKIES ? n : REQUEST_COOKIES));
	assert(n <= REQUEST_COOKIES || q->duplicate != NULL);
	len = strlen(q->id);
	assert(len >= 8 && len < REQUEST_ID && strpbrk(q->id, " =\"\\") == NULL);
}

static void
may_change(const struct req *q)
{
	const int ok = origin_ok(q, "https://app.example.com", "endpin");
	char value[64];

	if (q->sec_fetch_site == NULL && q->origin == NULL)
		assert(ok == (req_cookie_first(q, "endpin", value,
		    sizeof(value)) == ERR_NOTFOUND));
	else if (q->sec_fetch_site == NULL)
		assert(ok == text_equal(q->origin, "https://app.example.com"));
	else
		assert(!ok || q->sec_fetch_site[0] != 'c');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *envp[LINES + 1];
	struct req q = { .authorizer = size > 0 && data[0] == '\n' };
	size_t n = 0, i, len;
	const uint8_t *end;

	for (; n < LINES && size > 0; n++) {
		end = memchr(data, '\n', size);
		len = end == NULL ? size : (size_t)(end - data);
		envp[n] = mem_text_n((const char *)data, len);
		data += len + (end != NULL);
		size -= len + (end != NULL);
	}
	envp[n] = NULL;
	if (params_read(envp, &q) == ERR_OK) {
		look_at(envp, &q);
		may_change(&q);
	}
	for (i = 0; i < n; i++)
		free(envp[i]);
	return 0;
}
