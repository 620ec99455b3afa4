/* SPDX-License-Identifier: MIT */

/* A list a page at a time: what is taken, what is refused, what comes back. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/json_write.h"
#include "base/log.h"
#include "base/text.h"
#include "http/paging.h"
#include "http/request.h"
#include "http/response.h"

#define MOST	100

static const struct {
	const char	*what;
	const char	*query;
	int		 most;
	int		 limit;		/* 0: refused */
	const char	*after;		/* if refused: the fields that are */
} asked[] = {
	{ "nothing", "", MOST, 20, "" },
	{ "something else", "limits=1&xafter=2", MOST, 20, "" },
	{ "nothing of a short list", "", 5, 5, "" },
	{ "one row", "limit=1", MOST, 1, "" },
	{ "as many as there may be", "limit=100", MOST, 100, "" },
	{ "the first limit counts", "limit=7&limit=8", MOST, 7, "" },
	{ "zeros in front", "limit=007", MOST, 7, "" },
	{ "a cursor", "after=YWRh", MOST, 20, "ada" },
	{ "a cursor in escapes", "after=%59WRh", MOST, 20, "ada" },
	{ "a cursor beyond ASCII", "after=w7Y&limit=3", MOST, 3, "\xc3\xb6" },
	{ "a cursor with a space in it", "after=YSBi", MOST, 20, "a b" },
	{ "an empty cursor", "after=&limit=3", MOST, 3, "" },
	{ "no row", "limit=0", MOST, 0, "limit" },
	{ "one too many", "limit=101", MOST, 0, "limit" },
	{ "one too many of a short list", "limit=6", 5, 0, "limit" },
	{ "far too many", "limit=99999999999999999999", MOST, 0, "limit" },
	{ "2^32 + 1", "limit=4294967297", MOST, 0, "limit" },
	{ "less than nothing", "limit=-1", MOST, 0, "limit" },
	{ "a plus", "limit=%2b1", MOST, 0, "limit" },
	{ "a space", "limit=+1", MOST, 0, "limit" },
	{ "hexadecimal", "limit=0x10", MOST, 0, "limit" },
	{ "a word", "limit=all", MOST, 0, "limit" },
	{ "a limit without a value", "limit", MOST, 0, "limit" },
	{ "a bad escape", "limit=%zz", MOST, 0, "limit" },
	{ "a key instead of a cursor", "after=a-key", MOST, 0, "after" },
	{ "padding", "after=YWRhbQ==", MOST, 0, "after" },
	{ "bits behind the end", "after=YWRhbR", MOST, 0, "after" },
	{ "a NUL in the key", "after=YQBi", MOST, 0, "after" },
	{ "a key that is not UTF-8", "after=_w", MOST, 0, "after" },
	{ "neither", "limit=0&after=%00", MOST, 0, "limit after" }
};

static void
check_invalid(const struct req *q, size_t i)
{
	int limit = strstr(asked[i].after, "limit") != NULL;
	int after = strstr(asked[i].after, "after") != NULL;
	struct resp p;

	resp_init(&p);
	assert_int_equal(paging_invalid(q, asked[i].most, &p), ERR_OK);
	assert_int_equal(p.status, 422);
	assert_string_equal(p.code, "invalid");
	if ((strstr(p.body.data, "\"field\":\"limit\"") != NULL) != limit ||
	    (strstr(p.body.data, "\"field\":\"after\"") != NULL) != after)
		fail_msg("%s: %s", asked[i].what, p.body.data);
	if (limit)
		assert_non_null(strstr(p.body.data, asked[i].most == MOST ?
		    "from 1 to 100." : "from 1 to 5."));
	resp_done(&p);
}

static void
pages_are_asked_for(void **state)
{
	struct req q = { .method = GET };
	struct paging g;
	enum err e;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(asked); i++) {
		q.query = asked[i].query;
		g = (struct paging){ .limit = -1, .after = "untouched" };
		e = req_paging(&q, asked[i].most, &g);
		if (e != (asked[i].limit == 0 ? ERR_INPUT : ERR_OK))
			fail_msg("%s: %s", asked[i].what, err_name(e));
		if (e != ERR_OK) {
			check_invalid(&q, i);
			assert_int_equal(g.limit, -1);
			assert_string_equal(g.after, "untouched");
			continue;
		}
		if (g.limit != asked[i].limit ||
		    strcmp(g.after, asked[i].after) != 0)
			fail_msg("%s: %d after \"%s\"", asked[i].what, g.limit,
			    g.after);
	}
}

/* The cursor in {"next":"..."}, as a query of the next request. */
static void
next_query(const char *key, char *ret, size_t size)
{
	struct json_writer w;
	struct buf out;

	buf_init(&out, 1024);
	json_write_init(&w, &out);
	json_open(&w, NULL);
	paging_next(&w, key);
	json_close(&w);
	assert_true(text_begins(out.data, "{\"next\":\""));
	assert_string_equal(out.data + out.len - 2, "\"}");
	(void)snprintf(ret, size, "limit=2&after=%.*s", (int)out.len - 11,
	    out.data + 9);
	buf_done(&out);
}

/* What a door gives comes back as it was, and needs no escapes on its way. */
static void
cursors_come_back(void **state)
{
	static char longest[PAGING_KEY];
	const char *const keys[] = { "a", "ab", "abc", "2026-11-26 16:10|id",
	    "\"quoted\"\\", "tab\there", "J\xc3\xb6rg", "~~~>>>???",
	    longest };
	struct req q = { .method = GET };
	struct paging g;
	char query[512];
	size_t i;

	(void)state;
	memset(longest, 'x', sizeof(longest) - 1);
	for (i = 0; i < NELEM(keys); i++) {
		next_query(keys[i], query, sizeof(query));
		assert_int_equal(strspn(query, "abcdefghijklmnopqrstuvwxyz"
		    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=&"),
		    strlen(query));
		q.query = query;
		assert_int_equal(req_paging(&q, MOST, &g), ERR_OK);
		assert_string_equal(g.after, keys[i]);
		assert_int_equal(g.limit, 2);
	}
}

/* One byte more than a key may have is nobody's cursor. */
static void
long_cursors_are_refused(void **state)
{
	char key[PAGING_KEY], query[1024] = "after=";
	struct req q = { .method = GET, .query = query };
	struct paging g;

	(void)state;
	memset(key, 'x', sizeof(key));
	text_base64url(key, sizeof(key) - 1, query + 6);
	assert_int_equal(req_paging(&q, MOST, &g), ERR_OK);
	text_base64url(key, sizeof(key), query + 6);
	assert_int_equal(req_paging(&q, MOST, &g), ERR_INPUT);
	memset(query + 6, 'x', sizeof(query) - 7);
	assert_int_equal(req_paging(&q, MOST, &g), ERR_INPUT);
}

static void
the_last_page_says_so(void **state)
{
	struct resp p;

	(void)state;
	resp_init(&p);
	paging_next(resp_json(&p, 200), NULL);
	assert_int_equal(resp_json_end(&p), ERR_OK);
	assert_string_equal(p.body.data, "{\"next\":null}");
	resp_done(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_are_asked_for),
		cmocka_unit_test(cursors_come_back),
		cmocka_unit_test(long_cursors_are_refused),
		cmocka_unit_test(the_last_page_says_so)
	};

	log_level(LOG_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
