/* SPDX-License-Identifier: MIT */
#ifndef APP_CHECKUP_H
#define APP_CHECKUP_H

/*
 * Looking whether things are as they should be: each look ends in a remark, and
 * whoever has asked for it prints it or keeps it.
 */

#include "base/err.h"

struct config;

/* Borrowed while it is said. */
struct remark {
	int		 ok;
	const char	*what;		/* was looked at: "stripe" */
	const char	*text;		/* how it is, or the problem */
	const char	*detail;	/* what was seen; NULL: nothing to add */
	const char	*hint;		/* what to do; NULL if it is ok */
	const char	*lacks;		/* an endpoint these events; else NULL */
};

struct checkup {
	const struct config	*conf;
	int			 wrong;		/* how often something was */
	void			(*say)(void *arg, const struct remark *r);
	void			*arg;
};

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

/* The same of an endpoint: `f->detail` are the events that it lacks. */
void say_lacks(struct checkup *c, const struct fault *f);

#endif /* !APP_CHECKUP_H */
