/* SPDX-License-Identifier: MIT */

/* What json_parse() takes the scan takes too, and finds the same in it. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/json_scan.h"
#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
values_agree(const struct json *j, const struct json_want *w)
{
	const char *text = json_text(j, w->path);

	if (w->is_text && !w->is_escaped && (text == NULL ||
	    strlen(text) != w->len || memcmp(text, w->at, w->len) != 0))
		abort();
	if ((w->at != NULL || w->is_other) && !json_has(j, w->path))
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

	if (parses && !scans && text[strspn(text, " \t\r\n")] == '{')
		abort();
	for (i = 0; scans && parses && i < NELEM(want); i++)
		values_agree(j, &want[i]);
	json_free(j);
	free(text);
	return 0;
}
