/* SPDX-License-Identifier: MIT */

/*
 * A path, or a row and a path behind a NUL.  What is cut is segments that a row
 * can mean; encoded again they are cut into the same; a row that fits has what
 * it says where it says it.
 */

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "http/path.h"
#include "http/percent.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
segment_is_one(const char *text)
{
	const char *c;

	assert(strlen(text) < PATH_PARAM && !text_equal(text, ".") &&
	    !text_equal(text, "..") && strchr(text, '/') == NULL);
	assert(text_utf8_length(text, strlen(text)) >= 0);
	for (c = text; *c != '\0'; c++)
		assert((unsigned char)*c >= ' ' && *c != 127);
}

static void
cut_again(const struct path *p)
{
	struct path again;
	struct buf b;
	size_t i;

	buf_init(&b, 3 * REQUEST_PATH + PATH_SEGMENTS);
	for (i = 0; i < p->n; i++) {
		segment_is_one(p->segment[i]);
		buf_char(&b, '/');
		percent_encode(&b, p->segment[i]);
	}
	/* With every odd byte encoded it may be longer than one is sent. */
	if (b.len < REQUEST_PATH) {
		assert(path_cut(b.data, &again) == ERR_OK && again.n == p->n);
		for (i = 0; i < p->n; i++)
			assert(text_equal(again.segment[i], p->segment[i]));
	}
	buf_done(&b);
}

static void
fits(const struct path *p, const char *row)
{
	const unsigned rank = path_match(p, row);
	static struct req q;
	const char *at = row;
	size_t i, len, n = 0;

	if (rank == 0)
		return;
	path_params(p, row, &q);
	for (i = 0; i < p->n; i++, at += len) {
		at++;
		len = strcspn(at, "/");
		if (*at == '{')
			assert(text_equal(q.param[n++].value, p->segment[i]) &&
			    p->segment[i][0] != '\0');
		else
			assert(strlen(p->segment[i]) == len &&
			    strncmp(at, p->segment[i], len) == 0);
	}
	assert(n == q.params && *at == '\0');
	/* Nothing of a path without escapes is disguised. */
	assert(p->escaped != 0 || !path_is_disguised(p, rank));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const rows[] = { "/", "/a", "/a/{b}", "/{a}/b",
	    "/api/things/{id}", "/api/things/{id}/parts/{part}", "/{a}/{b}" };
	const uint8_t *nul = memchr(data, '\0', size);
	char *row = nul == NULL ? NULL :
	    mem_text_n((const char *)data, (size_t)(nul - data));
	const size_t skip = nul == NULL ? 0 : (size_t)(nul - data) + 1;
	char *sent = mem_text_n((const char *)data + skip, size - skip);
	struct path p;
	size_t i;

	if (strlen(sent) < REQUEST_PATH && path_cut(sent, &p) == ERR_OK) {
		assert(p.n > 0 && p.n <= PATH_SEGMENTS);
		cut_again(&p);
		for (i = 0; i < NELEM(rows); i++)
			fits(&p, rows[i]);
		if (row != NULL && path_row_ok(row))
			fits(&p, row);
	}
	free(row);
	free(sent);
	return 0;
}
