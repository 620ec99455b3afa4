/* SPDX-License-Identifier: MIT */
#ifndef BASE_JSON_SCAN_H
#define BASE_JSON_SCAN_H

/*
 * A few members out of a JSON text whose sender is known, without a tree: one
 * pass, no allocation.  The text is read, not judged: what is not wanted may be
 * any number, escape, byte or nesting, as long as it ends.  Who must know that
 * a text is JSON uses json_parse().
 */

#include <stddef.h>

#include "base/err.h"

struct json_want {
	const char	*path;		/* names only: "data.object.id" */
	/* Set by json_scan(); the raw text of a scalar, inside the input. */
	const char	*at;		/* NULL: not there, or null */
	size_t		 len;		/* of a string: without the quotes */
	int		 is_text;	/* a string */
	int		 is_escaped;	/* a string with escapes in it */
	int		 is_other;	/* an object or an array; no `at` */
};

#define JSON_WANTS	32

/*
 * JSON_WANTS of them at most.  Of a member that is there twice the last counts,
 * as with everybody's parser.  A name with an escape or a dot in it is none that
 * is wanted.  ERR_INPUT: no object, or not to its end; what was found before
 * that is set all the same.
 */
MUST_USE enum err json_scan(const char *text, size_t len,
    struct json_want *want, size_t count);

#endif /* !BASE_JSON_SCAN_H */
