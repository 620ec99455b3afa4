/* SPDX-License-Identifier: MIT */

#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <sched.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/allowance.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/cores.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/random.h"
#include "base/slots.h"
#include "base/text.h"
#include "folder.h"

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

/* Behind so much that is ASCII, and before as much. */
static void
text_utf8_anywhere(void **state)
{
	char text[64];
	size_t i, n, len;
	long want;

	(void)state;
	for (i = 0; i < NELEM(utf8s); i++)
		for (n = 0; n <= 17; n++) {
			len = strlen(utf8s[i].text);
			memset(text, 'a', sizeof(text));
			memcpy(text + n, utf8s[i].text, len);
			want = utf8s[i].want == -1 ? -1 :
			    utf8s[i].want + 2 * (long)n;
			if (text_utf8_length(text, 2 * n + len) != want)
				fail_msg("%s behind %zu", utf8s[i].what, n);
		}
}

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
	assert_int_equal(text_utf8_length("abcdefgh\0bcdefg", 16), 16);
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
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(equals); i++)
		if (text_equal(equals[i].a, equals[i].b) != equals[i].equal ||
		    text_equal_nocase(equals[i].a, equals[i].b) !=
		    equals[i].nocase)
			fail_msg("%s", equals[i].what);
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

static const struct {
	const char	*what;
	const char	*text;
	size_t		 len;
	enum err	 want;
} unbase64s[] = {
	{ "nothing", "", 0, ERR_OK },
	{ "one byte", "Zg", 1, ERR_OK },
	{ "two bytes", "Zm8", 2, ERR_OK },
	{ "three bytes", "Zm9v", 3, ERR_OK },
	{ "four bytes", "Zm9vYg", 4, ERR_OK },
	{ "plus and slash", "+++//w", 4, ERR_OK },
	{ "bits that no byte has", "Zh", 1, ERR_INPUT },
	{ "bits that no byte has, of two", "Zm9", 2, ERR_INPUT },
	{ "padding", "Zg==", 1, ERR_INPUT },
	{ "padding in place of a digit", "Z=", 1, ERR_INPUT },
	{ "signs of the other alphabet", "---__w", 4, ERR_INPUT },
	{ "a space", "Z ", 1, ERR_INPUT },
	{ "too short", "Zm9", 3, ERR_INPUT },
	{ "too long", "Zm9vYg", 3, ERR_INPUT },
};

static void
text_bytes(void **state)
{
	unsigned char bytes[16];
	char text[64];
	size_t i, len, back;

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
		if (text_unbase64url(text, bytes, sizeof(bytes), &back) !=
		    ERR_OK || back != len ||
		    memcmp(bytes, base64s[i].bytes, len) != 0)
			fail_msg("%s: not back again", base64s[i].what);
	}
	for (i = 0; i < NELEM(unbase64s); i++) {
		if (text_unbase64(unbase64s[i].text,
		    strlen(unbase64s[i].text), bytes, unbase64s[i].len) !=
		    unbase64s[i].want)
			fail_msg("%s", unbase64s[i].what);
		if (unbase64s[i].want != ERR_OK)
			continue;
		text_base64(bytes, unbase64s[i].len, text);
		assert_string_equal(text, unbase64s[i].text);
	}
	assert_int_equal(text_unbase64("\0\0", 2, bytes, 1), ERR_INPUT);
}

static void
text_hex_digits(void **state)
{
	static const char digits[] = "0123456789abcdef", more[] = "ABCDEF";
	const char *at;
	int c, want;

	(void)state;
	for (c = -128; c < 128; c++) {
		want = -1;
		if (c != 0 && (at = strchr(digits, c)) != NULL)
			want = (int)(at - digits);
		else if (c != 0 && (at = strchr(more, c)) != NULL)
			want = 10 + (int)(at - more);
		assert_int_equal(text_hex_digit((char)c), want);
	}
}

static void
text_unbase64url_refuses(void **state)
{
	static const struct {
		const char	*what;
		const char	*text;
	} bad[] = {
		{ "one digit", "Z" },
		{ "one digit too many", "Zm9vZ" },
		{ "a zero too many", "Zm9vA" },
		{ "padding", "Zg==" },
		{ "the other alphabet", "+/+/" },
		{ "a line break", "Zm9v\n" },
		{ "beyond ASCII", "Zm9\xc3\xb6" },
		{ "bits behind one byte", "Zh" },
		{ "bits behind two bytes", "Zm9" },
		{ "seven bytes", "MTIzNDU2Nw" }
	};
	unsigned char bytes[6];
	size_t len = 99, i;

	(void)state;
	for (i = 0; i < NELEM(bad); i++)
		if (text_unbase64url(bad[i].text, bytes, sizeof(bytes),
		    &len) != ERR_INPUT)
			fail_msg("%s was taken", bad[i].what);
	assert_int_equal(len, 99);
	assert_int_equal(text_unbase64url("MTIzNDU2", bytes, sizeof(bytes),
	    &len), ERR_OK);
	assert_int_equal(len, 6);
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

static void
text_names(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(uuids); i++)
		if (text_is_uuid(uuids[i].text) != uuids[i].want)
			fail_msg("%s", uuids[i].what);
	for (i = ERR_OK; i <= ERR_INTERNAL; i++)
		assert_string_not_equal(err_name((enum err)i), "unknown");
	assert_string_equal(err_name(ERR_LATER), "later");
}

/* mem.h, buf.h, clock.h */

static void
uuids_are_of_version_4(void **state)
{
	char a[TEXT_UUID], b[TEXT_UUID];
	int i;

	(void)state;
	for (i = 0; i < 1000; i++) {
		random_uuid(a);
		random_uuid(b);
		assert_true(text_is_uuid(a));
		assert_int_equal(a[14], '4');
		assert_non_null(strchr("89ab", a[19]));
		assert_string_not_equal(a, b);
	}
}

static void
all_bytes_are_random(void **state)
{
	unsigned char one[64], any[64] = { 0 };
	size_t i, j;

	(void)state;
	for (i = 0; i < 64; i++) {
		random_bytes(one, sizeof(one));
		for (j = 0; j < sizeof(one); j++)
			any[j] |= one[j];
	}
	for (j = 0; j < sizeof(any); j++)
		assert_int_equal(any[j], 0xff);
}

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

/* Whoever has seen a second begin sees it here too. */
static void
clock_has_one_second(void **state)
{
	const int64_t from = clock_real_ms() / 1000;
	int64_t now;

	(void)state;
	do {
		now = clock_real_ms() / 1000;
		assert_true(clock_now() >= now);
	} while (now == from);
}

static const struct {
	const char	*text;
	int64_t		 want;		/* -1: it is none */
} read_times[] = {
	{ "1970-01-01T00:00:00Z", 0 },
	{ "2023-11-14T22:13:20Z", 1700000000 },
	{ "2023-11-14T22:13:20.999Z", 1700000000 },
	{ "2000-02-29T00:00:00Z", 951782400 },
	{ "9999-12-31T23:59:59Z", INT64_C(253402300799) },
	{ "2001-02-29T00:00:00Z", -1 }, { "2023-13-14T22:13:20Z", -1 },
	{ "2023-11-14T22:60:20Z", -1 }, { "2023-11-14T24:00:00Z", -1 },
	{ "1969-12-31T23:59:59Z", -1 }, { "2023-11-14T22:13:20", -1 },
	{ "2023-11-14T22:13:20+00:00", -1 }, { "2023-11-14T22:13:20Z ", -1 },
	{ "2023-11-14 22:13:20Z", -1 }, { "2023-11-14", -1 }, { "", -1 }
};

static void
clock_reads_utc(void **state)
{
	int64_t got;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(read_times); i++) {
		got = -1;
		if ((clock_read(read_times[i].text, &got) == ERR_OK) !=
		    (read_times[i].want != -1) || got != read_times[i].want)
			fail_msg("%s", read_times[i].text);
	}
}

/* log.h */

static const struct {
	const char	*what;
	const char	*text;
	const char	*want;		/* NULL: the same */
} messages[] = {
	{ "a sentence", "nothing happened", NULL },
	{ "a line that is forged",
	    "x\n{\"level\":\"error\",\"event\":\"fake\"}", NULL },
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

/* What is written at once comes in one piece.  The length of the next; 0: none. */
static size_t
piece_next(int fd, char *piece, size_t size)
{
	ssize_t n = recv(fd, piece, size - 1, MSG_DONTWAIT);

	piece[n > 0 ? n : 0] = '\0';
	return n > 0 ? (size_t)n : 0;
}

static size_t
lines_in(const char *text)
{
	size_t n = 0;

	while ((text = strchr(text, '\n')) != NULL) {
		n++;
		text++;
	}
	return n;
}

static void
access_lines_that_are_held_go_together(void **state)
{
	const struct log_access a = { .method = "GET", .route = "/livez",
	    .status = 200, .us = 1234, .remote = "127.0.0.1" };
	int pair[2], old = dup(STDERR_FILENO);
	char piece[2 * PIPE_BUF];
	size_t i, len, lines = 0, pieces = 0;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair), 0);
	assert_int_not_equal(dup2(pair[1], STDERR_FILENO), -1);
	log_hold();
	for (i = 0; i < 5; i++)
		log_access(&a);
	assert_int_equal(piece_next(pair[0], piece, sizeof(piece)), 0);

	/* Anything else is not held, and does not come before them. */
	log_warn("other", "not held");
	(void)piece_next(pair[0], piece, sizeof(piece));
	assert_int_equal(lines_in(piece), 5);
	assert_null(strstr(piece, "other"));
	(void)piece_next(pair[0], piece, sizeof(piece));
	assert_int_equal(lines_in(piece), 1);
	assert_non_null(strstr(piece, "other"));

	/* More than a pipe takes in one go is more than one. */
	for (i = 0; i < 100; i++)
		log_access(&a);
	log_release();
	while ((len = piece_next(pair[0], piece, sizeof(piece))) > 0) {
		assert_true(len <= PIPE_BUF && piece[len - 1] == '\n');
		lines += lines_in(piece);
		pieces++;
	}
	assert_int_equal(lines, 100);
	assert_true(pieces > 1 && pieces < 10);

	log_access(&a);
	assert_true(piece_next(pair[0], piece, sizeof(piece)) > 0);
	assert_int_equal(lines_in(piece), 1);
	assert_int_not_equal(dup2(old, STDERR_FILENO), -1);
	(void)close(old);
	(void)close(pair[0]);
	(void)close(pair[1]);
}

/* slots.h */

/*
 * Once it is stopped time passes only while this process waits: however busy
 * the machine is, nobody has stood still for longer than the test says.
 */
static int64_t stopped_us;
static void (*meanwhile)(void);	/* is done then; NULL: nothing */

int64_t __real_clock_mono_us(void);
int64_t __wrap_clock_mono_us(void);
int __real_poll(struct pollfd *p, nfds_t n, int ms);
int __wrap_poll(struct pollfd *p, nfds_t n, int ms);

int64_t
__wrap_clock_mono_us(void)
{
	return stopped_us != 0 ? stopped_us : __real_clock_mono_us();
}

int
__wrap_poll(struct pollfd *p, nfds_t n, int ms)
{
	if (stopped_us == 0 || n > 0)
		return __real_poll(p, n, ms);
	stopped_us += INT64_C(1000) * ms;
	if (meanwhile != NULL)
		meanwhile();
	return 0;
}

static int
time_stops(void **state)
{
	(void)state;
	stopped_us = __real_clock_mono_us();
	return 0;
}

static int
time_goes_on(void **state)
{
	(void)state;
	stopped_us = 0;
	meanwhile = NULL;
	return 0;
}

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
		s = slots_open(path_in("slots"), count, 0);
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
	struct slots *s = slots_open(path_in("slots"), 2, 0);
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
	struct slots *s = slots_open(path_in("slots"), 1, 0);
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

#define HOLD_MS	40

/* Who stands still cannot give anything back, and cannot be waited for. */
static void
slots_of_who_stands_still_are_lent(void **state)
{
	struct slots *s[5];
	int64_t before = clock_mono_us();
	size_t i;

	(void)state;
	(void)unlink(path_in("slots"));
	for (i = 0; i < NELEM(s); i++) {
		s[i] = slots_open(path_in("slots"), 1, HOLD_MS);
		assert_non_null(s[i]);
	}
	assert_int_equal(slots_take(s[0], 0), ERR_OK);
	assert_int_equal(slots_take(s[1], HOLD_MS / 4), ERR_LATER);
	assert_int_equal(slots_take(s[1], 60000), ERR_OK);
	assert_true(clock_mono_us() - before >= HOLD_MS * 1000);

	/* That one is held as any other, and there is an end to it. */
	assert_int_equal(slots_take(s[2], 0), ERR_LATER);
	assert_int_equal(slots_take(s[2], 60000), ERR_OK);
	assert_true(clock_mono_us() - before >= 2 * HOLD_MS * 1000);
	assert_int_equal(slots_take(s[3], 3 * HOLD_MS), ERR_LATER);

	/* It goes on after all, and then there are as many as before. */
	for (i = 0; i < 3; i++)
		slots_give(s[i]);
	assert_int_equal(slots_take(s[3], 0), ERR_OK);
	assert_int_equal(slots_take(s[4], 0), ERR_LATER);
	for (i = 0; i < NELEM(s); i++)
		slots_close(s[i]);
}

/* Of one who was killed it is still written that they held it for long. */
static void
slots_of_the_dead_are_not_lent(void **state)
{
	struct slots *dead, *a, *b;

	(void)state;
	(void)unlink(path_in("slots"));
	dead = slots_open(path_in("slots"), 1, HOLD_MS);
	a = slots_open(path_in("slots"), 1, 0);
	b = slots_open(path_in("slots"), 1, HOLD_MS);
	assert_int_equal(slots_take(dead, 0), ERR_OK);
	assert_int_equal(slots_take(b, 3 * HOLD_MS), ERR_OK);
	slots_give(b);
	slots_close(dead);
	/* It holds the slot and has not said since when: so this is seen twice. */
	assert_int_equal(slots_take(a, 0), ERR_OK);
	slots_close(b);
	b = slots_open(path_in("slots"), 1, HOLD_MS);
	assert_int_equal(slots_take(b, 0), ERR_LATER);
	slots_close(a);
	assert_int_equal(slots_take(b, 0), ERR_OK);
	slots_close(b);
}

/* What takes long for all is not one who stands still. */
static void
slots_are_held_for_as_long_as_is_usual(void **state)
{
	struct slots *a, *b;
	int i;

	(void)state;
	(void)unlink(path_in("slots"));
	a = slots_open(path_in("slots"), 1, HOLD_MS / 4);
	b = slots_open(path_in("slots"), 1, HOLD_MS / 4);
	for (i = 0; i < 2; i++) {
		assert_int_equal(slots_take(a, 0), ERR_OK);
		(void)poll(NULL, 0, HOLD_MS);
		slots_give(a);
	}
	assert_int_equal(slots_take(a, 0), ERR_OK);
	assert_int_equal(slots_take(b, 4 * HOLD_MS), ERR_LATER);
	assert_int_equal(slots_take(b, 60000), ERR_OK);
	slots_close(a);
	slots_close(b);
}

static struct slots *busy, *third;
static enum err at_once, later;
static int64_t busy_since_us;
static int busy_turns;

/* Somebody hashes one password after the other, for 20 ms each. */
static void
hash_on(void)
{
	if (clock_mono_us() - busy_since_us < 20000)
		return;
	slots_give(busy);
	if (slots_take(busy, 0) != ERR_OK)
		return;
	busy_since_us = clock_mono_us();
	busy_turns++;
}

/* Who waits has the next one, and not who is always there first. */
static void
slots_go_to_who_waits(void **state)
{
	struct slots *s = slots_open(path_in("slots"), 1, 0);
	const int64_t before = clock_mono_us();

	(void)state;
	busy = slots_open(path_in("slots"), 1, 0);
	busy_turns = 0;
	busy_since_us = before;
	assert_int_equal(slots_take(busy, 0), ERR_OK);
	meanwhile = hash_on;
	assert_int_equal(slots_take(s, 500), ERR_OK);
	meanwhile = NULL;
	assert_int_equal(busy_turns, 0);
	assert_in_range(clock_mono_us() - before, 20000, 25000);

	/* After that nobody is the next; nor is who has given up. */
	slots_give(s);
	assert_int_equal(slots_take(busy, 0), ERR_OK);
	assert_int_equal(slots_take(s, 20), ERR_LATER);
	slots_give(busy);
	assert_int_equal(slots_take(busy, 0), ERR_OK);
	slots_close(s);
	slots_close(busy);
}

/* Two become free while somebody waits: one is left to it, and not both. */
static void
free_two(void)
{
	meanwhile = NULL;
	slots_give(busy);
	slots_give(third);
	at_once = slots_take(busy, 0);
	later = slots_take(third, 0);
}

static void
slots_beside_the_next_are_anybodys(void **state)
{
	struct slots *s = slots_open(path_in("slots"), 2, 0);

	(void)state;
	busy = slots_open(path_in("slots"), 2, 0);
	third = slots_open(path_in("slots"), 2, 0);
	assert_int_equal(slots_take(busy, 0), ERR_OK);
	assert_int_equal(slots_take(third, 0), ERR_OK);
	meanwhile = free_two;
	assert_int_equal(slots_take(s, 500), ERR_OK);
	assert_int_equal(at_once, ERR_OK);
	assert_int_equal(later, ERR_LATER);
	slots_close(s);
	slots_close(third);
	slots_close(busy);
}

/* The one who waits is the next, and stands still while it does. */
static void
stand_still(void)
{
	meanwhile = NULL;
	slots_give(busy);
	at_once = slots_take(third, 0);
	stopped_us += 20000;
	later = slots_take(third, 0);
	slots_give(third);
}

static void
slots_do_not_go_to_who_stands_still(void **state)
{
	struct slots *s = slots_open(path_in("slots"), 1, 0);

	(void)state;
	busy = slots_open(path_in("slots"), 1, 0);
	third = slots_open(path_in("slots"), 1, 0);
	assert_int_equal(slots_take(busy, 0), ERR_OK);
	meanwhile = stand_still;
	assert_int_equal(slots_take(s, 500), ERR_OK);
	assert_int_equal(at_once, ERR_LATER);
	assert_int_equal(later, ERR_OK);
	slots_close(s);
	slots_close(third);
	slots_close(busy);
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
	a = slots_open(path_in("no/slots"), 1, 0);
	b = slots_open(path_in("link"), 1, 0);
	free(stderr_caught());
	assert_null(a);
	assert_null(b);
}

/* A file that cannot be locked is not one whose slots are taken. */
static void
slots_need_locks(void **state)
{
	struct slots *s;
	char *said;
	enum err e;
	int fd;

	(void)state;
	stderr_catch();
	/* The lowest number that is free is the one that it gets. */
	fd = open("/dev/null", O_RDONLY);
	(void)close(fd);
	s = slots_open(path_in("slots"), 1, 0);
	(void)close(fd);
	e = slots_take(s, 60000);
	said = stderr_caught();
	assert_int_equal(e, ERR_INTERNAL);
	assert_non_null(strstr(said, "slots_bad"));
	free(said);
	slots_close(s);
}

/* --- cores ----------------------------------------------------------------- */

#define SELF	"proc/self/cgroup"
#define V2	"sys/fs/cgroup/"
#define V1	"sys/fs/cgroup/cpu/"
#define QUOTA	"cpu.cfs_quota_us"
#define PERIOD	"cpu.cfs_period_us"

/* Files and what is in them, and the cores that follow. */
static const struct {
	const char	*what;
	int		 want;
	const char	*file[12];
} grants[] = {
	{ "no control groups", 0, { NULL } },
	{ "a group without a limit", 0, { SELF, "0::/a\n",
	    V2 "a/cpu.max", "max 100000\n" } },
	{ "one core and a half", 2, { SELF, "0::/a\n",
	    V2 "a/cpu.max", "150000 100000\n" } },
	{ "three cores", 3, { SELF, "0::/a\n",
	    V2 "a/cpu.max", "150000 50000\n" } },
	{ "a part of a core", 1, { SELF, "0::/a\n",
	    V2 "a/cpu.max", "1000 100000\n" } },
	{ "the group above is narrower", 2, { SELF, "0::/a/b\n",
	    V2 "a/b/cpu.max", "500000 100000\n",
	    V2 "a/cpu.max", "200000 100000\n" } },
	{ "the group above is wider", 2, { SELF, "0::/a/b\n",
	    V2 "a/b/cpu.max", "200000 100000\n",
	    V2 "a/cpu.max", "500000 100000\n" } },
	{ "a container with a name space of its own", 4, { SELF, "0::/\n",
	    V2 "cpu.max", "400000 100000\n" } },
	{ "a container that is told the host's path", 4, { SELF,
	    "0::/docker/123\n", V2 "cpu.max", "400000 100000\n" } },
	{ "somebody else's group", 0, { SELF, "0::/a\n",
	    V2 "b/cpu.max", "100000 100000\n" } },
	{ "nonsense", 0, { SELF, "cpu\n0::/a\n::\n",
	    V2 "a/cpu.max", "lots\n" } },
	{ "a quota of nothing", 0, { SELF, "0::/a\n",
	    V2 "a/cpu.max", "0 0\n" } },
	{ "version 1", 2, { SELF, "5:memory:/m\n4:cpu,cpuacct:/a\n",
	    V1 "a/" QUOTA, "150000\n", V1 "a/" PERIOD, "100000\n" } },
	{ "version 1 without a limit", 0, { SELF, "4:cpuacct,cpu:/a\n",
	    V1 "a/" QUOTA, "-1\n", V1 "a/" PERIOD, "100000\n" } },
	{ "version 1 in a container", 3, { SELF, "4:cpuacct,cpu:/docker/1\n",
	    V1 QUOTA, "300000\n", V1 PERIOD, "100000\n" } },
	{ "not the controller that only begins like it", 0, { SELF,
	    "4:cpuset,cpuacct:/a\n",
	    V1 "a/" QUOTA, "100000\n", V1 "a/" PERIOD, "100000\n" } },
	{ "both versions, as systemd had it for years", 1, { SELF,
	    "1:cpu:/a\n0::/a\n", V2 "a/cpu.max", "200000 100000\n",
	    V1 "a/" QUOTA, "100000\n", V1 "a/" PERIOD, "100000\n" } },
};

/* A file below `root`, and the folders that it is in. */
static void
plant(const char *root, const char *name, const char *text)
{
	char path[PATH_MAX], *slash;

	(void)snprintf(path, sizeof(path), "%s%s", root, name);
	for (slash = path + strlen(root); (slash = strchr(slash, '/')) != NULL;
	    *slash++ = '/') {
		*slash = '\0';
		(void)mkdir(path, 0700);
	}
	file_write(path, text, strlen(text), 0600);
}

static int
fell(const char *path, const struct stat *st, int type, struct FTW *place)
{
	(void)st;
	(void)type;
	(void)place;
	return remove(path);
}

static void
cores_are_the_container_s(void **state)
{
	char root[PATH_SIZE + 8];
	size_t i, k;
	int got;

	(void)state;
	for (i = 0; i < NELEM(grants); i++) {
		(void)snprintf(root, sizeof(root), "%s/", path_in("cores"));
		assert_int_equal(mkdir(root, 0700), 0);
		for (k = 0; grants[i].file[k] != NULL; k += 2)
			plant(root, grants[i].file[k], grants[i].file[k + 1]);
		got = cores_granted(root);
		assert_int_equal(nftw(root, fell, 8, FTW_DEPTH | FTW_PHYS), 0);
		if (got != grants[i].want)
			fail_msg("%s: %d", grants[i].what, got);
	}
}

static void
cores_are_those_that_may_be_used(void **state)
{
	char root[PATH_SIZE + 8];
	cpu_set_t all, one;
	size_t i = 0;

	(void)state;
	(void)snprintf(root, sizeof(root), "%s/", path_in("cores"));
	assert_int_equal(sched_getaffinity(0, sizeof(all), &all), 0);
	assert_int_equal(cores_available(root), CPU_COUNT(&all));
	while (!CPU_ISSET(i, &all))
		i++;
	CPU_ZERO(&one);
	CPU_SET(i, &one);
	assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
	assert_int_equal(cores_available(root), 1);
	assert_int_equal(sched_setaffinity(0, sizeof(all), &all), 0);

	/* With a quota it is the less of the two. */
	assert_int_equal(mkdir(root, 0700), 0);
	plant(root, SELF, "0::/\n");
	plant(root, V2 "cpu.max", "100000 100000\n");
	assert_int_equal(cores_available(root), 1);
	plant(root, V2 "cpu.max", "9900000000 100000\n");
	assert_int_equal(cores_available(root), CPU_COUNT(&all));
	assert_int_equal(nftw(root, fell, 8, FTW_DEPTH | FTW_PHYS), 0);
}

/* allowance.h */
static void
an_allowance_comes_back(void **state)
{
	struct allowance a = { .every_us = 1000, .most = 3 };

	(void)state;
	assert_true(allowance_take(&a, 5000));
	assert_true(allowance_take(&a, 5000));
	assert_true(allowance_take(&a, 5000));
	assert_false(allowance_take(&a, 5000));
	/* Whoever asks all the while does not put it off. */
	assert_false(allowance_take(&a, 5999));
	assert_true(allowance_take(&a, 6000));
	assert_false(allowance_take(&a, 6000));
	/* However long nobody asked, it is no more. */
	assert_true(allowance_take(&a, 900000));
	assert_true(allowance_take(&a, 900000));
	assert_true(allowance_take(&a, 900000));
	assert_false(allowance_take(&a, 900000));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_numbers),
		cmocka_unit_test(text_utf8s),
		cmocka_unit_test(text_utf8_anywhere),
		cmocka_unit_test(text_equals),
		cmocka_unit_test(text_bytes),
		cmocka_unit_test(text_unbase64url_refuses),
		cmocka_unit_test(text_hex_digits),
		cmocka_unit_test(text_names),
		cmocka_unit_test(uuids_are_of_version_4),
		cmocka_unit_test(all_bytes_are_random),
		cmocka_unit_test(memory_that_is_not_there_ends_the_process),
		cmocka_unit_test(buf_has_a_ceiling),
		cmocka_unit_test(clock_says_utc),
		cmocka_unit_test(clock_has_one_second),
		cmocka_unit_test(clock_reads_utc),
		cmocka_unit_test(log_lines_cannot_be_forged),
		cmocka_unit_test(log_lines_have_an_end),
		cmocka_unit_test(log_lines_have_a_level),
		cmocka_unit_test(access_lines_that_are_held_go_together),
		cmocka_unit_test(slots_are_as_many_as_said),
		cmocka_unit_test(slots_are_waited_for),
		cmocka_unit_test_setup_teardown(
		    slots_of_who_stands_still_are_lent, time_stops,
		    time_goes_on),
		cmocka_unit_test_setup_teardown(
		    slots_of_the_dead_are_not_lent, time_stops,
		    time_goes_on),
		cmocka_unit_test_setup_teardown(
		    slots_are_held_for_as_long_as_is_usual, time_stops,
		    time_goes_on),
		cmocka_unit_test_setup_teardown(slots_go_to_who_waits,
		    time_stops, time_goes_on),
		cmocka_unit_test_setup_teardown(
		    slots_beside_the_next_are_anybodys, time_stops,
		    time_goes_on),
		cmocka_unit_test_setup_teardown(
		    slots_do_not_go_to_who_stands_still, time_stops,
		    time_goes_on),
		cmocka_unit_test(slots_need_a_file),
		cmocka_unit_test(slots_need_locks),
		cmocka_unit_test(cores_are_the_container_s),
		cmocka_unit_test(cores_are_those_that_may_be_used),
		cmocka_unit_test(an_allowance_comes_back),
	};

	return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
