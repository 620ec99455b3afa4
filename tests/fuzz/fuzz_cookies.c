/* SPDX-License-Identifier: MIT */

/*
 * Cookie headers, one a line, read by another hand too: copied, cut at each
 * semicolon and trimmed.  Both find the same.
 */

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "http/request.h"

#define NAME	"__Host-endpin"
#define ROOM	24

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct found {
	size_t	 n;
	int	 differ;	/* not all are as the first */
	char	*value;		/* the first */
};

static void
note(struct found *f, const char *value)
{
	if (f->n++ == 0)
		f->value = mem_text(value);
	else if (strcmp(f->value, value) != 0)
		f->differ = 1;
}

static void
read_line(const char *line, struct found *f)
{
	char *copy = mem_text(line), *rest = copy, *part, *end;

	while ((part = strsep(&rest, ";")) != NULL) {
		part += strspn(part, " \t");
		if (strncmp(part, NAME "=", sizeof(NAME)) != 0)
			continue;
		part += sizeof(NAME);
		end = part + strlen(part);
		while (end > part && (end[-1] == ' ' || end[-1] == '\t'))
			*--end = '\0';
		note(f, part);
	}
	free(copy);
}

static int
is_usable(const char *value)
{
	size_t i;

	for (i = 0; value[i] != '\0'; i++)
		if (value[i] <= ' ' || value[i] == 127 ||
		    strchr(",\\", value[i]) != NULL)
			return 0;
	return i < ROOM;
}

static void
compare(const struct req *q, const struct found *f)
{
	char value[ROOM] = "as it was";
	const enum err e = f->n == 0 ? ERR_NOTFOUND :
	    is_usable(f->value) ? ERR_OK : ERR_INPUT;

	assert(req_has_cookie(q, NAME) == (f->n > 0));
	assert(req_cookie_first(q, NAME, value, sizeof(value)) == e);
	assert(text_equal(value, e == ERR_OK ? f->value : "as it was"));
	assert(req_cookie(q, NAME, value, sizeof(value)) ==
	    (f->differ ? ERR_INPUT : e));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct req q = { 0 };
	struct found f = { 0 };
	char *text = mem_text_n((const char *)data, size), *rest = text, *line;
	char *own[REQUEST_COOKIES];
	size_t i;

	while (q.cookies < REQUEST_COOKIES &&
	    (line = strsep(&rest, "\n")) != NULL) {
		/* Of its own, so that a byte too far is noticed. */
		own[q.cookies] = mem_text(line);
		q.cookie[q.cookies] = own[q.cookies];
		q.cookies++;
		read_line(line, &f);
	}
	compare(&q, &f);
	for (i = 0; i < q.cookies; i++)
		free(own[i]);
	free(f.value);
	free(text);
	return 0;
}
