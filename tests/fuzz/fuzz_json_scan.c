/* SPDX-License-Identifier: MIT */

/* The scan says what json_parse() says, as far as its header promises. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/json.h"
#include "base/json_scan.h"
#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Are there more characters in a row, of those of numbers, than it takes? */
static int
has_long_number(const char *text, size_t len)
{
	size_t i, run = 0;

	for (i = 0; i < len; i++) {
		run = text[i] != '\0' && strchr("0123456789+-.eE", text[i]) !=
		    NULL ? run + 1 : 0;
		if (run > JSON_NUMBER)
			return 1;
	}
	return 0;
}

/* What the parser takes when a name may come twice. */
static int
is_json(const char *text, size_t len)
{
	json_t *v = json_loadb(text, len, 0, NULL);

	json_decref(v);
	return v != NULL;
}

static void
values_agree(const struct json *j, const struct json_want *w)
{
	const char *text = json_text(j, w->path);

	if (w->is_text && (text == NULL || strlen(text) != w->len ||
	    memcmp(text, w->at, w->len) != 0))
		abort();
	if (w->is_there && (w->at != NULL || w->is_other) !=
	    json_has(j, w->path))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json_want want[] = { { .path = "id" }, { .path = "a.id" },
	    { .path = "a" }, { .path = "a.b.c" } };
	/* A copy of its own, so that a byte too far is noticed. */
	char *text = mem_text_n((const char *)data, size);
	struct json *j = NULL;
	size_t i;
	int scans = json_scan(text, size, want, NELEM(want)) == ERR_OK;
	int parses = json_parse(text, size, &j) == ERR_OK;

	if (scans && !parses && !is_json(text, size))
		abort();
	if (parses && !scans && text[strspn(text, " \t\r\n")] == '{' &&
	    !has_long_number(text, size))
		abort();
	for (i = 0; scans && parses && i < NELEM(want); i++)
		values_agree(j, &want[i]);
	json_free(j);
	free(text);
	return 0;
}
