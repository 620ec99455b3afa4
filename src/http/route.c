/* SPDX-License-Identifier: MIT */

#include <assert.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"

#include "http/origin.h"
#include "http/path.h"
#include "http/response.h"
#include "http/status.h"

#include "http/route.h"

#define ALLOW_MAX	64
#define JSON_TYPE	"application/json"

/* The rows that have the path of a request. */
struct match {
	const struct route	*row;		/* NULL: none has the method */
	const struct route	*near;		/* the first; NULL: none */
	unsigned		 methods;	/* a bit for each of theirs */
};

/* The row after `r`, or the first one after NULL; NULL: that was the last. */
static const struct route *
row_next(const struct route *const **table, const struct route *r)
{
	r = r == NULL ? **table : r + 1;
	while (r != NULL && r->path == NULL)
		r = *++*table;
	return r;
}

/* Literals in the same places: then each fits the other, and only then. */
static int
is_same_path(const char *a, const char *b)
{
	struct path p, q;

	return path_cut(a, &p) == ERR_OK && path_match(&p, b) != 0 &&
	    path_cut(b, &q) == ERR_OK && path_match(&q, a) != 0;
}

static int
is_twice(const struct site *s, const struct route *row)
{
	const struct route *const *table = s->tables, *r;
	int found = 0;

	for (r = NULL; (r = row_next(&table, r)) != NULL;)
		if (r->method == row->method &&
		    is_same_path(r->path, row->path))
			found++;
	return found != 1;
}

static int
row_ok(const struct site *s, const struct route *r)
{
	return path_row_ok(r->path) && r->handler != NULL &&
	    r->method > METHOD_OTHER && r->method < METHODS &&
	    r->method != HEAD &&
	    (r->method != GET || r->body == NONE) &&
	    (r->method != DELETE || r->body == NONE || r->body == EMPTY) &&
	    (r->body == NONE) == (r->most == 0) &&
	    r->limit > LIMIT_UNSAID && r->limit < LIMITS &&
	    (r->entry != PROGRAM || (s->admit != NULL && r->role != 0)) &&
	    (r->role == 0 || r->entry == PROGRAM ||
	    (r->entry == MEMBER && s->roles != NULL));
}

int
route_tables_ok(const struct site *s)
{
	const struct route *const *table = s->tables, *r;

	for (r = NULL; (r = row_next(&table, r)) != NULL;)
		if (!row_ok(s, r) || is_twice(s, r))
			return 0;
	return 1;
}

size_t
route_most(const struct site *s)
{
	const struct route *const *table = s->tables, *r;
	size_t most = 0;

	assert(route_tables_ok(s));
	for (r = NULL; (r = row_next(&table, r)) != NULL;)
		if ((r->duty & s->duties) != 0 && r->most > most)
			most = r->most;
	return most;
}

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

/*
 * The rows for this request.  The best path is found first and then, among the
 * rows that have it, the method: a DELETE of "/things/new" is not one of the
 * thing "new".
 */
static struct match
row_find(const struct site *s, struct req *q)
{
	enum method method = q->method == HEAD ? GET : q->method;
	const struct route *const *table = s->tables, *r;
	struct match m = { .row = NULL };
	unsigned rank, best = 0;
	struct path path;

	if (path_cut(q->path, &path) != ERR_OK)
		return m;
	for (r = NULL; (r = row_next(&table, r)) != NULL;) {
		if ((rank = path_match(&path, r->path)) == 0 || rank < best)
			continue;
		if (rank > best)
			m = (struct match){ .near = r };
		best = rank;
		m.methods |= 1u << r->method;
		if (r->method == method)
			m.row = r;
	}
	if (path_is_disguised(&path, best))
		return (struct match){ .row = NULL };
	if ((m.methods & 1u << GET) != 0)
		m.methods |= 1u << HEAD;
	if (m.row != NULL)
		path_params(&path, m.row->path, q);
	return m;
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
	const struct match m = row_find(s, q);
	const struct route *near = m.near, *r = m.row;

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
	} else if (body_take(r, q, p) && origin_take(s, r, q, p) &&
	    limit_take(s, r, q, p) &&
	    visitor_take(s, r, c, q, p, ret_account)) {
		handle(r, c, q, p);
	}
	return near;
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

void
route_run(const struct site *s, struct ctx *c, struct req *q, struct resp *p)
{
	struct log_access line = { .method = method_names[q->method],
	    .route = "-", .remote = q->remote };
	const struct route *r;

	resp_reset(p);
	log_request(q->id);
	s->begin(c);
	prefix_take(s, q);
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

void
route_run_all(const struct site *s, struct ctx *c, struct req *const q[],
    struct resp *const p[], size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		route_run(s, c, q[i], p[i]);
}
