/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/json_scan.h"
#include "base/json_write.h"
#include "base/text.h"
#include "cases.h"

/* json_scan.h, json.h, json_write.h */

static void
scan_say(const char *path, const char *text, size_t len, struct buf *ret)
{
	struct json_want want[] = {
		{ .path = "id" }, { .path = "created" }, { .path = "livemode" },
		{ .path = "data" }, { .path = "data.object.id" }
	};
	struct json *j = NULL;
	enum err e;
	size_t i;

	(void)path;
	e = json_scan(text, len, want, NELEM(want));
	buf_format(ret, "scan %s, parse %s\n", err_name(e),
	    err_name(json_parse(text, len, &j)));
	json_free(j);
	for (i = 0; i < NELEM(want); i++) {
		if (want[i].at == NULL && !want[i].is_other)
			continue;
		buf_format(ret, "%s: %s", want[i].path, want[i].is_other ?
		    "other" : want[i].is_escaped ? "escaped" :
		    want[i].is_text ? "text" : "bare");
		if (want[i].at != NULL) {
			buf_char(ret, ' ');
			buf_add(ret, want[i].at, want[i].len);
		}
		buf_char(ret, '\n');
	}
}

static void
json_scan_cases(void **state)
{
	(void)state;
	cases_pass("json_scan", 70, scan_say);
}

static const struct {
	const char	*what;
	int		 depth;
	int		 is_array;
	enum err	 want;
} depths[] = {
	{ "objects to the limit", JSON_DEPTH, 0, ERR_OK },
	{ "objects beyond it", JSON_DEPTH + 1, 0, ERR_INPUT },
	{ "arrays to the limit", JSON_DEPTH, 1, ERR_OK },
	{ "arrays beyond it", JSON_DEPTH + 1, 1, ERR_INPUT },
	{ "arrays far beyond it", 500000, 1, ERR_INPUT },
};

static void
json_has_a_depth(void **state)
{
	struct json *j;
	struct buf b;
	size_t i;
	int k, deep;

	(void)state;
	buf_init(&b, 1 << 22);
	for (i = 0; i < NELEM(depths); i++) {
		buf_reset(&b);
		deep = depths[i].depth - 1;
		for (k = 0; k < deep; k++)
			buf_text(&b, k > 0 && depths[i].is_array ? "[" :
			    "{\"a\":");
		buf_text(&b, "{\"[{\\\"[\":1}");
		for (k = deep - 1; k >= 0; k--)
			buf_char(&b, k > 0 && depths[i].is_array ? ']' : '}');
		j = NULL;
		/* What is skipped costs no stack. */
		if (json_scan(b.data, b.len, NULL, 0) != ERR_OK ||
		    json_parse(b.data, b.len, &j) != depths[i].want)
			fail_msg("%s", depths[i].what);
		json_free(j);
	}
	buf_done(&b);
}

/* What a strict parser refuses, and what is understood of it. */
static void
json_is_read_kindly(void **state)
{
	static const struct {
		const char	*text;		/* of a member "x" */
		const char	*want;		/* NULL: none, but the rest is */
	} odd[] = {
		{ "\"a\\u0000b\"", "a\xef\xbf\xbd" "b" },
		{ "\"\\ud800\"", "\xef\xbf\xbd" },
		{ "\"\\ud800\\u0041\"", "\xef\xbf\xbd" "A" },
		{ "\"\\udc00\\ud83d\\ude00\"",
		    "\xef\xbf\xbd\xf0\x9f\x98\x80" },
		{ "\"\\q\\\\\"", "\xef\xbf\xbd\\" },
		{ "\"\\u12\"", "\xef\xbf\xbd" "12" },
		{ "\"\\\xc3\xa9z\"", "\xef\xbf\xbdz" },
		{ "\"\\\xcau12\"", "\xef\xbf\xbdu12" },
		{ "\"a\nb\"", "a\xef\xbf\xbd" "b" },
		{ "\"\xe9\"", "\xef\xbf\xbd" },
		{ "1, \"x\": \"last\"", "last" },
		{ "11111111111111111111111111111111111111111111", NULL },
		{ "1e999", NULL }, { "-1e999", NULL }, { "NaN", NULL },
		{ "True", NULL }, { "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"]\""
		    "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", NULL }
	};
	char text[512];
	struct json *j;
	size_t i;
	int n;

	(void)state;
	for (i = 0; i < NELEM(odd); i++) {
		n = snprintf(text, sizeof(text), "{\"x\": %s, \"id\": \"a\"}",
		    odd[i].text);
		assert_int_equal(json_parse(text, (size_t)n, &j), ERR_INPUT);
		j = NULL;
		if (json_parse_kindly(text, (size_t)n, &j) != ERR_OK ||
		    !text_equal(json_text(j, "id"), "a") ||
		    !text_equal(json_text(j, "x"), odd[i].want))
			fail_msg("%s", odd[i].text);
		json_free(j);
	}
	/* Good JSON stays what it is, and what is none stays none. */
	assert_int_equal(json_parse_kindly("\xef\xbb\xbf{\"n\":-5}", 11, &j),
	    ERR_OK);
	assert_true(json_has(j, "n"));
	json_free(j);
	assert_int_equal(json_parse_kindly("{\"a\":", 5, &j), ERR_INPUT);
	assert_int_equal(json_parse_kindly("{\"a\":\"\\", 7, &j), ERR_INPUT);
	assert_int_equal(json_parse_kindly("<html>", 6, &j), ERR_INPUT);
	assert_int_equal(json_parse_kindly("", 0, &j), ERR_INPUT);
	assert_int_equal(json_parse_kindly("[{]", 3, &j), ERR_INPUT);
}

static const char document[] =
    "{\"id\":\"sub_1\",\"items\":{\"data\":[{\"price\":{\"id\":\"price_1\"}},"
    "{\"price\":\"price_2\"}]},\"none\":null,\"empty\":\"\",\"n\":-5,"
    "\"big\":9223372036854775807,\"real\":1.0,\"yes\":true,\"no\":false,"
    "\"matrix\":[[1,2],[3,4]],\"customer\":{\"id\":7}}";

static const struct {
	const char	*what;
	const char	*path;
	int		 has;
	const char	*text;
	const char	*id;
	enum err	 int_err;
	int64_t		 value;
	enum err	 bool_err;
	size_t		 count;
} paths[] = {
	{ "a text", "id", 1, "sub_1", "sub_1", ERR_INPUT, 0, ERR_INPUT, 0 },
	{ "deep inside", "items.data[0].price.id", 1, "price_1", "price_1",
	    ERR_INPUT, 0, ERR_INPUT, 0 },
	{ "an expanded object", "items.data[0].price", 1, NULL, "price_1",
	    ERR_INPUT, 0, ERR_INPUT, 0 },
	{ "an id in its place", "items.data[1].price", 1, "price_2", "price_2",
	    ERR_INPUT, 0, ERR_INPUT, 0 },
	{ "an array", "items.data", 1, NULL, NULL, ERR_INPUT, 0, ERR_INPUT, 2 },
	{ "past the end", "items.data[2]", 0, NULL, NULL, ERR_NOTFOUND, 0,
	    ERR_NOTFOUND, 0 },
	{ "an index of an object", "items[0]", 0, NULL, NULL, ERR_NOTFOUND, 0,
	    ERR_NOTFOUND, 0 },
	{ "a name of an array", "items.data.price", 0, NULL, NULL, ERR_NOTFOUND,
	    0, ERR_NOTFOUND, 0 },
	{ "a name of a text", "id.x", 0, NULL, NULL, ERR_NOTFOUND, 0,
	    ERR_NOTFOUND, 0 },
	{ "two indexes", "matrix[1][0]", 1, NULL, NULL, ERR_OK, 3, ERR_INPUT,
	    0 },
	{ "an index of nothing", "matrix[]", 0, NULL, NULL, ERR_NOTFOUND, 0,
	    ERR_NOTFOUND, 0 },
	{ "an index that does not end", "matrix[1", 0, NULL, NULL, ERR_NOTFOUND,
	    0, ERR_NOTFOUND, 0 },
	{ "an index below zero", "matrix[-1]", 0, NULL, NULL, ERR_NOTFOUND, 0,
	    ERR_NOTFOUND, 0 },
	{ "null", "none", 0, NULL, NULL, ERR_NOTFOUND, 0, ERR_NOTFOUND, 0 },
	{ "what is not there", "nothing.at.all", 0, NULL, NULL, ERR_NOTFOUND, 0,
	    ERR_NOTFOUND, 0 },
	{ "an empty text", "empty", 1, "", "", ERR_INPUT, 0, ERR_INPUT, 0 },
	{ "a number", "n", 1, NULL, NULL, ERR_OK, -5, ERR_INPUT, 0 },
	{ "the biggest number", "big", 1, NULL, NULL, ERR_OK, INT64_MAX,
	    ERR_INPUT, 0 },
	{ "a real number", "real", 1, NULL, NULL, ERR_INPUT, 0, ERR_INPUT, 0 },
	{ "true", "yes", 1, NULL, NULL, ERR_INPUT, 0, ERR_OK, 0 },
	{ "an id that is a number", "customer", 1, NULL, NULL, ERR_INPUT, 0,
	    ERR_INPUT, 0 },
	{ "the whole, with an id", "", 1, NULL, "sub_1", ERR_INPUT, 0,
	    ERR_INPUT, 0 },
	{ "the whole again", NULL, 1, NULL, "sub_1", ERR_INPUT, 0, ERR_INPUT,
	    0 },
};

static void
json_in_hundredths(void **state)
{
	static const char text[] = "{\"a\":20,\"b\":12.5,\"c\":33.33,"
	    "\"d\":-0.07,\"e\":1e300,\"f\":\"5\",\"g\":null,\"h\":8.29}";
	static const struct {
		const char	*path;
		enum err	 want;
		int64_t		 value;
	} of[] = {
		{ "a", ERR_OK, 2000 }, { "b", ERR_OK, 1250 },
		{ "c", ERR_OK, 3333 }, { "d", ERR_OK, -7 },
		{ "e", ERR_INPUT, 0 }, { "f", ERR_INPUT, 0 },
		{ "g", ERR_NOTFOUND, 0 }, { "h", ERR_OK, 829 }
	};
	struct json *j = NULL;
	int64_t value;
	size_t i;

	(void)state;
	assert_int_equal(json_parse(text, sizeof(text) - 1, &j), ERR_OK);
	for (i = 0; i < NELEM(of); i++) {
		value = 0;
		if (json_hundredths(j, of[i].path, &value) != of[i].want ||
		    value != of[i].value)
			fail_msg("%s: %lld", of[i].path, (long long)value);
	}
	json_free(j);
}

static void
json_paths(void **state)
{
	struct json *j = NULL;
	int64_t value;
	size_t i;
	int yes;

	(void)state;
	assert_int_equal(json_parse(document, sizeof(document) - 1, &j),
	    ERR_OK);
	for (i = 0; i < NELEM(paths); i++) {
		value = 0;
		if (json_has(j, paths[i].path) != paths[i].has ||
		    !text_equal(json_text(j, paths[i].path), paths[i].text) ||
		    !text_equal(json_id(j, paths[i].path), paths[i].id) ||
		    json_int(j, paths[i].path, &value) != paths[i].int_err ||
		    value != paths[i].value ||
		    json_bool(j, paths[i].path, &yes) != paths[i].bool_err ||
		    json_yes(j, paths[i].path) !=
		    (paths[i].bool_err == ERR_OK && yes) ||
		    json_count(j, paths[i].path) != paths[i].count)
			fail_msg("%s", paths[i].what);
	}
	assert_int_equal(json_bool(j, "no", &yes), ERR_OK);
	assert_false(yes);
	assert_false(json_yes(j, "no"));
	assert_true(json_has_object(j, "items"));
	assert_false(json_has_object(j, "items.data"));
	assert_string_equal(json_name(j, 1), "items");
	assert_null(json_name(j, 11));
	assert_null(json_name(json_at(j, "matrix"), 0));
	assert_ptr_equal(json_item(j, "items.data", 0),
	    json_at(j, "items.data[0]"));
	assert_non_null(json_item(j, "items.data", 0));
	assert_null(json_item(j, "items.data", json_count(j, "items.data")));
	assert_null(json_item(j, "items", 0));
	assert_null(json_item(j, "none", 0));
	json_free(j);
	json_free(NULL);
	assert_null(json_text(NULL, "id"));
}

static void
one_list_goes_on_with_another(void **state)
{
	static const char first[] = "{\"data\":[1,2],\"more\":true}",
	    second[] = "{\"data\":[3]}";
	struct json *j, *k;
	int64_t value;

	(void)state;
	assert_int_equal(json_parse(first, strlen(first), &j), ERR_OK);
	assert_int_equal(json_parse(second, strlen(second), &k), ERR_OK);
	json_join(j, "data", k);
	json_join(j, "more", k);
	json_free(k);
	assert_int_equal(json_count(j, "data"), 3);
	assert_int_equal(json_int(j, "data[2]", &value), ERR_OK);
	assert_int_equal(value, 3);
	json_free(j);
}

static const struct {
	const char	*what;
	const char	*text;
	const char	*want;		/* after reading it; NULL: the same */
} strings[] = {
	{ "nothing", "", NULL },
	{ "a quote and a backslash", "\"\\", NULL },
	{ "the end of a member", "\",\"admin\":\"true", NULL },
	{ "control characters", "\x01\b\t\n\v\f\r\x1f", NULL },
	{ "delete", "\x7f", NULL },
	{ "markup", "</script><!--", NULL },
	{ "wide characters", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", NULL },
	{ "a byte of Latin-1", "caf\xe9!", "caf\xef\xbf\xbd!" },
	{ "a stray byte behind a letter", "\xc3\xa9\xa9",
	    "\xc3\xa9\xef\xbf\xbd" },
	{ "an overlong slash", "\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd" },
	{ "cut at the end", "a\xe2\x82", "a\xef\xbf\xbd\xef\xbf\xbd" },
};

static void
json_written_reads_the_same(void **state)
{
	struct json_writer w;
	struct json *j;
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b, 4096);
	for (i = 0; i < NELEM(strings); i++) {
		buf_reset(&b);
		json_write_init(&w, &b);
		json_open(&w, NULL);
		json_put_text(&w, strings[i].text, "name");
		json_put_text(&w, "value", strings[i].text);
		json_close(&w);
		j = NULL;
		if (json_parse(b.data, b.len, &j) != ERR_OK ||
		    !text_equal(json_text(j, "value"),
		    strings[i].want != NULL ? strings[i].want :
		    strings[i].text))
			fail_msg("%s: %s", strings[i].what, b.data);
		json_free(j);
	}

	/* A terminal that shows a log does not obey it. */
	buf_reset(&b);
	json_write_init(&w, &b);
	json_put_text(&w, NULL, "\x01\x1b\x1f\x7f\r\b ~");
	assert_string_equal(b.data, "\"\\u0001\\u001b\\u001f\\u007f\\u000d"
	    "\\u0008 ~\"");

	buf_reset(&b);
	json_write_init(&w, &b);
	json_open(&w, NULL);
	json_open_array(&w, "list");
	json_put_int(&w, NULL, INT64_MIN);
	json_open(&w, NULL);
	json_close(&w);
	json_open_array(&w, NULL);
	json_close_array(&w);
	json_put_text(&w, NULL, NULL);
	json_close_array(&w);
	json_put_bool(&w, "yes", 5);
	json_put_bool(&w, "no", 0);
	json_put_null(&w, "none");
	json_put_time(&w, "never", 0);
	json_put_time(&w, "once", 1700000000);
	json_close(&w);
	assert_string_equal(b.data,
	    "{\"list\":[-9223372036854775808,{},[],null],\"yes\":true,"
	    "\"no\":false,\"none\":null,\"never\":null,"
	    "\"once\":\"2023-11-14T22:13:20Z\"}");
	buf_done(&b);
}

/* How the byte `c` is written among letters. */
static const char *
written(int c, char ret[8])
{
	if (c >= 0x80)
		return "\xef\xbf\xbd";
	if (c == '\n')
		return "\\n";
	if (c == '\t')
		return "\\t";
	(void)snprintf(ret, 8, c == '"' || c == '\\' ? "\\%c" :
	    c < 0x20 || c == 0x7f ? "\\u%04x" : "%c", c);
	return ret;
}

/* Eight bytes are looked at together: each byte in each place of them. */
static void
each_byte_in_each_place(void **state)
{
	static const char rest[] = "aaaaaaaaaaaaaaaaa";
	char text[sizeof(rest)], one[8];
	struct json_writer w;
	struct buf b, want;
	size_t at;
	int c;

	(void)state;
	buf_init(&b, 64);
	buf_init(&want, 64);
	for (c = 1; c <= 0xff; c++)
		for (at = 0; rest[at] != '\0'; at++) {
			memcpy(text, rest, sizeof(rest));
			text[at] = (char)c;
			buf_reset(&want);
			buf_format(&want, "\"%.*s%s%s\"", (int)at, rest,
			    written(c, one), rest + at + 1);
			buf_reset(&b);
			json_write_init(&w, &b);
			json_put_text(&w, NULL, text);
			assert_string_equal(b.data, want.data);
		}
	buf_done(&b);
	buf_done(&want);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_scan_cases),
		cmocka_unit_test(json_is_read_kindly),
		cmocka_unit_test(json_has_a_depth),
		cmocka_unit_test(json_paths),
		cmocka_unit_test(one_list_goes_on_with_another),
		cmocka_unit_test(json_in_hundredths),
		cmocka_unit_test(json_written_reads_the_same),
		cmocka_unit_test(each_byte_in_each_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
