/* SPDX-License-Identifier: MIT */

/*
 * api/ without a database: that the table of routes allows what it should and
 * no more, what pages may load, and which visits leave a referral code.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "api/api.h"
#include "api/csp.h"
#include "api/page.h"
#include "base/buf.h"
#include "app/config.h"
#include "base/mem.h"
#include "base/err.h"
#include "base/text.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"

#define BODY_MOST	(1u << 20)	/* the webhook's; no row takes more */

/* --- the table of routes --- */

static int
same_row(const struct route *a, const struct route *b)
{
	return a->method == b->method && text_equal(a->path, b->path);
}

static void
every_row_is_sane(void **state)
{
	const struct route *r, *other;

	(void)state;
	for (r = routes; r->path != NULL; r++) {
		for (other = routes; other != r; other++)
			if (same_row(other, r))
				fail_msg("%s is there twice", r->path);
		if (r->path[0] != '/' || strspn(r->path,
		    "abcdefghijklmnopqrstuvwxyz/") != strlen(r->path))
			fail_msg("%s: no path of ours", r->path);
		if (r->method != GET && r->method != POST)
			fail_msg("%s: neither GET nor POST", r->path);
		if (duty_name(r->duty) == NULL)
			fail_msg("%s: no such duty", r->path);
		if (r->handler == NULL)
			fail_msg("%s: nobody answers", r->path);
	}
	assert_true(r - routes >= 20);
}

/* A GET changes nothing, so it takes nothing; what is taken has an end. */
static void
every_body_has_a_ceiling(void **state)
{
	const struct route *r;

	(void)state;
	for (r = routes; r->path != NULL; r++) {
		if ((r->method == GET) != (r->body == NONE))
			fail_msg("%s: a GET with a body, or a POST without",
			    r->path);
		if ((r->body == NONE) != (r->most == 0) || r->most > BODY_MOST)
			fail_msg("%s: up to %zu bytes", r->path, r->most);
	}
}

/* RAW skips the cross-site check: whoever has it checks a signature. */
static void
only_the_webhook_is_raw(void **state)
{
	const struct route *r;

	(void)state;
	for (r = routes; r->path != NULL; r++) {
		if (!text_equal(r->path, "/webhooks/stripe")) {
			if (r->body == RAW || r->duty == DUTY_HOOK)
				fail_msg("%s: raw, or of the hook", r->path);
			continue;
		}
		assert_int_equal(r->method, POST);
		assert_int_equal(r->body, RAW);
		assert_int_equal(r->duty, DUTY_HOOK);
		assert_int_equal(r->entry, ANYONE);
		assert_ptr_equal(r->handler, stripe_webhook);
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
	{ "/api/checkout", MEMBER },
	{ "/api/checkout/return", MEMBER },
	{ "/api/portal", MEMBER },
};

static void
rows_let_in_whom_they_should(void **state)
{
	const struct route *r;
	enum entry want;
	size_t i, found = 0;

	(void)state;
	for (r = routes; r->path != NULL; r++) {
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
	{ "/api/checkout", DUTY_STRIPE },
	{ "/api/portal", DUTY_STRIPE },
	{ "/webhooks/stripe", DUTY_HOOK },
};

static void
rows_name_their_duty(void **state)
{
	const struct route *r;
	enum duty want;
	size_t i, found = 0;

	(void)state;
	for (r = routes; r->path != NULL; r++) {
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

/* --- what pages may load --- */

#define TAIL	" form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

#define CELLOS	\
	"default-src 'none'; script-src 'self' https://*.cello.so;" \
	" style-src 'self' https://*.cello.so;" \
	" img-src 'self' data: https://*.cello.so;" \
	" font-src 'self' https://*.cello.so;" \
	" connect-src 'self' https://*.cello.so;" \
	" frame-src https://*.cello.so;" TAIL

static const struct {
	const char	*what;
	int		 enabled;
	const char	*assets;
	const char	*api;
	const char	*want;
} policies[] = {
	{ "Cello is off", 0, "https://assets.cello.so",
	    "https://api.cello.so",
	    "default-src 'none'; script-src 'self'; style-src 'self';"
	    " img-src 'self' data:; font-src 'self'; connect-src 'self';"
	    TAIL },
	{ "production", 1, "https://assets.cello.so", "https://api.cello.so",
	    CELLOS },
	{ "sandbox", 1, "https://assets.sandbox.cello.so",
	    "https://api.sandbox.cello.so",
	    CELLOS },
	{ "stand-ins, of which only the origins count", 1,
	    "http://127.0.0.1:8081/assets", "http://127.0.0.1:8082/api?x",
	    "default-src 'none'; script-src 'self' http://127.0.0.1:8081;"
	    " style-src 'self' http://127.0.0.1:8081;"
	    " img-src 'self' data: http://127.0.0.1:8081"
	    " http://127.0.0.1:8082;"
	    " font-src 'self' http://127.0.0.1:8081;"
	    " connect-src 'self' http://127.0.0.1:8081"
	    " http://127.0.0.1:8082;"
	    " frame-src http://127.0.0.1:8081 http://127.0.0.1:8082;" TAIL },
	{ "a name that only ends alike", 1, "https://evilcello.so",
	    "https://evilcello.so",
	    "default-src 'none'; script-src 'self' https://evilcello.so;"
	    " style-src 'self' https://evilcello.so;"
	    " img-src 'self' data: https://evilcello.so;"
	    " font-src 'self' https://evilcello.so;"
	    " connect-src 'self' https://evilcello.so;"
	    " frame-src https://evilcello.so;" TAIL },
};

static void
pages_load_only_ours_and_cellos(void **state)
{
	struct config conf;
	struct buf out;
	size_t i;

	(void)state;
	buf_init(&out, CSP_MAX);
	for (i = 0; i < NELEM(policies); i++) {
		memset(&conf, 0, sizeof(conf));
		conf.cello.enabled = policies[i].enabled;
		conf.cello.assets_base = mem_text(policies[i].assets);
		conf.cello.api_base = mem_text(policies[i].api);
		buf_reset(&out);
		csp_write(&conf, &out);
		if (out.full || strcmp(out.data, policies[i].want) != 0)
			fail_msg("%s: %s", policies[i].what, out.data);
		free(conf.cello.assets_base);
		free(conf.cello.api_base);
	}
	buf_done(&out);
}

/* --- the pages --- */

/* Ask for a page, which has to come. */
static void
visit(struct pages *pages, const struct req *q, struct resp *p)
{
	char origin[] = "https://app.example.com";
	struct config conf = { .server.public_origin = origin };
	struct ctx c = { .conf = &conf, .pages = pages };

	resp_reset(p);
	assert_int_equal(page(&c, q, p), ERR_OK);
	assert_int_equal(p->status, 200);
	assert_string_equal(p->type, "text/html; charset=utf-8");
	assert_true(p->body.len > 500);
}

static struct pages *
pages_of_ours(void)
{
	const char *top = getenv("srcdir");
	char dir[1024];

	(void)snprintf(dir, sizeof(dir), "%s/www", top == NULL ? "." : top);
	return pages_open(dir);
}

static void
every_page_has_a_file(void **state)
{
	struct pages *pages = pages_of_ours();
	struct req q = { .method = GET, .query = "" };
	const struct route *r;
	struct resp p;
	int count = 0;

	(void)state;
	assert_non_null(pages);
	resp_init(&p);
	for (r = routes; r->path != NULL; r++) {
		if (r->handler != page)
			continue;
		(void)snprintf(q.path, sizeof(q.path), "%s", r->path);
		visit(pages, &q, &p);
		assert_null(strstr(p.headers.data, "Set-Cookie"));
		count++;
	}
	assert_int_equal(count, 5);
	resp_done(&p);
	pages_close(pages);
}

#define CODE	"pNRB1aYqArN"

static const struct {
	const char	*what;
	enum method	 method;
	const char	*purpose;
	const char	*query;
	int		 kept;
} visits[] = {
	{ "a referral link", GET, NULL,
	    "productId=app&ucc=" CODE "&celloN=Qm9i", 1 },
	{ "no referral link", GET, NULL, "productId=app", 0 },
	{ "a code that is too short", GET, NULL, "ucc=pNRB1aYqAr", 0 },
	{ "a code that is too long", GET, NULL, "ucc=" CODE "x", 0 },
	{ "another header", GET, NULL, "ucc=pNRB1%0d%0aX:y", 0 },
	{ "another attribute", GET, NULL, "ucc=pNRB1;Path=x", 0 },
	{ "fetched in advance", GET, "prefetch", "ucc=" CODE, 0 },
	{ "fetched in advance, and drawn", GET, "prefetch;prerender",
	    "ucc=" CODE, 0 },
	{ "a robot's look", HEAD, NULL, "ucc=" CODE, 0 },
};

static void
a_visit_keeps_the_code(void **state)
{
	struct pages *pages = pages_of_ours();
	struct req q = { .path = "/" };
	struct resp p;
	size_t i;

	(void)state;
	assert_non_null(pages);
	resp_init(&p);
	for (i = 0; i < NELEM(visits); i++) {
		q.method = visits[i].method;
		q.sec_purpose = visits[i].purpose;
		q.query = visits[i].query;
		visit(pages, &q, &p);
		if (visits[i].kept != (strstr(p.headers.data,
		    "Set-Cookie: cello-referral=" CODE "; Path=/; "
		    "Max-Age=7776000; SameSite=Lax; Secure\r\n") != NULL) ||
		    visits[i].kept !=
		    (strstr(p.headers.data, "Set-Cookie") != NULL))
			fail_msg("%s: %s", visits[i].what, p.headers.data);
	}
	resp_done(&p);
	pages_close(pages);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_sane),
		cmocka_unit_test(every_body_has_a_ceiling),
		cmocka_unit_test(only_the_webhook_is_raw),
		cmocka_unit_test(rows_let_in_whom_they_should),
		cmocka_unit_test(rows_name_their_duty),
		cmocka_unit_test(pages_load_only_ours_and_cellos),
		cmocka_unit_test(every_page_has_a_file),
		cmocka_unit_test(a_visit_keeps_the_code),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
