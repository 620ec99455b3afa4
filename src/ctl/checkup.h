/* SPDX-License-Identifier: MIT */
#ifndef CTL_CHECKUP_H
#define CTL_CHECKUP_H

/* What "endpin check" looks at, and how it says what it found. */

#include "base/buf.h"
#include "base/err.h"
#include "base/json_write.h"

struct app;
struct config;

struct checkup {
	const struct config	*conf;
	int			 wrong;		/* how often something was */
	int			 json;		/* one array, for programs */
	struct buf		 text;		/* of it, not printed yet */
	struct json_writer	 writer;
};

/* Around all that is said. */
void checkup_begin(struct checkup *c);
void checkup_end(struct checkup *c);

/* What is wrong, what was seen, what to do. */
struct fault {
	const char	*what;
	const char	*problem;
	const char	*detail;	/* NULL: nothing to add */
	const char	*hint;
};

void say_well(struct checkup *c, const char *what, const char *format, ...)
    PRINTF(3, 4);
void say_wrong(struct checkup *c, const struct fault *f);

/* Does the database let us in, and do what we need? */
void check_database(struct checkup *c, int statements, int offline);

/* Do the web servers' files name the sockets and pages of the configuration? */
void check_web(struct checkup *c);

/*
 * Is what nobody sees going on: errands, chores, and Stripe's key?  The
 * database answers, and its schema is there.  `offline`: Stripe is not asked.
 */
void check_work(struct checkup *c, int offline);

/*
 * Is there at Stripe what the configuration counts on: prices, coupons, the
 * portal's settings, webhook endpoints?  `a` has the duty to ask, and its key
 * is the one of the rows.
 */
void check_stripe(struct checkup *c, struct app *a);

#endif /* !CTL_CHECKUP_H */
