/* SPDX-License-Identifier: MIT */
#ifndef HTTP_ROUTE_H
#define HTTP_ROUTE_H

/*
 * What may happen is a table (api/routes.c), and route_run() is the one place
 * that enforces it, before a handler runs: path 404, duty 421, method 405 with
 * Allow, a security header sent twice 400, body over the ceiling 413, type 415,
 * JSON 400, cross-site 403, no live session 401.  HEAD is GET without a body.
 */

#include <stddef.h>

#include "base/err.h"
#include "http/request.h"

/*
 * What a pool's workers may be there for, and so which secrets they hold: a row
 * names one, a pool has some.  What people wait for while Stripe answers is
 * apart from what they need to log in.
 */
enum duty {
	DUTY_HOOK = 1,		/* events: the webhooks' signing secrets */
	DUTY_PASSWORD = 2,	/* hashing: pepper and slots */
	DUTY_STRIPE = 4,	/* calls that somebody waits for: the API key */
	DUTY_WEB = 8		/* all the rest */
};

#define DUTY_WORDS	"hook|password|stripe|web"	/* in this order */

/* "hook"; NULL: this is not one of them. */
const char *duty_name(unsigned duty);

struct ctx;		/* what handlers may reach: api/api.h */
struct resp;

enum entry {
	ANYONE,		/* cookies are not looked at */
	VISITOR,	/* a live session is found if there is one */
	MEMBER		/* without one it is 401 */
};

enum body {
	NONE,		/* a body is read and dropped */
	EMPTY,		/* POST without a body, or with {} */
	JSON,		/* one JSON object, parsed into q->json */
	RAW		/* any bytes; no cross-site check: the handler has its own */
};

struct route {
	enum method	 method;	/* GET or POST */
	const char	*path;		/* NULL: the last row */
	enum duty	 duty;
	enum entry	 entry;
	enum body	 body;
	size_t		 most;		/* bytes of body */
	enum err	(*handler)(struct ctx *c, const struct req *q,
			    struct resp *p);
};

struct site {
	const struct route	*routes;
	unsigned		 duties;	/* of this worker */
	const char		*pool;		/* its name, for the log */
	const char		*origin;	/* public_origin */
	const char		*csp;		/* Content-Security-Policy */
	/*
	 * Find the member behind the session cookie and keep it in `c`.
	 * ERR_NOTFOUND: nobody; ERR_LATER and so on: could not look.
	 */
	enum err		(*identify)(struct ctx *c, const struct req *q);
	/* The id of the member kept in `c`, for the access line; NULL. */
	const char		*(*account)(const struct ctx *c);
};

/*
 * The largest body that a route of these duties takes; what the reader needs
 * to know before the route is known.
 */
size_t route_most(const struct site *s);

/* Answer `q` into `p`; afterwards p->status is set and the line is logged. */
void route_run(const struct site *s, struct ctx *c, struct req *q,
    struct resp *p);

#endif /* !HTTP_ROUTE_H */
