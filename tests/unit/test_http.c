/* SPDX-License-Identifier: MIT */

/*
 * http/ without a connection: which requests may change something, what is in
 * a query and a cookie, what route_run() refuses and in which order, and what
 * an answer looks like.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "http/head.h"
#include "http/origin.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"
#include "http/status.h"

#define OWN	"https://app.example.com"
#define EVIL	"https://evil.example"
#define USUAL	LIMIT_USUAL

/* --- which requests may change something: the whole table --- */

static const char *const sites[] = { NULL, "same-origin", "none", "same-site",
    "cross-site", "", "Same-Origin", "same-origin, cross-site", "nonsense" };
static const char *const origins[] = { NULL, OWN, EVIL, "null", "",
    OWN "/", OWN ":443", "http://app.example.com", OWN ", " EVIL };

/* 1: may.  Rows are sites, columns origins; then without and with a session. */
static const int may[2][NELEM(sites)][NELEM(origins)] = {
	{
		{ 1, 1, 0, 0, 0, 0, 0, 0, 0 },
		{ 1, 1, 1, 1, 1, 1, 1, 1, 1 },
		{ 1, 1, 1, 1, 1, 1, 1, 1, 1 },
		{ 0, 0, 0, 0, 0, 0, 0, 0, 0 },
		{ 0, 0, 0, 0, 0, 0, 0, 0, 0 },
		{ 0, 0, 0, 0, 0, 0, 0, 0, 0 },
		{ 0, 0, 0, 0, 0, 0, 0, 0, 0 },
		{ 0, 0, 0, 0, 0, 0, 0, 0, 0 },
		{ 0, 0, 0, 0, 0, 0, 0, 0, 0 }
	}, {
		{ 0, 1, 0, 0, 0, 0, 0, 0, 0 },
		{ 1, 1, 1, 1, 1, 1, 1, 1, 1 },
		{ 1, 1, 1, 1, 1, 1, 1, 1, 1 },
		{ 0, 0, 0, 0, 0, 0, 0, 0, 0 },
		{ 0, 0, 0, 0, 0, 0, 0, 0, 0 },
		{ 0, 0, 0, 0, 0, 0, 0, 0, 0 },
		{ 0, 0, 0, 0, 0, 0, 0, 0, 0 },
		{ 0, 0, 0, 0, 0, 0, 0, 0, 0 },
		{ 0, 0, 0, 0, 0, 0, 0, 0, 0 }
	}
};

static void
test_origin(void **state)
{
	struct req q = { .method = POST };
	/* What a cookie of somebody else says of where it comes from: nothing. */
	static const char *const cookies_sent[] = { NULL, "a=b", "xs=1; ss=2",
	    "a=b; s=1", "s=" };
	size_t c, s, o;

	(void)state;
	for (c = 0; c < NELEM(cookies_sent); c++) {
		for (s = 0; s < NELEM(sites); s++) {
			for (o = 0; o < NELEM(origins); o++) {
				q.cookie[0] = cookies_sent[c];
				q.cookies = q.cookie[0] != NULL;
				q.sec_fetch_site = sites[s];
				q.origin = origins[o];
				if (origin_ok(&q, OWN, "s") !=
				    may[c > 2][s][o])
					fail_msg("cookie %zu site %zu"
					    " origin %zu", c, s, o);
			}
		}
	}
}

/* --- query and cookies --- */

struct value {
	const char	*what;
	const char	*in;
	const char	*name;
	enum err	 want;
	const char	*value;
};

static const struct value queries[] = {
	{ "the only one", "ucc=abc", "ucc", ERR_OK, "abc" },
	{ "in the middle", "a=1&ucc=abc&b=2", "ucc", ERR_OK, "abc" },
	{ "the first counts", "ucc=a&ucc=b", "ucc", ERR_OK, "a" },
	{ "without a value", "ucc", "ucc", ERR_OK, "" },
	{ "with an empty value", "ucc=&x", "ucc", ERR_OK, "" },
	{ "an equals sign in it", "ucc=a=b", "ucc", ERR_OK, "a=b" },
	{ "escapes and a plus", "n=J%C3%B6rg+%2b%2B", "n", ERR_OK,
	    "J\xc3\xb6rg ++" },
	{ "seven bytes fit", "n=1234567", "n", ERR_OK, "1234567" },
	{ "too long", "n=1234567890123456", "n", ERR_INPUT, NULL },
	{ "nothing", "", "ucc", ERR_NOTFOUND, NULL },
	{ "only separators", "&&&", "ucc", ERR_NOTFOUND, NULL },
	{ "a name that begins alike", "uccx=1&xucc=2", "ucc", ERR_NOTFOUND,
	    NULL },
	{ "half an escape", "n=%4", "n", ERR_INPUT, NULL },
	{ "an escape cut by the next", "n=%4&1", "n", ERR_INPUT, NULL },
	{ "no hexadecimal digits", "n=%zz", "n", ERR_INPUT, NULL },
	{ "a NUL", "n=a%00b", "n", ERR_INPUT, NULL },
	{ "a line break", "n=a%0d%0ab", "n", ERR_INPUT, NULL },
	{ "a control character", "n=%7f", "n", ERR_INPUT, NULL },
	{ "not UTF-8", "n=%ff", "n", ERR_INPUT, NULL }
};

static const struct value cookies[] = {
	{ "the only one", "s=abc", "s", ERR_OK, "abc" },
	{ "the last of three", "a=1; b=2; s=abc", "s", ERR_OK, "abc" },
	{ "without a space", "a=1;s=abc", "s", ERR_OK, "abc" },
	{ "an empty value", "s=; a=1", "s", ERR_OK, "" },
	{ "an equals sign in it", "s=a=b", "s", ERR_OK, "a=b" },
	{ "space at the end", "s=abc ; a=1", "s", ERR_OK, "abc" },
	{ "fifteen bytes fit", "s=123456789012345", "s", ERR_OK,
	    "123456789012345" },
	{ "too long", "s=1234567890123456", "s", ERR_INPUT, NULL },
	{ "of two paths", "s=a; s=a ", "s", ERR_OK, "a" },
	{ "with two values", "s=a; s=b", "s", ERR_INPUT, NULL },
	{ "with two values, one longer", "s=a; s=ab", "s", ERR_INPUT, NULL },
	{ "joined by a proxy", "s=a, b=c", "s", ERR_INPUT, NULL },
	{ "a space inside", "s=a b", "s", ERR_INPUT, NULL },
	{ "beyond ASCII", "s=\xc3\xb6", "s", ERR_INPUT, NULL },
	{ "no cookie at all", NULL, "s", ERR_NOTFOUND, NULL },
	{ "an empty header", "", "s", ERR_NOTFOUND, NULL },
	{ "only separators", ";;; ;", "s", ERR_NOTFOUND, NULL },
	{ "a name without a value", "s", "s", ERR_NOTFOUND, NULL },
	{ "names that look alike", "ss=1; xs=2; S=3", "s", ERR_NOTFOUND, NULL },
	{ "inside another's value", "a=s=1", "s", ERR_NOTFOUND, NULL }
};

static void
check_value(const struct value *v, enum err e, const char *got)
{
	if (e != v->want)
		fail_msg("%s: %s, not %s", v->what, err_name(e),
		    err_name(v->want));
	assert_string_equal(got, e == ERR_OK ? v->value : "untouched");
}

static void
test_query(void **state)
{
	char got[16];
	struct req q = { .method = GET };
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(queries); i++) {
		memcpy(got, "untouched", 10);
		q.query = queries[i].in;
		check_value(&queries[i], req_query(&q, queries[i].name, got,
		    sizeof(got)), got);
	}
}

static void
test_cookie(void **state)
{
	char got[16];
	struct req q = { .method = GET };
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(cookies); i++) {
		memcpy(got, "untouched", 10);
		q.cookie[0] = cookies[i].in;
		q.cookies = q.cookie[0] != NULL;
		check_value(&cookies[i], req_cookie(&q, cookies[i].name, got,
		    sizeof(got)), got);
	}
}

/* --- a site of our own --- */

struct ctx {
	enum err	 identity;	/* what identify() answers */
	enum err	 outcome;	/* what the handler answers */
	int		 silent;	/* the handler forgets to answer */
	int		 identified;	/* how often it was asked */
	int		 handled;
};

static void
begin(struct ctx *c)
{
	c->identified = 0;
}

static enum err
identify(struct ctx *c, const struct req *q)
{
	(void)q;
	c->identified++;
	return c->identity;
}

static const char *
account_of(const struct ctx *c)
{
	return c->identity == ERR_OK ? "ada" : NULL;
}

static enum err
handler(struct ctx *c, const struct req *q, struct resp *p)
{
	c->handled++;
	resp_header(p, "X-Path", q->path);
	if (c->outcome != ERR_OK || c->silent)
		return c->outcome;
	json_put_text(resp_json(p, 200), "name", json_text(q->json, "name"));
	return resp_json_end(p);
}

static const struct route routes[] = {
	{ GET,  "/any",     DUTY_WEB,  ANYONE,  0, NONE,  0,  USUAL, handler },
	{ POST, "/any",     DUTY_WEB,  ANYONE,  0, JSON,  32, USUAL, handler },
	{ GET,  "/visitor", DUTY_WEB,  VISITOR, 0, NONE,  0,  USUAL, handler },
	{ GET,  "/member",  DUTY_WEB,  MEMBER,  0, NONE,  0,  USUAL, handler },
	{ POST, "/order",   DUTY_WEB,  MEMBER,  0, JSON,  32, USUAL, handler },
	{ POST, "/leave",   DUTY_WEB,  VISITOR, 0, EMPTY, 8,  USUAL, handler },
	{ POST, "/hook",    DUTY_HOOK, ANYONE,  0, RAW,   64, USUAL, handler },
	{ POST, "/raw",     DUTY_WEB,  ANYONE,  0, RAW,   16, USUAL, handler },
	{ GET,  NULL,       DUTY_WEB,  ANYONE,  0, NONE,  0,  USUAL, NULL }
};

static const struct route *const tables[] = { routes, NULL };

static const struct site site = { .tables = tables, .duties = DUTY_WEB, .pool = "web",
    .origin = OWN, .prefix = "", .session_cookie = "s",
    .policy = { .csp = "default-src 'self'" }, .begin = begin,
    .identify = identify, .account = account_of };

/* A request as a browser on our own pages would send it. */
struct asked {
	const char	*what;
	enum method	 method;
	const char	*path;
	const char	*body;
	const char	*type;
	const char	*site;		/* Sec-Fetch-Site */
	const char	*duplicate;
	int		 too_large;
	enum err	 identity;
	int		 status;
	const char	*code;		/* NULL: the handler has answered */
};

#define JS	"application/json"
#define SAME	"same-origin"
#define CROSS	"cross-site"
#define LONG	"{\"name\":\"123456789012345678901234\"}"

static const struct asked asked[] = {
	{ "a GET", GET, "/any", "", NULL, NULL, NULL, 0, 0, 200, NULL },
	{ "from another site", GET, "/any", "", NULL, CROSS, NULL, 0, 0, 200,
	    NULL },
	{ "a HEAD", HEAD, "/any", "", NULL, NULL, NULL, 0, 0, 200, NULL },
	{ "a body nobody asked for", GET, "/any", "x", NULL, NULL, NULL, 1, 0,
	    200, NULL },
	{ "a POST", POST, "/any", "{}", JS, SAME, NULL, 0, 0, 200, NULL },
	{ "with a charset", POST, "/any", "{}", JS "; charset=utf-8", SAME,
	    NULL, 0, 0, 200, NULL },
	{ "in capitals", POST, "/any", "{}", "Application/JSON ;x=y", SAME,
	    NULL, 0, 0, 200, NULL },
	{ "exactly as large as it may be", POST, "/any",
	    "{\"name\":\"123456789012345678901\"}", JS, SAME, NULL, 0, 0, 200,
	    NULL },
	{ "one byte larger", POST, "/any",
	    "{\"name\":\"1234567890123456789012\"}", JS, SAME, NULL, 0, 0, 413,
	    "too_large" },
	{ "nothing there", GET, "/none", "", NULL, NULL, NULL, 0, 0, 404,
	    "not_found" },
	{ "no path", GET, "", "", NULL, NULL, NULL, 0, 0, 404, "not_found" },
	{ "a slash too many", GET, "/any/", "", NULL, NULL, NULL, 0, 0, 404,
	    "not_found" },
	{ "nothing there counts first", POST, "/none", LONG, NULL, CROSS, "x",
	    1, ERR_NOTFOUND, 404, "not_found" },
	{ "of another pool", POST, "/hook", "", NULL, NULL, NULL, 0, 0, 421,
	    "misdirected" },
	{ "another pool, another method", GET, "/hook", "", NULL, NULL, "x", 0,
	    0, 421, "misdirected" },
	{ "the wrong method", POST, "/member", "", NULL, NULL, NULL, 0, 0, 405,
	    "method_not_allowed" },
	{ "a HEAD of what is posted", HEAD, "/order", "", NULL, NULL, NULL, 0,
	    0, 405, "method_not_allowed" },
	{ "a strange method", METHOD_OTHER, "/any", "", NULL, NULL, "x", 1, 0,
	    405, "method_not_allowed" },
	{ "a header sent twice", GET, "/any", "", NULL, NULL, "HTTP_COOKIE", 0,
	    0, 400, "duplicate_header" },
	{ "twice counts before too large", POST, "/any", LONG, NULL, CROSS,
	    "HTTP_ORIGIN", 1, 0, 400, "duplicate_header" },
	{ "over the row's ceiling", POST, "/any", LONG, JS, SAME, NULL, 0, 0,
	    413, "too_large" },
	{ "over everybody's ceiling", POST, "/any", "", JS, SAME, NULL, 1, 0,
	    413, "too_large" },
	{ "too large counts before the type", POST, "/any", LONG, "text/plain",
	    SAME, NULL, 0, 0, 413, "too_large" },
	{ "no type", POST, "/any", "{}", NULL, SAME, NULL, 0, 0, 415,
	    "not_json" },
	{ "a form", POST, "/any", "a=b", "application/x-www-form-urlencoded",
	    SAME, NULL, 0, 0, 415, "not_json" },
	{ "almost the type", POST, "/any", "{}", JS "p", SAME, NULL, 0, 0, 415,
	    "not_json" },
	{ "two types joined", POST, "/any", "{}", JS ", text/plain", SAME,
	    NULL, 0, 0, 415, "not_json" },
	{ "two types with a space", POST, "/any", "{}", JS " text/plain", SAME,
	    NULL, 0, 0, 415, "not_json" },
	{ "the type counts before the JSON", POST, "/any", "{", "text/plain",
	    CROSS, NULL, 0, 0, 415, "not_json" },
	{ "no JSON", POST, "/any", "{", JS, SAME, NULL, 0, 0, 400,
	    "bad_json" },
	{ "nothing instead of JSON", POST, "/any", "", JS, SAME, NULL, 0, 0,
	    400, "bad_json" },
	{ "no object", POST, "/any", "[]", JS, SAME, NULL, 0, 0, 400,
	    "bad_json" },
	{ "JSON counts before the site", POST, "/any", "{", JS, CROSS, NULL, 0,
	    0, 400, "bad_json" },
	{ "from another site", POST, "/any", "{}", JS, CROSS, NULL, 0, 0, 403,
	    "cross_site" },
	{ "from a sibling site", POST, "/leave", "", NULL, "same-site", NULL,
	    0, 0, 403, "cross_site" },
	{ "the site counts before the session", POST, "/order", "{}", JS,
	    CROSS, NULL, 0, ERR_NOTFOUND, 403, "cross_site" },
	{ "a visitor whom nobody knows", GET, "/visitor", "", NULL, NULL, NULL,
	    0, ERR_NOTFOUND, 200, NULL },
	{ "a visitor whom somebody knows", GET, "/visitor", "", NULL, NULL,
	    NULL, 0, ERR_OK, 200, NULL },
	{ "a visitor, and no database", GET, "/visitor", "", NULL, NULL, NULL,
	    0, ERR_LATER, 503, "unavailable" },
	{ "a member", GET, "/member", "", NULL, CROSS, NULL, 0, ERR_OK, 200,
	    NULL },
	{ "a member's order", POST, "/order", "{}", JS, SAME, NULL, 0, ERR_OK,
	    200, NULL },
	{ "no member", GET, "/member", "", NULL, NULL, NULL, 0, ERR_NOTFOUND,
	    401, "not_authenticated" },
	{ "a member, and no database", GET, "/member", "", NULL, NULL, NULL, 0,
	    ERR_LATER, 503, "unavailable" },
	{ "an empty body", POST, "/leave", "", NULL, SAME, NULL, 0, 0, 200,
	    NULL },
	{ "an empty object", POST, "/leave", "{}", JS, SAME, NULL, 0, 0, 200,
	    NULL },
	{ "an empty object of no type", POST, "/leave", "{}", NULL, SAME, NULL,
	    0, 0, 415, "not_json" },
	{ "more than nothing", POST, "/leave", "{\"a\":1}", JS, SAME, NULL, 0,
	    0, 400, "bad_json" },
	{ "any bytes from anywhere", POST, "/raw", "\1\2", NULL, CROSS, NULL,
	    0, 0, 200, NULL },
	{ "too many bytes", POST, "/raw", LONG, NULL, NULL, NULL, 0, 0, 413,
	    "too_large" },
	{ "a signature sent twice", POST, "/raw", "", NULL, NULL,
	    "HTTP_STRIPE_SIGNATURE", 0, 0, 400, "duplicate_header" }
};

static void
ask(const struct asked *a, struct ctx *c, struct resp *p)
{
	struct req q = { .method = a->method, .query = "", .cookie = { "a=b" },
	    .cookies = 1,
	    .content_type = a->type, .sec_fetch_site = a->site,
	    .duplicate = a->duplicate, .too_large = a->too_large,
	    .remote = "127.0.0.1", .id = "0123456789" };
	char body[128];

	assert_true(strlen(a->path) < sizeof(q.path));
	memcpy(q.path, a->path, strlen(a->path) + 1);
	q.body_len = strlen(a->body);
	memcpy(body, a->body, q.body_len + 1);
	q.body = body;
	route_run(&site, c, &q, p);
	assert_null(q.json);
}

static void
check_problem(const struct asked *a, const struct resp *p)
{
	struct json *j = NULL;
	int64_t status;

	assert_string_equal(p->type, "application/problem+json");
	assert_string_equal(p->code, a->code);
	if (a->method == HEAD) {
		assert_int_equal(p->body.len, 0);
		return;
	}
	assert_int_equal(json_parse(p->body.data, p->body.len, &j), ERR_OK);
	assert_string_equal(json_text(j, "type"), "about:blank");
	assert_string_equal(json_text(j, "code"), a->code);
	assert_false(text_empty(json_text(j, "title")));
	assert_int_equal(json_int(j, "status", &status), ERR_OK);
	assert_int_equal(status, a->status);
	json_free(j);
}

static void
test_refusals(void **state)
{
	const struct asked *a;
	struct resp p;
	struct ctx c;

	(void)state;
	resp_init(&p);
	for (a = asked; a < asked + NELEM(asked); a++) {
		c = (struct ctx){ .identity = a->identity };
		ask(a, &c, &p);
		if (p.status != a->status)
			fail_msg("%s: %d, not %d", a->what, p.status,
			    a->status);
		assert_int_equal(c.handled, a->code == NULL);
		if (a->code != NULL)
			check_problem(a, &p);
	}
	resp_done(&p);
}

static void
test_allow(void **state)
{
	static const struct asked both = { .method = METHOD_OTHER,
	    .path = "/any", .body = "" };
	static const struct asked post = { .method = GET, .path = "/order",
	    .body = "" };
	struct ctx c = { .identity = ERR_OK };
	struct resp p;

	(void)state;
	resp_init(&p);
	ask(&both, &c, &p);
	assert_string_equal(p.headers.data, "Allow: GET, HEAD, POST\r\n");
	ask(&post, &c, &p);
	assert_string_equal(p.headers.data, "Allow: POST\r\n");
	resp_done(&p);
}

static void
test_handler(void **state)
{
	static const struct {
		enum err	 outcome;
		int		 silent, status;
		const char	*code;
	} ends[] = {
		{ ERR_OK, 0, 200, NULL },
		{ ERR_OK, 1, 500, "internal" },
		{ ERR_INPUT, 0, 422, "invalid" },
		{ ERR_DENIED, 0, 403, "denied" },
		{ ERR_NOTFOUND, 0, 404, "not_found" },
		{ ERR_CONFLICT, 0, 409, "conflict" },
		{ ERR_LATER, 0, 503, "unavailable" },
		{ ERR_INTERNAL, 0, 500, "internal" }
	};
	struct asked a = { .method = POST, .path = "/any", .type = JS,
	    .body = "{\"name\":\"Ada\"}", .site = SAME };
	struct resp p;
	struct ctx c;
	size_t i;

	(void)state;
	resp_init(&p);
	for (i = 0; i < NELEM(ends); i++) {
		c = (struct ctx){ .outcome = ends[i].outcome,
		    .silent = ends[i].silent };
		ask(&a, &c, &p);
		assert_int_equal(p.status, ends[i].status);
		/* ANYONE: nobody looks for a session. */
		assert_int_equal(c.identified, 0);
		/* What a handler left unfinished is not sent. */
		assert_int_equal(strstr(p.headers.data, "X-Path") != NULL,
		    p.status == 200);
		a.code = ends[i].code;
		a.status = ends[i].status;
		if (a.code == NULL)
			assert_string_equal(p.body.data, "{\"name\":\"Ada\"}");
		else
			check_problem(&a, &p);
		if (p.status == 503)
			assert_string_equal(p.headers.data,
			    "Retry-After: 5\r\n");
	}
	a.method = HEAD;
	c = (struct ctx){ .identity = ERR_OK };
	ask(&a, &c, &p);
	assert_int_equal(p.status, 200);
	assert_int_equal(p.body.len, 0);
	assert_string_equal(p.type, "application/json");
	resp_done(&p);
}

static void
test_most(void **state)
{
	struct site other = site;

	(void)state;
	assert_int_equal(route_most(&site), 32);
	other.duties = DUTY_HOOK;
	assert_int_equal(route_most(&other), 64);
	other.duties = DUTY_PASSWORD;
	assert_int_equal(route_most(&other), 0);
	other.duties = DUTY_PASSWORD | DUTY_WEB;
	assert_int_equal(route_most(&other), 32);
}

/* --- answers --- */

static void
test_invalid(void **state)
{
	struct resp p;

	(void)state;
	resp_init(&p);
	resp_invalid_begin(&p);
	resp_invalid_add(&p, "email", "This is no \"address\".");
	resp_invalid_add(&p, "password", "This is too short.");
	assert_int_equal(resp_invalid_end(&p), ERR_OK);
	assert_int_equal(p.status, 422);
	assert_non_null(strstr(p.body.data, "\"errors\":["
	    "{\"field\":\"email\",\"reason\":\"This is no \\\"address\\\".\"},"
	    "{\"field\":\"password\",\"reason\":\"This is too short.\"}]}"));
	assert_int_equal(resp_invalid(&p, "plan", "No."), ERR_OK);
	assert_non_null(strstr(p.body.data, "[{\"field\":\"plan\""));
	assert_null(strstr(p.body.data, "email"));
	resp_done(&p);
}

static void
test_set_cookie(void **state)
{
	static const struct cookie session = { .name = "__Host-endpin",
	    .value = "abc", .max_age = 60 };
	static const struct cookie script = { .name = "cello-referral",
	    .value = "x", .max_age = 0, .plain = 1, .script = 1 };
	struct resp p;

	(void)state;
	resp_init(&p);
	resp_cookie(&p, &session);
	resp_cookie(&p, &script);
	assert_string_equal(p.headers.data,
	    "Set-Cookie: __Host-endpin=abc; Path=/; Max-Age=60; SameSite=Lax;"
	    " Secure; HttpOnly\r\n"
	    "Set-Cookie: cello-referral=x; Path=/; Max-Age=0;"
	    " SameSite=Lax\r\n");
	resp_done(&p);
}

static void
test_too_long(void **state)
{
	static char text[RESPONSE_BODY];
	struct resp p;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	resp_init(&p);
	json_put_text(resp_json(&p, 200), "text", text);
	assert_int_equal(resp_json_end(&p), ERR_INTERNAL);
	resp_done(&p);
}

static void
check_has(const struct buf *head, const char *line, int wanted)
{
	if ((strstr(head->data, line) != NULL) != wanted)
		fail_msg("%s \"%s\" in: %s", wanted ? "no" : "there is a", line,
		    head->data);
}

static void
test_head(void **state)
{
	static const char *const always[] = {
	    "X-Content-Type-Options: nosniff\r\n", "Referrer-Policy: ",
	    "Cross-Origin-Opener-Policy: same-origin\r\n",
	    "Cross-Origin-Resource-Policy: same-origin\r\n",
	    "X-Frame-Options: DENY\r\n", "X-Request-Id: 0123456789\r\n" };
	struct req q = { .method = GET, .id = "0123456789" };
	const struct answer_policy policy = { .csp = "default-src 'self'" },
	    strict = { .csp = "", .hsts = "max-age=60" };
	struct buf head;
	struct resp p;
	size_t i;

	(void)state;
	buf_init(&head, RESPONSE_HEADERS);
	resp_init(&p);

	(void)resp_problem(&p, 404, "not_found", "Nothing.");
	head_write(&head, &q, &p, &policy);
	assert_true(text_begins(head.data, "Status: 404 Not Found\r\n"
	    "Content-Type: application/problem+json\r\nContent-Length: "));
	for (i = 0; i < NELEM(always); i++)
		check_has(&head, always[i], 1);
	check_has(&head, "Content-Security-Policy: default-src 'none'; ", 1);
	check_has(&head, "Cache-Control: no-store\r\n", 1);
	assert_string_equal(head.data + head.len - 4, "\r\n\r\n");

	buf_reset(&head);
	resp_reset(&p);
	p.status = 200;
	p.type = "text/html; charset=utf-8";
	resp_header(&p, "X-Note", "Cache-Control: not this one");
	resp_header(&p, "cache-control", "no-cache");
	head_write(&head, &q, &p, &policy);
	check_has(&head, "Content-Security-Policy: default-src 'self'\r\n", 1);
	check_has(&head, "no-store", 0);
	check_has(&head, "Strict-Transport-Security", 0);

	buf_reset(&head);
	p.csp = "default-src 'none'";
	head_write(&head, &q, &p, &policy);
	check_has(&head, "Content-Security-Policy: default-src 'none'\r\n", 1);
	check_has(&head, "default-src 'self'", 0);

	buf_reset(&head);
	resp_reset(&p);
	(void)resp_empty(&p, 204);
	head_write(&head, &q, &p, &strict);
	check_has(&head, "Strict-Transport-Security: max-age=60\r\n", 1);
	check_has(&head, "Content-Type:", 0);
	check_has(&head, "Content-Length:", 0);

	buf_reset(&head);
	(void)resp_empty(&p, 200);
	head_write(&head, &q, &p, &strict);
	check_has(&head, "Content-Length: 0\r\n", 1);
	resp_done(&p);
	buf_done(&head);
}

/* --- a prefix --- */

/* RFC 9110, 11.1: the scheme's name in any case; 11.4: then spaces. */
static const struct {
	const char	*sent, *scheme, *credentials;
} authorizations[] = {
	{ NULL, "Bearer", NULL },
	{ "", "Bearer", NULL },
	{ "Bearer ek_x", "Bearer", "ek_x" },
	{ "bearer ek_x", "Bearer", "ek_x" },
	{ "BEARER ek_X", "Bearer", "ek_X" },
	{ "bAsIc dTpw", "Basic", "dTpw" },
	{ "Basic   dTpw", "Basic", "dTpw" },
	{ "Basic ", "Basic", "" },
	{ "Basic", "Basic", NULL },
	{ "Basicd Tpw", "Basic", NULL },
	{ "Basic\tdTpw", "Basic", NULL },
	{ " Basic dTpw", "Basic", NULL },
	{ "Bearer ek_x", "Basic", NULL },
	{ "Bear ek_x", "Bearer", NULL }
};

static void
test_credentials(void **state)
{
	const char *got;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(authorizations); i++) {
		const struct req q = {
		    .authorization = authorizations[i].sent };

		got = req_credentials(&q, authorizations[i].scheme);
		if (!text_equal(got, authorizations[i].credentials))
			fail_msg("%s: %s", authorizations[i].sent,
			    got == NULL ? "(none)" : got);
	}
}

static const struct {
	const char	*path;
	int		 status;
} prefixed[] = {
	{ "/members/any", 200 }, { "/any", 404 }, { "/members", 404 },
	{ "/members/", 404 }, { "/membersany", 404 }, { "/Members/any", 404 },
	{ "/members/members/any", 404 }, { "/members//any", 404 }, { "", 404 }
};

static void
test_prefix(void **state)
{
	struct site s = site;
	struct req q;
	struct resp p;
	struct ctx c;
	size_t i;

	(void)state;
	s.prefix = "/members";
	resp_init(&p);
	for (i = 0; i < NELEM(prefixed); i++) {
		c = (struct ctx){ .identity = 0 };
		q = (struct req){ .method = GET, .query = "" };
		memcpy(q.path, prefixed[i].path, strlen(prefixed[i].path) + 1);
		route_run(&s, &c, &q, &p);
		if (p.status != prefixed[i].status)
			fail_msg("%s: %d", prefixed[i].path, p.status);
	}
	/* What an authorizer asks is not below it. */
	q = (struct req){ .method = GET, .query = "", .authorizer = 1,
	    .path = "/any" };
	route_run(&s, &c, &q, &p);
	assert_int_equal(p.status, 200);
	resp_done(&p);
}

static void
test_status(void **state)
{
	(void)state;
	assert_string_equal(status_phrase(404), "Not Found");
	assert_string_equal(status_phrase(299), "Status");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_origin),
		cmocka_unit_test(test_query),
		cmocka_unit_test(test_cookie),
		cmocka_unit_test(test_credentials),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_allow),
		cmocka_unit_test(test_handler),
		cmocka_unit_test(test_most),
		cmocka_unit_test(test_invalid),
		cmocka_unit_test(test_set_cookie),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_head),
		cmocka_unit_test(test_prefix),
		cmocka_unit_test(test_status)
	};

	/* Half of what is here is logged. */
	log_level(LOG_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
