/* SPDX-License-Identifier: MIT */

/*
 * Routes of several rooms: parameters in paths, every method, roles, what a
 * request leaves behind, and which tables make sense.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "base/together.h"
#include "http/path.h"
#include "http/request.h"
#include "http/response.h"
#include "http/busy.h"
#include "http/late.h"
#include "http/route.h"

#define OWN	"https://app.example.com"
#define WEB	DUTY_WEB
#define HOOK	DUTY_HOOK

#define USUAL	LIMIT_USUAL
#define READ	1u
#define MONEY	2u

#define X10	"xxxxxxxxxx"
#define X50	X10 X10 X10 X10 X10
/* As deep as a path can be. */
#define DEEPEST	"/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16"
#define X255	X50 X50 X50 X50 X50 "xxxxx"

struct ctx {
	const char	*cookie;	/* who comes; NULL: nobody */
	unsigned	 owned;		/* roles */
	const char	*known;		/* of the request; begin() forgets */
	const char	*seen;		/* by the handler */
	int		 begun;
	int		 asked_roles;
	char		 told[64];	/* what became of those together */
	const struct busy *busy;	/* NULL: nobody watches */
	uintptr_t	 row;		/* that was to be seen there */
	int		 requests;
};

static void
begin(struct ctx *c)
{
	c->known = NULL;
	c->begun++;
}

static enum err
identify(struct ctx *c, const struct req *q)
{
	(void)q;
	c->known = c->cookie;
	return c->known == NULL ? ERR_NOTFOUND : ERR_OK;
}

static const char *
account_of(const struct ctx *c)
{
	return c->known;
}

static unsigned
roles_of(const struct ctx *c)
{
	((struct ctx *)(uintptr_t)c)->asked_roles++;
	return c->owned;
}

/* What the parameters are, by the names that the row has: "id=5". */
static enum err
say(struct ctx *c, const struct req *q, struct resp *p)
{
	size_t i;

	c->seen = c->known;
	if (c->busy != NULL) {
		c->row = c->busy->row;
		c->requests = c->busy->requests;
	}
	p->status = 200;
	p->type = "text/plain";
	for (i = 0; i < q->params; i++)
		buf_format(&p->body, "%s%.*s=%s", i == 0 ? "" : " ",
		    (int)strcspn(q->param[i].name, "}"), q->param[i].name,
		    q->param[i].value);
	return ERR_OK;
}

static enum err
gather_one(struct ctx *c, const struct req *q, struct resp *p)
{
	(void)c;
	(void)q;
	p->status = 204;
	return ERR_OK;
}

static const struct route web[] = {
	{ GET,    "/",                      WEB,  ANYONE,  0, NONE,  0,
	    USUAL, say },
	{ POST,   "/hooks/{from}",          HOOK, ANYONE,  0, RAW,   64,
	    USUAL, say },
	{ GET,    "/secret/{id}",           WEB,  MEMBER,  READ, NONE, 0,
	    USUAL, say },
	{ DELETE, "/secret/{id}",           WEB,  MEMBER,  READ | MONEY, NONE,
	    0, USUAL, say },
	{ GET,    NULL,                     WEB,  ANYONE,  0, NONE,  0,
	    USUAL, NULL }
};

/* The parameter stands before the literal: the order of rows is no matter. */
static const struct route api[] = {
	{ GET,    "/api/things",            WEB,  ANYONE,  0, NONE,  0,
	    USUAL, say },
	{ POST,   "/api/things",            WEB,  ANYONE,  0, EMPTY, 8,
	    USUAL, say },
	{ GET,    "/api/things/{id}",       WEB,  ANYONE,  0, NONE,  0,
	    USUAL, say },
	{ PUT,    "/api/things/{id}",       WEB,  VISITOR, 0, JSON,  32,
	    USUAL, say },
	{ PATCH,  "/api/things/{id}",       WEB,  MEMBER,  0, JSON,  32,
	    USUAL, say },
	{ GET,    "/api/things/new",        WEB,  ANYONE,  0, NONE,  0,
	    USUAL, say },
	{ GET,    "/api/{what}/mine/parts", WEB,  ANYONE,  0, NONE,  0,
	    USUAL, say },
	{ GET,    "/api/things/{of}/parts", WEB,  ANYONE,  0, NONE,  0,
	    USUAL, say },
	{ GET,    "/{a}/{b}/{c}/{d}/deep",  WEB,  ANYONE,  0, NONE,  0,
	    USUAL, say },
	{ GET,    NULL,                     WEB,  ANYONE,  0, NONE,  0,
	    USUAL, NULL }
};

/* A row of a path that another table has, too. */
static const struct route more[] = {
	{ DELETE, "/api/things/{id}",       WEB,  MEMBER,  0, NONE,  0,
	    USUAL, say },
	{ DELETE, "/api/things",            WEB,  MEMBER,  0, EMPTY, 8,
	    USUAL, say },
	{ GET,    NULL,                     WEB,  ANYONE,  0, NONE,  0,
	    USUAL, NULL }
};

static const struct route watched[] = {
	{ GET,    "/alive",                 WEB,  ANYONE,  0, NONE,  0,
	    FREE_WATCHED, say },
	{ GET,    NULL,                     WEB,  ANYONE,  0, NONE,  0,
	    USUAL, NULL }
};

static const struct route none[] = {
	{ GET,    NULL,                     WEB,  ANYONE,  0, NONE,  0,
	    USUAL, NULL }
};

static const struct route *const tables[] = { none, web, api, more, watched,
    NULL };

static const struct site site = { .tables = tables, .duties = DUTY_WEB,
    .pool = "web",
    .origin = OWN, .prefix = "", .session_cookie = "s", .begin = begin, .identify = identify,
    .account = account_of, .roles = roles_of };

/* Ask as a page of our own would, with JSON if there is a body. */
static void
ask(struct ctx *c, struct resp *p, enum method method, const char *path,
    const char *body)
{
	static char sent[128];
	struct req q = { .method = method, .query = "", .cookie = { "a=b" },
	    .cookies = 1,
	    .content_type = "application/json", .origin = OWN,
	    .remote = "127.0.0.1", .id = "0123456789", .params = 99 };

	assert_true(strlen(path) < sizeof(q.path));
	memcpy(q.path, path, strlen(path) + 1);
	(void)snprintf(sent, sizeof(sent), "%s", body);
	q.body = sent;
	q.body_len = strlen(sent);
	route_run(&site, c, &q, p);
}

/* --- which row it is, and what its parameters are --- */

static const struct {
	const char	*path;
	const char	*want;		/* NULL: 404 */
} paths[] = {
	{ "/", "" },
	{ "/api/things", "" },
	{ "/api/things/5", "id=5" },
	{ "/api/things/a%20b", "id=a b" },
	{ "/api/things/a+b", "id=a+b" },
	{ "/api/things/J%C3%B6rg", "id=J\xc3\xb6rg" },
	{ "/api/things/J\xc3\xb6rg", "id=J\xc3\xb6rg" },
	{ "/api/things/%25%32%66", "id=%2f" },
	{ "/api/things/{id}", "id={id}" },
	{ "/api/things/;a=b", "id=;a=b" },
	{ "/api/things/...", "id=..." },
	{ "/api/things/.a", "id=.a" },
	{ "/api/things/" X255, "id=" X255 },
	{ "/api/things/%" "78" X50 X50 X50 X50 X50 "xxxx", "id=" X255 },

	/* Literals win, whatever stands first in the table. */
	{ "/api/things/new", "" },
	{ "/api/things/new5", "id=new5" },
	{ "/api/things/ne", "id=ne" },
	{ "/api/things/NEW", "id=NEW" },
	{ "/api/things/new/parts", "of=new" },
	{ "/api/other/mine/parts", "what=other" },
	/* Both have one literal where they differ: the left one counts. */
	{ "/api/things/mine/parts", "of=mine" },
	{ "/api/x/mine/deep", NULL },
	{ "/api/x/mine/y/deep", "a=api b=x c=mine d=y" },
	{ "/1/2/3/4/deep", "a=1 b=2 c=3 d=4" },

	/* Slashes that are too many or too few. */
	{ "", NULL },
	{ "//", NULL },
	{ "///", NULL },
	{ "/api", NULL },
	{ "/api/", NULL },
	{ "//api/things", NULL },
	{ "/api//things", NULL },
	{ "/api/things/", NULL },
	{ "/api/things//", NULL },
	{ "/api/things/5/", NULL },
	{ "/api/things//parts", NULL },
	{ "/1//3/4/deep", NULL },
	{ "//2/3/4/deep", NULL },
	{ "api/things", NULL },
	{ "*", NULL },
	{ "http://app.example.com/api/things", NULL },

	/* What is not a segment once it is decoded. */
	{ "/api/things/a%2Fb", NULL },
	{ "/api/things/%2f", NULL },
	{ "/api%2Fthings", NULL },
	{ "/api/things%2f5", NULL },
	{ "/api/things/.", NULL },
	{ "/api/things/..", NULL },
	{ "/api/things/%2e%2E", NULL },
	{ "/api/things/.%2e", NULL },
	{ "/api/../api/things", NULL },
	{ "/api/things/5/../6", NULL },
	{ "/1/../3/4/deep", NULL },
	{ "/api/things/%00", NULL },
	{ "/api/things/5%00", NULL },
	{ "/api/things/a%0d%0ab", NULL },
	{ "/api/things/%7f", NULL },
	{ "/api/things/\x01", NULL },
	{ "/api/things/%ff", NULL },
	{ "/api/things/%c0%af", NULL },
	{ "/api/things/\xed\xa0\x80", NULL },
	{ "/api/things/%", NULL },
	{ "/api/things/%4", NULL },
	{ "/api/things/%zz", NULL },
	{ "/api/things/" X255 "x", NULL },
	{ "/api/things/%" "78" X255, NULL },

	/* A literal in disguise is neither the literal nor a parameter. */
	{ "/api/things/%6eew", NULL },
	{ "/api/things/n%65%77", NULL },
	{ "/%61pi/things", NULL },
	{ "/api/thing%73/5", NULL },
	{ "/api/things/%6dine/parts", "of=mine" },

	/* Too deep. */
	{ "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16", NULL },
	{ "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17", NULL }
};

static void
paths_find_their_row(void **state)
{
	struct ctx c = { .cookie = NULL };
	struct resp p;
	size_t i;

	(void)state;
	resp_init(&p);
	for (i = 0; i < NELEM(paths); i++) {
		ask(&c, &p, GET, paths[i].path, "");
		if (paths[i].want == NULL) {
			if (p.status != 404)
				fail_msg("%s: %d %s", paths[i].path, p.status,
				    p.body.data);
			assert_string_equal(p.code, "not_found");
		} else if (p.status != 200 ||
		    strcmp(p.body.data, paths[i].want) != 0)
			fail_msg("%s: %d %s", paths[i].path, p.status,
			    p.body.data);
	}
	resp_done(&p);
}

/* The longest there can be, of nothing but slashes, dots, escapes, digits. */
static void
long_paths_are_nobodys(void **state)
{
	static const char *const of[] = { "/", "/.", "/a", "%2f", "%", "5",
	    "/%41", "/{", "\xff" };
	char path[REQUEST_PATH];
	struct ctx c = { .cookie = NULL };
	struct path cut;
	struct resp p;
	size_t i, n, len;

	(void)state;
	resp_init(&p);
	assert_int_equal(path_cut(DEEPEST, &cut), ERR_OK);
	assert_int_equal(path_cut(DEEPEST "/17", &cut), ERR_INPUT);
	for (i = 0; i < NELEM(of); i++) {
		memcpy(path, "/api/things/", 13);
		for (n = 12; n < sizeof(path) - 1; n++) {
			len = strlen(of[i]);
			path[n] = of[i][(n - 12) % len];
			path[n + 1] = '\0';
		}
		ask(&c, &p, GET, path, "");
		assert_int_equal(p.status, 404);
		ask(&c, &p, GET, path + 11, "");
		assert_int_equal(p.status, 404);
	}
	resp_done(&p);
}

static void
params_have_names(void **state)
{
	struct req q = { .method = GET };
	struct path path;

	(void)state;
	assert_int_equal(path_cut("/a/1/b/2", &path), ERR_OK);
	path_params(&path, "/a/{item}/b/{it}", &q);
	assert_int_equal(q.params, 2);
	assert_string_equal(req_param(&q, "item"), "1");
	assert_string_equal(req_param(&q, "it"), "2");
	path_params(&path, "/a/1/b/2", &q);
	assert_int_equal(q.params, 0);
}

/* --- methods --- */

static const char ALL[] = "Allow: GET, HEAD, PUT, PATCH, DELETE\r\n";

static const struct {
	enum method	 method;
	const char	*path;
	const char	*body;
	const char	*who;
	int		 status;
	const char	*want;	/* the answer, a problem's code, or "Allow: " */
} methods[] = {
	{ GET, "/api/things/5", "", NULL, 200, "id=5" },
	{ HEAD, "/api/things/5", "", NULL, 200, "" },
	{ PUT, "/api/things/5", "{}", NULL, 200, "id=5" },
	{ PUT, "/api/things/5", "{", NULL, 400, "bad_json" },
	{ PUT, "/api/things/5", "", NULL, 400, "bad_json" },
	{ PATCH, "/api/things/5", "{}", "ada", 200, "id=5" },
	{ PATCH, "/api/things/5", "{}", NULL, 401, "not_authenticated" },
	{ PATCH, "/api/things/5", "{\"a\":\"123456789012345678901234567890\"}",
	    "ada", 413, "too_large" },
	{ DELETE, "/api/things/5", "", "ada", 200, "id=5" },
	{ DELETE, "/api/things/5", "", NULL, 401, "not_authenticated" },
	{ DELETE, "/api/things/5", "{}", "ada", 400, "body_unexpected" },
	{ DELETE, "/api/things", "{}", "ada", 200, "" },
	{ DELETE, "/api/things", "", "ada", 200, "" },
	{ DELETE, "/api/things", "{\"a\":1}", "ada", 400, "bad_json" },
	{ POST, "/api/things", "", NULL, 200, "" },

	{ POST, "/api/things/5", "{}", NULL, 405, ALL },
	{ METHOD_OTHER, "/api/things/5", "", NULL, 405, ALL },
	{ PUT, "/api/things", "{}", NULL, 405,
	    "Allow: GET, HEAD, POST, DELETE\r\n" },
	{ METHOD_OTHER, "/", "", NULL, 405, "Allow: GET, HEAD\r\n" },
	/* The literal's methods are its own: the parameter has no say. */
	{ PUT, "/api/things/new", "{}", NULL, 405, "Allow: GET, HEAD\r\n" },
	{ DELETE, "/api/things/new", "", "ada", 405, "Allow: GET, HEAD\r\n" },
	{ PUT, "/api/things/%6eew", "{}", NULL, 404, "not_found" },
	{ PUT, "/api/things/..", "{}", NULL, 404, "not_found" },

	{ POST, "/hooks/stripe", "", NULL, 421, "misdirected" },
	{ GET, "/hooks/stripe", "", NULL, 421, "misdirected" },
	{ HEAD, "/hooks/a%2fb", "", NULL, 404, "not_found" }
};

static void
methods_find_their_row(void **state)
{
	struct resp p;
	struct ctx c;
	const char *got;
	size_t i;

	(void)state;
	resp_init(&p);
	for (i = 0; i < NELEM(methods); i++) {
		c = (struct ctx){ .cookie = methods[i].who };
		ask(&c, &p, methods[i].method, methods[i].path,
		    methods[i].body);
		got = p.status == 405 ? p.headers.data : p.status == 200 ?
		    p.body.data : p.code;
		if (p.status != methods[i].status ||
		    strcmp(got, methods[i].want) != 0)
			fail_msg("%s %s %s: %d %s",
			    method_names[methods[i].method], methods[i].path,
			    methods[i].body, p.status, got);
	}
	resp_done(&p);
}

/* Everything but GET and HEAD; the hook is RAW and looks for itself. */
static void
what_changes_something_comes_from_here(void **state)
{
	static const struct {
		enum method	 method;
		const char	*path;
		const char	*body;
		enum duty	 duty;
		int		 status;
	} cross[] = {
		{ GET, "/api/things/5", "", WEB, 200 },
		{ HEAD, "/api/things/5", "", WEB, 200 },
		{ POST, "/api/things", "", WEB, 403 },
		{ PUT, "/api/things/5", "{}", WEB, 403 },
		{ PATCH, "/api/things/5", "{}", WEB, 403 },
		{ DELETE, "/api/things/5", "", WEB, 403 },
		{ DELETE, "/api/things", "{}", WEB, 403 },
		{ POST, "/hooks/stripe", "x", HOOK, 200 }
	};
	struct ctx c = { .cookie = "ada" };
	struct site here = site;
	char body[8];
	struct resp p;
	struct req q;
	size_t i;

	(void)state;
	resp_init(&p);
	for (i = 0; i < NELEM(cross); i++) {
		q = (struct req){ .method = cross[i].method, .query = "",
		    .cookie = { "a=b" }, .cookies = 1,
		    .content_type = "application/json",
		    .origin = "https://evil.example", .body = body,
		    .body_len = strlen(cross[i].body) };
		memcpy(body, cross[i].body, q.body_len + 1);
		memcpy(q.path, cross[i].path, strlen(cross[i].path) + 1);
		here.duties = cross[i].duty;
		route_run(&here, &c, &q, &p);
		if (p.status != cross[i].status)
			fail_msg("%s %s: %d", method_names[q.method], q.path,
			    p.status);
		if (p.status == 403)
			assert_string_equal(p.code, "cross_site");
	}
	resp_done(&p);
}

/* A body that is over everybody's ceiling arrives cut to nothing. */
static void
no_body_is_no_body(void **state)
{
	struct req q = { .method = DELETE, .path = "/api/things/5",
	    .query = "", .origin = OWN, .too_large = 1 };
	struct ctx c = { .cookie = "ada" };
	struct resp p;

	(void)state;
	resp_init(&p);
	route_run(&site, &c, &q, &p);
	assert_int_equal(p.status, 400);
	assert_string_equal(p.code, "body_unexpected");
	resp_done(&p);
}

/* --- what comes together --- */

static int log_end[2], log_saved;

/* All lines between these two, from level info. */
static void
log_catch(void)
{
	log_saved = dup(STDERR_FILENO);
	assert_int_equal(pipe(log_end), 0);
	assert_int_equal(dup2(log_end[1], STDERR_FILENO), STDERR_FILENO);
	log_level(LOG_INFO);
}

static void
log_caught(char *ret, size_t size)
{
	ssize_t n;

	log_level(LOG_ERROR);
	(void)dup2(log_saved, STDERR_FILENO);
	(void)close(log_saved);
	(void)close(log_end[1]);
	n = read(log_end[0], ret, size - 1);
	(void)close(log_end[0]);
	assert_true(n > 0);
	ret[n] = '\0';
}

static void
gather(struct ctx *c, const struct req *const q[], struct resp *const p[],
    enum err ret[], size_t n)
{
	size_t i, len = strlen(c->told);

	for (i = 0; i < n; i++) {
		len += (size_t)snprintf(c->told + len, sizeof(c->told) - len,
		    "%s", q[i]->body);
		log_request(q[i]->id);
		log_error("test", "heard %s", q[i]->body);
		ret[i] = q[i]->body[0] == 'b' ? ERR_LATER :
		    say(c, q[i], p[i]);
	}
	(void)snprintf(c->told + len, sizeof(c->told) - len, ";");
}

/* "5 secret 7": those that are about to be served one by one. */
static void
look_ahead(struct ctx *c, const struct req *const q[],
    const struct route *const r[], size_t n)
{
	size_t i;

	log_error("test", "looked ahead");
	for (i = 0; i < n; i++) {
		assert_non_null(strchr(r[i]->path, '{'));
		(void)snprintf(c->told + strlen(c->told),
		    sizeof(c->told) - strlen(c->told), "%s ",
		    strrchr(q[i]->path, '/') + 1);
	}
}

static void
look_no_more(struct ctx *c)
{
	(void)snprintf(c->told + strlen(c->told),
	    sizeof(c->told) - strlen(c->told), "over");
}

static const struct route gates[] = {
	{ POST,   "/gather/{in}",           HOOK, ANYONE,  0, RAW,   4,
	    USUAL, gather_one },
	{ GET,    NULL,                     WEB,  ANYONE,  0, NONE,  0,
	    USUAL, NULL }
};
static const struct route *const with_gates[] = { web, api, more, gates, NULL };
static const struct together gathered[] = { { gather_one, gather },
    { NULL, NULL } };

/* Of each: what it asks, and what comes back. */
static const struct {
	enum method	 method;
	const char	*path;
	const char	*body;
	const char	*twice;
	int		 status;
	const char	*line;		/* in the log, under its own id */
} mates[] = {
	{ GET,  "/api/things/5", "", NULL, 200, "\"status\":200" },
	{ POST, "/gather/x", "a", NULL, 200, "heard a" },
	{ POST, "/gather/x", "b", NULL, 503, "heard b" },
	{ GET,  "/nowhere", "", NULL, 404, "\"status\":404" },
	{ PUT,  "/gather/x", "", NULL, 405, "\"status\":405" },
	{ POST, "/gather/x", "c", "cookie", 400, "duplicate_header" },
	{ POST, "/gather/x", "12345", NULL, 413, "\"status\":413" },
	{ PATCH, "/api/things/7", "{}", NULL, 200, "\"account\":\"ada\"" },
	{ HEAD, "/api/things/8", "", NULL, 200, "\"status\":200" },
	{ PATCH, "/api/things/9", "[]", NULL, 400, "bad_json" },
	{ POST, "/gather/x", "d", NULL, 200, "heard d" }
};

/* Is there a line of the log with both? */
static int
has_line(const char *log, const char *a, const char *b)
{
	const char *line, *end;
	char one[512];

	for (line = log; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		(void)snprintf(one, sizeof(one), "%.*s", (int)(end - line),
		    line);
		if (strstr(one, a) != NULL && strstr(one, b) != NULL)
			return 1;
	}
	return 0;
}

static void
what_comes_together_is_answered_as_if_it_came_alone(void **state)
{
	struct site here = site;
	struct req q[NELEM(mates)], *each[NELEM(mates)];
	struct resp p[NELEM(mates)], *to[NELEM(mates)];
	struct ctx c = { .cookie = "ada" };
	char body[NELEM(mates)][8], log[8192];
	size_t i;

	(void)state;
	here.tables = with_gates;
	here.duties = WEB | HOOK;
	here.together = gathered;
	here.ahead = look_ahead;
	here.ahead_over = look_no_more;
	for (i = 0; i < NELEM(mates); i++) {
		q[i] = (struct req){ .method = mates[i].method, .query = "",
		    .content_type = "application/json", .origin = OWN,
		    .remote = "127.0.0.1", .duplicate = mates[i].twice,
		    .body = body[i], .body_len = strlen(mates[i].body) };
		(void)snprintf(body[i], sizeof(body[i]), "%s", mates[i].body);
		(void)snprintf(q[i].path, sizeof(q[i].path), "%s",
		    mates[i].path);
		(void)snprintf(q[i].id, sizeof(q[i].id), "mate-%zu-", i);
		resp_init(&p[i]);
		each[i] = &q[i];
		to[i] = &p[i];
	}
	log_catch();
	route_run_all(&here, &c, each, to, NELEM(mates));
	log_caught(log, sizeof(log));
	for (i = 0; i < NELEM(mates); i++) {
		if (p[i].status != mates[i].status)
			fail_msg("%s: %d", mates[i].path, p[i].status);
		if (!has_line(log, q[i].id, mates[i].line) ||
		    !has_line(log, q[i].id, "\"event\":\"request\""))
			fail_msg("%s: %s", q[i].id, log);
		assert_null(q[i].json);
	}
	/* What is asked for all is nobody's. */
	assert_true(has_line(log, "looked ahead", "\"event\":\"test\""));
	assert_false(has_line(log, "looked ahead", "\"request\":"));
	assert_int_equal(p[8].body.len, 0);
	assert_string_equal(p[7].body.data, "id=7");
	/* Those that were refused are not asked about. */
	assert_string_equal(c.told, "abd;5 7 8 over");

	/* One alone goes the way it always went, and so does one of a kind. */
	c.told[0] = '\0';
	(void)snprintf(q[1].path, sizeof(q[1].path), "%s", mates[1].path);
	route_run_all(&here, &c, each + 1, to + 1, 1);
	assert_int_equal(p[1].status, 204);
	assert_string_equal(c.told, "");
	for (i = 0; i < NELEM(mates); i++)
		resp_done(&p[i]);
}

/* Long before their turn is there, for all but the one who watches. */
static void
who_waits_too_long_for_mates_comes_later(void **state)
{
	static const char *const path[] = { "/api/things/5", "/secret/1",
	    "/alive", "/api/things/new", "/nowhere" };
	static const int over[] = { 503, 503, 200, 503, 404 };
	static const int in_time[] = { 200, 200, 200, 200, 404 };
	struct req q[NELEM(path)], *each[NELEM(path)];
	struct resp p[NELEM(path)], *to[NELEM(path)];
	struct ctx c = { .cookie = "ada", .owned = READ };
	struct site here = site;
	size_t i, round;

	(void)state;
	for (i = 0; i < NELEM(path); i++) {
		each[i] = &q[i];
		to[i] = &p[i];
		resp_init(&p[i]);
	}
	for (round = 0; round < 2; round++) {
		for (i = 0; i < NELEM(path); i++) {
			q[i] = (struct req){ .method = GET, .query = "" };
			(void)snprintf(q[i].path, sizeof(q[i].path), "%s",
			    path[i]);
		}
		c.seen = NULL;
		here.together_us = round == 0 ? INT64_C(60000000) : -1;
		route_run_all(&here, &c, each, to, NELEM(path));
		for (i = 0; i < NELEM(path); i++) {
			assert_int_equal(p[i].status,
			    round == 0 ? in_time[i] : over[i]);
			assert_true((p[i].status == 503) == (strstr(
			    p[i].headers.data, "Retry-After: ") != NULL));
		}
	}
	/* One alone waits for nobody. */
	route_run_all(&here, &c, each, to, 1);
	assert_int_equal(p[0].status, 200);
	for (i = 0; i < NELEM(path); i++)
		resp_done(&p[i]);
}

static void
who_watches_sees_the_row_that_is_served(void **state)
{
	struct req q[] = {
		{ .method = GET, .query = "", .path = "/api/things" },
		{ .method = GET, .query = "", .path = "/nowhere" }
	}, *each[] = { &q[0], &q[1] };
	struct resp p[NELEM(q)], *to[] = { &p[0], &p[1] };
	struct busy busy = { .requests = 0 };
	struct ctx c = { .busy = &busy };
	struct site here = site;

	(void)state;
	here.busy = &busy;
	resp_init(&p[0]);
	resp_init(&p[1]);
	route_run_all(&here, &c, each, to, NELEM(q));
	assert_true(c.row == (uintptr_t)&api[0]);
	assert_int_equal(c.requests, 2);
	assert_true(busy.row == 0);
	route_run(&here, &c, &q[0], &p[0]);
	assert_int_equal(c.requests, 1);
	resp_done(&p[0]);
	resp_done(&p[1]);
}

/* However many there are. */
static void
more_than_fit_are_answered_in_parts(void **state)
{
	static struct req q[2 * TOGETHER + 3], *each[NELEM(q)];
	static struct resp p[NELEM(q)], *to[NELEM(q)];
	struct ctx c = { .cookie = NULL };
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(q); i++) {
		q[i] = (struct req){ .method = GET, .query = "",
		    .path = "/api/things/5" };
		resp_init(&p[i]);
		each[i] = &q[i];
		to[i] = &p[i];
	}
	route_run_all(&site, &c, each, to, NELEM(q));
	for (i = 0; i < NELEM(q); i++) {
		assert_int_equal(p[i].status, 200);
		resp_done(&p[i]);
	}
	assert_int_equal(c.begun, NELEM(q));
}

/* --- roles --- */

static void
roles_are_asked_of_rows_that_have_one(void **state)
{
	static const struct {
		enum method	 method;
		const char	*path;
		const char	*who;
		unsigned	 owned;
		int		 status, asked;
		const char	*code;
	} rows[] = {
		{ GET, "/secret/1", NULL, READ, 401, 0, "not_authenticated" },
		{ GET, "/secret/1", "ada", 0, 403, 1, "forbidden" },
		{ GET, "/secret/1", "ada", MONEY, 403, 1, "forbidden" },
		{ GET, "/secret/1", "ada", READ, 200, 1, NULL },
		{ HEAD, "/secret/1", "ada", MONEY, 403, 1, "forbidden" },
		{ GET, "/secret/1", "ada", ~0u, 200, 1, NULL },
		{ DELETE, "/secret/1", "ada", READ, 403, 1, "forbidden" },
		{ DELETE, "/secret/1", "ada", MONEY, 403, 1, "forbidden" },
		{ DELETE, "/secret/1", "ada", READ | MONEY, 200, 1, NULL },
		{ DELETE, "/api/things/5", "ada", 0, 200, 0, NULL },
		{ GET, "/api/things/5", NULL, 0, 200, 0, NULL }
	};
	struct resp p;
	struct ctx c;
	size_t i;

	(void)state;
	resp_init(&p);
	for (i = 0; i < NELEM(rows); i++) {
		c = (struct ctx){ .cookie = rows[i].who,
		    .owned = rows[i].owned };
		ask(&c, &p, rows[i].method, rows[i].path, "");
		if (p.status != rows[i].status ||
		    !text_equal(p.code, rows[i].code))
			fail_msg("row %zu: %d", i, p.status);
		assert_int_equal(c.asked_roles, rows[i].asked);
		/* Whoever was refused did not get as far as the handler. */
		assert_ptr_equal(c.seen, p.status == 200 &&
		    rows[i].who != NULL ? rows[i].who : NULL);
	}
	resp_done(&p);
}

/* --- what a request leaves behind --- */

static void
nobody_is_left_of_the_last_request(void **state)
{
	static const char *const next[] = { "/api/things/5", "/", "/none",
	    "/hooks/x", "//" };
	struct ctx c = { .cookie = "ada", .owned = READ };
	struct resp p;
	size_t i;

	(void)state;
	resp_init(&p);
	for (i = 0; i < NELEM(next); i++) {
		ask(&c, &p, GET, "/secret/1", "");
		assert_int_equal(p.status, 200);
		assert_string_equal(c.seen, "ada");
		assert_string_equal(c.known, "ada");
		/* The same cookie; but ANYONE's cookies are not looked at. */
		ask(&c, &p, GET, next[i], "");
		assert_null(c.known);
		if (p.status == 200)
			assert_null(c.seen);
		assert_int_equal(c.begun, 2 * (i + 1));
	}
	resp_done(&p);
}

/* --- the access line --- */

/* The line that a request leaves on standard error has `has` in it. */
static void
check_line(enum method method, const char *path, const char *has)
{
	struct ctx c = { .cookie = "ada" };
	char line[4096];
	struct resp p;

	resp_init(&p);
	log_catch();
	ask(&c, &p, method, path, "");
	log_caught(line, sizeof(line));
	resp_done(&p);
	if (strstr(line, has) == NULL)
		fail_msg("%s is not in %s", has, line);
	if (strstr(line, "private") != NULL)
		fail_msg("what was sent is in %s", line);
}

static void
lines_name_the_row(void **state)
{
	(void)state;
	check_line(GET, "/api/things/private", "\"/api/things/{id}\"");
	check_line(DELETE, "/api/things/private", "\"DELETE\"");
	check_line(POST, "/api/things/private", "\"/api/things/{id}\"");
	check_line(GET, "/hooks/private", "\"/hooks/{from}\"");
	check_line(GET, "/api/private", "\"route\":\"-\"");
	check_line(PUT, "/api/things/private/", "\"PUT\"");
}

/* --- tables --- */

static const struct {
	const char	*what;
	struct route	 row;
	int		 ok;
} rows[] = {
	{ "a literal", { GET, "/x", WEB, ANYONE, 0, NONE, 0, USUAL, say }, 1 },
	{ "a file", { GET, "/.well-known/a_b-2.txt", WEB, ANYONE, 0, NONE, 0,
	    USUAL, say }, 1 },
	{ "four parameters", { GET, "/{a}/{b}/{c}/{d}", WEB, ANYONE, 0, NONE,
	    0, USUAL, say }, 1 },
	{ "names that begin alike", { GET, "/x/{a}/{aa}/{aaa}", WEB, ANYONE, 0,
	    NONE, 0, USUAL, say }, 1 },
	{ "a DELETE with {}", { DELETE, "/x", WEB, ANYONE, 0, EMPTY, 8,
	    USUAL, say }, 1 },
	{ "a POST without a body", { POST, "/x", WEB, ANYONE, 0, NONE, 0,
	    USUAL, say }, 1 },
	{ "a role of a member", { GET, "/x", WEB, MEMBER, READ, NONE, 0,
	    USUAL, say }, 1 },
	{ "no slash in front", { GET, "x", WEB, ANYONE, 0, NONE, 0,
	    USUAL, say }, 0 },
	{ "no path", { GET, "", WEB, ANYONE, 0, NONE, 0, USUAL, say }, 0 },
	{ "capitals", { GET, "/X", WEB, ANYONE, 0, NONE, 0, USUAL, say }, 0 },
	{ "an escape", { GET, "/a%20b", WEB, ANYONE, 0, NONE, 0,
	    USUAL, say }, 0 },
	{ "five parameters", { GET, "/{a}/{b}/{c}/{d}/{e}", WEB, ANYONE, 0,
	    NONE, 0, USUAL, say }, 0 },
	{ "a name twice", { GET, "/x/{a}/{b}/{a}", WEB, ANYONE, 0, NONE, 0,
	    USUAL, say }, 0 },
	{ "no name", { GET, "/x/{}", WEB, ANYONE, 0, NONE, 0, USUAL, say }, 0 },
	{ "an open name", { GET, "/x/{a", WEB, ANYONE, 0, NONE, 0,
	    USUAL, say }, 0 },
	{ "half a segment", { GET, "/x/{a}b", WEB, ANYONE, 0, NONE, 0,
	    USUAL, say }, 0 },
	{ "the other half", { GET, "/x/b{a}", WEB, ANYONE, 0, NONE, 0,
	    USUAL, say }, 0 },
	{ "seventeen segments", { GET, "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15"
	    "/16/17", WEB, ANYONE, 0, NONE, 0, USUAL, say }, 0 },
	{ "sixteen segments", { GET, "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15"
	    "/16", WEB, ANYONE, 0, NONE, 0, USUAL, say }, 1 },
	{ "a row of its own for HEAD", { HEAD, "/x", WEB, ANYONE, 0, NONE, 0,
	    USUAL, say }, 0 },
	{ "any method", { METHOD_OTHER, "/x", WEB, ANYONE, 0, NONE, 0,
	    USUAL, say }, 0 },
	{ "a GET with a body", { GET, "/x", WEB, ANYONE, 0, JSON, 8,
	    USUAL, say }, 0 },
	{ "a DELETE with JSON", { DELETE, "/x", WEB, ANYONE, 0, JSON, 8,
	    USUAL, say }, 0 },
	{ "a DELETE with anything", { DELETE, "/x", WEB, ANYONE, 0, RAW, 8,
	    USUAL, say }, 0 },
	{ "a body without an end", { PUT, "/x", WEB, ANYONE, 0, JSON, 0,
	    USUAL, say }, 0 },
	{ "a role of anyone", { GET, "/x", WEB, ANYONE, READ, NONE, 0,
	    USUAL, say }, 0 },
	{ "a role of a visitor", { GET, "/x", WEB, VISITOR, READ, NONE, 0,
	    USUAL, say }, 0 },
	{ "a key that is good for nothing", { GET, "/x", WEB, PROGRAM, 0, NONE,
	    0, USUAL, say }, 0 },
	{ "no limit said", { GET, "/x", WEB, ANYONE, 0, NONE, 0,
	    LIMIT_UNSAID, say }, 0 },
	{ "free, and why", { GET, "/x", WEB, ANYONE, 0, NONE, 0,
	    FREE_WATCHED, say }, 1 },
	{ "a limit that is none", { GET, "/x", WEB, ANYONE, 0, NONE, 0,
	    LIMITS, say }, 0 },
	{ "no handler", { GET, "/x", WEB, ANYONE, 0, NONE, 0,
	    USUAL, NULL }, 0 },
	{ "there already", { DELETE, "/api/things", WEB, MEMBER, 0, EMPTY, 8,
	    USUAL, say }, 0 },
	{ "there already, by another name", { GET, "/api/things/{name}", WEB,
	    ANYONE, 0, NONE, 0, USUAL, say }, 0 },
	{ "there with another method", { POST, "/api/things/{name}", WEB,
	    ANYONE, 0, EMPTY, 8, USUAL, say }, 1 },
	{ "a literal where others have a parameter", { GET, "/api/things/old",
	    WEB, ANYONE, 0, NONE, 0, USUAL, say }, 1 }
};

static void
tables_make_sense(void **state)
{
	struct route mine[2] = { { .path = NULL }, { .path = NULL } };
	const struct route *const with[] = { web, api, mine, more, NULL };
	struct site other = site;
	size_t i;

	(void)state;
	assert_true(route_tables_ok(&site));
	other.tables = with;
	for (i = 0; i < NELEM(rows); i++) {
		mine[0] = rows[i].row;
		if (route_tables_ok(&other) != rows[i].ok)
			fail_msg("%s", rows[i].what);
	}
	other.roles = NULL;
	other.tables = tables;
	assert_false(route_tables_ok(&other));
}

static void
ceilings_are_of_all_tables(void **state)
{
	const struct route *const nothing[] = { NULL };
	struct site other = site;

	(void)state;
	assert_int_equal(route_most(&site), 32);
	other.duties = HOOK;
	assert_int_equal(route_most(&other), 64);
	other.tables = nothing;
	assert_int_equal(route_most(&other), 0);
}

/* Who is to come later is told before anything is done for them. */
static void
who_is_late_is_not_served(void **state)
{
	static const struct {
		enum method	 method;
		const char	*path;
		int		 status;
	} asked[] = {
		{ GET, "/api/things/5", 503 },
		{ POST, "/api/things", 503 },
		{ POST, "/api/things/new", 405 },
		{ GET, "/nowhere", 404 },
		{ GET, "/alive", 200 }
	};
	struct late late = { .calm_ms = 10, .stand_ms = 0 };
	const int64_t mono = clock_mono_ms();
	struct ctx c = { .cookie = "ada" };
	struct site here = site;
	struct resp p;
	struct req q;
	char body[1] = "";
	size_t i;

	(void)state;
	resp_init(&p);
	/* The queue stands. */
	for (i = 0; !late.stands; i++) {
		assert_true(i < 100);
		(void)late_judge(&late, 1000, 0, mono);
	}
	for (i = 0; i < 2 * NELEM(asked); i++) {
		q = (struct req){ .method = asked[i / 2].method, .query = "",
		    .origin = "https://evil.example", .body = body };
		(void)snprintf(q.path, sizeof(q.path), "%s", asked[i / 2].path);
		/* As somebody says, or as it was sent. */
		if (i % 2 == 0)
			q.late = 1;
		else
			q.sent_ms = clock_real_ms() - 1000;
		here.late = i % 2 == 0 ? NULL : &late;
		route_run(&here, &c, &q, &p);
		if (p.status != asked[i / 2].status)
			fail_msg("%s: %d", asked[i / 2].path, p.status);
		assert_true((p.status == 503) ==
		    (strstr(p.headers.data, "Retry-After: ") != NULL));
	}
	resp_done(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_find_their_row),
		cmocka_unit_test(long_paths_are_nobodys),
		cmocka_unit_test(params_have_names),
		cmocka_unit_test(methods_find_their_row),
		cmocka_unit_test(what_changes_something_comes_from_here),
		cmocka_unit_test(no_body_is_no_body),
		cmocka_unit_test(
		    what_comes_together_is_answered_as_if_it_came_alone),
		cmocka_unit_test(who_waits_too_long_for_mates_comes_later),
		cmocka_unit_test(who_watches_sees_the_row_that_is_served),
		cmocka_unit_test(more_than_fit_are_answered_in_parts),
		cmocka_unit_test(roles_are_asked_of_rows_that_have_one),
		cmocka_unit_test(nobody_is_left_of_the_last_request),
		cmocka_unit_test(lines_name_the_row),
		cmocka_unit_test(who_is_late_is_not_served),
		cmocka_unit_test(tables_make_sense),
		cmocka_unit_test(ceilings_are_of_all_tables)
	};

	/* Half of what is here is logged. */
	log_level(LOG_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
