/* SPDX-License-Identifier: MIT */
#ifndef CONF_OPTION_H
#define CONF_OPTION_H

/*
 * One row per option of a section.  From it come the parser, "endpin config",
 * "endpin options", and the check that the example and the manual know the same
 * names.  A folder that has options has its rows, and the struct that they
 * fill, in its options.h.
 */

#include <stddef.h>
#include <stdint.h>

enum option_kind {
	OPTION_NUMBER,		/* int */
	OPTION_MONEY,		/* int64_t, minor units */
	OPTION_BOOL,		/* int */
	OPTION_WORDS,		/* unsigned, a bit for each of the choices */
	OPTION_TEXT,		/* char *, owned */
	OPTION_ORIGIN,		/* text: scheme://host[:port] */
	OPTION_LISTEN		/* text: a path or a loopback address */
};

enum {
	OPTION_SECRET = 1,	/* names a file that holds a secret */
	OPTION_FIXED = 2,	/* SIGHUP does not apply it: needs a restart */
	OPTION_MUST = 4		/* has to be set */
};

struct option_row {
	const char		*name;		/* NULL: the last row */
	enum option_kind	 kind;
	size_t			 at;		/* in the section's struct */
	const char		*dflt;		/* NULL with OPTION_MUST */
	int64_t			 min, max;	/* number; bytes of a text */
	const char		*choices;	/* "a|b|c"; NULL: any */
	unsigned		 flags;
	const char		*about;
};

/* The row of that name among `rows`, or NULL. */
const struct option_row *option_find(const struct option_row *rows,
    const char *name);

/*
 * How far `name` is from the row's name, in letters to change; used to guess
 * what was meant.
 */
size_t option_distance(const struct option_row *o, const char *name);

/*
 * Set the option in `base`, the section's struct, from `text`.  NULL, or what
 * is wrong, as the rest of a sentence; static text.
 */
const char *option_set(const struct option_row *o, void *base,
    const char *text);

/* Set it to its default; a text that has none becomes "". */
void option_reset(const struct option_row *o, void *base);

/* Its value as text, into `ret`; a text longer than `size` is cut. */
void option_show(const struct option_row *o, const void *base, char *ret,
    size_t size);

/* Free a text option's value. */
void option_clear(const struct option_row *o, void *base);

#endif /* !CONF_OPTION_H */
