/* SPDX-License-Identifier: MIT */
#ifndef HTTP_RESPONSE_H
#define HTTP_RESPONSE_H

/* An answer in the making.  Reset for each request; memory is kept. */

#include <time.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/json_write.h"

#define RESPONSE_BODY	(512u << 10)
#define RESPONSE_HEADERS	(4000u)	/* nginx takes one page by default */

struct resp {
	int		 status;	/* 0: nobody has answered yet */
	const char	*type;		/* Content-Type; NULL: no body */
	struct buf	 headers;	/* further ones, "Name: value\r\n" */
	struct buf	 body;
	struct json_writer json;
	const char	*code;		/* of a problem, for the access line */
	const char	*csp;		/* this page's own policy; NULL: the site's */
};

void resp_init(struct resp *p);
void resp_done(struct resp *p);
void resp_reset(struct resp *p);

/* Add a header; a control character in `value` is our bug (assert). */
void resp_header(struct resp *p, const char *name, const char *value);

/*
 * Begin a JSON answer: the outermost object is open.  Write into p->json, then
 * resp_json_end().
 */
struct json_writer *resp_json(struct resp *p, int status);
enum err resp_json_end(struct resp *p);		/* ERR_INTERNAL: too large */

/* No body. */
enum err resp_empty(struct resp *p, int status);

/*
 * A problem (RFC 9457): `code` is a constant for machines ("email_taken"),
 * `title` a sentence for people.  Always returns ERR_OK: it is an answer.
 */
enum err resp_problem(struct resp *p, int status, const char *code,
    const char *title);

/*
 * 422 with errors[{field, reason}].  Begin, add at least one, end; or, for
 * one field, resp_invalid().
 */
void resp_invalid_begin(struct resp *p);
void resp_invalid_add(struct resp *p, const char *field, const char *reason);
enum err resp_invalid_end(struct resp *p);
enum err resp_invalid(struct resp *p, const char *field, const char *reason);

/* 503, and 429 for who asks too often, with Retry-After. */
enum err resp_later(struct resp *p, int seconds);
enum err resp_too_often(struct resp *p, int seconds);

/*
 * Set-Cookie.  SameSite=Lax, Path=/; Secure unless `plain`; HttpOnly unless
 * `script`.  A max_age of 0 removes it, COOKIE_OF_BROWSER leaves its end to the
 * browser's.
 */
#define COOKIE_OF_BROWSER	(-1L)

struct cookie {
	const char	*name;
	const char	*value;
	long		 max_age;
	int		 plain;
	int		 script;
};
void resp_cookie(struct resp *p, const struct cookie *c);

#endif /* !HTTP_RESPONSE_H */
