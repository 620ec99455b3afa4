/* SPDX-License-Identifier: MIT */
#ifndef CTL_CHECKUP_H
#define CTL_CHECKUP_H

/* What "endpin check" looks at, and how it says what it found. */

#include "app/checkup.h"
#include "base/buf.h"
#include "base/json_write.h"

/* Remarks on standard output, as they come. */
struct checkup_print {
	int			 json;		/* one array, for programs */
	struct buf		 text;		/* of it, not printed yet */
	struct json_writer	 writer;
};

/* Around all that is said.  `p` is the caller's, with its `json` set. */
void checkup_begin(struct checkup *c, struct checkup_print *p);
void checkup_end(struct checkup_print *p);

/* Does the database let us in, and do what we need? */
void check_database(struct checkup *c, int statements, int offline);

/* Do the web servers' files name the sockets and pages of the configuration? */
void check_web(struct checkup *c);

/*
 * Is what nobody sees going on: errands, chores, and Stripe's key?  The
 * database answers, and its schema is there.  `offline`: Stripe is not asked.
 */
void check_work(struct checkup *c, int offline);

#endif /* !CTL_CHECKUP_H */
