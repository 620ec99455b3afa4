/* SPDX-License-Identifier: MIT */

/* cello/client against a server of our own. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/json.h"
#include "base/text.h"
#include "cello/client.h"
#include "server.h"

static struct cello *cello;

static int
begin(void **state)
{
	if (start(state) != 0)
		return 1;
	cello = cello_open(origin, "key_1", "hush", 1);
	return 0;
}

static int
end(void **state)
{
	cello_close(cello);
	cello_close(NULL);
	return stop(state);
}

static void
what_an_answer_means(void **unused)
{
	static const struct {
		enum cello_route route;
		enum manner	 manner;
		const char	*status, *body;
		enum err	 want;
		int		 unsure;
	} cases[] = {
		{ CELLO_EVENT, ANSWER, "200 OK", "{\"success\":true}",
		    ERR_OK, 0 },
		{ CELLO_EVENT, ANSWER, "200 OK", "{\"success\":false}",
		    ERR_LATER, 1 },
		{ CELLO_EVENT, ANSWER, "200 OK", "<html>", ERR_LATER, 1 },
		{ CELLO_EVENT, ANSWER, "400 Bad", "{}", ERR_INPUT, 0 },
		{ CELLO_EVENT, ANSWER, "422 Bad", "", ERR_INPUT, 0 },
		{ CELLO_EVENT, ANSWER, "401 No", "{}", ERR_DENIED, 0 },
		{ CELLO_EVENT, ANSWER, "403 No", "{}", ERR_LATER, 0 },
		{ CELLO_EVENT, ANSWER, "404 No", "{}", ERR_NOTFOUND, 0 },
		{ CELLO_EVENT, ANSWER, "409 No", "{}", ERR_CONFLICT, 0 },
		{ CELLO_EVENT, ANSWER, "429 Slow", "{}", ERR_LATER, 0 },
		{ CELLO_EVENT, ANSWER, "408 Late", "", ERR_LATER, 1 },
		{ CELLO_EVENT, ANSWER, "500 Oops", "", ERR_LATER, 1 },
		{ CELLO_EVENT, ANSWER, "503 Oops", "<html>", ERR_LATER, 1 },
		{ CELLO_EVENT, ANSWER, "302 Found", "", ERR_INTERNAL, 0 },
		{ CELLO_EVENT, DROP, "", "", ERR_LATER, 1 },
		{ CELLO_EVENT, HALF, "200 OK", "hello", ERR_LATER, 1 },
		{ CELLO_EVENT, HANG, "", "", ERR_LATER, 1 },
		{ CELLO_PURCHASE_V2, ANSWER, "202 Taken",
		    "{\"eventId\":\"evt_1\"}", ERR_OK, 0 },
		{ CELLO_PURCHASE_V2, ANSWER, "202 Taken", "{}", ERR_LATER, 1 }
	};
	struct cello_request q = { .token = "t", .body = "{}" };
	struct cello_reply r = { .status = 0 };
	size_t i;

	(void)unused;
	cello_reply_done(&r);
	for (i = 0; i < NELEM(cases); i++) {
		print_message("# cello: %s %s\n", cases[i].status,
		    cases[i].body);
		q.route = cases[i].route;
		server_says(q.route == CELLO_EVENT ? "POST /events" :
		    "POST /v2/events/purchase-created", cases[i].manner,
		    cases[i].status, cases[i].body);
		assert_int_equal(cello_ask(cello, &q, &r), cases[i].want);
		assert_int_equal(r.unsure, cases[i].unsure);
		cello_reply_done(&r);
	}
}

static void
what_goes_out(void **unused)
{
	struct cello_request q = { .route = CELLO_SIGNUP_V2, .token = "tok",
	    .body = "{\"a\":1}", .key = "new-signup:1" };
	struct cello_reply r;

	(void)unused;
	server_says("POST /v2/events/signup-created", ANSWER, "202 Taken",
	    "{\"eventId\":\"e\"}");
	assert_int_equal(cello_ask(cello, &q, &r), ERR_OK);
	assert_string_equal(json_text(r.body, "eventId"), "e");
	cello_reply_done(&r);
	assert_true(was_said("\r\nAuthorization: Bearer tok\r\n"));
	assert_true(was_said("\r\nIdempotency-Key: new-signup:1\r\n"));
	assert_true(was_said("\r\nContent-Type: application/json\r\n"));
	assert_true(was_said("{\"a\":1}"));

	server_says("GET /referral-codes/a%2Fb", ANSWER, "200 OK",
	    "{\"valid\":false}");
	q = (struct cello_request){ .route = CELLO_CODE, .token = "tok",
	    .id = "a/b" };
	assert_int_equal(cello_ask(cello, &q, &r), ERR_OK);
	cello_reply_done(&r);
	assert_false(was_said("Idempotency-Key"));
}

/* Cello says no in several forms, and may quote what was sent. */
static void
why_it_says_no(void **unused)
{
	static const struct {
		const char	*body, *want;
	} cases[] = {
		{ "{\"message\":\"Unauthorized\"}", "Unauthorized" },
		{ "{\"statusCode\":400,\"message\":[\"a\",\"b\"]}", "a; b" },
		{ "{\"message\":\"ada@example.com is no user\"}",
		    "(it quotes an address)" },
		{ "{\"error\":1}", "" },
		{ "<html>", "" }
	};
	const struct cello_request q = { .route = CELLO_EVENT, .token = "t",
	    .body = "{}" };
	struct cello_reply r;
	size_t i;

	(void)unused;
	for (i = 0; i < NELEM(cases); i++) {
		server_says("POST /events", ANSWER, "400 Bad", cases[i].body);
		assert_int_equal(cello_ask(cello, &q, &r), ERR_INPUT);
		assert_string_equal(r.message, cases[i].want);
		cello_reply_done(&r);
	}
}

static void
a_token_is_got(void **unused)
{
	static const struct {
		const char	*status, *body;
		enum err	 want;
	} cases[] = {
		{ "201 Made", "{\"accessToken\":\"a\",\"refreshToken\":\"r\","
		    "\"expiresIn\":10,\"refreshTokenExpiresIn\":20}", ERR_OK },
		{ "200 OK", "{\"accessToken\":\"a\"}", ERR_OK },
		{ "401 No", "{\"message\":\"Invalid API Credentials\"}",
		    ERR_DENIED },
		{ "400 No", "{}", ERR_DENIED },
		{ "201 Made", "{}", ERR_LATER },
		{ "201 Made", "{\"accessToken\":\"a\\r\\nX: y\"}", ERR_LATER },
		{ "404 No", "{}", ERR_LATER },
		{ "503 No", "{}", ERR_LATER }
	};
	struct cello_grant g;
	size_t i;

	(void)unused;
	for (i = 0; i < NELEM(cases); i++) {
		print_message("# a token: %s %s\n", cases[i].status,
		    cases[i].body);
		server_says("POST /token", ANSWER, cases[i].status,
		    cases[i].body);
		assert_int_equal(cello_exchange(cello, NULL, &g),
		    cases[i].want);
		if (cases[i].want == ERR_OK)
			assert_string_equal(g.access, "a");
		if (i == 0) {
			assert_string_equal(g.refresh, "r");
			assert_int_equal(g.access_s, 10);
			assert_int_equal(g.refresh_s, 20);
			assert_true(was_said("{\"accessKeyId\":\"key_1\","
			    "\"secretAccessKey\":\"hush\"}"));
		} else if (i == 1) {
			assert_string_equal(g.refresh, "");
			assert_int_equal(g.access_s, 18000);
			assert_int_equal(g.refresh_s, 432000);
		}
	}
	assert_int_equal(cello_exchange(cello, "r", &g), ERR_LATER);
	assert_true(was_said("{\"refreshToken\":\"r\"}"));
	assert_false(was_said("hush"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_an_answer_means),
		cmocka_unit_test(what_goes_out),
		cmocka_unit_test(why_it_says_no),
		cmocka_unit_test(a_token_is_got),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
