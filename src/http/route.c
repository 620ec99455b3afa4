/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "http/origin.h"
#include "http/response.h"
#include "http/status.h"

#include "http/route.h"

#define ALLOW_MAX	64
#define JSON_TYPE	"application/json"

static const char *const method_names[] = {
	[METHOD_OTHER] = "other", [GET] = "GET", [HEAD] = "HEAD",
	[POST] = "POST"
};

const char *
duty_name(unsigned duty)
{
	switch (duty) {
	case DUTY_HOOK:
		return "hook";
	case DUTY_PASSWORD:
		return "password";
	case DUTY_STRIPE:
		return "stripe";
	case DUTY_WEB:
		return "web";
	}
	return NULL;
}

size_t
route_most(const struct site *s)
{
	const struct route *r;
	size_t most = 0;

	for (r = s->routes; r->path != NULL; r++)
		if ((r->duty & s->duties) != 0 && r->most > most)
			most = r->most;
	return most;
}

/* "GET, HEAD, POST", as far as `path` has them. */
static void
allow_put(const struct route *r, const char *path, struct buf *out)
{
	for (; r->path != NULL; r++) {
		if (!text_equal(r->path, path))
			continue;
		if (out->len > 0)
			buf_text(out, ", ");
		buf_text(out, r->method == GET ? "GET, HEAD" : "POST");
	}
}

static void
refuse_method(const struct site *s, const char *path, struct resp *p)
{
	struct buf allow;

	buf_init(&allow, ALLOW_MAX);
	allow_put(s->routes, path, &allow);
	resp_header(p, "Allow", allow.data);
	buf_done(&allow);
	(void)resp_problem(p, 405, "method_not_allowed",
	    "This is not asked with this method.");
}

/*
 * The row for this request, or NULL, and *ret_near is a row of the same path:
 * then it is the method that is wrong.
 */
static const struct route *
row_find(const struct site *s, const struct req *q,
    const struct route **ret_near)
{
	enum method method = q->method == HEAD ? GET : q->method;
	const struct route *r;

	*ret_near = NULL;
	for (r = s->routes; r->path != NULL; r++) {
		if (strcmp(r->path, q->path) != 0)
			continue;
		*ret_near = r;
		if (r->method == method)
			return r;
	}
	return NULL;
}

/* application/json, and parameters, which mean nothing (RFC 8259). */
static int
type_is_json(const char *type)
{
	char head[sizeof(JSON_TYPE)];
	size_t len = type == NULL ? 0 : strcspn(type, "; \t");

	if (len != sizeof(JSON_TYPE) - 1)
		return 0;
	memcpy(head, type, len);
	head[len] = '\0';
	type += len;
	type += strspn(type, " \t");
	return text_equal_nocase(head, JSON_TYPE) &&
	    (*type == '\0' || *type == ';');
}

/* Is the body what the row says?  If so, and it is JSON, it is parsed. */
static int
body_take(const struct route *r, struct req *q, struct resp *p)
{
	if (r->body == NONE)
		return 1;
	if (q->too_large || q->body_len > r->most) {
		(void)resp_problem(p, 413, "too_large",
		    "The body is too large.");
		return 0;
	}
	if (r->body == RAW || (r->body == EMPTY && q->body_len == 0))
		return 1;
	if (!type_is_json(q->content_type)) {
		(void)resp_problem(p, 415, "not_json",
		    "The body has to be application/json.");
		return 0;
	}
	if (json_parse(q->body, q->body_len, &q->json) != ERR_OK ||
	    !json_has_object(q->json, NULL) ||
	    (r->body == EMPTY && json_name(q->json, 0) != NULL)) {
		(void)resp_problem(p, 400, "bad_json", r->body == EMPTY ?
		    "The body has to be empty or {}." :
		    "The body is not a JSON object.");
		return 0;
	}
	return 1;
}

/*
 * Does the row let this visitor in?  *ret_account is who it is, for the access
 * line.
 */
static int
visitor_take(const struct site *s, const struct route *r, struct ctx *c,
    const struct req *q, struct resp *p, const char **ret_account)
{
	enum err e;

	if (r->method == POST && r->body != RAW && !origin_ok(q, s->origin)) {
		(void)resp_problem(p, 403, "cross_site",
		    "This request came from another site.");
		return 0;
	}
	if (r->entry == ANYONE)
		return 1;

	e = s->identify(c, q);
	if (e == ERR_OK)
		*ret_account = s->account(c);
	else if (e != ERR_NOTFOUND) {
		status_of_err(p, e);
		return 0;
	} else if (r->entry == MEMBER) {
		(void)resp_problem(p, 401, "not_authenticated",
		    "Please log in first.");
		return 0;
	}
	return 1;
}

static void
handle(const struct route *r, struct ctx *c, const struct req *q,
    struct resp *p)
{
	enum err e = r->handler(c, q, p);

	if (e == ERR_OK && p->status != 0)
		return;
	if (e == ERR_OK)
		log_error("no_answer", "the handler of %s did not answer",
		    r->path);
	status_of_err(p, e);
}

/*
 * Everything that route.h promises, in its order.  Returns the row that the
 * request was for, as far as there is one.
 */
static const struct route *
answer(const struct site *s, struct ctx *c, struct req *q, struct resp *p,
    const char **ret_account)
{
	const struct route *near, *r = row_find(s, q, &near);

	if (near == NULL) {
		(void)resp_problem(p, 404, "not_found",
		    "There is nothing here.");
	} else if (((r == NULL ? near : r)->duty & s->duties) == 0) {
		log_warn("misdirected", "%s needs a pool that serves \"%s\","
		    " and \"%s\" does not; see the web server's"
		    " configuration", near->path, duty_name(near->duty),
		    s->pool);
		(void)resp_problem(p, 421, "misdirected",
		    "The web server sent this to the wrong place.");
	} else if (r == NULL) {
		refuse_method(s, near->path, p);
	} else if (q->duplicate != NULL) {
		log_warn("duplicate_header", "%s was sent twice", q->duplicate);
		(void)resp_problem(p, 400, "duplicate_header",
		    "A header that must be there once was sent twice.");
	} else if (body_take(r, q, p) &&
	    visitor_take(s, r, c, q, p, ret_account)) {
		handle(r, c, q, p);
	}
	return near;
}

void
route_run(const struct site *s, struct ctx *c, struct req *q, struct resp *p)
{
	struct log_access line = { .method = method_names[q->method],
	    .route = "-", .remote = q->remote };
	const struct route *r;

	resp_reset(p);
	log_request(q->id);
	if ((r = answer(s, c, q, p, &line.account)) != NULL)
		line.route = r->path;
	if (q->method == HEAD)
		buf_reset(&p->body);
	json_free(q->json);
	q->json = NULL;

	line.status = p->status;
	line.code = p->code;
	line.us = clock_mono_us() - q->began_us;
	log_access(&line);
	log_request(NULL);
}
