/* SPDX-License-Identifier: MIT */
#ifndef CONF_OPTION_H
#define CONF_OPTION_H

/*
 * One row per option of the configuration.  From it come the parser, "endpin
 * config", "endpin options", and the check that the example and the manual
 * know the same names.
 */

#include <stddef.h>
#include <stdint.h>

enum option_kind {
	OPTION_NUMBER,		/* int */
	OPTION_MONEY,		/* int64_t, minor units */
	OPTION_BOOL,		/* int */
	OPTION_TEXT,		/* char *, owned */
	OPTION_ORIGIN,		/* text: scheme://host[:port] */
	OPTION_LISTEN		/* text: a path or a loopback address */
};

enum {
	OPTION_SECRET = 1,	/* names a file that holds a secret */
	OPTION_FIXED = 2,	/* SIGHUP does not apply it: needs a restart */
	OPTION_MUST = 4		/* has to be set */
};

struct option {
	const char		*section;	/* "pool", "plan": see below */
	const char		*name;
	enum option_kind	 kind;
	size_t			 at;		/* in the section's struct */
	const char		*dflt;		/* NULL with OPTION_MUST */
	int64_t			 min, max;	/* number; bytes of a text */
	const char		*choices;	/* "a|b|c"; NULL: any */
	unsigned		 flags;
	const char		*about;
};

/*
 * Ends with a row whose section is NULL.  Rows of sections "pool hook", "pool
 * slow", "pool web" differ in defaults; rows of "plan" go into a plan_config,
 * all others into the struct config.
 */
extern const struct option options[];

/* The row, or NULL. */
const struct option *option_find(const char *section, const char *name);

/* The name in this section that `name` was perhaps meant to be; NULL: none. */
const char *option_guess(const char *section, const char *name);

/*
 * Set the option in `base` (a struct config or plan_config) from `text`.
 * NULL, or what is wrong, as the rest of a sentence; static text.
 */
const char *option_set(const struct option *o, void *base, const char *text);

/* Its value as text, into `ret`; a text longer than `size` is cut. */
void option_show(const struct option *o, const void *base, char *ret,
    size_t size);

/* Free a text option's value. */
void option_clear(const struct option *o, void *base);

#endif /* !CONF_OPTION_H */
