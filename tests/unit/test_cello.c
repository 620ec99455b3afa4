/* SPDX-License-Identifier: MIT */

/* Cello's codes, which one counts, and the tokens that boot its component. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/text.h"
#include "cello/boot.h"
#include "cello/event.h"
#include "cello/script.h"
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
	{ "nothing", { NULL, NULL, NULL, NULL }, NULL, NULL },
	{ "empty things", { NULL, "", "", "" }, NULL, NULL },
	{ "a form", { NULL, CODE, NULL, NULL }, "form", CODE },
	{ "a query", { NULL, NULL, CODE, NULL }, "query", CODE },
	{ "a cookie", { NULL, NULL, "", CODE }, "cookie", CODE },
	{ "the form before the rest", { NULL, CODE, OTHER, OTHER }, "form",
	    CODE },
	{ "the query before the cookie", { NULL, "", CODE, OTHER }, "query",
	    CODE },
	{ "what is no code is passed over", { NULL, "x", "?", CODE }, "cookie",
	    CODE },
	{ "the first link before all", { CODE, OTHER, OTHER, OTHER }, "first",
	    CODE },
	{ "nothing but nonsense", { NULL, "x", "y", "z" }, NULL, NULL },
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

/* --- what Cello is told --- */

static const struct {
	const char	*currency;
	int64_t		 amount;
	const char	*price;		/* in v1 */
} prices[] = {
	{ "usd", 4999, "\"price\":49.99,\"currency\":\"USD\"" },
	{ "eur", 5, "\"price\":0.05,\"currency\":\"EUR\"" },
	{ "jpy", 4999, "\"price\":4999,\"currency\":\"JPY\"" },
	{ "KRW", 1, "\"price\":1,\"currency\":\"KRW\"" },
	{ "kwd", 4990, "\"price\":4.990,\"currency\":\"KWD\"" },
	{ "huf", 100000, "\"price\":1000.00,\"currency\":\"HUF\"" },
	{ "usd", 9007199254740993, "\"price\":90071992547409.93," },
};

static const char *
written(enum cello_api api, const struct cello_event *x)
{
	static char text[CELLO_BODY];
	struct buf b;

	buf_init(&b, CELLO_BODY);
	cello_event_write(api, x, &b);
	assert_false(b.full);
	(void)snprintf(text, sizeof(text), "%s", b.data);
	buf_done(&b);
	return text;
}

static void
money_is_told_in_units_of_the_version(void **state)
{
	struct cello_event x = { .trigger = CELLO_INVOICE_PAID,
	    .ucc = CODE, .newcomer = "u", .user = "u", .invoice = "in_1" };
	char minor[32];
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(prices); i++) {
		x.currency = prices[i].currency;
		x.amount = prices[i].amount;
		if (strstr(written(CELLO_V1, &x), prices[i].price) == NULL)
			fail_msg("%s", written(CELLO_V1, &x));
		(void)snprintf(minor, sizeof(minor), "\"amount\":%lld,",
		    (long long)x.amount);
		assert_non_null(strstr(written(CELLO_V2, &x), minor));
	}
}

/* The examples of Cello's pages, and v2 as far as it could be read. */
static void
events_are_those_of_cello_s_pages(void **state)
{
	struct cello_event x = { .trigger = CELLO_INVOICE_PAID,
	    .at = 1664979274, .ucc = CODE, .newcomer = "new-user-id",
	    .user = "new-user-id", .email = "new_user@gmail.com",
	    .organization = "org-123", .amount = 10000, .currency = "eur",
	    .invoice = "inv-abc", .subscription = "sub-xyz",
	    .interval = "monthly", .product = "Pro Plan", .seats = 1 };

	(void)state;
	assert_string_equal(written(CELLO_V1, &x), "{\"eventName\":"
	    "\"ReferralUpdated\",\"payload\":{\"ucc\":\"" CODE "\","
	    "\"newUserId\":\"new-user-id\",\"price\":100.00,\"currency\":"
	    "\"EUR\"},\"context\":{\"newUser\":{\"id\":\"new-user-id\","
	    "\"email\":\"new_user@gmail.com\",\"organizationId\":"
	    "\"org-123\"},\"event\":{\"trigger\":\"invoice-paid\","
	    "\"timestamp\":\"2022-10-05T14:14:34Z\"},\"subscription\":{"
	    "\"id\":\"sub-xyz\",\"invoiceId\":\"inv-abc\",\"interval\":"
	    "\"monthly\",\"productKey\":\"Pro Plan\",\"seatsUsed\":1}}}");
	assert_string_equal(written(CELLO_V2, &x), "{\"ucc\":\"" CODE "\","
	    "\"occurredAt\":\"2022-10-05T14:14:34Z\",\"newUserId\":"
	    "\"new-user-id\",\"newUser\":{\"id\":\"new-user-id\","
	    "\"email\":\"new_user@gmail.com\",\"organizationId\":"
	    "\"org-123\"},\"amount\":10000,\"currency\":\"EUR\","
	    "\"invoiceId\":\"inv-abc\",\"subscription\":{\"id\":"
	    "\"sub-xyz\",\"interval\":\"monthly\",\"productKey\":"
	    "\"Pro Plan\",\"seatsUsed\":1}}");
	x.trigger = CELLO_CHARGE_REFUNDED;
	assert_null(strstr(written(CELLO_V1, &x), "interval"));
	assert_null(strstr(written(CELLO_V2, &x), "subscription"));
	x.trigger = CELLO_NEW_SIGNUP;
	x.name = "Zo\303\253 \"Z\"";
	assert_non_null(strstr(written(CELLO_V1, &x),
	    "\"name\":\"Zo\303\253 \\\"Z\\\"\""));
	assert_null(strstr(written(CELLO_V1, &x), "price"));
	assert_null(strstr(written(CELLO_V2, &x), "amount"));
}

static const struct {
	const char	*unit;
	int64_t		 count;
	const char	*want;
} periods[] = {
	{ "day", 1, "weekly" },
	{ "week", 1, "weekly" },
	{ "week", 2, "bi-weekly" },
	{ "month", 1, "monthly" },
	{ "month", 3, "quarterly" },
	{ "month", 6, "semi-annual" },
	{ "month", 12, "yearly" },
	{ "year", 1, "yearly" },
	{ "year", 2, "biennial" },
	{ "year", 3, "triennial" },
	{ "year", 9, "triennial" },
	{ "month", 0, "monthly" },
	{ "", 1, "one-time" },
	{ "decade", 1, "one-time" },
};

static const struct {
	int	 days;
	const char *want;
} lengths[] = {
	{ 0, "one-time" }, { 7, "weekly" }, { 14, "bi-weekly" },
	{ 28, "monthly" }, { 31, "monthly" }, { 89, "quarterly" },
	{ 92, "quarterly" }, { 181, "semi-annual" }, { 184, "semi-annual" },
	{ 365, "yearly" }, { 366, "yearly" }, { 731, "biennial" },
	{ 1096, "triennial" },
};

static void
periods_have_cello_s_names(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(periods); i++)
		assert_string_equal(cello_interval(periods[i].unit,
		    periods[i].count), periods[i].want);
	for (i = 0; i < NELEM(lengths); i++)
		assert_string_equal(cello_interval_of(86400 *
		    (int64_t)lengths[i].days), lengths[i].want);
}

#define SRC	"https://assets.sandbox.cello.so/attribution/latest/"

static const struct {
	const char	*what;
	const char	*html;
	int		 found;
	enum script_kind kind;		/* of the first */
	int		 in_tag, module;
} pages[] = {
	{ "no script", "<p>cello.so</p>", 0, 0, 0, 0 },
	{ "scripts of others", "<script src=/app.js></script><script"
	    " src='https://cdn.example.com/cello.js'>", 0, 0, 0, 0 },
	{ "as Cello writes it", "<script type=\"module\" src=\"" SRC
	    "cello-attribution.js\" async></script>", 1, SCRIPT_ATTRIBUTION,
	    1, 1 },
	{ "not a module", "<script async src='" SRC "cello-attribution.js'>"
	    "</script><script type=module></script>", 1, SCRIPT_ATTRIBUTION,
	    1, 0 },
	{ "without quotes", "<script type=module src=" SRC
	    "cello-attribution.js>", 1, SCRIPT_ATTRIBUTION, 1, 1 },
	{ "the skill's name", "<script src=\"" SRC "attribution.js\">", 1,
	    SCRIPT_WRONG, 1, 0 },
	{ "out of a script", "<script>load('" SRC "cello-attribution.js')"
	    "</script>", 1, SCRIPT_ATTRIBUTION, 0, 0 },
	{ "from a host of one's own", "<script type=module"
	    " src=/assets/app/latest/cello.js>", 1, SCRIPT_APP, 1, 1 },
	{ "nothing but an end", SRC "cello-attribution.js", 1,
	    SCRIPT_ATTRIBUTION, 0, 0 },
	{ "two", "<script type=module src=" SRC "cello-attribution.js>"
	    "<script src=https://assets.cello.so/app/latest/cello.js>", 2,
	    SCRIPT_ATTRIBUTION, 1, 1 },
};

static void
scripts_are_found_in_pages(void **state)
{
	struct script s[SCRIPTS_MOST];
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(pages); i++) {
		print_message("%s\n", pages[i].what);
		assert_int_equal(script_find(pages[i].html, s),
		    pages[i].found);
		if (pages[i].found == 0)
			continue;
		assert_int_equal(s[0].kind, pages[i].kind);
		assert_int_equal(s[0].in_tag, pages[i].in_tag);
		assert_int_equal(s[0].module, pages[i].module);
	}
	assert_int_equal(script_is_sandbox(SRC), 1);
	assert_int_equal(script_is_sandbox("https://assets.cello.so/x"), 0);
	assert_int_equal(script_is_sandbox("http://127.0.0.1:1/x"), -1);
}

static void
boots_fail_in_the_words_of_cello_s_pages(void **state)
{
	(void)state;
	assert_int_equal(boot_failure("Error 1200: Invalid Tenant"),
	    SIGHT_TENANT);
	assert_int_equal(boot_failure("Error 1100: Invalid JWT token"),
	    SIGHT_JWT);
	assert_int_equal(boot_failure("[Cello]: \"User is not authorized to"
	    " load the widget\""), SIGHT_UNAUTHORIZED);
	assert_int_equal(boot_failure("cello.js could not be loaded"),
	    SIGHT_BLOCKED);
	assert_int_equal(boot_failure(""), SIGHT_OTHER);
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
		cmocka_unit_test(money_is_told_in_units_of_the_version),
		cmocka_unit_test(events_are_those_of_cello_s_pages),
		cmocka_unit_test(periods_have_cello_s_names),
		cmocka_unit_test(scripts_are_found_in_pages),
		cmocka_unit_test(boots_fail_in_the_words_of_cello_s_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
