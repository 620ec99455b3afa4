/* SPDX-License-Identifier: MIT */
#ifndef HTTP_PATH_H
#define HTTP_PATH_H

/*
 * Paths as rows write them and as requests send them.  A row's path begins
 * with '/' and is made of segments between slashes, each a literal or a
 * parameter, "{name}".  A slash counts wherever it is: "/a", "/a/" and "//a"
 * are three paths.
 */

#include <stddef.h>

#include "base/err.h"
#include "http/request.h"

#define PATH_SEGMENTS	16	/* a deeper path is none of ours */

/* A sent path, cut and decoded. */
struct path {
	size_t		 n;
	const char	*segment[PATH_SEGMENTS];	/* in text, no slash */
	unsigned	 escaped;	/* a bit for each: sent with escapes */
	char		 text[REQUEST_PATH];
};

/*
 * Cut `sent`, which is shorter than REQUEST_PATH.  ERR_INPUT: no row can be
 * meant: it does not begin with '/' or is too deep, or a segment, decoded, is
 * "." or "..", longer than a parameter may be, not UTF-8, or has a slash or a
 * control character in it.
 */
MUST_USE enum err path_cut(const char *sent, struct path *ret);

/*
 * Does `row` have this path, and how well?  0: no.  The greater number is the
 * better row: where two differ first, it has the literal.  Two rows that get
 * the same number have the same literals in the same places.
 */
unsigned path_match(const struct path *p, const char *row);

/*
 * Did a literal of the row that got `rank` come with escapes?  Then it is not
 * this row, and no other: the web server, which decodes before it looks, and
 * we would not mean the same by it.
 */
int path_is_disguised(const struct path *p, unsigned rank);

/* Put what the parameters of `row`, which has this path, stand for into `q`. */
void path_params(const struct path *p, const char *row, struct req *q);

/*
 * Is this a row's path?  Not too deep, at most PATH_PARAMS parameters, each a
 * whole segment with a name of its own; literals of a-z, 0-9, '-', '_', '.'.
 */
int path_row_ok(const char *row);

#endif /* !HTTP_PATH_H */
