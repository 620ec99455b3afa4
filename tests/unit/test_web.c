/* SPDX-License-Identifier: MIT */

/* The pages: who gets them, what they may load, and which visit is kept. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/config.h"
#include "app/ctx.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"
#include "web/csp.h"
#include "web/page.h"

/* --- what pages may load --- */

#define TAIL	" form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

#define CELLOS	\
	"default-src 'none'; script-src 'self' https://*.cello.so;" \
	" style-src 'self' https://*.cello.so;" \
	" img-src 'self' data: https://*.cello.so;" \
	" font-src 'self' https://*.cello.so;" \
	" connect-src 'self' https://*.cello.so;" \
	" frame-src https://*.cello.so;" TAIL

#define COMPONENTS	\
	"default-src 'none'; script-src 'self' https://*.cello.so" \
	" 'unsafe-inline'; style-src 'self' https://*.cello.so" \
	" 'unsafe-inline'; img-src 'self' data: https://*.cello.so;" \
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
		memset(&conf, 0, sizeof(conf));	/* no further sources */
		conf.cello.enabled = policies[i].enabled;
		conf.cello.allow_inline = 1;
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

static const struct {
	const char	*what;
	int		 enabled;
	int		 allow_inline;
	const char	*assets;
	const char	*api;
	const char	*want;
} component_policies[] = {
	{ "as Cello's guide asks", 1, 1, "https://assets.cello.so",
	    "https://api.cello.so", COMPONENTS },
	{ "nothing inline", 1, 0, "https://assets.cello.so",
	    "https://api.cello.so", CELLOS },
	{ "Cello is off", 0, 1, "https://assets.cello.so",
	    "https://api.cello.so",
	    "default-src 'none'; script-src 'self'; style-src 'self';"
	    " img-src 'self' data:; font-src 'self'; connect-src 'self';"
	    TAIL },
	{ "stand-ins: each may bring fonts and frames", 1, 1,
	    "http://127.0.0.1:8082", "http://127.0.0.1:8081/cello",
	    "default-src 'none'; script-src 'self' http://127.0.0.1:8082"
	    " 'unsafe-inline'; style-src 'self' http://127.0.0.1:8082"
	    " 'unsafe-inline'; img-src 'self' data: http://127.0.0.1:8082"
	    " http://127.0.0.1:8081; font-src 'self' http://127.0.0.1:8082"
	    " http://127.0.0.1:8081; connect-src 'self'"
	    " http://127.0.0.1:8082 http://127.0.0.1:8081; frame-src"
	    " http://127.0.0.1:8082 http://127.0.0.1:8081;" TAIL },
};

static void
where_the_component_boots_more_is_allowed(void **state)
{
	struct config conf = { .pools = 0 };
	struct buf out;
	size_t i;

	(void)state;
	buf_init(&out, CSP_MAX);
	for (i = 0; i < NELEM(component_policies); i++) {
		conf.cello.enabled = component_policies[i].enabled;
		conf.cello.allow_inline = component_policies[i].allow_inline;
		conf.cello.assets_base = mem_text(component_policies[i].assets);
		conf.cello.api_base = mem_text(component_policies[i].api);
		buf_reset(&out);
		csp_write_component(&conf, &out);
		if (out.full ||
		    strcmp(out.data, component_policies[i].want) != 0)
			fail_msg("%s: %s", component_policies[i].what,
			    out.data);
		free(conf.cello.assets_base);
		free(conf.cello.api_base);
	}
	buf_done(&out);
}

/* What an operator allows besides stands where it is allowed, and only there. */
static void
a_policy_can_be_widened(void **state)
{
	static char script[] = "https://a.example", style[] = "'unsafe-inline'",
	    img[] = "https://b.example https://c.example", frame[] = "'self'";
	const struct config conf = { .server = { .csp_script = script,
	    .csp_style = style, .csp_img = img, .csp_frame = frame } };
	struct buf out;

	(void)state;
	buf_init(&out, CSP_MAX);
	csp_write(&conf, &out);
	assert_string_equal(out.data, "default-src 'none';"
	    " script-src 'self' https://a.example;"
	    " style-src 'self' 'unsafe-inline';"
	    " img-src 'self' data: https://b.example https://c.example;"
	    " font-src 'self'; connect-src 'self'; frame-src 'self';" TAIL);
	buf_done(&out);
}

/* --- the pages --- */

static void
pages_are_for_everybody(void **state)
{
	static const struct route *const tables[] = { web_routes, NULL };
	const struct site site = { .tables = tables };
	const struct route *r;

	(void)state;
	assert_true(route_tables_ok(&site));
	for (r = web_routes; r->path != NULL; r++) {
		if (r->method != GET || r->body != NONE || r->most != 0)
			fail_msg("%s: takes something", r->path);
		if (r->entry != ANYONE || r->role != 0)
			fail_msg("%s: lets in not everybody", r->path);
		if (r->duty != DUTY_WEB || r->handler != page)
			fail_msg("%s: not from where pages are", r->path);
	}
}

/* Ask for a page, which has to come. */
static void
visit(struct pages *pages, const struct req *q, struct resp *p)
{
	char origin[] = "https://app.example.com";
	const struct config conf = { .server.public_origin = origin };
	struct app app = { .conf = &conf };
	struct ctx c = { .app = &app, .pages = pages,
	    .component_csp = "component" };

	resp_reset(p);
	assert_int_equal(page(&c, q, p), ERR_OK);
	assert_int_equal(p->status, 200);
	/* Where people give their passwords nothing inline runs. */
	if (text_equal(q->path, "/account"))
		assert_string_equal(p->csp, "component");
	else
		assert_null(p->csp);
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
	for (r = web_routes; r->path != NULL; r++) {
		(void)snprintf(q.path, sizeof(q.path), "%s", r->path);
		visit(pages, &q, &p);
		assert_null(strstr(p.headers.data, "Set-Cookie"));
		/* Rather than what all else has: browsers may go back. */
		assert_non_null(strstr(p.headers.data,
		    "Cache-Control: no-cache\r\n"));
		count++;
	}
	assert_int_equal(count, 6);
	resp_done(&p);
	pages_close(pages);
}

static void
no_page_without_its_file(void **state)
{
	struct pages *pages = pages_of_ours();
	struct config conf = { .pools = 0 };
	struct app app = { .conf = &conf };
	struct ctx c = { .app = &app, .pages = pages };
	struct req q = { .method = GET, .query = "", .path = "/index.html" };
	struct resp p;

	(void)state;
	resp_init(&p);
	assert_int_equal(page(&c, &q, &p), ERR_NOTFOUND);
	resp_done(&p);
	pages_close(pages);
	pages_close(NULL);
	assert_null(pages_open("/nowhere"));
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

/* Scenario 47. */
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
		cmocka_unit_test(pages_load_only_ours_and_cellos),
		cmocka_unit_test(where_the_component_boots_more_is_allowed),
		cmocka_unit_test(a_policy_can_be_widened),
		cmocka_unit_test(pages_are_for_everybody),
		cmocka_unit_test(every_page_has_a_file),
		cmocka_unit_test(no_page_without_its_file),
		cmocka_unit_test(a_visit_keeps_the_code),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
