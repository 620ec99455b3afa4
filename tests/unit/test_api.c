/* SPDX-License-Identifier: MIT */

/*
 * api/: that the table of routes allows what it should and no more, and who is
 * behind a cookie.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "account/session.h"
#include "api/api.h"
#include "api/device.h"
#include "api/visitor.h"
#include "app/config.h"
#include "base/err.h"
#include "base/text.h"
#include "base/turns.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"
#include "rows.h"

#define BODY_MOST	(1u << 20)	/* the webhook's; no row takes more */

/* --- the table of routes --- */

/* What the program itself refuses to begin with, and what is ours. */
static void
every_row_is_sane(void **state)
{
	static const struct route *const tables[] = { api_routes, NULL };
	const struct site site = { .tables = tables,
	    .admit = visitor_admit };
	const struct route *r;

	(void)state;
	assert_true(route_tables_ok(&site));
	for (r = api_routes; r->path != NULL; r++) {
		if (strspn(r->path, "abcdefghijklmnopqrstuvwxyz-/") !=
		    strlen(r->path))
			fail_msg("%s: no path of ours", r->path);
		if (r->method != GET && r->method != POST)
			fail_msg("%s: neither GET nor POST", r->path);
		if (duty_name(r->duty) == NULL)
			fail_msg("%s: no such duty", r->path);
		if (r->role != 0 && r->entry != PROGRAM)
			fail_msg("%s: there are no roles", r->path);
		if (r->handler == NULL)
			fail_msg("%s: nobody answers", r->path);
	}
	assert_true(r - api_routes >= 15);
}

/* A GET changes nothing, so it takes nothing; what is taken has an end. */
static void
every_body_has_a_ceiling(void **state)
{
	const struct route *r;

	(void)state;
	for (r = api_routes; r->path != NULL; r++) {
		if ((r->method == GET) != (r->body == NONE))
			fail_msg("%s: a GET with a body, or a POST without",
			    r->path);
		if ((r->body == NONE) != (r->most == 0) || r->most > BODY_MOST)
			fail_msg("%s: up to %zu bytes", r->path, r->most);
	}
}

/* RAW skips the cross-site check: whoever has it looks at who says so. */
static void
only_webhooks_are_raw(void **state)
{
	const struct route *r;

	(void)state;
	for (r = api_routes; r->path != NULL; r++) {
		if (!text_begins(r->path, "/webhooks/")) {
			if (r->body == RAW || r->duty == DUTY_HOOK)
				fail_msg("%s: raw, or of the hook", r->path);
			continue;
		}
		assert_int_equal(r->method, POST);
		assert_int_equal(r->body, RAW);
		assert_int_equal(r->duty, DUTY_HOOK);
		assert_int_equal(r->entry, ANYONE);
		assert_true(r->handler == (text_equal(r->path,
		    "/webhooks/stripe") ? stripe_webhook : cello_webhook));
	}
}

/* Who has to be logged in; what is not here is for everybody. */
static const struct {
	const char	*path;
	enum entry	 entry;
} entries[] = {
	{ "/api/logout", VISITOR },
	{ "/api/session", VISITOR },
	{ "/api/cello/token", VISITOR },
	{ "/api/subscription", MEMBER },
	{ "/api/entitlements", MEMBER },
	{ "/api/subscription/preview", MEMBER },
	{ "/api/subscription/change", MEMBER },
	{ "/api/subscription/quantity", MEMBER },
	{ "/api/subscription/cancel", MEMBER },
	{ "/api/subscription/resume", MEMBER },
	{ "/api/invoices", MEMBER },
	{ "/api/referral/offer", VISITOR },
	{ "/api/checkout", MEMBER },
	{ "/api/checkout/return", MEMBER },
	{ "/api/portal", MEMBER },
	{ "/api/cello/boot", MEMBER },
	{ "/api/server/demo", PROGRAM },
	{ "/api/server/erase", PROGRAM },
	{ "/api/server/verified", PROGRAM },
	{ "/api/server/referral-link", PROGRAM },
	{ "/api/account/erase", MEMBER },
};

static void
rows_let_in_whom_they_should(void **state)
{
	const struct route *r;
	enum entry want;
	size_t i, found = 0;

	(void)state;
	for (r = api_routes; r->path != NULL; r++) {
		want = ANYONE;
		for (i = 0; i < NELEM(entries); i++) {
			if (text_equal(entries[i].path, r->path)) {
				want = entries[i].entry;
				found++;
			}
		}
		if (r->entry != want)
			fail_msg("%s lets in others", r->path);
	}
	assert_int_equal(found, NELEM(entries));
}

/* What hashes a password, what waits for Stripe, and nothing else. */
static const struct {
	const char	*path;
	enum duty	 duty;
} duties[] = {
	{ "/api/signup", DUTY_PASSWORD },
	{ "/api/login", DUTY_PASSWORD },
	{ "/api/account/erase", DUTY_PASSWORD },
	{ "/api/checkout", DUTY_STRIPE },
	{ "/api/portal", DUTY_STRIPE },
	{ "/api/subscription/preview", DUTY_STRIPE },
	{ "/api/subscription/change", DUTY_STRIPE },
	{ "/api/subscription/quantity", DUTY_STRIPE },
	{ "/api/subscription/cancel", DUTY_STRIPE },
	{ "/api/subscription/resume", DUTY_STRIPE },
	{ "/webhooks/stripe", DUTY_HOOK },
	{ "/webhooks/cello", DUTY_HOOK },
};

static void
rows_name_their_duty(void **state)
{
	const struct route *r;
	enum duty want;
	size_t i, found = 0;

	(void)state;
	for (r = api_routes; r->path != NULL; r++) {
		want = DUTY_WEB;
		for (i = 0; i < NELEM(duties); i++) {
			if (text_equal(duties[i].path, r->path)) {
				want = duties[i].duty;
				found++;
			}
		}
		if (r->duty != want)
			fail_msg("%s is another duty", r->path);
	}
	assert_int_equal(found, NELEM(duties));
}

/* --- who is behind a cookie --- */

static char http[] = "http://127.0.0.1", https[] = "https://app.example.com";
static char no_prefix[] = "";

static struct config conf = {
	.server = { .public_origin = http, .prefix = no_prefix }, .session = { .idle_hours = 2, .days = 3 }
};

static struct app app = { .conf = &conf, .limits = { 2, 24, 3 } };

static const char zeros[sizeof(struct visitor)];

/* Whatever is in it, to the last byte of padding. */
static void
nothing_is_left_of_a_visitor(void **state)
{
	struct ctx c;

	(void)state;
	memset(&c, 0xa5, sizeof(c));
	c.app = &app;
	c.draining = 1;
	visitor_forget(&c);
	assert_memory_equal(&c.visitor, zeros, sizeof(zeros));
	assert_null(visitor_account(&c));
	/* What is the process's stays. */
	assert_ptr_equal(c.app, &app);
	assert_int_equal(c.draining, 1);
}

static const struct {
	const char	*what;
	const char	*cookie;	/* "T" is the token */
	const char	*want;		/* NULL: the token */
} cookies[] = {
	{ "ours", "endpin=T", NULL },
	{ "among others", "a=b; endpin=T; c=d", NULL },
	{ "none", NULL, "" },
	{ "another", "endpin2=T; xendpin=T", "" },
	{ "of two paths", "endpin=T; endpin=T", NULL },
	{ "with two values", "endpin=T; endpin=x", "" },
	{ "too long", "endpin=TT", "" },
	{ "of the other scheme", "__Host-endpin=T", "" },
	{ "empty", "endpin=", "" },
};

#define TOKEN	"0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"

/* Every T becomes a token. */
static const char *
with_tokens(const char *text)
{
	static char ret[512];
	size_t len = 0;

	if (text == NULL)
		return NULL;
	for (; *text != '\0'; text++)
		len += (size_t)snprintf(ret + len, sizeof(ret) - len,
		    *text == 'T' ? "%s" : "%.1s", *text == 'T' ? TOKEN : text);
	return ret;
}

static void
a_token_is_in_one_cookie_of_ours(void **state)
{
	struct req q = { .method = GET, .query = "" };
	struct ctx c = { .app = &app };
	char token[SESSION_TOKEN];
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(cookies); i++) {
		q.cookie[0] = with_tokens(cookies[i].cookie);
		q.cookies = q.cookie[0] != NULL;
		memset(token, 'x', sizeof(token));
		visitor_token(&c, &q, token);
		if (strcmp(token, cookies[i].want == NULL ? TOKEN :
		    cookies[i].want) != 0)
			fail_msg("%s: %s", cookies[i].what, token);
	}
	conf.server.public_origin = https;
	q.cookie[0] = "endpin=x; __Host-endpin=" TOKEN;
	q.cookies = q.cookie[0] != NULL;
	visitor_token(&c, &q, token);
	assert_string_equal(token, TOKEN);
	conf.server.public_origin = http;
}

static void
a_cookie_is_given_and_taken(void **state)
{
	struct ctx c = { .app = &app };
	struct resp p;

	(void)state;
	resp_init(&p);
	visitor_cookie(&c, &p, TOKEN, 1);
	assert_string_equal(p.headers.data, "Set-Cookie: endpin=" TOKEN
	    "; Path=/; Max-Age=259200; SameSite=Lax; HttpOnly\r\n");
	resp_reset(&p);
	visitor_cookie(&c, &p, TOKEN, 0);
	assert_string_equal(p.headers.data, "Set-Cookie: endpin=" TOKEN
	    "; Path=/; SameSite=Lax; HttpOnly\r\n");
	resp_reset(&p);
	conf.server.public_origin = https;
	visitor_cookie(&c, &p, NULL, 0);
	assert_string_equal(p.headers.data, "Set-Cookie: __Host-endpin="
	    "; Path=/; Max-Age=0; SameSite=Lax; Secure; HttpOnly\r\n");
	conf.server.public_origin = http;
	resp_done(&p);
}

/* --- whose turn it would be at hashing --- */

static struct claim
claim_of(const char *remote, const char *cookie, const char *body)
{
	struct ctx c = { .app = &app };
	struct req q = { .remote = remote, .cookie = { cookie },
	    .cookies = cookie != NULL, .now = 1795780000, .began_us = 7 };
	char sent[256];
	struct claim claim;

	(void)snprintf(sent, sizeof(sent), "%s", body);
	q.body = sent;
	q.body_len = strlen(sent);
	device_claim(&c, &q, &claim);
	assert_false(claim.is_known);
	assert_int_equal(claim.since_us, 7);
	return claim;
}

#define LOGIN(email)	"{\"email\":\"" email "\",\"password\":\"p\"}"

static void
a_network_is_a_claim(void **state)
{
	static const struct {
		const char	*a, *b;
		int		 same;
	} nets[] = {
		{ "192.0.2.1", "192.0.2.254", 1 },
		{ "192.0.2.1", "192.0.3.1", 0 },
		{ "192.0.2.1", "::ffff:192.0.2.9", 1 },
		{ "2001:db8:0:1200::1", "2001:db8:0:12ff:1::2", 1 },
		{ "2001:db8:0:1200::1", "2001:db8:0:1300::1", 0 },
		{ NULL, "nowhere", 1 },
		{ NULL, "192.0.2.1", 0 }
	};
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(nets); i++)
		if ((claim_of(nets[i].a, NULL, "{}").network ==
		    claim_of(nets[i].b, NULL, "{}").network) != nets[i].same)
			fail_msg("%s and %s", nets[i].a, nets[i].b);
}

static void
an_address_is_a_claim(void **state)
{
	const uint64_t ada = claim_of(NULL, NULL,
	    LOGIN("ada@example.com")).account;

	(void)state;
	/* However it is written. */
	assert_true(ada == claim_of(NULL, NULL,
	    LOGIN("ADA@Example.com")).account);
	assert_true(ada == claim_of(NULL, NULL,
	    LOGIN("\\u0061da@example.com")).account);
	assert_true(ada != claim_of(NULL, NULL,
	    LOGIN("eda@example.com")).account);
	assert_true(claim_of(NULL, NULL, "{").account ==
	    claim_of(NULL, NULL, "{}").account);
	/* Who says none has a session. */
	assert_true(claim_of(NULL, "endpin=" TOKEN, "{}").account !=
	    claim_of(NULL, NULL, "{}").account);
	/* What is no such cookie is nothing to ask a database for. */
	(void)claim_of(NULL, "endpin_device=x", LOGIN("ada@example.com"));
	(void)claim_of(NULL, "endpin_device=1.x", LOGIN("ada@example.com"));
}

static void
a_browser_is_given_a_cookie(void **state)
{
	struct ctx c = { .app = &app };
	struct resp p;

	(void)state;
	resp_init(&p);
	device_cookie(&c, &p, "1.x");
	assert_string_equal(p.headers.data, "Set-Cookie: endpin_device=1.x"
	    "; Path=/; Max-Age=34560000; SameSite=Lax; HttpOnly\r\n");
	resp_reset(&p);
	conf.server.public_origin = https;
	device_cookie(&c, &p, NULL);
	assert_string_equal(p.headers.data, "Set-Cookie: __Host-endpin_device="
	    "; Path=/; Max-Age=0; SameSite=Lax; Secure; HttpOnly\r\n");
	conf.server.public_origin = http;
	resp_done(&p);
}

/* --- the way on, of whom /auth has refused --- */

static const struct {
	const char	*prefix;
	const char	*wanted;
	const char	*location;
} ways[] = {
	{ "", "/app/", "/login?next=/app/" },
	{ "", "/app/x?q=a%26b", "/login?next=/app/x%3Fq%3Da%2526b" },
	{ "", "/app/x?q=a+b", "/login?next=/app/x%3Fq%3Da%2Bb" },
	{ "", "/caf\xc3\xa9", "/login?next=/caf%C3%A9" },
	{ "", "/", "/login?next=/" },
	{ "/members", "/app/", "/members/login?next=/app/" },
	{ "", NULL, "/login" },
	{ "", "", "/login" },
	{ "", "//evil.example/", "/login" },
	{ "", "/\\evil.example/", "/login" },
	{ "", "https://evil.example/", "/login" },
	{ "", "*", "/login" }
};

static void
the_way_on_keeps_what_was_wanted(void **state)
{
	struct ctx c = { .app = &app };
	char want[256], prefix[16], *before = conf.server.prefix;
	static char longer[3000];
	struct req q = { .method = GET, .query = "" };
	struct resp p;
	size_t i;

	(void)state;
	resp_init(&p);
	for (i = 0; i < NELEM(ways); i++) {
		(void)snprintf(prefix, sizeof(prefix), "%s", ways[i].prefix);
		conf.server.prefix = prefix;
		(void)snprintf(want, sizeof(want), "Location: %s\r\n",
		    ways[i].location);
		q.wanted = ways[i].wanted;
		resp_reset(&p);
		assert_int_equal(auth_login(&c, &q, &p), ERR_OK);
		assert_int_equal(p.status, 303);
		assert_string_equal(p.headers.data, want);
	}
	conf.server.prefix = before;

	memset(longer, '/', sizeof(longer) - 1);
	longer[1] = 'x';
	q.wanted = longer;
	resp_reset(&p);
	assert_int_equal(auth_pricing(&c, &q, &p), ERR_OK);
	assert_string_equal(p.headers.data, "Location: /pricing\r\n");

	/* Somebody without a session, asked about by Apache. */
	q = (struct req){ .method = GET, .query = "", .authorizer = 1,
	    .wanted = "/app/" };
	resp_reset(&p);
	assert_int_equal(auth(&c, &q, &p), ERR_OK);
	assert_int_equal(p.status, 303);
	assert_string_equal(p.headers.data,
	    "Location: /login?next=/app/\r\n");
	assert_null(p.type);

	/* A script could do nothing with the page. */
	q.sec_fetch_mode = "navigate";
	resp_reset(&p);
	assert_int_equal(auth_login(&c, &q, &p), ERR_OK);
	assert_int_equal(p.status, 303);
	q.sec_fetch_mode = "cors";
	resp_reset(&p);
	assert_int_equal(auth_login(&c, &q, &p), ERR_OK);
	assert_int_equal(p.status, 401);
	resp_reset(&p);
	assert_int_equal(auth_pricing(&c, &q, &p), ERR_OK);
	assert_int_equal(p.status, 403);
	resp_done(&p);
}

/* --- with a database --- */

/* Ask for `path` as whoever has this token. */
static void
ask(struct ctx *c, const char *path, const char *token, struct resp *p)
{
	static const struct route *const tables[] = { api_routes, NULL };
	const struct site site = { .tables = tables, .duties = DUTY_WEB,
	    .pool = "web",
	    .origin = conf.server.public_origin,
	    .prefix = conf.server.prefix, .session_cookie = "endpin",
	    .policy = { .csp = "" },
	    .begin = visitor_forget, .identify = visitor_identify,
	    .account = visitor_account };
	struct req q = { .method = GET, .query = "" };
	char cookie[128];

	snprintf(q.path, sizeof(q.path), "%s", path);
	snprintf(cookie, sizeof(cookie), "endpin=%s", token);
	q.cookie[0] = token == NULL ? NULL : cookie;
	q.cookies = q.cookie[0] != NULL;
	resp_reset(p);
	route_run(&site, c, &q, p);
}

/* The next request on this worker must not be the last one's. */
static void
a_request_does_not_know_who_asked_before(void **state)
{
	char id[TEXT_UUID], token[SESSION_TOKEN];
	const struct session_start start = { .account_id = id };
	struct ctx c = { .app = &app };
	struct resp p;

	(void)state;
	app.db = db;
	memcpy(id, new_account(), sizeof(id));
	assert_int_equal(session_open(db, &start, &app.limits, token), ERR_OK);
	resp_init(&p);

	ask(&c, "/api/session", token, &p);
	assert_int_equal(p.status, 200);
	assert_non_null(strstr(p.body.data, id));
	assert_string_equal(visitor_account(&c), id);
	assert_string_equal(c.visitor.token, token);

	/* Nobody's row, nobody, and a stranger: nothing of it is left. */
	ask(&c, "/livez", token, &p);
	assert_int_equal(p.status, 200);
	assert_memory_equal(&c.visitor, zeros, sizeof(zeros));
	ask(&c, "/api/session", token, &p);
	ask(&c, "/api/session", NULL, &p);
	assert_null(strstr(p.body.data, id));
	assert_memory_equal(&c.visitor, zeros, sizeof(zeros));
	ask(&c, "/api/session", token, &p);
	ask(&c, "/api/subscription", TOKEN, &p);
	assert_int_equal(p.status, 401);
	assert_memory_equal(&c.visitor, zeros, sizeof(zeros));
	ask(&c, "/api/session", token, &p);
	ask(&c, "/nowhere", token, &p);
	assert_int_equal(p.status, 404);
	assert_memory_equal(&c.visitor, zeros, sizeof(zeros));
	resp_done(&p);
}

int
main(void)
{
	const struct CMUnitTest tables[] = {
		cmocka_unit_test(every_row_is_sane),
		cmocka_unit_test(every_body_has_a_ceiling),
		cmocka_unit_test(only_webhooks_are_raw),
		cmocka_unit_test(rows_let_in_whom_they_should),
		cmocka_unit_test(rows_name_their_duty),
		cmocka_unit_test(nothing_is_left_of_a_visitor),
		cmocka_unit_test(a_token_is_in_one_cookie_of_ours),
		cmocka_unit_test(a_cookie_is_given_and_taken),
		cmocka_unit_test(a_network_is_a_claim),
		cmocka_unit_test(an_address_is_a_claim),
		cmocka_unit_test(a_browser_is_given_a_cookie),
		cmocka_unit_test(the_way_on_keeps_what_was_wanted),
	};
	const struct CMUnitTest with_database[] = {
		cmocka_unit_test(a_request_does_not_know_who_asked_before),
	};
	int failed;

	failed = cmocka_run_group_tests(tables, NULL, NULL);
	if (!rows_open())
		return failed != 0 ? failed : SKIPPED;
	failed += cmocka_run_group_tests(with_database, NULL, NULL);
	rows_close();
	return failed;
}
