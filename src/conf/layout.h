/* SPDX-License-Identifier: MIT */
#ifndef CONF_LAYOUT_H
#define CONF_LAYOUT_H

/*
 * The shape of a configuration: which sections its file has, and where each
 * fills the one struct that holds it all, "the whole".  Whoever owns the whole
 * gives the layout, an array of chapters; nothing here knows an option by name.
 */

#include <stddef.h>
#include <stdio.h>

#include "conf/option.h"

#define LAYOUT_NAME	32	/* bytes of NAME in [plan NAME] */

/*
 * [server], which is there once; or, if `size` is not 0, each [plan NAME]: an
 * element of an array, whose first member is `char *name`, owned.  Chapters of
 * the same name that follow each other are one section, which fills several
 * structs.
 */
struct chapter {
	const char		*name;		/* NULL: the last one */
	const struct option_row	*rows;
	size_t			 at;		/* of struct or array */
	size_t			 size;		/* of an element; 0: once */
	size_t			 most;		/* elements */
	size_t			 count;		/* where their size_t is */
	/* Elements that are there if the file has none; NULL: none. */
	const char *const	*usual;
	/* Defaults that depend on the name, which is set; NULL: none do. */
	void			(*begin)(void *element);
};

/* All defaults into the whole, which is zeros. */
void layout_begin(const struct chapter *layout, void *whole);

/* Free what the whole has, not the whole. */
void layout_clear(const struct chapter *layout, void *whole);

/* The struct of a chapter that is there once, or element `i`. */
void *chapter_base(const struct chapter *ch, const void *whole, size_t i);

/* How many structs there are: 1, or the number of elements. */
size_t chapter_count(const struct chapter *ch, const void *whole);

/* The element of that name; NULL: there is none. */
void *chapter_element(const struct chapter *ch, const void *whole,
    const char *name);

/* Another one with its defaults; NULL: there are `most` already. */
void *chapter_add(const struct chapter *ch, void *whole, const char *name);

/* Make an element by itself, for its defaults; chapter_end() frees it. */
void *chapter_sample(const struct chapter *ch, const char *name);
void chapter_end(const struct chapter *ch, void *element);

/* Print all values in the form of the file, secrets' paths too. */
void layout_print(const struct chapter *layout, const void *whole, FILE *out);

/* Print one line per option: section, name, kind, default, limits, reload?. */
void layout_print_options(const struct chapter *layout, FILE *out);

/* Both for programs: an object of sections; an array with an object for each. */
void layout_print_json(const struct chapter *layout, const void *whole,
    FILE *out);
void layout_print_options_json(const struct chapter *layout, FILE *out);

#endif /* !CONF_LAYOUT_H */
