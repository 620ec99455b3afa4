/* SPDX-License-Identifier: MIT */

/* Is it Stripe who said that? */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "conf/secret.h"
#include "stripe/signature.h"

/* Made with the official SDK: generateTestHeaderString(). */
#define BODY	"{\"id\":\"evt_1\"}"
#define NOW	1700000000
#define T	"t=1700000000"
#define NEW_HEX	"c89214b5b5da833daed6f0b8c5bb6bd5" \
	"8cea9022bd80ccc78230f3942d632925"
#define OLD_HEX	"d8d091c76b586cff4dbd317fc47ebddf" \
	"f4b86de3ce18d3c03753c3c1901d475a"
#define BAD_HEX	"66808e9072e6aed19bfad6c3ed4c189a" \
	"a72488a6627143be3269abc1fb8db283"
#define NEW	",v1=" NEW_HEX
#define OLD	",v1=" OLD_HEX
#define BAD	",v1=" BAD_HEX
#define BAD5	BAD BAD BAD BAD BAD
#define BAD15	BAD5 BAD5 BAD5
#define KB_OF_X	X256 X256 X256 X256
#define X256	X64 X64 X64 X64
#define X64	X16 X16 X16 X16
#define X16	"xxxxxxxxxxxxxxxx"

static const struct {
	const char	*what;
	const char	*header;
	time_t		 now;
	enum err	 want;
} headers[] = {
	{ "a fresh signature",	T NEW, NOW, ERR_OK },
	{ "the other secret",	T OLD, NOW, ERR_OK },
	{ "both secrets",	T NEW OLD, NOW, ERR_OK },
	{ "both, the other way round", T OLD NEW, NOW, ERR_OK },
	{ "a secret of nobody",	T BAD, NOW, ERR_DENIED },
	{ "bad and good",	T BAD NEW, NOW, ERR_OK },
	{ "good and bad",	T NEW BAD, NOW, ERR_OK },
	{ "two bad",		T BAD BAD, NOW, ERR_DENIED },
	{ "the parts in another order", "v1=" NEW_HEX "," T, NOW, ERR_OK },
	{ "another scheme beside it", T ",v0=" BAD_HEX NEW, NOW, ERR_OK },
	{ "only another scheme", T ",v0=" NEW_HEX, NOW, ERR_DENIED },
	{ "a scheme that begins alike", T ",v11=" NEW_HEX, NOW, ERR_DENIED },
	{ "things that are nothing", T ",,x,=,v1," NEW ",", NOW, ERR_OK },

	{ "299 s old",		T NEW, NOW + 299, ERR_OK },
	{ "300 s old",		T NEW, NOW + 300, ERR_OK },
	{ "301 s old",		T NEW, NOW + 301, ERR_DENIED },
	{ "299 s early",	T NEW, NOW - 299, ERR_OK },
	{ "300 s early",	T NEW, NOW - 300, ERR_OK },
	{ "301 s early",	T NEW, NOW - 301, ERR_DENIED },
	{ "before 1970",	T NEW, -5, ERR_DENIED },

	{ "no header",		NULL, NOW, ERR_DENIED },
	{ "an empty header",	"", NOW, ERR_DENIED },
	{ "garbage",		"garbage", NOW, ERR_DENIED },
	{ "no signature",	T, NOW, ERR_DENIED },
	{ "an empty signature",	T ",v1=", NOW, ERR_DENIED },
	{ "empty, then good",	T ",v1=" NEW, NOW, ERR_OK },
	{ "63 digits", T ",v1=89214b5b5da833daed6f0b8c5bb6bd58cea9022bd80ccc7"
	    "8230f3942d632925", NOW, ERR_DENIED },
	{ "65 digits",		T NEW "0", NOW, ERR_DENIED },
	{ "no hex", T ",v1=z89214b5b5da833daed6f0b8c5bb6bd58cea9022bd80ccc78"
	    "230f3942d632925", NOW, ERR_DENIED },
	{ "upper case", T ",v1=C89214B5B5DA833DAED6F0B8C5BB6BD58CEA9022BD80C"
	    "CC78230F3942D632925", NOW, ERR_DENIED },
	{ "a space after the comma", T ", v1=" NEW_HEX, NOW, ERR_DENIED },
	{ "a space after the equals sign", T ",v1= " NEW_HEX, NOW,
	    ERR_DENIED },
	{ "a space in front",	" " T NEW, NOW, ERR_DENIED },
	{ "a space at the end",	T NEW " ", NOW, ERR_DENIED },
	{ "twice, joined",	T NEW ", " T NEW, NOW, ERR_DENIED },

	{ "no timestamp",	"v1=" NEW_HEX, NOW, ERR_DENIED },
	{ "an empty timestamp",	"t=" NEW, NOW, ERR_DENIED },
	{ "two timestamps",	T "," T NEW, NOW, ERR_DENIED },
	{ "two, one of them empty", T ",t=" NEW, NOW, ERR_DENIED },
	{ "two, the last one bad", T ",t=1" NEW, NOW, ERR_DENIED },
	{ "words for a time",	"t=soon" NEW, NOW, ERR_DENIED },
	/* These are signed as they stand. */
	{ "a minus", "t=-1700000000,v1=2480948a2d9a78e1d2428927f58cb426e528fa"
	    "295bf254c753466f79d710c3cd", NOW, ERR_DENIED },
	{ "a plus", "t=+1700000000,v1=141d00d73d7fed2d904949e7caad408160e8fe0"
	    "2465cf4e2b0c9a15fea42c75d", NOW, ERR_DENIED },
	{ "a space", "t= 1700000000,v1=56aed9991b0c370da5f796182da7c4559771cf"
	    "a415050cf8f39e2784f5614e3b", NOW, ERR_DENIED },
	{ "a zero in front", "t=01700000000,v1=05ab7589f78895af77ef59b106c896"
	    "1c21f827dec669d93e8ee89f6909aa429a", NOW, ERR_DENIED },
	{ "an exponent", "t=1e9,v1=a74abfe1a3794d9d90bc9375b640677bfcd4f547fe"
	    "7da9d137ff59c9d9a6fb8f", 1000000000, ERR_DENIED },
	{ "20 digits", "t=17000000000000000000,v1=81563d937b41112903333cd69ae"
	    "2a10cdfa3ee48d3bdf15e94b8ae1ca69652bf", NOW, ERR_DENIED },

	{ "sixteen, the last one good", T BAD15 NEW, NOW, ERR_OK },
	{ "seventeen",		T BAD15 BAD NEW, NOW, ERR_DENIED },
	{ "seventeen, some of them no hex", T BAD15 ",v1=" NEW, NOW,
	    ERR_DENIED },
	{ "two hundred", T BAD15 BAD15 BAD15 BAD5 BAD15 BAD15 BAD15 BAD5
	    BAD15 BAD15 BAD15 BAD5 BAD15 BAD15 BAD15 BAD5 NEW, NOW,
	    ERR_DENIED },
	{ "over 4 KiB",		T NEW ",x=" KB_OF_X KB_OF_X KB_OF_X KB_OF_X,
	    NOW, ERR_DENIED },
	{ "just long",		T NEW ",x=" KB_OF_X KB_OF_X KB_OF_X, NOW,
	    ERR_OK },
};

static struct signature_keys *
two_keys(void)
{
	struct secret s = { .count = 2 };
	struct signature_keys *k;

	s.line[0] = mem_text("whsec_test");
	s.line[1] = mem_text("whsec_other");
	k = signature_keys_new(&s);
	free(s.line[0]);
	free(s.line[1]);
	return k;
}

/* Scenarios 1, 3, 4: the clock too, and either secret. */
static void
signatures_are_judged(void **state)
{
	struct signature_keys *k = two_keys();
	unsigned matched;
	int64_t ago_s;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(headers); i++)
		if (signature_check(k, headers[i].header, BODY, strlen(BODY),
		    headers[i].now, &matched, &ago_s) != headers[i].want)
			fail_msg("%s: wanted %s", headers[i].what,
			    err_name(headers[i].want));
	signature_keys_free(k);
	signature_keys_free(NULL);
}

static const struct {
	const char	*what;
	const char	*body;
	size_t		 len;
	const char	*header;
	enum err	 want;
} bodies[] = {
	{ "the body", BODY, sizeof(BODY) - 1, T NEW, ERR_OK },
	{ "one byte changed", "{\"id\":\"evt_2\"}", sizeof(BODY) - 1, T NEW,
	    ERR_DENIED },
	{ "one byte less", BODY, sizeof(BODY) - 2, T NEW, ERR_DENIED },
	{ "a line feed more", BODY "\n", sizeof(BODY), T NEW, ERR_DENIED },
	{ "a line feed that was signed", BODY "\n", sizeof(BODY),
	    T ",v1=43254038ee0c29a6b41f03e16cf3db9953d3c604502b038a3c9f0456c7"
	    "66728c", ERR_OK },
	{ "nothing", "", 0, T NEW, ERR_DENIED },
	{ "nothing that was signed", "", 0, T ",v1=5967f3c560522fa40cf2876ebc"
	    "3c3a08551dd6959aaade3b413460591895bdcc", ERR_OK },
	{ "any bytes", "a\0b\377", 4, T ",v1=0bf10e305e6a4225975aaa159083cb19"
	    "c7aab75b46605e82d620ada7661fa942", ERR_OK },
	{ "any bytes, of which some are missing", "a\0c\377", 4,
	    T ",v1=0bf10e305e6a4225975aaa159083cb19c7aab75b46605e82d620ada766"
	    "1fa942", ERR_DENIED },
};

/* Scenario 2. */
static void
every_byte_of_the_body_counts(void **state)
{
	struct signature_keys *k = two_keys();
	unsigned matched;
	int64_t ago_s;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(bodies); i++)
		if (signature_check(k, bodies[i].header, bodies[i].body,
		    bodies[i].len, NOW, &matched, &ago_s) != bodies[i].want)
			fail_msg("%s: wanted %s", bodies[i].what,
			    err_name(bodies[i].want));
	signature_keys_free(k);
}

static const struct {
	const char	*header;
	unsigned	 want;
} matches[] = {
	{ T NEW, 1 }, { T OLD, 2 }, { T NEW OLD, 3 }, { T OLD NEW, 3 },
	{ T BAD OLD BAD, 2 }
};

/*
 * Scenario 4: a roll is over when the old secret vouches for nothing any more.
 */
static void
which_secrets_vouch_is_said(void **state)
{
	struct signature_keys *k = two_keys();
	unsigned matched;
	int64_t ago_s;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(matches); i++) {
		assert_int_equal(signature_check(k, matches[i].header, BODY,
		    strlen(BODY), NOW, &matched, &ago_s), ERR_OK);
		assert_int_equal(matched, matches[i].want);
	}
	/* printf whsec_test | sha256sum */
	assert_string_equal(signature_key_name(k, 0), "609b97b03239");
	assert_string_not_equal(signature_key_name(k, 1),
	    signature_key_name(k, 0));
	assert_null(signature_key_name(k, 2));
	signature_keys_free(k);
}

static const struct {
	const char	*header;
	time_t		 now;
	int64_t		 want;
} times[] = {
	{ T NEW, NOW, 0 }, { T NEW, NOW + 300, 0 }, { T NEW, NOW - 300, 0 },
	{ T NEW, NOW + 301, 301 }, { T BAD OLD, NOW + 3600, 3600 },
	{ T NEW, NOW - 3600, -3600 },
	/* Nobody is told that a clock is off by who has no secret. */
	{ T BAD, NOW + 3600, 0 }, { NULL, NOW, 0 }, { "t=0" NEW, NOW, 0 }
};

static void
how_old_a_signature_is_is_said(void **state)
{
	struct signature_keys *k = two_keys();
	unsigned matched;
	int64_t ago_s;
	size_t i;
	enum err e;

	(void)state;
	for (i = 0; i < NELEM(times); i++) {
		e = signature_check(k, times[i].header, BODY, strlen(BODY),
		    times[i].now, &matched, &ago_s);
		if (times[i].want != 0)
			assert_int_equal(e, ERR_DENIED);
		assert_int_equal(ago_s, times[i].want);
	}
	signature_keys_free(k);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signatures_are_judged),
		cmocka_unit_test(how_old_a_signature_is_is_said),
		cmocka_unit_test(every_byte_of_the_body_counts),
		cmocka_unit_test(which_secrets_vouch_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
