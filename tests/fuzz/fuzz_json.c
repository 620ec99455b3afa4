/* SPDX-License-Identifier: MIT */

/*
 * What is taken strictly is taken kindly and is the same; what is taken kindly
 * is taken strictly once it is mended; a text that is written is read.
 */

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/json_mend.h"
#include "base/json_write.h"
#include "base/mem.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
mend(const char *text, size_t size)
{
	struct json *kind = NULL, *strict = NULL;
	struct buf b;
	int is_kind = json_parse_kindly(text, size, &kind) == ERR_OK;
	int is_strict = json_parse(text, size, &strict) == ERR_OK;

	assert(!is_strict || (is_kind && json_same(kind, strict)));
	json_free(strict);
	strict = NULL;
	buf_init(&b, JSON_MENDED(size));
	json_mend(text, size, &b);
	assert(!b.full);
	/* A member may be there twice: only that is refused yet. */
	if (json_parse(b.data, b.len, &strict) == ERR_OK)
		assert(is_kind && json_same(kind, strict));
	/* What was mended needs no more of it. */
	json_free(strict);
	json_free(kind);
	kind = NULL;
	assert((json_parse_kindly(b.data, b.len, &kind) == ERR_OK) == is_kind);
	json_free(kind);
	buf_done(&b);
}

/* As a member's value and, where it may be, as its name. */
static void
write(const char *text)
{
	struct json_writer w;
	struct json *j = NULL;
	struct buf b;

	buf_init(&b, 6 * strlen(text) * 2 + 64);
	json_write_init(&w, &b);
	json_open(&w, NULL);
	json_put_text(&w, "value", text);
	json_put_int(&w, "next", 1);
	json_close(&w);
	assert(!b.full && json_parse(b.data, b.len, &j) == ERR_OK);
	assert(text_equal(json_text(j, "value"), text));
	json_free(j);
	buf_done(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* A copy of its own, so that a byte too far is noticed. */
	char *text = mem_text_n((const char *)data, size);
	struct buf b;

	mend(text, size);
	buf_init(&b, TEXT_MENDED(size) + 1);
	text_mend(text, size, &b);
	assert(!b.full && strlen(b.data) == b.len);
	write(b.data);
	buf_done(&b);
	free(text);
	return 0;
}
