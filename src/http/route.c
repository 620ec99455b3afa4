/* SPDX-License-Identifier: MIT */

#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "base/together.h"

#include "http/busy.h"
#include "http/late.h"
#include "http/origin.h"
#include "http/response.h"
#include "http/status.h"
#include "http/table.h"

#include "http/route.h"

#define ALLOW_MAX	64
#define JSON_TYPE	"application/json"

/* With "Allow: GET, HEAD, POST", as far as there are rows. */
static void
refuse_method(unsigned methods, struct resp *p)
{
	struct buf allow;
	enum method m;

	buf_init(&allow, ALLOW_MAX);
	for (m = GET; m < METHODS; m++) {
		if ((methods & 1u << m) == 0)
			continue;
		if (allow.len > 0)
			buf_text(&allow, ", ");
		buf_text(&allow, method_names[m]);
	}
	resp_header(p, "Allow", allow.data);
	buf_done(&allow);
	(void)resp_problem(p, 405, "method_not_allowed",
	    "This is not asked with this method.");
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
	if (r->body == NONE && r->method == GET)
		return 1;
	if (r->body == NONE && (q->too_large || q->body_len > 0)) {
		(void)resp_problem(p, 400, "body_unexpected",
		    "This is asked without a body.");
		return 0;
	}
	if (q->too_large || q->body_len > r->most) {
		(void)resp_problem(p, 413, "too_large",
		    "The body is too large.");
		return 0;
	}
	if (r->body == RAW || (r->body != JSON && q->body_len == 0))
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

/* A browser's session is nobody here: its cookie is not looked at. */
static int
program_take(const struct site *s, const struct route *r, struct ctx *c,
    const struct req *q, struct resp *p)
{
	enum err e = s->admit(c, q, r->role);

	if (e == ERR_OK)
		return 1;
	if (e == ERR_NOTFOUND) {
		resp_header(p, "WWW-Authenticate", "Bearer");
		(void)resp_problem(p, 401, "not_authenticated",
		    "This needs a key.");
	} else if (e == ERR_DENIED) {
		resp_header(p, "WWW-Authenticate",
		    "Bearer error=\"insufficient_scope\"");
		(void)resp_problem(p, 403, "forbidden",
		    "This key is good for something else.");
	} else
		status_of_err(p, e);
	return 0;
}

/* Not from another site, if it changes something: whatever is not GET does. */
static int
origin_take(const struct site *s, const struct route *r, const struct req *q,
    struct resp *p)
{
	if (r->method != GET && r->body != RAW &&
	    !origin_ok(q, s->origin, s->session_cookie)) {
		(void)resp_problem(p, 403, "cross_site",
		    "This request came from another site.");
		return 0;
	}
	return 1;
}

/*
 * Not too often.  It comes before the first question to the database, and after
 * what another site could do in somebody's name.
 */
static int
limit_take(const struct site *s, const struct route *r, const struct req *q,
    struct resp *p)
{
	int seconds = s->limits == NULL ? 0 :
	    limits_take(s->limits, r->limit, q->remote, q->began_us);

	if (seconds > 0)
		(void)resp_too_often(p, seconds);
	return seconds == 0;
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

	if (r->entry == ANYONE)
		return 1;
	if (r->entry == PROGRAM)
		return program_take(s, r, c, q, p);

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
	if (r->role != 0 && (s->roles(c) & r->role) != r->role) {
		(void)resp_problem(p, 403, "forbidden",
		    "This needs another role.");
		return 0;
	}
	return 1;
}

/* For who watches; NULL: none of them, or all. */
static void
say_row(const struct site *s, const struct route *r)
{
	if (s->busy != NULL)
		s->busy->row = (uintptr_t)r;
}

/* How the handler of `r` has ended. */
static void
settle(const struct route *r, enum err e, struct resp *p)
{
	if (e == ERR_OK && p->status != 0)
		return;
	if (e == ERR_OK)
		log_error("no_answer", "the handler of %s did not answer",
		    r->path);
	status_of_err(p, e);
}

/* Whoever watches wants to know whether it goes on at all. */
static int
is_late(const struct site *s, const struct route *r, const struct req *q)
{
	return r->limit != FREE_WATCHED && (q->late || late_is(s->late, q));
}

/*
 * Everything that route.h promises before anybody is identified, in its order.
 * Returns the row whose handler is to answer; NULL: it is refused.  *ret_near is
 * the row that the request was for, as far as there is one.
 */
static const struct route *
row_take(const struct site *s, struct req *q, struct resp *p,
    const struct route **ret_near)
{
	const struct match m = table_find(s, q);
	const struct route *near = m.near, *r = m.row;

	*ret_near = near;
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
		refuse_method(m.methods, p);
	} else if (q->duplicate != NULL) {
		log_warn("duplicate_header", "%s was sent twice", q->duplicate);
		(void)resp_problem(p, 400, "duplicate_header",
		    "A header that must be there once was sent twice.");
	} else if (is_late(s, r, q)) {
		(void)resp_later(p, LATE_RETRY_S);
	} else if (body_take(r, q, p) && origin_take(s, r, q, p) &&
	    limit_take(s, r, q, p)) {
		return r;
	}
	return NULL;
}

/*
 * Paths are below the prefix, and the rows know none.  What is left behind it
 * begins with a slash, or is no path and so none of ours.
 */
static void
prefix_take(const struct site *s, struct req *q)
{
	size_t len = strlen(s->prefix);

	if (len == 0 || q->authorizer)
		return;
	if (strncmp(q->path, s->prefix, len) != 0)
		q->path[0] = '\0';
	else
		memmove(q->path, q->path + len, strlen(q->path + len) + 1);
}

/* One of the requests that came together, on its way through. */
struct turn {
	struct req		*q;
	struct resp		*p;
	const struct route	*row;	/* its handler is to answer; NULL */
	struct log_access	 line;
};

static void
turn_begin(const struct site *s, struct turn *t, struct req *q, struct resp *p)
{
	const struct route *near;

	*t = (struct turn){ .q = q, .p = p,
	    .line = { .method = method_names[q->method], .route = "-",
	    .remote = q->remote } };
	resp_reset(p);
	log_request(q->id);
	prefix_take(s, q);
	t->row = row_take(s, q, p, &near);
	if (near != NULL)
		t->line.route = near->path;
}

/* `until_us`: then nobody is served any more but who watches. */
static void
turn_serve(const struct site *s, struct ctx *c, struct turn *t,
    int64_t until_us)
{
	const struct route *r = t->row;

	log_request(t->q->id);
	s->begin(c);
	if (r == NULL)
		return;
	say_row(s, r);
	if (clock_mono_us() > until_us && r->limit != FREE_WATCHED)
		(void)resp_later(t->p, LATE_RETRY_S);
	else if (visitor_take(s, r, c, t->q, t->p, &t->line.account))
		settle(r, r->handler(c, t->q, t->p), t->p);
	t->row = NULL;
}

/* Written before the next one's `c` forgets whose account it is. */
static void
turn_end(struct turn *t)
{
	log_request(t->q->id);
	if (t->q->method == HEAD)
		buf_reset(&t->p->body);
	json_free(t->q->json);
	t->q->json = NULL;

	t->line.status = t->p->status;
	t->line.code = t->p->code;
	t->line.us = clock_mono_us() - t->q->began_us;
	log_access(&t->line);
	log_request(NULL);
}

/* Of those whose handler is g's, if there are several. */
static void
serve_together(const struct site *s, struct ctx *c, const struct together *g,
    struct turn turn[], size_t n)
{
	const struct route *row[TOGETHER];
	const struct req *q[TOGETHER];
	struct resp *p[TOGETHER];
	enum err e[TOGETHER];
	size_t i, mates = 0;

	for (i = 0; i < n; i++) {
		if (turn[i].row == NULL || turn[i].row->handler != g->handler)
			continue;
		row[mates] = turn[i].row;
		q[mates] = turn[i].q;
		p[mates++] = turn[i].p;
	}
	if (mates < 2)
		return;
	s->begin(c);
	say_row(s, row[0]);
	g->all(c, q, p, e, mates);
	say_row(s, NULL);
	for (i = 0; i < mates; i++) {
		log_request(q[i]->id);
		settle(row[i], e[i], p[i]);
	}
	for (i = 0; i < n; i++)
		if (turn[i].row != NULL && turn[i].row->handler == g->handler)
			turn[i].row = NULL;
}

/* Of those that are served one after the other, if there are several. */
static void
ask_ahead(const struct site *s, struct ctx *c, const struct turn turn[],
    size_t n)
{
	const struct route *row[TOGETHER];
	const struct req *q[TOGETHER];
	size_t i, mates = 0;

	for (i = 0; i < n; i++) {
		if (turn[i].row == NULL)
			continue;
		row[mates] = turn[i].row;
		q[mates++] = turn[i].q;
	}
	if (mates > 1 && s->ahead != NULL) {
		log_request(NULL);	/* it is about all of them */
		s->ahead(c, q, row, mates);
	}
}

static void
run_some(const struct site *s, struct ctx *c, struct req *const q[],
    struct resp *const p[], size_t n)
{
	const int64_t until_us = n == 1 || s->together_us == 0 ? INT64_MAX :
	    clock_mono_us() + s->together_us;
	struct turn turn[TOGETHER];
	const struct together *g;
	size_t i;

	for (i = 0; i < n; i++)
		turn_begin(s, &turn[i], q[i], p[i]);
	for (g = s->together; n > 1 && g != NULL && g->handler != NULL; g++)
		serve_together(s, c, g, turn, n);
	ask_ahead(s, c, turn, n);
	for (i = 0; i < n; i++) {
		turn_serve(s, c, &turn[i], until_us);
		turn_end(&turn[i]);
	}
	say_row(s, NULL);
	if (n > 1 && s->ahead_over != NULL)
		s->ahead_over(c);
}

void
route_run_all(const struct site *s, struct ctx *c, struct req *const q[],
    struct resp *const p[], size_t n)
{
	size_t some;

	if (s->busy != NULL)
		s->busy->requests = (int)n;
	for (; n > 0; n -= some, q += some, p += some) {
		some = n < TOGETHER ? n : TOGETHER;
		run_some(s, c, q, p, some);
	}
}

void
route_run(const struct site *s, struct ctx *c, struct req *q, struct resp *p)
{
	route_run_all(s, c, &q, &p, 1);
}
