/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"

#include "http/late.h"
#include "http/origin.h"
#include "http/response.h"
#include "http/status.h"
#include "http/table.h"

#include "http/enforce.h"

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

/* Whoever watches wants to know whether it goes on at all. */
static int
is_late(const struct site *s, const struct route *r, const struct req *q)
{
	return r->limit != FREE_WATCHED && (q->late || late_is(s->late, q));
}

const struct route *
enforce_row(const struct site *s, struct req *q, struct resp *p,
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

int
enforce_entry(const struct site *s, const struct route *r, struct ctx *c,
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
