/* SPDX-License-Identifier: MIT */

/* Cello's codes, which one counts, and the tokens that boot its component. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "cello/token.h"
#include "cello/ucc.h"
#include "cello/webhook.h"

#define CODE	"pNRB1aYqArN"
#define OTHER	"k3vTqPz9LmA"

static const struct {
	const char	*what;
	const char	*ucc;
	int		 want;
} codes[] = {
	{ "a code",			CODE,			1 },
	{ "digits only",		"01234567890",		1 },
	{ "empty",			"",			0 },
	{ "ten characters",		"pNRB1aYqAr",		0 },
	{ "twelve characters",		"pNRB1aYqArNx",		0 },
	{ "a space at the end",		"pNRB1aYqArN ",		0 },
	{ "a space inside",		"pNRB1 YqArN",		0 },
	{ "a dash",			"pNRB1-YqArN",		0 },
	{ "an underscore",		"pNRB1_YqArN",		0 },
	{ "a homoglyph",		"pNRB1\320\260YqAr",	0 },
	{ "markup",			"<script>abc",		0 },
};

static const struct {
	const char		*what;
	struct ucc_offer	 offer;
	const char		*source;
	const char		*ucc;
} offers[] = {
	{ "nothing", { NULL, NULL, NULL }, NULL, NULL },
	{ "empty things", { "", "", "" }, NULL, NULL },
	{ "a form", { CODE, NULL, NULL }, "form", CODE },
	{ "a query", { NULL, CODE, NULL }, "query", CODE },
	{ "a cookie", { NULL, "", CODE }, "cookie", CODE },
	{ "the form before the rest", { CODE, OTHER, OTHER }, "form", CODE },
	{ "the query before the cookie", { "", CODE, OTHER }, "query", CODE },
	{ "what is no code is passed over", { "x", "?", CODE }, "cookie",
	    CODE },
	{ "nothing but nonsense", { "x", "y", "z" }, NULL, NULL },
};

/* The vectors were made with npm jsonwebtoken 9. */
static const struct {
	const char	*what;
	const char	*product;
	const char	*secret;
	const char	*user;
	time_t		 now;
	const char	*want;		/* NULL: ERR_INPUT */
} tokens[] = {
	{ "plain", "app.example.com", "test-product-secret", "user-123",
	    1700000000,
	    "eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9."
	    "eyJwcm9kdWN0SWQiOiJhcHAuZXhhbXBsZS5jb20iLCJwcm9kdWN0VXNlcklkIjoi"
	    "dXNlci0xMjMiLCJpYXQiOjE3MDAwMDAwMDB9."
	    "ljvAaeHllhOG5p-5S9U8egMuNwePC2MT2JuAfK1czkyxOAzxcCPvKahHQ16tFkSX"
	    "N6T-qO5OzCbMfUY6MQ8ljg" },
	{ "what JSON must escape", "a\"b\\c",
	    "s3cret \303\251",
	    "user\012\001\303\251/\345\261\261", 1700000001,
	    "eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9."
	    "eyJwcm9kdWN0SWQiOiJhXCJiXFxjIiwicHJvZHVjdFVzZXJJZCI6InVzZXJcblx1"
	    "MDAwMcOpL-WxsSIsImlhdCI6MTcwMDAwMDAwMX0.HkEdheoZUPTNvH49cfKNirZH"
	    "-JhzwJAllsdwiaXDFELJRB-INJrvVPsZ_1zOi9Thv-3MhisDFRGBNobQAU9rZQ" },
	{ "an account of ours", "demo.endpin.test",
	    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
	    "2b8f0c9e-6f0e-4d3e-9b1a-0c5d7e9f1a2b", 1763935200,
	    "eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9."
	    "eyJwcm9kdWN0SWQiOiJkZW1vLmVuZHBpbi50ZXN0IiwicHJvZHVjdFVzZXJJZCI6"
	    "IjJiOGYwYzllLTZmMGUtNGQzZS05YjFhLTBjNWQ3ZTlmMWEyYiIsImlhdCI6MTc2"
	    "MzkzNTIwMH0.ynPUonSiBKeijoca4l_BUcGsUXQHzrHbzY_hVvzmEQpZDFyJNWZP"
	    "z985BKV2rwgs-QJlVNJyY2slnTMYr4ex5g" },
};

/* Scenario 46. */
static void
codes_are_judged(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(codes); i++)
		if (ucc_ok(codes[i].ucc) != codes[i].want)
			fail_msg("%s: wanted %d", codes[i].what,
			    codes[i].want);
}

/* Scenario 46. */
static void
the_first_code_counts(void **state)
{
	const char *source;
	char ucc[UCC];
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(offers); i++) {
		memcpy(ucc, "untouched", sizeof("untouched"));
		source = ucc_choose(&offers[i].offer, ucc);
		if (!text_equal(source, offers[i].source))
			fail_msg("%s: wrong source", offers[i].what);
		assert_string_equal(ucc, offers[i].ucc == NULL ? "untouched" :
		    offers[i].ucc);
	}
}

static void
tokens_are_those_of_jsonwebtoken(void **state)
{
	struct token_signer *s;
	char token[TOKEN_TEXT];
	size_t i, j;

	(void)state;
	for (i = 0; i < NELEM(tokens); i++) {
		s = token_signer_new(tokens[i].product, tokens[i].secret);
		/* A second one must not remember the first. */
		for (j = 0; j < 2; j++) {
			assert_int_equal(token_sign(s, tokens[i].user,
			    tokens[i].now, token), ERR_OK);
			if (strcmp(token, tokens[i].want) != 0)
				fail_msg("%s: %s", tokens[i].what, token);
		}
		token_signer_free(s);
	}
	token_signer_free(NULL);
}

static void
what_does_not_fit_is_refused(void **state)
{
	char token[TOKEN_TEXT], text[TOKEN_TEXT];
	struct token_signer *s;
	size_t len, fitted = 0;

	(void)state;
	s = token_signer_new("app.example.com", "secret");
	for (len = 1; len < sizeof(text); len++) {
		memset(text, 'u', len);
		text[len] = '\0';
		if (token_sign(s, text, 1700000000, token) != ERR_OK)
			continue;
		assert_int_equal(fitted, len - 1);
		fitted = len;
		assert_true(strlen(token) < TOKEN_TEXT);
	}
	assert_true(fitted > 255 && fitted < sizeof(text) - 1);
	assert_int_equal(token_sign(s, "user", 1700000000, token), ERR_OK);
	token_signer_free(s);

	memset(text, 'p', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	s = token_signer_new(text, "secret");
	assert_int_equal(token_sign(s, "user", 1700000000, token), ERR_INPUT);
	token_signer_free(s);
}

/* Where a stand-in may be. */
#define BASE	"http://127.0.0.1:8081/cello"

static const struct {
	const char	*url;
	int		 want;
} addresses[] = {
	{ "https://api.cello.so/products/p/transaction-webhook/stripe", 1 },
	{ "https://cello.so/x", 1 },
	{ "https://api.sandbox.cello.so:443/x", 1 },
	{ "https://api.cello.so", 1 },
	{ "https://notcello.so/x", 0 },
	{ "https://cello.so.example.com/x", 0 },
	{ "https://app.example.com/cello.so", 0 },
	{ "https://app.example.com/?x=https://api.cello.so/", 0 },
	{ "https://api.cello.so@example.com/", 0 },
	{ "https://cello.example.com/webhooks/stripe", 0 },
	{ "http://api.cello.so/x", 0 },
	{ BASE "/products/p/transaction-webhook/stripe", 1 },
	{ BASE, 0 },
	{ BASE "x/products", 0 },
	{ "https://", 0 },
	{ "", 0 },
};

static void
cello_is_known_by_its_address(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(addresses); i++)
		if (cello_is_at(addresses[i].url, BASE) != addresses[i].want)
			fail_msg("%s", addresses[i].url);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes_are_judged),
		cmocka_unit_test(the_first_code_counts),
		cmocka_unit_test(tokens_are_those_of_jsonwebtoken),
		cmocka_unit_test(what_does_not_fit_is_refused),
		cmocka_unit_test(cello_is_known_by_its_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
