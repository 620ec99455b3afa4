/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/json.h"
#include "base/json_scan.h"
#include "base/json_write.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/option.h"
#include "base/secret.h"
#include "base/slots.h"
#include "base/text.h"
#include "cases.h"

#define PATH_SIZE	1100

/* A folder of this run, for secrets, slots and configurations. */
static char dir[64];

static const char *
path_in(const char *name)
{
	static char path[PATH_SIZE];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void
file_write(const char *path, const void *bytes, size_t len, mode_t mode)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, mode), 0);
}

/* What `text` says, for comparing with a file "want". */
typedef void say_fn(const char *path, const char *text, size_t len,
    struct buf *ret);

/* One case of a folder: 1 if it says what it should. */
static int
case_passes(const char *path, say_fn *say)
{
	char in[PATH_SIZE], want[PATH_SIZE], *text, *wanted;
	struct buf said;
	size_t len;
	int ok;

	(void)snprintf(in, sizeof(in), "%s/in", path);
	(void)snprintf(want, sizeof(want), "%s/want", path);
	text = file_text(in, &len);
	wanted = file_text(want, NULL);
	if (text == NULL || wanted == NULL)
		fail_msg("%s has no file in or want", path);
	buf_init(&said, CASE_MAX);
	say(in, text, len, &said);
	if (!(ok = strcmp(said.data, wanted) == 0))
		print_error("%s: said\n%swanted\n%s", path, said.data, wanted);
	buf_done(&said);
	free(text);
	free(wanted);
	return ok;
}

/* Standard error goes to a file between these two. */
static int stderr_was = -1;

static void
stderr_catch(void)
{
	int fd = open(path_in("stderr"), O_RDWR | O_CREAT | O_TRUNC, 0600);

	assert_int_not_equal(fd, -1);
	stderr_was = dup(STDERR_FILENO);
	assert_int_equal(dup2(fd, STDERR_FILENO), STDERR_FILENO);
	(void)close(fd);
}

static char *
stderr_caught(void)
{
	(void)dup2(stderr_was, STDERR_FILENO);
	(void)close(stderr_was);
	return file_text(path_in("stderr"), NULL);
}

/* The one line of `text`, parsed. */
static struct json *
line_parse(const char *what, const char *text)
{
	const char *end = strchr(text, '\n');
	struct json *j = NULL;

	if (end == NULL || end[1] != '\0' ||
	    json_parse(text, strlen(text), &j) != ERR_OK)
		fail_msg("%s: this is not one line of JSON: %s", what, text);
	return j;
}

/* text.h */

static const struct {
	const char	*what;
	const char	*text;
	int64_t		 max;
	enum err	 want;
	int64_t		 value;
} numbers[] = {
	{ "zero", "0", 10, ERR_OK, 0 },
	{ "the most", "10", 10, ERR_OK, 10 },
	{ "one more", "11", 10, ERR_INPUT, 0 },
	{ "a digit above a small most", "9", 5, ERR_INPUT, 0 },
	{ "the most of one digit", "5", 5, ERR_OK, 5 },
	{ "the most is zero", "1", 0, ERR_INPUT, 0 },
	{ "leading zeros", "007", 10, ERR_OK, 7 },
	{ "the most there is", "9223372036854775807", INT64_MAX, ERR_OK,
	    INT64_MAX },
	{ "one above it", "9223372036854775808", INT64_MAX, ERR_INPUT, 0 },
	{ "far above it", "99999999999999999999999", INT64_MAX, ERR_INPUT, 0 },
	{ "nothing", "", 10, ERR_INPUT, 0 },
	{ "NULL", NULL, 10, ERR_INPUT, 0 },
	{ "a sign", "-1", 10, ERR_INPUT, 0 },
	{ "the other sign", "+1", 10, ERR_INPUT, 0 },
	{ "a space before", " 1", 10, ERR_INPUT, 0 },
	{ "a space after", "1 ", 10, ERR_INPUT, 0 },
	{ "hexadecimal", "0x1", 100, ERR_INPUT, 0 },
	{ "a digit of another script", "\xd9\xa1", 10, ERR_INPUT, 0 },
};

static void
text_numbers(void **state)
{
	int64_t value;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(numbers); i++) {
		value = -7;
		if (text_number(numbers[i].text, numbers[i].max, &value) !=
		    numbers[i].want || value != (numbers[i].want == ERR_OK ?
		    numbers[i].value : -7))
			fail_msg("%s: %lld", numbers[i].what, (long long)value);
	}
}

static const struct {
	const char	*what;
	const char	*text;
	long		 want;
} utf8s[] = {
	{ "nothing", "", 0 },
	{ "ASCII", "abc\x7f", 4 },
	{ "two bytes, the first", "\xc2\x80", 1 },
	{ "two bytes, the last", "\xdf\xbf", 1 },
	{ "two bytes, overlong", "\xc1\xbf", -1 },
	{ "an overlong slash", "\xc0\xaf", -1 },
	{ "three bytes, the first", "\xe0\xa0\x80", 1 },
	{ "three bytes, overlong", "\xe0\x9f\xbf", -1 },
	{ "before the surrogates", "\xed\x9f\xbf", 1 },
	{ "the first surrogate", "\xed\xa0\x80", -1 },
	{ "the last surrogate", "\xed\xbf\xbf", -1 },
	{ "after the surrogates", "\xee\x80\x80", 1 },
	{ "three bytes, the last", "\xef\xbf\xbf", 1 },
	{ "four bytes, the first", "\xf0\x90\x80\x80", 1 },
	{ "four bytes, overlong", "\xf0\x8f\xbf\xbf", -1 },
	{ "the last of all", "\xf4\x8f\xbf\xbf", 1 },
	{ "above the last", "\xf4\x90\x80\x80", -1 },
	{ "five bytes", "\xf8\x88\x80\x80\x80", -1 },
	{ "a byte that is never there", "\xff", -1 },
	{ "a stray continuation", "a\x80", -1 },
	{ "cut after one", "\xe2", -1 },
	{ "cut after two", "\xe2\x82", -1 },
	{ "cut by a letter", "\xe2\x82" "a", -1 },
	{ "a letter and a mark", "e\xcc\x81", 2 },
};

static void
text_utf8s(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(utf8s); i++)
		if (text_utf8_length(utf8s[i].text, strlen(utf8s[i].text)) !=
		    utf8s[i].want)
			fail_msg("%s", utf8s[i].what);
	assert_int_equal(text_utf8_length("a\0b", 3), 3);
	assert_int_equal(text_utf8_length("\xc3\xa9", 1), -1);
}

static const struct {
	const char	*what;
	const char	*a;
	const char	*b;
	int		 equal, nocase;
} equals[] = {
	{ "the same", "abc", "abc", 1, 1 },
	{ "another case", "aBc", "AbC", 0, 1 },
	{ "shorter", "ab", "abc", 0, 0 },
	{ "longer", "abcd", "abc", 0, 0 },
	{ "NULL and NULL", NULL, NULL, 1, 1 },
	{ "NULL and nothing", NULL, "", 0, 0 },
	{ "nothing and NULL", "", NULL, 0, 0 },
	{ "signs beside the letters", "@[", "`{", 0, 0 },
	{ "letters that are not ASCII", "\xc3\x89", "\xc3\xa9", 0, 0 },
};

static void
text_equals(void **state)
{
	char text[] = "@AZ[\xc3\x89";
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(equals); i++)
		if (text_equal(equals[i].a, equals[i].b) != equals[i].equal ||
		    text_equal_nocase(equals[i].a, equals[i].b) !=
		    equals[i].nocase)
			fail_msg("%s", equals[i].what);
	text_lower(text);
	assert_string_equal(text, "@az[\xc3\x89");
	assert_true(text_begins("abc", "ab"));
	assert_true(text_begins("abc", ""));
	assert_false(text_begins("ab", "abc"));
	assert_false(text_begins(NULL, ""));
	assert_true(text_empty(NULL) && text_empty("") && !text_empty(" "));
}

static const struct {
	const char	*what;
	const char	*hex;
	size_t		 len;
	enum err	 want;
} hexes[] = {
	{ "nothing", "", 0, ERR_OK },
	{ "all digits", "0123456789abcdef", 8, ERR_OK },
	{ "capitals", "AB", 1, ERR_INPUT },
	{ "no digit", "0g", 1, ERR_INPUT },
	{ "the sign before 0", "/0", 1, ERR_INPUT },
	{ "the sign after 9", ":0", 1, ERR_INPUT },
	{ "odd", "abc", 1, ERR_INPUT },
	{ "too short", "ab", 2, ERR_INPUT },
	{ "too long", "abcd", 1, ERR_INPUT },
};

/* RFC 4648 section 10, without padding; then the two signs of its own. */
static const struct {
	const char	*what;
	const char	*bytes;
	const char	*want;
} base64s[] = {
	{ "nothing", "", "" },
	{ "one byte", "f", "Zg" },
	{ "two bytes", "fo", "Zm8" },
	{ "three bytes", "foo", "Zm9v" },
	{ "four bytes", "foob", "Zm9vYg" },
	{ "six bytes", "foobar", "Zm9vYmFy" },
	{ "dash and underscore", "\xfb\xef\xbf\xff", "---__w" },
};

static void
text_bytes(void **state)
{
	unsigned char bytes[16];
	char text[64];
	size_t i, len;

	(void)state;
	for (i = 0; i < NELEM(hexes); i++) {
		if (text_unhex(hexes[i].hex, strlen(hexes[i].hex), bytes,
		    hexes[i].len) != hexes[i].want)
			fail_msg("%s", hexes[i].what);
		if (hexes[i].want != ERR_OK)
			continue;
		text_hex(bytes, hexes[i].len, text);
		assert_string_equal(text, hexes[i].hex);
	}
	for (i = 0; i < NELEM(base64s); i++) {
		len = strlen(base64s[i].bytes);
		text_base64url(base64s[i].bytes, len, text);
		if (strcmp(text, base64s[i].want) != 0 ||
		    strlen(text) != TEXT_BASE64_LEN(len))
			fail_msg("%s: %s", base64s[i].what, text);
	}
}

static const struct {
	const char	*what;
	const char	*text;
	int		 want;
} uuids[] = {
	{ "one", "0190163d-8694-739b-aea5-966c26f8ad91", 1 },
	{ "all zeros", "00000000-0000-0000-0000-000000000000", 1 },
	{ "capitals", "0190163D-8694-739b-aea5-966c26f8ad91", 0 },
	{ "too short", "0190163d-8694-739b-aea5-966c26f8ad9", 0 },
	{ "too long", "0190163d-8694-739b-aea5-966c26f8ad911", 0 },
	{ "a dash elsewhere", "0190163d8-694-739b-aea5-966c26f8ad91", 0 },
	{ "no dashes", "0190163d086940739b0aea50966c26f8ad91", 0 },
	{ "no digit", "g190163d-8694-739b-aea5-966c26f8ad91", 0 },
	{ "nothing", "", 0 },
	{ "NULL", NULL, 0 },
};

/* FNV-1a's own vectors, of which the lane is the six lowest bits. */
static const struct {
	const char	*what;
	const char	*key;
	int		 want;
} lanes[] = {
	{ "nothing is 811c9dc5", "", 5 },
	{ "a letter is e40c292c", "a", 44 },
	{ "a word is bf9cf968", "foobar", 40 },
};

static void
text_names(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(uuids); i++)
		if (text_is_uuid(uuids[i].text) != uuids[i].want)
			fail_msg("%s", uuids[i].what);
	for (i = 0; i < NELEM(lanes); i++)
		if (text_lane(lanes[i].key) != lanes[i].want)
			fail_msg("%s", lanes[i].what);
	for (i = ERR_OK; i <= ERR_INTERNAL; i++)
		assert_string_not_equal(err_name((enum err)i), "unknown");
	assert_string_equal(err_name(ERR_LATER), "later");
}

/* mem.h, buf.h, clock.h */

static void
memory_that_is_not_there_ends_the_process(void **state)
{
	volatile size_t much = SIZE_MAX / 2;
	struct rlimit none = { 0, 0 };
	int status;
	pid_t pid;
	char *copy;

	(void)state;
	copy = mem_text_n("abc", 2);
	assert_string_equal(copy, "ab");
	mem_free_secret(copy, 2);
	mem_free_secret(NULL, 9);
	free(mem_zero(0, 0));

	assert_int_not_equal(pid = fork(), -1);
	if (pid == 0) {
		(void)setrlimit(RLIMIT_CORE, &none);
		(void)close(STDERR_FILENO);
		free(mem_zero(much, 4));
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_false(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void
buf_has_a_ceiling(void **state)
{
	char thousand[1000];
	struct buf b;

	(void)state;
	memset(thousand, 'x', sizeof(thousand));
	buf_init(&b, 1002);
	assert_string_equal(b.data, "");
	buf_add(&b, thousand, sizeof(thousand));
	buf_char(&b, 'a');
	assert_int_equal(b.len, 1001);
	assert_false(b.full);

	/* Neither half of it nor anything after it. */
	buf_text(&b, "bc");
	assert_true(b.full);
	buf_char(&b, 'd');
	buf_format(&b, "%d", 1);
	assert_int_equal(b.len, 1001);
	assert_int_equal(b.data[1001], '\0');

	buf_reset(&b);
	assert_false(b.full);
	buf_format(&b, "%s-%d", "a", 7);
	assert_string_equal(b.data, "a-7");
	buf_format(&b, "%*s", 999, "");
	assert_int_equal(b.len, 1002);
	assert_false(b.full);
	buf_text(&b, "");
	assert_false(b.full);
	buf_char(&b, 'e');
	assert_true(b.full);
	buf_done(&b);

	buf_init(&b, 0);
	buf_char(&b, 'a');
	assert_true(b.full);
	assert_string_equal(b.data, "");
	buf_done(&b);
}

static const struct {
	const char	*what;
	time_t		 t;
	const char	*want;
} times[] = {
	{ "the first second", 0, "1970-01-01T00:00:00Z" },
	{ "an ordinary one", 1700000000, "2023-11-14T22:13:20Z" },
	{ "a leap day", 951782400, "2000-02-29T00:00:00Z" },
	{ "no leap day", 4107542400, "2100-03-01T00:00:00Z" },
	{ "before the first", -1, "1969-12-31T23:59:59Z" },
};

static void
clock_says_utc(void **state)
{
	int64_t before = clock_mono_us();
	char text[CLOCK_TEXT];
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(times); i++) {
		clock_text(times[i].t, text);
		if (strcmp(text, times[i].want) != 0)
			fail_msg("%s: %s", times[i].what, text);
	}
	clock_text_ms(text);
	assert_int_equal(strlen(text), strlen("2026-11-23T21:57:02.123Z"));
	assert_int_equal(text[19], '.');
	assert_true(clock_now() > 1700000000);
	assert_true(clock_mono_us() >= before);
}

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
	for (i = 0; e == ERR_OK && i < NELEM(want); i++) {
		if (want[i].at == NULL && !want[i].is_other)
			continue;
		buf_format(ret, "%s: %s", want[i].path, want[i].is_other ?
		    "other" : want[i].is_text ? "text" : "bare");
		if (want[i].at != NULL) {
			buf_char(ret, ' ');
			buf_add(ret, want[i].at, want[i].len);
		}
		buf_char(ret, '\n');
	}
}

static int failures;

static void
scan_try(const char *path)
{
	failures += !case_passes(path, scan_say);
}

static void
json_scan_cases(void **state)
{
	(void)state;
	failures = 0;
	assert_true(cases_walk("json_scan", scan_try) >= 70);
	assert_int_equal(failures, 0);
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
	{ "arrays far beyond it", 20000, 1, ERR_INPUT },
};

static void
json_has_a_depth(void **state)
{
	struct json *j;
	struct buf b;
	size_t i;
	int k, deep;

	(void)state;
	buf_init(&b, 1 << 20);
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
		if (json_scan(b.data, b.len, NULL, 0) != depths[i].want ||
		    json_parse(b.data, b.len, &j) != depths[i].want)
			fail_msg("%s", depths[i].what);
		json_free(j);
	}
	buf_done(&b);
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
		    json_count(j, paths[i].path) != paths[i].count)
			fail_msg("%s", paths[i].what);
	}
	assert_int_equal(json_bool(j, "no", &yes), ERR_OK);
	assert_false(yes);
	assert_true(json_has_object(j, "items"));
	assert_false(json_has_object(j, "items.data"));
	assert_string_equal(json_name(j, 1), "items");
	assert_null(json_name(j, 11));
	assert_null(json_name(json_at(j, "matrix"), 0));
	json_free(j);
	json_free(NULL);
	assert_null(json_text(NULL, "id"));
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

/* log.h */

static const struct {
	const char	*what;
	const char	*text;
	const char	*want;		/* NULL: the same */
} messages[] = {
	{ "a sentence", "nothing happened", NULL },
	{ "a line that is forged", "x\n{\"level\":\"error\",\"event\":\"fake\"}",
	    NULL },
	{ "a member that is forged", "x\",\"level\":\"error", NULL },
	{ "carriage return and escape", "x\r\x1b[2J", NULL },
	{ "no UTF-8", "\xff", "\xef\xbf\xbd" },
};

static void
log_lines_cannot_be_forged(void **state)
{
	struct json *j;
	char *line;
	size_t i;

	(void)state;
	log_process("test");
	for (i = 0; i < NELEM(messages); i++) {
		stderr_catch();
		log_request(messages[i].text);
		log_info("some_event", "%s", messages[i].text);
		log_request(NULL);
		line = stderr_caught();
		j = line_parse(messages[i].what, line);
		if (!text_equal(json_text(j, "msg"), messages[i].want != NULL ?
		    messages[i].want : messages[i].text) ||
		    !text_equal(json_text(j, "msg"), json_text(j, "request")) ||
		    !text_equal(json_text(j, "level"), "info") ||
		    !text_equal(json_text(j, "event"), "some_event") ||
		    !text_equal(json_text(j, "process"), "test"))
			fail_msg("%s: %s", messages[i].what, line);
		json_free(j);
		free(line);
	}
}

static const struct {
	const char	*what;
	int		 byte;
	size_t		 least;		/* of the message that remains */
} longs[] = {
	{ "letters", 'x', 500 },
	{ "bytes that are written as six", 1, 500 },
	{ "bytes that are no UTF-8", 0xff, 1500 },
};

static void
log_lines_have_an_end(void **state)
{
	char text[20001], *line;
	struct json *j;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(longs); i++) {
		memset(text, longs[i].byte, sizeof(text));
		text[sizeof(text) - 1] = '\0';
		stderr_catch();
		log_request(text);
		log_error("long_event", "%s", text);
		log_request(NULL);
		line = stderr_caught();
		j = line_parse(longs[i].what, line);
		if (strlen(json_text(j, "msg")) < longs[i].least ||
		    strlen(line) > PIPE_BUF)
			fail_msg("%s: %s", longs[i].what, line);
		json_free(j);
		free(line);
	}
}

static void
log_lines_have_a_level(void **state)
{
	struct log_access a = { .method = "GET", .route = "/plans/{name}",
	    .status = 404, .us = 1234, .remote = "::1\"", .code = "not_found" };
	struct json *j;
	int64_t n = 0;
	char *line;

	(void)state;
	stderr_catch();
	log_debug("quiet", "not written");
	log_level(LOG_ERROR);
	log_warn("quiet", "not written");
	log_access(&a);
	log_level(LOG_DEBUG);
	log_debug("loud", "written");
	line = stderr_caught();
	log_level(LOG_INFO);
	j = line_parse("levels", line);
	assert_string_equal(json_text(j, "event"), "loud");
	assert_false(json_has(j, "request"));
	json_free(j);
	free(line);

	stderr_catch();
	log_access(&a);
	line = stderr_caught();
	j = line_parse("access", line);
	assert_string_equal(json_text(j, "event"), "request");
	assert_string_equal(json_text(j, "route"), "/plans/{name}");
	assert_string_equal(json_text(j, "remote"), "::1\"");
	assert_int_equal(json_int(j, "status", &n), ERR_OK);
	assert_int_equal(n, 404);
	assert_false(json_has(j, "account"));
	json_free(j);
	free(line);
}

/* secret.h */

#define EIGHT	"1\n2\n3\n4\n5\n6\n7\n8\n"

static const struct {
	const char	*what;
	const char	*bytes;
	size_t		 len;		/* 0: that of the text */
	mode_t		 mode;
	enum err	 want;
	const char	*lines;		/* joined by a bar */
} secrets[] = {
	{ "one line", "sk_test_1\n", 0, 0600, ERR_OK, "sk_test_1" },
	{ "no newline at the end", "sk_test_1", 0, 0600, ERR_OK, "sk_test_1" },
	{ "two lines", "a\nb\n", 0, 0600, ERR_OK, "a|b" },
	{ "empty lines and spaces", "\n  a \t\n\n\tb c\n", 0, 0600, ERR_OK,
	    "a|b c" },
	{ "lines of DOS", "a\r\n\r\nb\r\n", 0, 0600, ERR_OK, "a|b" },
	{ "comments", "# old\na\n  # older\nb # part of it\n", 0, 0600, ERR_OK,
	    "a|b # part of it" },
	{ "as many lines as may be", EIGHT, 0, 0600, ERR_OK,
	    "1|2|3|4|5|6|7|8" },
	{ "one line more", EIGHT "9\n", 0, 0600, ERR_INPUT, NULL },
	{ "nothing", "", 0, 0600, ERR_INPUT, NULL },
	{ "nothing but space", " \r\n\t\n", 0, 0600, ERR_INPUT, NULL },
	{ "nothing but a comment", "# a\n", 0, 0600, ERR_INPUT, NULL },
	{ "a NUL inside", "a\0b\n", 4, 0600, ERR_INPUT, NULL },
	{ "a NUL at the end", "a\n\0", 3, 0600, ERR_INPUT, NULL },
	{ "the group may read", "a", 0, 0640, ERR_OK, "a" },
	{ "others may read", "a", 0, 0644, ERR_INPUT, NULL },
	{ "others may write", "a", 0, 0602, ERR_INPUT, NULL },
	{ "others may run", "a", 0, 0601, ERR_INPUT, NULL },
};

static void
secret_join(const struct secret *s, char *ret, size_t size)
{
	size_t i, len = 0;

	ret[0] = '\0';
	for (i = 0; i < s->count; i++)
		len += (size_t)snprintf(ret + len, size - len, "%s%s",
		    i > 0 ? "|" : "", s->line[i]);
}

static void
secret_files(void **state)
{
	const char *path;
	char said[256], *log;
	struct secret s;
	enum err e;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(secrets); i++) {
		path = path_in("secret");
		(void)unlink(path);
		file_write(path, secrets[i].bytes, secrets[i].len > 0 ?
		    secrets[i].len : strlen(secrets[i].bytes),
		    secrets[i].mode);
		memset(&s, 0, sizeof(s));
		stderr_catch();
		e = secret_read("some_file", path_in("secret"), "/nowhere", &s);
		log = stderr_caught();
		secret_join(&s, said, sizeof(said));
		if (e != secrets[i].want || (e == ERR_OK &&
		    strcmp(said, secrets[i].lines) != 0))
			fail_msg("%s: %s", secrets[i].what, said);
		if (e != ERR_OK && strstr(log, "some_file") == NULL)
			fail_msg("%s: not logged", secrets[i].what);
		secret_done(&s);
		assert_int_equal(s.count, 0);
		free(log);
	}
}

static const struct {
	const char	*what;
	int		 in_dir;	/* before the name stands the folder */
	const char	*name;
	int		 has_dir;	/* a credentials directory is given */
	enum err	 want;
} places[] = {
	{ "a name in the credentials directory", 0, "cred", 1, ERR_OK },
	{ "a path beside it", 1, "cred", 1, ERR_OK },
	{ "a path without it", 1, "cred", 0, ERR_OK },
	{ "a name that is not there", 0, "credx", 1, ERR_NOTFOUND },
	{ "a path that is not there", 1, "credx", 0, ERR_NOTFOUND },
	{ "nothing", 0, "", 0, ERR_NOTFOUND },
	{ "a folder", 0, "..", 1, ERR_INPUT },
	{ "a FIFO that nobody writes to", 1, "fifo", 0, ERR_INPUT },
};

static void
secret_places(void **state)
{
	struct secret s;
	enum err e;
	size_t i;

	(void)state;
	file_write(path_in("cred"), "a", 1, 0600);
	assert_int_equal(mkfifo(path_in("fifo"), 0600), 0);
	for (i = 0; i < NELEM(places); i++) {
		memset(&s, 0, sizeof(s));
		stderr_catch();
		e = secret_read("some_file", places[i].in_dir ?
		    path_in(places[i].name) : places[i].name,
		    places[i].has_dir ? dir : NULL, &s);
		free(stderr_caught());
		if (e != places[i].want)
			fail_msg("%s: %s", places[i].what, err_name(e));
		secret_done(&s);
	}
	file_write(path_in("long"), document, 0, 0600);
	assert_int_equal(truncate(path_in("long"), SECRET_MAX + 1), 0);
	stderr_catch();
	e = secret_read("some_file", path_in("long"), NULL, &s);
	free(stderr_caught());
	assert_int_equal(e, ERR_INPUT);
}

/* slots.h */

/* A process that takes a slot, says whether it could, and then holds it. */
struct holder {
	pid_t	 pid;
	int	 said;		/* we read a byte from it */
	int	 stay;		/* it ends when we close this */
};

static void
holder_start(struct holder *h, int count, int ms)
{
	int up[2], down[2];
	struct slots *s;
	char c = 'n';

	assert_int_equal(pipe(up), 0);
	assert_int_equal(pipe(down), 0);
	assert_int_not_equal(h->pid = fork(), -1);
	if (h->pid == 0) {
		(void)close(up[0]);
		(void)close(down[1]);
		s = slots_open(path_in("slots"), count);
		if (s != NULL && slots_take(s, ms) == ERR_OK)
			c = 'y';
		(void)!write(up[1], &c, 1);
		(void)!read(down[0], &c, 1);
		_exit(0);
	}
	(void)close(up[1]);
	(void)close(down[0]);
	h->said = up[0];
	h->stay = down[1];
}

static int
holder_has(const struct holder *h)
{
	char c = '?';

	assert_int_equal(read(h->said, &c, 1), 1);
	return c == 'y';
}

static void
holder_end(struct holder *h, int is_killed)
{
	int status;

	if (is_killed)
		assert_int_equal(kill(h->pid, SIGKILL), 0);
	(void)close(h->stay);
	(void)close(h->said);
	assert_int_equal(waitpid(h->pid, &status, 0), h->pid);
	assert_int_equal(WIFSIGNALED(status), is_killed);
}

static void
slots_are_as_many_as_said(void **state)
{
	struct slots *s = slots_open(path_in("slots"), 2);
	struct holder a, b;
	int64_t before;

	(void)state;
	assert_non_null(s);
	holder_start(&a, 2, 0);
	assert_true(holder_has(&a));
	holder_start(&b, 2, 0);
	assert_true(holder_has(&b));

	assert_int_equal(slots_take(s, 0), ERR_LATER);
	before = clock_mono_us();
	assert_int_equal(slots_take(s, 20), ERR_LATER);
	assert_true(clock_mono_us() - before >= 20000);

	/* One that is killed gives back what it had. */
	holder_end(&a, 1);
	assert_int_equal(slots_take(s, 0), ERR_OK);
	slots_give(s);
	slots_give(s);
	assert_int_equal(slots_take(s, 0), ERR_OK);
	holder_end(&b, 0);
	slots_close(s);
	slots_close(NULL);
}

static void
slots_are_waited_for(void **state)
{
	struct slots *s = slots_open(path_in("slots"), 1);
	struct holder waiter;

	(void)state;
	assert_non_null(s);
	assert_int_equal(slots_take(s, 0), ERR_OK);
	holder_start(&waiter, 1, 60000);
	slots_give(s);
	assert_true(holder_has(&waiter));
	assert_int_equal(slots_take(s, 0), ERR_LATER);
	holder_end(&waiter, 1);
	assert_int_equal(slots_take(s, 0), ERR_OK);
	slots_close(s);
}

static void
slots_need_a_file(void **state)
{
	char to[PATH_SIZE];
	struct slots *a, *b;

	(void)state;
	(void)snprintf(to, sizeof(to), "%s", path_in("slots"));
	assert_int_equal(symlink(to, path_in("link")), 0);
	stderr_catch();
	a = slots_open(path_in("no/slots"), 1);
	b = slots_open(path_in("link"), 1);
	free(stderr_caught());
	assert_null(a);
	assert_null(b);
}

/* config.h, option.h */

static int
is_plan(const struct option *o)
{
	return text_equal(o->section, "plan");
}

/* "section.name = value" where it is not the default. */
static void
option_say(const struct option *o, const char *section, const void *base,
    struct buf *ret)
{
	char value[8192];

	option_show(o, base, value, sizeof(value));
	if (!text_equal(value, o->dflt))
		buf_format(ret, "%s.%s = %s\n", section, o->name, value);
}

static void
config_say_values(const struct config *c, struct buf *ret)
{
	const struct option *o;
	char section[64];
	size_t i;

	for (o = options; o->section != NULL; o++)
		if (!is_plan(o))
			option_say(o, o->section, c, ret);
	for (i = 0; i < c->plans; i++) {
		(void)snprintf(section, sizeof(section), "plan %s",
		    c->plan[i].name);
		for (o = options; o->section != NULL; o++)
			if (is_plan(o))
				option_say(o, section, &c->plan[i], ret);
	}
}

/* Printed and read again, it prints the same. */
static void
config_roundtrip(const struct config *c)
{
	struct config *again = NULL;
	char *first, *second;
	size_t len;
	FILE *f;

	assert_non_null(f = fopen(path_in("printed"), "w"));
	config_print(c, f);
	assert_int_equal(fclose(f), 0);
	first = file_text(path_in("printed"), NULL);
	assert_int_equal(config_read(path_in("printed"), NULL, 0, NULL, stderr,
	    &again), ERR_OK);
	assert_non_null(f = open_memstream(&second, &len));
	config_print(again, f);
	assert_int_equal(fclose(f), 0);
	assert_string_equal(first, second);
	config_free(again);
	free(first);
	free(second);
}

static void
config_say_with(const char *path, const char *const set[], size_t count,
    struct buf *ret)
{
	struct config *c = NULL;
	char *said, *p, *at;
	size_t len;
	FILE *f;
	enum err e;

	assert_non_null(f = open_memstream(&said, &len));
	e = config_read(path, set, count, "/credentials", f, &c);
	assert_int_equal(fclose(f), 0);
	buf_format(ret, "%s\n", err_name(e));
	for (p = said; (at = strstr(p, path)) != NULL; p = at + strlen(path)) {
		buf_add(ret, p, (size_t)(at - p));
		buf_text(ret, "FILE");
	}
	buf_text(ret, p);
	free(said);
	if (e != ERR_OK)
		return;
	assert_string_equal(c->credentials_dir, "/credentials");
	config_say_values(c, ret);
	config_roundtrip(c);
	config_free(c);
}

static void
config_say(const char *path, const char *text, size_t len, struct buf *ret)
{
	(void)text;
	(void)len;
	config_say_with(path, NULL, 0, ret);
}

static void
config_try(const char *path)
{
	failures += !case_passes(path, config_say);
}

static void
config_cases(void **state)
{
	(void)state;
	failures = 0;
	assert_true(cases_walk("config", config_try) >= 80);
	assert_int_equal(failures, 0);
}

static const char least[] =
    "[server]\npublic_origin = http://localhost\n"
    "[database]\nconninfo = dbname=endpin\n"
    "[stripe]\nsecret_key_file = k\nwebhook_secret_file = w\n"
    "[cello]\nenabled = no\n[courier]\npoll = 5\n"
    "[plan a.b]\n";

/* The first two overrides of each row; what config_read() then says. */
static const struct {
	const char	*what;
	const char	*set[2];
	const char	*want;		/* is in what it says */
} overrides[] = {
	{ "what the file has", { "courier.poll=7" }, "courier.poll = 7\n" },
	{ "what it has not", { "pool web.workers=9" },
	    "pool web.workers = 9\n" },
	{ "the last one counts", { "courier.poll=7", "courier.poll=8" },
	    "courier.poll = 8\n" },
	{ "the value has signs", { "database.conninfo=host=a.b dbname=x" },
	    "database.conninfo = host=a.b dbname=x\n" },
	{ "an empty value", { "server.peers=" }, "server.peers = \n" },
	{ "a plan that is new", { "plan pro.amount=5" },
	    "endpin: FILE: price of [plan pro] must be set\n" },
	{ "no sign", { "courier.poll" },
	    "endpin: --set: \"courier.poll\" is not section.option=value\n" },
	{ "no dot", { "poll=7" },
	    "endpin: --set: \"poll=7\" is not section.option=value\n" },
	{ "no section", { ".poll=7" },
	    "endpin: --set: \".poll=7\" is not section.option=value\n" },
	{ "no option", { "courier.=7" },
	    "endpin: --set: \"courier.=7\" is not section.option=value\n" },
	{ "an unknown section", { "curier.poll=7" },
	    "endpin: --set: there is no section [curier]\n" },
	{ "an unknown option", { "courier.pol=7" },
	    "endpin: --set: \"pol\" is not an option of [courier]; "
	    "did you mean \"poll\"?\n" },
	{ "out of limits", { "courier.poll=0" },
	    "endpin: --set: poll is outside 1..60\n" },
	{ "a line that is forged", { "server.www_dir=/a\n[cello]" },
	    "endpin: --set: www_dir has a control character\n" },
	{ "a space first", { "server.www_dir= /a" },
	    "endpin: --set: www_dir begins or ends with a space\n" },
	{ "a space last", { "server.www_dir=/a " },
	    "endpin: --set: www_dir begins or ends with a space\n" },
	{ "a comment", { "server.www_dir=/a ;b" },
	    "endpin: --set: www_dir has a semicolon after a space, "
	    "which begins a comment\n" },
};

static void
config_overrides(void **state)
{
	char path[PATH_SIZE];
	struct buf said;
	size_t i, count;

	(void)state;
	(void)snprintf(path, sizeof(path), "%s", path_in("least.conf"));
	file_write(path, least, sizeof(least) - 1, 0600);
	buf_init(&said, CASE_MAX);
	for (i = 0; i < NELEM(overrides); i++) {
		count = overrides[i].set[1] == NULL ? 1 : 2;
		buf_reset(&said);
		config_say_with(path, overrides[i].set, count, &said);
		if (strstr(said.data, overrides[i].want) == NULL)
			fail_msg("%s: %s", overrides[i].what, said.data);
	}
	buf_reset(&said);
	config_say_with(path_in("no.conf"), NULL, 0, &said);
	assert_string_equal(said.data, "input\n"
	    "endpin: FILE: cannot be read: No such file or directory\n");
	buf_reset(&said);
	config_say_with(dir, NULL, 0, &said);
	assert_string_equal(said.data, "input\n"
	    "endpin: FILE: cannot be read: Is a directory\n");
	buf_done(&said);
}

static void
config_has_a_most_of_plans(void **state)
{
	char *path = mem_text(path_in("plans.conf"));
	struct config *c = NULL;
	struct buf text, said;
	int i;

	(void)state;
	buf_init(&text, CASE_MAX);
	buf_init(&said, CASE_MAX);
	buf_text(&text, least);
	for (i = 0; i < CONFIG_PLANS; i++)
		buf_format(&text, "[plan p%d]\nprice = price_%d\nlabel = P\n"
		    "description = d\namount = %d\ncurrency = usd\n"
		    "interval = month\ntrial_days = 1\nreferral_coupon = c\n",
		    i, i, i);
	file_write(path, text.data, text.len, 0600);
	assert_int_equal(config_read(path, NULL, 0, NULL, stderr, &c), ERR_OK);
	assert_int_equal(c->plans, CONFIG_PLANS);
	assert_int_equal(config_plan(c, "p63")->amount, 63);
	assert_ptr_equal(config_plan_of_price(c, "price_9"), &c->plan[9]);
	assert_null(config_plan(c, "p64"));
	assert_null(config_plan_of_price(c, "price_64"));
	assert_false(config_is_https(c));
	config_free(c);

	/* The table of what was set has room for the last option, too. */
	buf_text(&text, "trial_days = 2\n[plan more]\nprice = x\n");
	file_write(path, text.data, text.len, 0600);
	config_say_with(path, NULL, 0, &said);
	assert_string_equal(said.data, "input\n"
	    "endpin: FILE:589: trial_days of [plan p63] is set twice\n"
	    "endpin: FILE:591: there are more than 64 plans\n");
	buf_done(&text);
	buf_done(&said);
	free(path);
	config_free(NULL);
}

/* Each option says its own limits, default and use. */
static void
options_are_right(void **state)
{
	const struct option *o;
	struct plan_config p;
	struct config c;
	size_t rows = 0, lines = 0, len, i;
	char *text;
	void *base;
	FILE *f;

	(void)state;
	memset(&c, 0, sizeof(c));
	memset(&p, 0, sizeof(p));
	for (o = options; o->section != NULL; o++, rows++) {
		base = is_plan(o) ? (void *)&p : (void *)&c;
		assert_ptr_equal(option_find(o->section, o->name), o);
		if (((o->flags & OPTION_MUST) != 0) != (o->dflt == NULL))
			fail_msg("%s: a default or must be set", o->name);
		if (o->dflt != NULL && option_set(o, base, o->dflt) != NULL)
			fail_msg("%s: the default is refused", o->name);
		if (o->about[strlen(o->about) - 1] != '.')
			fail_msg("%s: no sentence", o->name);
		option_clear(o, base);
	}
	assert_non_null(f = open_memstream(&text, &len));
	config_print_options(f);
	assert_int_equal(fclose(f), 0);
	for (i = 0; i < len; i++)
		lines += text[i] == '\n';
	assert_int_equal(lines, rows);
	assert_non_null(strstr(text, "[courier]\tpoll\tnumber 1..60\t2\t"
	    "reload\tSeconds after which"));
	assert_non_null(strstr(text, "[pool web]\tlisten\tsocket\t"
	    "/run/endpin/web.sock\trestart\t"));
	free(text);
	assert_null(option_find("plan pro", "price"));
	assert_null(option_guess("nowhere", "poll"));
}

/* The next line of `f` that is not empty, without its newline. */
static const char *
example_line(FILE *f, char *line, size_t size)
{
	do {
		if (fgets(line, (int)size, f) == NULL)
			return "";
		line[strcspn(line, "\n")] = '\0';
	} while (line[0] == '\0');
	return line;
}

/* The example has every option in order, with its sentence and default. */
static void
config_example(void **state)
{
	const char *top = getenv("srcdir"), *section = "";
	char path[PATH_SIZE], line[256], want[256];
	const struct option *o;
	struct config *c = NULL;
	FILE *f;

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/etc/endpin.conf.example",
	    top == NULL ? "." : top);
	assert_int_equal(config_read(path, NULL, 0, NULL, stderr, &c), ERR_OK);
	assert_int_equal(c->plans, 1);
	config_roundtrip(c);
	config_free(c);

	assert_non_null(f = fopen(path, "r"));
	for (o = options; o->section != NULL; o++) {
		if (!text_equal(o->section, section)) {
			section = o->section;
			(void)snprintf(want, sizeof(want), "[%s%s]", section,
			    is_plan(o) ? " pro" : "");
			do
				(void)example_line(f, line, sizeof(line));
			while (line[0] == '#');
			assert_string_equal(line, want);
		}
		(void)snprintf(want, sizeof(want), "# %s", o->about);
		assert_string_equal(example_line(f, line, sizeof(line)), want);
		(void)example_line(f, line, sizeof(line));
		(void)snprintf(want, sizeof(want), "#%s =%s%s", o->name,
		    text_empty(o->dflt) ? "" : " ",
		    o->dflt == NULL ? "" : o->dflt);
		if (line[0] == '#' && !text_equal(o->name, "www_dir"))
			assert_string_equal(line, want);
		assert_true(text_begins(line + (line[0] == '#'), o->name));
	}
	assert_string_equal(example_line(f, line, sizeof(line)), "");
	(void)fclose(f);
}

static int
folder_make(void **state)
{
	(void)state;
	(void)snprintf(dir, sizeof(dir), "/tmp/endpin-base-XXXXXX");
	return mkdtemp(dir) == NULL;
}

static int
folder_remove(void **state)
{
	struct dirent *entry;
	DIR *d = opendir(dir);

	(void)state;
	while (d != NULL && (entry = readdir(d)) != NULL)
		(void)unlink(path_in(entry->d_name));
	if (d != NULL)
		(void)closedir(d);
	return rmdir(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_numbers),
		cmocka_unit_test(text_utf8s),
		cmocka_unit_test(text_equals),
		cmocka_unit_test(text_bytes),
		cmocka_unit_test(text_names),
		cmocka_unit_test(memory_that_is_not_there_ends_the_process),
		cmocka_unit_test(buf_has_a_ceiling),
		cmocka_unit_test(clock_says_utc),
		cmocka_unit_test(json_scan_cases),
		cmocka_unit_test(json_has_a_depth),
		cmocka_unit_test(json_paths),
		cmocka_unit_test(json_written_reads_the_same),
		cmocka_unit_test(log_lines_cannot_be_forged),
		cmocka_unit_test(log_lines_have_an_end),
		cmocka_unit_test(log_lines_have_a_level),
		cmocka_unit_test(secret_files),
		cmocka_unit_test(secret_places),
		cmocka_unit_test(slots_are_as_many_as_said),
		cmocka_unit_test(slots_are_waited_for),
		cmocka_unit_test(slots_need_a_file),
		cmocka_unit_test(config_cases),
		cmocka_unit_test(config_overrides),
		cmocka_unit_test(config_has_a_most_of_plans),
		cmocka_unit_test(options_are_right),
		cmocka_unit_test(config_example),
	};

	return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
