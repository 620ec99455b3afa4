/* SPDX-License-Identifier: MIT */

#include <assert.h>

#include "base/buf.h"
#include "base/json_write.h"

#include "http/response.h"

#define PROBLEM_TYPE	"application/problem+json"

void
resp_init(struct resp *p)
{
	*p = (struct resp){ .status = 0 };
	buf_init(&p->headers, RESPONSE_HEADERS);
	buf_init(&p->body, RESPONSE_BODY);
}

void
resp_done(struct resp *p)
{
	buf_done(&p->headers);
	buf_done(&p->body);
}

void
resp_reset(struct resp *p)
{
	p->status = 0;
	p->type = NULL;
	p->code = NULL;
	p->csp = NULL;
	buf_reset(&p->headers);
	buf_reset(&p->body);
}

/* May these bytes be in a header?  A line break would begin another one. */
static int
header_ok(const char *value)
{
	for (; *value != '\0'; value++)
		if ((unsigned char)*value < ' ' || *value == '\x7f')
			return 0;
	return 1;
}

void
resp_header(struct resp *p, const char *name, const char *value)
{
	assert(header_ok(name) && header_ok(value));
	buf_text(&p->headers, name);
	buf_text(&p->headers, ": ");
	buf_text(&p->headers, value);
	buf_text(&p->headers, "\r\n");
}

struct json_writer *
resp_json(struct resp *p, int status)
{
	p->status = status;
	p->type = "application/json";
	buf_reset(&p->body);
	json_write_init(&p->json, &p->body);
	json_open(&p->json, NULL);
	return &p->json;
}

enum err
resp_json_end(struct resp *p)
{
	json_close(&p->json);
	return p->body.full ? ERR_INTERNAL : ERR_OK;
}

enum err
resp_empty(struct resp *p, int status)
{
	p->status = status;
	p->type = NULL;
	buf_reset(&p->body);
	return ERR_OK;
}

/* RFC 9457; what `code` says is not at an address of its own. */
static struct json_writer *
problem_begin(struct resp *p, int status, const char *code, const char *title)
{
	struct json_writer *w = resp_json(p, status);

	p->type = PROBLEM_TYPE;
	p->code = code;
	json_put_text(w, "type", "about:blank");
	json_put_text(w, "title", title);
	json_put_int(w, "status", status);
	json_put_text(w, "code", code);
	return w;
}

enum err
resp_problem(struct resp *p, int status, const char *code, const char *title)
{
	(void)problem_begin(p, status, code, title);
	return resp_json_end(p);
}

void
resp_invalid_begin(struct resp *p)
{
	json_open_array(problem_begin(p, 422, "invalid",
	    "Some of this will not do."), "errors");
}

void
resp_invalid_add(struct resp *p, const char *field, const char *reason)
{
	json_open(&p->json, NULL);
	json_put_text(&p->json, "field", field);
	json_put_text(&p->json, "reason", reason);
	json_close(&p->json);
}

enum err
resp_invalid_end(struct resp *p)
{
	json_close_array(&p->json);
	return resp_json_end(p);
}

enum err
resp_invalid(struct resp *p, const char *field, const char *reason)
{
	resp_invalid_begin(p);
	resp_invalid_add(p, field, reason);
	return resp_invalid_end(p);
}

enum err
resp_later(struct resp *p, int seconds)
{
	buf_format(&p->headers, "Retry-After: %d\r\n", seconds);
	return resp_problem(p, 503, "unavailable",
	    "This is not available at the moment.");
}

enum err
resp_too_often(struct resp *p, int seconds)
{
	buf_format(&p->headers, "Retry-After: %d\r\n", seconds);
	return resp_problem(p, 429, "too_many_requests",
	    "This was asked too often from where you are.");
}

/* RFC 6265, cookie-octet. */
static int
cookie_ok(const char *value)
{
	for (; *value != '\0'; value++)
		if (*value <= ' ' || *value >= '\x7f' || *value == '"' ||
		    *value == ',' || *value == ';' || *value == '\\')
			return 0;
	return 1;
}

void
resp_cookie(struct resp *p, const struct cookie *c)
{
	assert(cookie_ok(c->name) && cookie_ok(c->value));
	buf_format(&p->headers, "Set-Cookie: %s=%s; Path=/;", c->name,
	    c->value);
	if (c->max_age != COOKIE_OF_BROWSER)
		buf_format(&p->headers, " Max-Age=%ld;", c->max_age);
	buf_format(&p->headers, " SameSite=Lax%s%s\r\n",
	    c->plain ? "" : "; Secure", c->script ? "" : "; HttpOnly");
}
