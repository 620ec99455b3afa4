/* SPDX-License-Identifier: MIT */

/* How often an address may ask for what, and what who asks too often hears. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"
#include "base/text.h"
#include "http/options.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"
#include "folder.h"

#define OWN	"https://app.example.com"
#define NOW	(INT64_C(1000) * 60 * 1000000)

struct ctx {
	int	 handled;
	int	 identified;
};

static void
begin(struct ctx *c)
{
	(void)c;
}

static enum err
identify(struct ctx *c, const struct req *q)
{
	(void)q;
	c->identified++;
	return ERR_NOTFOUND;
}

static enum err
say(struct ctx *c, const struct req *q, struct resp *p)
{
	(void)q;
	c->handled++;
	return resp_empty(p, 204);
}

static const struct route rows[] = {
	{ POST, "/login", DUTY_WEB, ANYONE, 0, JSON, 64, LIMIT_LOGIN, say },
	{ POST, "/signup", DUTY_WEB, ANYONE, 0, JSON, 64, LIMIT_SIGNUP, say },
	{ GET, "/mine", DUTY_WEB, MEMBER, 0, NONE, 0, LIMIT_ERASE, say },
	{ GET, "/watch", DUTY_WEB, ANYONE, 0, NONE, 0, FREE_WATCHED, say },
	{ GET, NULL, DUTY_WEB, ANYONE, 0, NONE, 0, LIMIT_USUAL, NULL }
};

static const struct route *const tables[] = { rows, NULL };

static char exempt[64] = "10.0.0.0/8 2001:db8:1::/48";
static struct limits_config conf = { .each = { [LIMIT_LOGIN] = 3,
    [LIMIT_ERASE] = 2 }, .exempt = exempt };

static struct site site = { .tables = tables, .duties = DUTY_WEB,
    .pool = "web", .origin = OWN, .prefix = "", .session_cookie = "s",
    .begin = begin, .identify = identify };

static void
fresh(void)
{
	limits_close(site.limits);
	(void)unlink(path_in("limits"));
	site.limits = limits_open(&conf, path_in("limits"));
	assert_non_null(site.limits);
}

/* Asked once, from `remote`; the status. */
static int
ask(struct ctx *c, struct resp *p, enum method method, const char *path,
    const char *remote)
{
	char body[] = "{}";
	struct req q = { .method = method, .query = "", .origin = OWN,
	    .content_type = "application/json", .remote = remote,
	    .body = body, .body_len = method == POST ? 2 : 0,
	    .began_us = NOW };

	memcpy(q.path, path, strlen(path) + 1);
	route_run(&site, c, &q, p);
	return p->status;
}

/* How many of five are let in. */
static int
of_five(enum method method, const char *path, const char *remote)
{
	struct ctx c = { .handled = 0 };
	struct resp p;
	int i;

	resp_init(&p);
	for (i = 0; i < 5; i++)
		(void)ask(&c, &p, method, path, remote);
	resp_done(&p);
	return c.handled;
}

static void
the_figure_holds_for_an_address_and_a_route(void **state)
{
	(void)state;
	fresh();
	assert_int_equal(of_five(POST, "/login", "192.0.2.7"), 3);
	assert_int_equal(of_five(POST, "/login", "192.0.2.7"), 0);
	assert_int_equal(of_five(POST, "/login", "192.0.2.8"), 3);
	assert_int_equal(of_five(POST, "/login", "2001:db8::1"), 3);
	assert_int_equal(of_five(POST, "/login", "2001:db8::ffff"), 0);
	assert_int_equal(of_five(POST, "/login", "2001:db8:0:1::1"), 3);
	/* A figure of 0 is none, and so is what has no limit. */
	assert_int_equal(of_five(POST, "/signup", "192.0.2.7"), 5);
	assert_int_equal(of_five(GET, "/watch", "192.0.2.7"), 5);
}

static void
who_is_exempt_is_not_counted(void **state)
{
	(void)state;
	fresh();
	assert_int_equal(of_five(POST, "/login", "10.255.255.255"), 5);
	assert_int_equal(of_five(POST, "/login", "2001:db8:1:9::1"), 5);
	/* The web server does not say who it is. */
	assert_int_equal(of_five(POST, "/login", "unix:"), 5);
	assert_int_equal(of_five(POST, "/login", NULL), 5);
}

static void
who_asks_too_often_hears_when_to_come_back(void **state)
{
	struct ctx c = { .handled = 0 };
	struct resp p;

	(void)state;
	fresh();
	resp_init(&p);
	assert_int_equal(ask(&c, &p, GET, "/mine", "192.0.2.7"), 401);
	assert_int_equal(ask(&c, &p, HEAD, "/mine", "192.0.2.7"), 401);
	assert_int_equal(ask(&c, &p, GET, "/mine", "192.0.2.7"), 429);
	assert_string_equal(p.headers.data, "Retry-After: 30\r\n");
	assert_string_equal(p.type, "application/problem+json");
	assert_string_equal(p.code, "too_many_requests");
	/* And nobody has looked who it is. */
	assert_int_equal(c.identified, 2);
	resp_done(&p);
}

/* A page elsewhere cannot use up what somebody's address has. */
static void
what_is_refused_is_not_counted(void **state)
{
	struct ctx c = { .handled = 0 };
	char body[] = "{}";
	struct req q;
	struct resp p;
	int i;

	(void)state;
	fresh();
	resp_init(&p);
	for (i = 0; i < 5; i++) {
		q = (struct req){ .method = POST, .path = "/login",
		    .query = "", .origin = "https://evil.example",
		    .content_type = "application/json", .body = body,
		    .body_len = 2, .remote = "192.0.2.7", .began_us = NOW };
		route_run(&site, &c, &q, &p);
		assert_int_equal(p.status, 403);
	}
	resp_done(&p);
	assert_int_equal(of_five(POST, "/login", "192.0.2.7"), 3);
}

static const struct {
	const char	*text;
	int		 ok;
} exempts[] = {
	{ "", 1 }, { "127.0.0.1", 1 }, { "  10.0.0.0/8   ::1 ", 1 },
	{ "10.0.0.0/8, ::1", 0 }, { "office", 0 }, { "10.0.0.1/8", 0 }
};

static void
exempt_is_networks(void **state)
{
	struct buf many;
	size_t i;
	char *said;

	(void)state;
	for (i = 0; i < NELEM(exempts); i++)
		if (limits_exempt_ok(exempts[i].text) != exempts[i].ok)
			fail_msg("%s", exempts[i].text);
	buf_init(&many, 4096);
	for (i = 0; i < 64; i++)
		buf_text(&many, "10.0.0.1 ");
	assert_true(limits_exempt_ok(many.data));
	buf_text(&many, "10.0.0.1");
	assert_false(limits_exempt_ok(many.data));
	buf_done(&many);

	stderr_catch();
	memcpy(exempt, "x", 2);
	assert_null(limits_open(&conf, path_in("limits")));
	exempt[0] = '\0';
	assert_null(limits_open(&conf, path_in("none/limits")));
	said = stderr_caught();
	assert_non_null(strstr(said, "exempt of [limits]"));
	assert_non_null(strstr(said, "meter_bad"));
	free(said);
}

/* Each is an option of its name, or says why it is none. */
static void
each_limit_has_an_option_or_a_reason(void **state)
{
	const struct option_row *o;
	enum limit i;

	(void)state;
	for (i = LIMIT_UNSAID + 1; i < LIMITS; i++) {
		assert_true((limit_name(i) == NULL) !=
		    (limit_reason(i) == NULL));
		if (limit_name(i) == NULL)
			continue;
		o = option_find(limits_options, limit_name(i));
		assert_non_null(o);
		assert_int_equal(o->at, offsetof(struct limits_config, each) +
		    i * sizeof(int));
	}
}

/* Once, and only where a front may stand. */
static void
who_may_be_a_front_is_named(void **state)
{
	static const struct {
		const char	*remote;
		int		 named;
	} who[] = {
		{ "203.0.113.9", 0 }, { "2001:db8::9", 0 },
		{ "172.32.0.9", 0 }, { "172.31.0.9", 1 }, { "10.0.0.9", 1 },
		{ "fd00::9", 1 }, { "127.0.0.9", 1 }
	};
	char nobody[] = "";
	struct limits_config own = { .exempt = nobody };
	struct limits *l;
	const char *said;
	char *text;
	size_t i;
	int n;

	(void)state;
	own.each[LIMIT_ERASE] = 1;
	log_level(LOG_WARN);
	for (i = 0; i < NELEM(who); i++) {
		assert_non_null(l = limits_open(&own, path_in("fronts")));
		stderr_catch();
		for (n = 0; n < 4; n++)
			(void)limits_take(l, LIMIT_ERASE, who[i].remote, NOW);
		text = stderr_caught();
		said = strstr(text, "\"limit_private\"");
		if ((said != NULL) != who[i].named)
			fail_msg("%s: %s", who[i].remote, text);
		if (said != NULL)
			assert_null(strstr(said + 1, "\"limit_private\""));
		free(text);
		limits_close(l);
	}
	log_level(LOG_ERROR);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_figure_holds_for_an_address_and_a_route),
		cmocka_unit_test(who_is_exempt_is_not_counted),
		cmocka_unit_test(who_asks_too_often_hears_when_to_come_back),
		cmocka_unit_test(what_is_refused_is_not_counted),
		cmocka_unit_test(exempt_is_networks),
		cmocka_unit_test(each_limit_has_an_option_or_a_reason),
		cmocka_unit_test(who_may_be_a_front_is_named)
	};
	int failed;

	log_level(LOG_ERROR);
	failed = cmocka_run_group_tests(tests, folder_make, folder_remove);
	limits_close(site.limits);
	return failed;
}
