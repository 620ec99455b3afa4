/* SPDX-License-Identifier: MIT */
#ifndef HTTP_TABLE_H
#define HTTP_TABLE_H

/* Which rows of the tables a request is for. */

struct req;
struct route;
struct site;

/* The rows that have the path of a request. */
struct match {
	const struct route	*row;		/* NULL: none has the method */
	const struct route	*near;		/* the first; NULL: none */
	unsigned		 methods;	/* a bit for each of theirs */
};

/*
 * The rows for this request, whose parameters are set then.  The best path is
 * found first and then, among the rows that have it, the method: a DELETE of
 * "/things/new" is not one of the thing "new".
 */
struct match table_find(const struct site *s, struct req *q);

#endif /* !HTTP_TABLE_H */
