/* SPDX-License-Identifier: MIT */
#ifndef HTTP_ROUTE_H
#define HTTP_ROUTE_H

/*
 * What may happen is a table (api/routes.c), and route_run() is the one place
 * that enforces it, before a handler runs: path 404, duty 421, method 405 with
 * Allow, a security header sent twice 400, too late 503, body over the ceiling
 * 413, type 415, JSON or a body that nobody asked for 400, cross-site 403, too
 * often 429 with Retry-After, no live session 401, a role or a key that is
 * missing 403 or 401.  HEAD is GET without a body.
 *
 * A path is made of literals and parameters: "/api/things/{id}" (http/path.h).
 * Literals win: of two rows that fit, the one that has the literal where they
 * differ first.  The handler asks req_param(q, "id").
 */

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "http/duty.h"
#include "http/head.h"
#include "http/limit.h"
#include "http/request.h"

struct busy;		/* http/busy.h */
struct late;		/* http/late.h */
struct ctx;		/* what handlers may reach: api/api.h */
struct resp;

enum entry {
	ANYONE,		/* cookies are not looked at */
	VISITOR,	/* a live session is found if there is one */
	MEMBER,		/* without one it is 401 */
	PROGRAM		/* of the product's, with a key: without it is 401 */
};

enum body {
	NONE,		/* GET: read and dropped; other methods: refused */
	EMPTY,		/* none, or {} */
	JSON,		/* one JSON object, parsed into q->json */
	RAW		/* any bytes; no cross-site check: the handler has its own */
};

struct route {
	enum method	 method;	/* GET stands for HEAD too */
	const char	*path;		/* NULL: the last row */
	enum duty	 duty;
	enum entry	 entry;
	unsigned	 role;		/* bits, the doors' own; 0: any; of a
					 * PROGRAM: what its key has to be
					 * good for */
	enum body	 body;
	size_t		 most;		/* bytes of body */
	enum limit	 limit;
	enum err	(*handler)(struct ctx *c, const struct req *q,
			    struct resp *p);
};

/*
 * A handler of rows for ANYONE that can answer several requests at once: q[i]
 * into p[i], and ret[i] is what the handler would have returned.  Lines that it
 * logs about one of them it puts under its id (log_request()).
 */
struct together {
	enum err	(*handler)(struct ctx *c, const struct req *q,
			    struct resp *p);
	void		(*all)(struct ctx *c, const struct req *const q[],
			    struct resp *const p[], enum err ret[], size_t n);
};

struct site {
	/* Each room's own, one NULL-ended list of them. */
	const struct route	*const *tables;
	/* Ends with a handler of NULL.  NULL: there is none. */
	const struct together	*together;
	unsigned		 duties;	/* of this worker */
	const char		*pool;		/* its name, for the log */
	const char		*origin;	/* public_origin */
	const char		*prefix;	/* of all paths: "" or "/members" */
	const char		*session_cookie; /* its name */
	struct limits		*limits;	/* NULL: nobody is counted */
	struct answer_policy	 policy;
	struct late		*late;		/* NULL: any may wait any time */
	struct busy		*busy;		/* NULL: nobody watches */
	/*
	 * For so long, in microseconds, those that came together are served one
	 * after the other, and who is left then is told to come later: their
	 * mates have their answers only when all have.  0: however long it is.
	 */
	int64_t			 together_us;
	/*
	 * Called first, for every request: forget who asked before, and all
	 * else in `c` that belongs to a request.
	 */
	void			(*begin)(struct ctx *c);
	/*
	 * Several requests, q[i] for the row r[i], are about to be identified
	 * and handled, one after the other: what that is going to ask can be
	 * asked in one go.  Not called for one alone.  NULL: nothing can.
	 */
	void			(*ahead)(struct ctx *c,
				    const struct req *const q[],
				    const struct route *const r[], size_t n);
	/* They have been handled: forget what nobody has come for. */
	void			(*ahead_over)(struct ctx *c);
	/*
	 * Find the member behind the session cookie and keep it in `c`.
	 * ERR_NOTFOUND: nobody; ERR_LATER and so on: could not look.
	 */
	enum err		(*identify)(struct ctx *c, const struct req *q);
	/*
	 * Is the key in Authorization a good one, for all of `scopes`?  Asked
	 * for rows of PROGRAM.  ERR_NOTFOUND: it is none.  ERR_DENIED: it is
	 * good for something else.
	 */
	enum err		(*admit)(struct ctx *c, const struct req *q,
				    unsigned scopes);
	/* The id of the member kept in `c`, for the access line; NULL. */
	const char		*(*account)(const struct ctx *c);
	/*
	 * The roles of the member kept in `c`; asked for rows that have one.
	 * Whoever lacks a bit of the row's is refused.  NULL: no row has one.
	 */
	unsigned		(*roles)(const struct ctx *c);
};

/*
 * Do the tables make sense?  Paths are path_row_ok(), nothing is there twice,
 * methods are those of enum method but not HEAD, GET has body NONE and DELETE
 * NONE or EMPTY, a body has a ceiling, a limit is said, a role is asked of a MEMBER or a PROGRAM,
 * and of the latter always.
 */
int route_tables_ok(const struct site *s);

/*
 * The largest body that a route of these duties takes; what the reader needs
 * to know before the route is known.  It asserts route_tables_ok().
 */
size_t route_most(const struct site *s);

/*
 * Answer each of `n` requests that came together, q[i] into p[i]; afterwards
 * every status is set and every line is logged.  They may be served in any
 * order, as whatever comes at the same time, and everything above holds for
 * each of them as if it had come alone, within together_us.
 */
void route_run_all(const struct site *s, struct ctx *c, struct req *const q[],
    struct resp *const p[], size_t n);

/* The same for one. */
void route_run(const struct site *s, struct ctx *c, struct req *q,
    struct resp *p);

#endif /* !HTTP_ROUTE_H */
