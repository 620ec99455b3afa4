/* SPDX-License-Identifier: MIT */
#ifndef HTTP_PAGING_H
#define HTTP_PAGING_H

/*
 * A list that is read a page at a time.  The door sorts by a key, gives up to
 * `limit` rows that come after `after`, and says where the next page begins:
 * the key of the last row, as a cursor that only the door can read.
 */

#include "base/err.h"

struct json_writer;
struct req;
struct resp;

#define PAGING_LIMIT	20	/* rows, if nothing is said */
#define PAGING_KEY	256	/* bytes of a key, with the NUL */

struct paging {
	int	 limit;
	char	 after[PAGING_KEY];	/* a key; "": from the beginning */
};

/*
 * "limit" (1 to `most`; PAGING_LIMIT, or `most` if that is less) and "after" (a
 * cursor; none, or an empty one: from the beginning) of the query.  ERR_INPUT:
 * they will not do; say so with paging_invalid().  A key is UTF-8 without a
 * NUL, but not checked otherwise: anybody can make a cursor.
 */
MUST_USE enum err req_paging(const struct req *q, int most,
    struct paging *ret);

/* 422 that names what req_paging() did not take. */
enum err paging_invalid(const struct req *q, int most, struct resp *p);

/*
 * Write the member "next": the cursor of the page after `last`, which is the
 * key of this page's last row, 1 to PAGING_KEY - 1 bytes of UTF-8 (assert); or
 * null, if `last` is NULL: this page is the last.
 */
void paging_next(struct json_writer *w, const char *last);

#endif /* !HTTP_PAGING_H */
