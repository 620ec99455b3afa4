/* SPDX-License-Identifier: MIT */
#ifndef HTTP_LIMIT_H
#define HTTP_LIMIT_H

/*
 * How often one address may ask for what: so that nobody guesses passwords,
 * makes accounts or keeps Stripe busy at the cost of all others.  endpin counts
 * by itself, over all its workers of this machine, because it has to hold behind
 * Apache, which cannot count, as well as behind nginx.
 *
 * Each row of the route table names its limit, or why it has none.
 */

#include <stdint.h>

#include "base/err.h"

struct limits;
struct limits_config;	/* http/options.h */

enum limit {
	LIMIT_UNSAID,		/* no row may have this */

	LIMIT_LOGIN,		/* a guess at a password */
	LIMIT_SIGNUP,		/* an account, and a customer at Stripe */
	LIMIT_ERASE,
	LIMIT_BILLING,		/* a worker waits for Stripe */
	LIMIT_USUAL,
	LIMIT_SERVER,		/* a program's, with a key */

	FREE_SIGNED,		/* see limit_reason() */
	FREE_ASKED,
	FREE_WATCHED,

	LIMITS
};

/* The option of [limits], "login"; NULL: it is free. */
const char *limit_name(enum limit which);

/* Why it is free; NULL: it is not. */
const char *limit_reason(enum limit which);

/*
 * `c` is borrowed; counts are in the file `path`.  NULL: it cannot be had, or
 * exempt is not limits_exempt_ok(); logged.
 */
struct limits *limits_open(const struct limits_config *c, const char *path);
void limits_close(struct limits *l);

/* Are these networks, with spaces between, and no more than can be kept? */
int limits_exempt_ok(const char *exempt);

/*
 * Somebody at the address `remote` asks, at `now_us` of clock_mono_us().  0: go
 * on.  Else the seconds after which it is worth asking again.  What is no
 * address (the web server listens on a socket and says none) is not counted:
 * that would be everybody together.
 */
int limits_take(struct limits *l, enum limit which, const char *remote,
    int64_t now_us);

#endif /* !HTTP_LIMIT_H */
