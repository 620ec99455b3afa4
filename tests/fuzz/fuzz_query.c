/* SPDX-License-Identifier: MIT */

/*
 * A query.  What is taken of it is text, and said again it is the same; what a
 * page of a list says of the next one is understood when it comes back.
 */

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/json_write.h"
#include "base/mem.h"
#include "base/text.h"
#include "http/paging.h"
#include "http/percent.h"
#include "http/request.h"
#include "net/form.h"

#define VALUE	256
#define MOST	100	/* rows of a page */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* `text` behind "after=" is what `value` is. */
static void
says(const char *text, const char *value)
{
	char again[VALUE];

	assert(percent_decode(text, strlen(text), ' ', again, sizeof(again)) ==
	    ERR_OK && text_equal(again, value));
}

static void
value_again(const char *value)
{
	struct buf b;
	const char *c;

	assert(text_utf8_length(value, strlen(value)) >= 0);
	for (c = value; *c != '\0'; c++)
		assert((unsigned char)*c >= ' ' && *c != 127);
	buf_init(&b, 4096);
	percent_encode(&b, value);
	says(b.data, value);
	buf_reset(&b);
	form_escape(&b, value);
	says(b.data, value);
	buf_reset(&b);
	form_text(&b, "a[b]", value);
	assert(*value == '\0' ? b.len == 0 :
	    text_begins(b.data, "a[b]=") && !b.full);
	if (*value != '\0')
		says(b.data + strlen("a[b]="), value);
	buf_done(&b);
}

/* The cursor of the page after `key`, as a query. */
static void
next_page(const char *key)
{
	struct json_writer w;
	struct json *j = NULL;
	struct paging g;
	struct req q = { 0 };
	struct buf b;
	char query[600];

	buf_init(&b, 4096);
	json_write_init(&w, &b);
	json_open(&w, NULL);
	paging_next(&w, key);
	json_close(&w);
	assert(json_parse(b.data, b.len, &j) == ERR_OK);
	(void)snprintf(query, sizeof(query), "limit=7&after=%s",
	    json_text(j, "next"));
	q.query = query;
	assert(req_paging(&q, MOST, &g) == ERR_OK && g.limit == 7 &&
	    text_equal(g.after, key));
	json_free(j);
	buf_done(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_text_n((const char *)data, size), value[VALUE];
	struct req q = { .query = text };
	struct paging g;
	enum err e;

	e = req_query(&q, "a", value, sizeof(value));
	assert(e != ERR_NOTFOUND || (strncmp(text, "a=", 2) != 0 &&
	    strstr(text, "&a=") == NULL && strcmp(text, "a") != 0));
	if (e == ERR_OK)
		value_again(value);
	if (req_paging(&q, MOST, &g) == ERR_OK) {
		assert(g.limit >= 1 && g.limit <= MOST);
		assert(text_utf8_length(g.after, strlen(g.after)) >= 0);
		if (g.after[0] != '\0')
			next_page(g.after);
	}
	free(text);
	return 0;
}
