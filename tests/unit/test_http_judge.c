/* SPDX-License-Identifier: MIT */

/*
 * http/judge.c against tables, against itself in pieces, and against a parser
 * that has the whole of a request before it.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/random.h"
#include "base/text.h"
#include "http/judge.h"
#include "http/request.h"

#include "whole.h"

#define BEGIN		1
#define ABORT		2
#define PARAMS		4
#define STDIN		5
#define DATA		8
#define GET_VALUES	9
#define RESPONDER	1
#define AUTHORIZER	2

#define SENT_MAX	(1u << 20)
#define TRIES		20000

static struct buf sent, text;

/* --- a web server --- */

static void
put(int type, unsigned id, const void *content, size_t len, size_t padding)
{
	static const char filler[256];
	const unsigned char head[8] = { 1, (unsigned char)type,
	    (unsigned char)(id >> 8), (unsigned char)id,
	    (unsigned char)(len >> 8), (unsigned char)len,
	    (unsigned char)padding, 0 };

	buf_add(&sent, head, sizeof(head));
	buf_add(&sent, content, len);
	buf_add(&sent, filler, padding);
}

static void
begin(unsigned role)
{
	const unsigned char content[8] = { (unsigned char)(role >> 8),
	    (unsigned char)role, 1 };

	put(BEGIN, 1, content, sizeof(content), 0);
}

static void
length(size_t len, int four)
{
	if (four || len > 127) {
		buf_char(&text, (char)(0x80 | len >> 24));
		buf_char(&text, (char)(len >> 16));
		buf_char(&text, (char)(len >> 8));
	}
	buf_char(&text, (char)len);
}

/* A pair of so many bytes, into `text`. */
static void
pair(size_t name, size_t value, int four)
{
	size_t i;

	length(name, four & 1);
	length(value, four & 2);
	for (i = 0; i < name + value; i++)
		buf_char(&text, 'x');
}

/* `text` as PARAMS, in records of `most` bytes, and their end. */
static void
params(size_t most, size_t padding)
{
	size_t at, n;

	for (at = 0; at < text.len; at += n) {
		n = text.len - at < most ? text.len - at : most;
		put(PARAMS, 1, text.data + at, n, padding);
	}
	put(PARAMS, 1, NULL, 0, 0);
	buf_reset(&text);
}

static void
body(size_t len)
{
	static const char zeros[65535];

	if (len > 0)
		put(STDIN, 1, zeros, len, 0);
	put(STDIN, 1, NULL, 0, 0);
}

static const unsigned char *
bytes(void)
{
	return (const unsigned char *)sent.data;
}

static enum verdict
judge(struct judged *ret)
{
	memset(ret, 0, sizeof(*ret));
	return judge_bytes(bytes(), sent.len, ret);
}

/* --- what is judged, by name --- */

static void
plain(void)
{
	begin(RESPONDER);
	pair(14, 3, 0);
	pair(11, 200, 0);
	params(65535, 5);
	body(10);
}

static void
no_params(void)
{
	begin(RESPONDER);
	params(1, 0);
	body(0);
}

static void
byte_by_byte(void)
{
	begin(RESPONDER);
	pair(5, 130, 3);
	pair(0, 0, 3);
	pair(0, 1, 1);
	pair(1, 0, 2);
	pair(0, 0, 0);
	params(1, 255);
	body(1);
}

static void
authorizer(void)
{
	begin(AUTHORIZER);
	pair(11, 5, 0);
	params(3, 1);
}

static void
most(void)
{
	begin(RESPONDER);
	pair(1000, REQUEST_PARAMS - 1000 - 2 - 3, 0);
	pair(1, 0, 0);
	params(40000, 0);
	body(65535);
}

static void
too_much(void)
{
	begin(RESPONDER);
	pair(1000, REQUEST_PARAMS - 1000 - 2 - 3, 0);
	pair(1, 1, 0);
	params(40000, 0);
	body(0);
}

static void
too_many(void)
{
	size_t i;

	begin(RESPONDER);
	for (i = 0; i < REQUEST_PARAMS / 2 + 1; i++)
		pair(0, 0, 0);
	params(65535, 0);
	body(0);
}

static void
second_record(size_t name, size_t value)
{
	begin(RESPONDER);
	pair(3, 3, 0);
	put(PARAMS, 1, text.data, text.len, 0);
	buf_reset(&text);
	length(name, 0);
	length(value, 0);
	put(PARAMS, 1, text.data, text.len, 0);
	buf_reset(&text);
}

static void
huge_name(void)
{
	second_record(0x7fffffff, 1);
}

static void
huge_value(void)
{
	second_record(1, 0x18000000);
}

static void
huge_both(void)
{
	second_record(0x40000000, 0x3fffffff);
}

static void
huge_value_alone(void)
{
	second_record(0, REQUEST_PARAMS);
}

static void
half_a_value(void)
{
	begin(RESPONDER);
	pair(5, 5, 0);
	text.len--;
	params(4, 0);
	body(0);
}

static void
name_alone(void)
{
	begin(RESPONDER);
	length(5, 0);
	params(1, 0);
	body(0);
}

/* The shortest there is. */
static void
name_of_nothing_alone(void)
{
	begin(RESPONDER);
	length(0, 0);
	params(1, 0);
	body(0);
}

static void
half_a_length_of_a_name(void)
{
	begin(RESPONDER);
	pair(5, 5, 0);
	buf_add(&text, "\x80\0", 2);
	params(1, 0);
	body(0);
}

static void
half_a_length(void)
{
	begin(RESPONDER);
	pair(5, 5, 0);
	buf_add(&text, "\0\x80\0", 3);
	params(65535, 0);
	body(0);
}

static void
version_0(void)
{
	plain();
	sent.data[0] = 0;
}

static void
version_2_later(void)
{
	plain();
	sent.data[16] = 2;
}

static void
version_at_the_end(void)
{
	plain();
	sent.data[sent.len - 8] = 2;
}

static void
begin_with(unsigned id, unsigned role, size_t len, size_t padding)
{
	const unsigned char content[16] = { (unsigned char)(role >> 8),
	    (unsigned char)role };

	put(BEGIN, id, content, len, padding);
	put(PARAMS, id, NULL, 0, 0);
	put(STDIN, id, NULL, 0, 0);
}

static void
id_0(void)
{
	begin_with(0, RESPONDER, 8, 0);
}

static void
id_most(void)
{
	begin_with(65535, RESPONDER, 8, 0);
}

static void
filter(void)
{
	begin_with(1, 3, 8, 0);
}

static void
role_257(void)
{
	begin_with(1, 257, 8, 0);
}

static void
short_begin(void)
{
	begin_with(1, RESPONDER, 7, 0);
}

static void
long_begin(void)
{
	begin_with(1, RESPONDER, 16, 0);
}

/* libfcgi takes the padding of these for the next record. */
static void
padded_begin(void)
{
	begin_with(1, RESPONDER, 8, 8);
}

static void
padded_params_end(void)
{
	begin(RESPONDER);
	put(PARAMS, 1, NULL, 0, 80);
	put(STDIN, 1, NULL, 0, 0);
}

static void
padded_stdin_end(void)
{
	begin(RESPONDER);
	put(PARAMS, 1, NULL, 0, 0);
	put(STDIN, 1, NULL, 0, 1);
}

static void
params_first(void)
{
	pair(3, 3, 0);
	params(65535, 0);
	begin(RESPONDER);
	body(0);
}

static void
stdin_before_params_end(void)
{
	begin(RESPONDER);
	put(PARAMS, 1, "\1\1ab", 4, 0);
	body(0);
}

static void
params_in_the_body(void)
{
	begin(RESPONDER);
	params(1, 0);
	put(STDIN, 1, "a", 1, 0);
	put(PARAMS, 1, "\1\1ab", 4, 0);
	body(0);
}

/* A record where none belongs, at each place where one may begin. */
static void
intruder(int place, int type, unsigned id, const char *content, size_t len)
{
	if (place == 0)
		put(type, id, content, len, 0);
	begin(RESPONDER);
	if (place == 1)
		put(type, id, content, len, 0);
	put(PARAMS, 1, "\1", 1, 0);
	if (place == 2)
		put(type, id, content, len, 0);
	put(PARAMS, 1, "\1ab", 3, 3);
	if (place == 3)
		put(type, id, content, len, 0);
	put(PARAMS, 1, NULL, 0, 0);
	if (place == 4)
		put(type, id, content, len, 0);
	put(STDIN, 1, "0123456789", 10, 6);
	if (place == 5)
		put(type, id, content, len, 0);
	put(STDIN, 1, NULL, 0, 0);
}

static const struct {
	const char	*what;
	void		(*make)(void);
	enum verdict	 verdict;
	size_t		 body;
} requests[] = {
	{ "plain",			plain,		JUDGE_WHOLE, 10 },
	{ "no parameters",		no_params,	JUDGE_WHOLE, 0 },
	{ "byte by byte",		byte_by_byte,	JUDGE_WHOLE, 1 },
	{ "authorizer",			authorizer,	JUDGE_WHOLE, 0 },
	{ "id 65535",			id_most,	JUDGE_WHOLE, 0 },
	{ "as much as may be",		most,		JUDGE_WHOLE, 65535 },
	{ "a byte more",		too_much,	JUDGE_BAD, 0 },
	{ "too many that are empty",	too_many,	JUDGE_BAD, 0 },
	{ "huge name",			huge_name,	JUDGE_BAD, 0 },
	{ "huge value",			huge_value,	JUDGE_BAD, 0 },
	{ "huge name and value",	huge_both,	JUDGE_BAD, 0 },
	{ "value of all that may be",	huge_value_alone, JUDGE_BAD, 0 },
	{ "half a value",		half_a_value,	JUDGE_BAD, 0 },
	{ "a name alone",		name_alone,	JUDGE_BAD, 0 },
	{ "a name of nothing alone",	name_of_nothing_alone, JUDGE_BAD, 0 },
	{ "half a name's length",	half_a_length_of_a_name, JUDGE_BAD, 0 },
	{ "half a length",		half_a_length,	JUDGE_BAD, 0 },
	{ "version 0",			version_0,	JUDGE_BAD, 0 },
	{ "version 2 later",		version_2_later, JUDGE_BAD, 0 },
	{ "version 2 at the end",	version_at_the_end, JUDGE_BAD, 10 },
	{ "id 0",			id_0,		JUDGE_BAD, 0 },
	{ "filter",			filter,		JUDGE_BAD, 0 },
	{ "role 257",			role_257,	JUDGE_BAD, 0 },
	{ "a beginning too short",	short_begin,	JUDGE_BAD, 0 },
	{ "a beginning too long",	long_begin,	JUDGE_BAD, 0 },
	{ "a padded beginning",		padded_begin,	JUDGE_BAD, 0 },
	{ "a padded end of PARAMS",	padded_params_end, JUDGE_BAD, 0 },
	{ "a padded end of STDIN",	padded_stdin_end, JUDGE_BAD, 0 },
	{ "PARAMS first",		params_first,	JUDGE_BAD, 0 },
	{ "STDIN too early",		stdin_before_params_end, JUDGE_BAD, 0 },
	{ "PARAMS in the body",		params_in_the_body, JUDGE_BAD, 1 }
};

static void
test_table(void **state)
{
	struct judged j;
	size_t i, before;

	(void)state;
	for (i = 0; i < NELEM(requests); i++) {
		buf_reset(&sent);
		requests[i].make();
		if (judge(&j) != requests[i].verdict ||
		    j.body != requests[i].body)
			fail_msg("%s: verdict %d, body %zu", requests[i].what,
			    j.verdict, j.body);
		if (requests[i].verdict == JUDGE_BAD) {
			/* Nothing that comes later makes it good. */
			assert_int_equal(judge_bytes(bytes(), sent.len, &j),
			    JUDGE_BAD);
			continue;
		}
		assert_int_equal(j.len, sent.len);
		assert_int_equal(j.into, 0);
		assert_true(j.params_whole && j.begun);
		/* What follows is not looked at. */
		before = sent.len;
		put(GET_VALUES, 0, NULL, 0, 0);
		assert_int_equal(judge(&j), JUDGE_WHOLE);
		assert_int_equal(j.len, before);
	}
}

static void
test_intruders(void **state)
{
	static const struct {
		int		 type;
		unsigned	 id;
		const char	*content;
		size_t		 len;
	} records[] = {
		{ GET_VALUES, 0, "\16\0FCGI_MAX_CONNS", 16 },
		{ GET_VALUES, 1, "\16\0FCGI_MAX_CONNS", 16 },
		{ GET_VALUES, 0, "", 0 }, { 99, 0, "x", 1 }, { 99, 1, "", 0 },
		{ 0, 1, "", 0 }, { ABORT, 1, "", 0 }, { DATA, 1, "x", 1 },
		{ BEGIN, 1, "\0\1\0\0\0\0\0\0", 8 },
		{ BEGIN, 2, "\0\1\0\0\0\0\0\0", 8 },
		{ PARAMS, 0, "\1\1ab", 4 }, { PARAMS, 2, "\1\1ab", 4 },
		{ PARAMS, 257, "\1\1ab", 4 }, { STDIN, 0, "x", 1 },
		{ STDIN, 2, "x", 1 }, { 3, 1, "\0\0\0\0\0\0\0\0", 8 },
		{ 6, 1, "x", 1 }, { 11, 0, "\11\0\0\0\0\0\0\0", 8 }
	};
	struct judged j;
	size_t i;
	int place;

	(void)state;
	buf_reset(&sent);
	intruder(-1, 0, 0, NULL, 0);
	assert_int_equal(judge(&j), JUDGE_WHOLE);
	for (i = 0; i < NELEM(records); i++)
		for (place = 0; place < 6; place++) {
			/* The first of two beginnings is one. */
			if (place == 0 && records[i].type == BEGIN &&
			    records[i].id == 1)
				continue;
			buf_reset(&sent);
			intruder(place, records[i].type, records[i].id,
			    records[i].content, records[i].len);
			if (judge(&j) != JUDGE_BAD)
				fail_msg("type %d id %u at place %d",
				    records[i].type, records[i].id, place);
		}
}

/* Where the record that `len` bytes end in begins, counted from there. */
static size_t
into_of(size_t len)
{
	size_t at = 0, whole = 0;

	while (at < len) {
		if (len - at < 8)
			return len - at;
		whole = 8 + whole_two(bytes() + at + 4) + bytes()[at + 6];
		if (at + whole > len)
			return len - at;
		at += whole;
	}
	return 0;
}

/* Cut in two anywhere, and in bytes: the same verdict at the same place. */
static void
test_pieces(void **state)
{
	struct judged once, j;
	size_t i, at;

	(void)state;
	for (i = 0; i < NELEM(requests); i++) {
		buf_reset(&sent);
		requests[i].make();
		(void)judge(&once);
		for (at = 0; at <= sent.len; at += 1 + at / 4096 * 97) {
			memset(&j, 0, sizeof(j));
			if (judge_bytes(bytes(), at, &j) == JUDGE_MORE) {
				assert_int_equal(j.len, at);
				assert_int_equal(j.into, into_of(at));
			}
			assert_int_equal(judge_bytes(bytes() + at,
			    sent.len - at, &j), once.verdict);
			assert_int_equal(j.body, once.body);
			if (once.verdict == JUDGE_WHOLE)
				assert_int_equal(j.len, once.len);
		}
		memset(&j, 0, sizeof(j));
		for (at = 0; at < sent.len; at++)
			(void)judge_bytes(bytes() + at, 1, &j);
		assert_int_equal(j.verdict, once.verdict);
		assert_int_equal(j.body, once.body);
	}
}

/* A length is refused where it is too much, not when all of it is there. */
static void
test_early(void **state)
{
	struct judged j;

	(void)state;
	buf_reset(&sent);
	begin(RESPONDER);
	put(PARAMS, 1, "\xff", 1, 0);
	assert_int_equal(judge(&j), JUDGE_BAD);
	buf_reset(&sent);
	begin(RESPONDER);
	put(PARAMS, 1, "\x80\1", 2, 0);
	assert_int_equal(judge(&j), JUDGE_MORE);
	put(PARAMS, 1, "\0\1", 2, 0);
	assert_int_equal(judge(&j), JUDGE_BAD);
}

/* Some send an authorizer an empty body, others none. */
static void
test_authorizer_body(void **state)
{
	struct judged j;
	size_t len;

	(void)state;
	buf_reset(&sent);
	authorizer();
	len = sent.len;
	body(0);
	assert_int_equal(judge(&j), JUDGE_WHOLE);
	assert_int_equal(j.len, len + 8);
	buf_reset(&sent);
	authorizer();
	body(1);
	assert_int_equal(judge(&j), JUDGE_WHOLE);
	assert_int_equal(j.len, len);
	buf_reset(&sent);
	authorizer();
	put(STDIN, 2, NULL, 0, 0);
	assert_int_equal(judge(&j), JUDGE_WHOLE);
	assert_int_equal(j.len, len);
}

/* --- against the parser that has it all --- */

static uint64_t seed;

static size_t
below(size_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (size_t)(seed % n);
}

static void
random_request(void)
{
	size_t i;

	buf_reset(&sent);
	begin(below(5) == 0 ? AUTHORIZER : RESPONDER);
	for (i = below(6); i > 0; i--)
		pair(below(40), below(10) == 0 ? below(70000) : below(300),
		    (int)below(4));
	params(1 + below(below(3) == 0 ? 20 : 65535), below(2) * below(256));
	if (below(2))
		body(1 + below(300));
	else
		body(0);
}

static void
damage(void)
{
	static const unsigned char telling[] = { 0, 1, 2, 4, 5, 8, 9, 127, 128,
	    255 };
	size_t at = below(sent.len), i;

	switch (below(6)) {
	case 0:		/* the end is missing */
		sent.len = at + 1;
		break;
	case 1:		/* something is missing */
		i = at + below(sent.len - at);
		memmove(sent.data + at, sent.data + i, sent.len - i);
		sent.len -= i - at;
		break;
	case 2:		/* something comes again */
		i = below(sent.len);
		buf_reset(&text);
		buf_add(&text, sent.data + i, sent.len - i);
		buf_add(&sent, text.data, text.len);
		buf_reset(&text);
		break;
	case 3:
		sent.data[at] = (char)below(256);
		break;
	default:	/* more often where the first records begin */
		if (below(2))
			at = below(sent.len < 64 ? sent.len : 64);
		sent.data[at] = (char)telling[below(sizeof(telling))];
	}
}

static void
test_naive(void **state)
{
	size_t tries, at, n, got[JUDGE_GONE] = { 0 };
	size_t len = 0, content = 0;
	struct judged j;
	enum verdict v;
	uint64_t began;

	(void)state;
	random_bytes(&seed, sizeof(seed));
	began = seed |= 1;
	for (tries = 0; tries < TRIES; tries++) {
		random_request();
		for (n = below(4); n > 0 && sent.len > 0; n--)
			damage();
		v = whole_judge(bytes(), sent.len, &len, &content);
		memset(&j, 0, sizeof(j));
		for (at = 0; at < sent.len; at += n) {
			n = 1 + below(sent.len - at);
			(void)judge_bytes(bytes() + at, n, &j);
		}
		got[v]++;
		if (j.verdict != v || (v == JUDGE_WHOLE && !j.authorizer &&
		    (j.len != len || j.body != content)))
			fail_msg("seed %llu, try %zu: %d, not %d",
			    (unsigned long long)began, tries, j.verdict, v);
	}
	/* Otherwise it says little. */
	for (n = 0; n < NELEM(got); n++)
		assert_true(got[n] > TRIES / 20);
}

/* --- in the kernel --- */

static void
test_fd(void **state)
{
	static unsigned char look[SENT_MAX], got[SENT_MAX];
	struct judged j = { .len = 0 };
	int end[2];

	(void)state;
	buf_reset(&sent);
	plain();
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, end), 0);
	assert_int_equal(judge_fd(end[0], look, sizeof(look), &j), JUDGE_MORE);
	assert_int_equal(j.len, 0);
	assert_int_equal(write(end[1], sent.data, 50), 50);
	assert_int_equal(judge_fd(end[0], look, sizeof(look), &j), JUDGE_MORE);
	assert_int_equal(judge_fd(end[0], look, sizeof(look), &j), JUDGE_MORE);
	assert_int_equal(j.len, 50);
	assert_int_equal(write(end[1], sent.data + 50, sent.len - 50),
	    (ssize_t)sent.len - 50);
	/* Not more of it than there is room for. */
	assert_int_equal(judge_fd(end[0], look, 60, &j), JUDGE_MORE);
	assert_int_equal(j.len, 60);
	assert_int_equal(judge_fd(end[0], look, sizeof(look), &j), JUDGE_WHOLE);
	assert_int_equal(j.len, sent.len);
	assert_int_equal(judge_fd(end[0], look, sizeof(look), &j), JUDGE_WHOLE);

	/* It is all there still, and nobody speaks on behind it. */
	assert_int_equal(write(end[1], "\1", 1), 1);
	assert_int_equal(judge_fd(end[0], look, sizeof(look), &j), JUDGE_BAD);
	assert_int_equal(read(end[0], got, sizeof(got)), (ssize_t)sent.len + 1);
	assert_memory_equal(got, sent.data, sent.len);

	/* What was judged has been taken: that is not what was agreed. */
	memset(&j, 0, sizeof(j));
	assert_int_equal(write(end[1], sent.data, 50), 50);
	assert_int_equal(judge_fd(end[0], look, sizeof(look), &j), JUDGE_MORE);
	assert_int_equal(read(end[0], got, 10), 10);
	assert_int_equal(judge_fd(end[0], look, sizeof(look), &j), JUDGE_BAD);
	assert_int_equal(read(end[0], got, 40), 40);

	memset(&j, 0, sizeof(j));
	(void)close(end[1]);
	assert_int_equal(judge_fd(end[0], look, sizeof(look), &j), JUDGE_GONE);
	(void)close(end[0]);
	assert_int_equal(judge_fd(end[0], look, sizeof(look), &j), JUDGE_BAD);
}

/*
 * A byte out of band at the front is hidden, and back when another one follows:
 * then what is read is not what was judged, but it is no request any more.
 */
static void
test_out_of_band(void **state)
{
	static unsigned char look[SENT_MAX];
	struct judged j = { .len = 0 };
	unsigned char hidden;
	int end[2], c;
	ssize_t n;

	(void)state;
	buf_reset(&sent);
	plain();
	for (c = 0; c < 256; c++) {
		hidden = (unsigned char)c;
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, end), 0);
		n = send(end[1], &hidden, 1, MSG_OOB);
		memset(&j, 0, sizeof(j));
		assert_int_equal(write(end[1], sent.data, sent.len),
		    (ssize_t)sent.len);
		/* Linux before 5.15 knows no such thing here. */
		if (n == 1) {
			assert_int_equal(judge_fd(end[0], look, sizeof(look),
			    &j), JUDGE_WHOLE);
			assert_int_equal(send(end[1], "x", 1, MSG_OOB), 1);
			n = read(end[0], look, sizeof(look));
			assert_true(n > 0);
			memset(&j, 0, sizeof(j));
			assert_int_equal(judge_bytes(look, (size_t)n, &j),
			    look[0] == hidden ? JUDGE_BAD : JUDGE_WHOLE);
		}
		(void)close(end[0]);
		(void)close(end[1]);
	}
}

static int
set_up(void **state)
{
	(void)state;
	buf_init(&sent, 4 * SENT_MAX);
	buf_init(&text, 4 * SENT_MAX);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	buf_done(&sent);
	buf_done(&text);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_intruders),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_early),
		cmocka_unit_test(test_authorizer_body),
		cmocka_unit_test(test_naive),
		cmocka_unit_test(test_fd),
		cmocka_unit_test(test_out_of_band)
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
