/* SPDX-License-Identifier: MIT */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

/* There is no memory for a proper log line either. */
static void *
or_abort(void *p)
{
	static const char line[] =
	    "{\"level\":\"error\",\"event\":\"memory\","
	    "\"msg\":\"out of memory\"}\n";

	if (p == NULL) {
		(void)!write(STDERR_FILENO, line, sizeof(line) - 1);
		abort();
	}
	return p;
}

void *
mem_zero(size_t count, size_t size)
{
	return or_abort(calloc(count == 0 ? 1 : count, size == 0 ? 1 : size));
}

void *
mem_grow(void *old, size_t size)
{
	return or_abort(realloc(old, size == 0 ? 1 : size));
}

char *
mem_text(const char *text)
{
	return or_abort(strdup(text));
}

char *
mem_text_n(const char *text, size_t len)
{
	char *copy = mem_zero(len + 1, 1);

	memcpy(copy, text, len);
	return copy;
}

void
mem_free_secret(void *secret, size_t len)
{
	if (secret == NULL)
		return;
	explicit_bzero(secret, len);
	free(secret);
}
