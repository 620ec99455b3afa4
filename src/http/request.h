/* SPDX-License-Identifier: MIT */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

/*
 * A request as the web server handed it over.  Strings belong to the request
 * and end with it; a header or field that was not sent is NULL.
 */

#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "base/err.h"

struct json;

enum method { METHOD_OTHER, GET, HEAD, POST, PUT, PATCH, DELETE, METHODS };

extern const char *const method_names[METHODS];	/* "other", "GET", ... */

#define REQUEST_ID	129
#define REQUEST_PARAMS	(64u << 10)	/* bytes of all parameters together */
#define REQUEST_PATH	1024
#define REQUEST_COOKIES	8	/* lines of Cookie */
#define PATH_PARAMS	4	/* in one path */
#define PATH_PARAM	256	/* bytes of one's value, with the NUL */

/* What a "{name}" of the row's path stands for in this request's. */
struct path_param {
	const char	*name;			/* in the row; ends at '}' */
	char		 value[PATH_PARAM];
};

struct req {
	enum method	 method;
	char		 path[REQUEST_PATH];	/* of REQUEST_URI, as it came */
	struct path_param param[PATH_PARAMS];	/* set by route_run() */
	size_t		 params;
	const char	*query;			/* after '?'; "" if none */
	const char	*content_type;
	const char	*cookie[REQUEST_COOKIES];	/* the lines of Cookie */
	size_t		 cookies;
	const char	*origin;
	const char	*sec_fetch_site;
	const char	*sec_fetch_mode;
	const char	*sec_purpose;
	const char	*signature;		/* Stripe-Signature */
	const char	*authorization;
	const char	*cello_env;		/* X-Cello-Env */
	const char	*mcp_version;		/* MCP-Protocol-Version */
	const char	*mcp_method, *mcp_name;	/* Mcp-Method, Mcp-Name */
	const char	*remote;		/* REMOTE_ADDR */
	const char	*country;		/* as the web server says */
	/*
	 * As an authorizer (FastCGI 1.0, 6.3) we are asked whether a request
	 * for somebody else may pass: GET /auth.  `wanted` is what that request
	 * is for, path and query as they came; the web server says so, never
	 * the client.
	 */
	int		 authorizer;
	const char	*wanted;
	char		*body;			/* NUL-terminated */
	size_t		 body_len;
	struct json	*json;			/* of a route that takes JSON */
	const char	*duplicate;		/* a header sent twice; NULL: none */
	int64_t		 sent_ms;		/* of clock_real_ms(), as the
						 * web server says; 0: not */
	size_t		 behind;		/* who are there after its batch */
	int		 late;			/* to be told to come later */
	int		 too_large;		/* the body passed the ceiling */
	char		 id[REQUEST_ID];
	time_t		 now;			/* the only clock reading */
	int64_t		 began_us;		/* of clock_mono_us() */
};

/*
 * The value of "{name}" in the path: decoded, valid UTF-8, not empty, neither
 * "." nor "..", without '/' and control characters; what is not so is 404
 * before a handler runs.  Never NULL: `name` is in the row (assert).
 */
const char *req_param(const struct req *q, const char *name);

/*
 * The value of `name` in the query, percent-decoded, into `ret` of `size`
 * bytes.  ERR_NOTFOUND: not there.  ERR_INPUT: longer, or has a bad escape or
 * a control character, or is not UTF-8.  The first one counts.
 */
MUST_USE enum err req_query(const struct req *q, const char *name, char *ret,
    size_t size);

/*
 * The value of the cookie `name` (RFC 6265), copied.  ERR_NOTFOUND: not there.
 * ERR_INPUT: longer than `size`, or there with two values.
 */
MUST_USE enum err req_cookie(const struct req *q, const char *name, char *ret,
    size_t size);

/* The same, but of several values the first counts. */
MUST_USE enum err req_cookie_first(const struct req *q, const char *name,
    char *ret, size_t size);

/* Is there a cookie of this name, whatever its value? */
int req_has_cookie(const struct req *q, const char *name);

/*
 * What Authorization has for the scheme "Basic" or "Bearer", in whatever case
 * its name came (RFC 9110, 11.1).  NULL: it was not sent, or is of another.
 */
const char *req_credentials(const struct req *q, const char *scheme);

#endif /* !HTTP_REQUEST_H */
