/* SPDX-License-Identifier: MIT */
#ifndef BASE_JSON_SCAN_H
#define BASE_JSON_SCAN_H

/*
 * A few members out of a JSON text, without a tree: one pass, no allocation.
 * The whole text is checked (grammar of RFC 8259, UTF-8, JSON_DEPTH), so what
 * passes here also passes json_parse(), duplicate members apart: here the
 * first counts and a second one of a wanted path is refused.
 */

#include <stddef.h>

#include "base/err.h"

struct json_want {
	const char	*path;		/* names only: "data.object.id" */
	/* Set by json_scan(); the raw text of a scalar, inside the input. */
	const char	*at;		/* NULL: not there, or null */
	size_t		 len;		/* of a string: without the quotes */
	int		 is_text;	/* a string without escapes */
	int		 is_other;	/* an object, array or escaped string */
	int		 is_there;	/* if only as null */
};

/*
 * ERR_INPUT: not JSON as above, not an object at the top, or a number with more
 * than JSON_NUMBER characters.
 */
#define JSON_NUMBER	63
MUST_USE enum err json_scan(const char *text, size_t len,
    struct json_want *want, size_t count);

#endif /* !BASE_JSON_SCAN_H */
