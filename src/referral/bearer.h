/* SPDX-License-Identifier: MIT */
#ifndef REFERRAL_BEARER_H
#define REFERRAL_BEARER_H

/*
 * The token of Cello's API, which all processes on all machines share: one
 * fetches it, and the others wait for that.  It lies here sealed.
 */

#include "base/err.h"
#include "base/text.h"
#include "cello/client.h"

struct db;
struct stmt;

/* Seconds before its end from which on a token is none. */
#define BEARER_EARLY_S	60

/* So long one may take to fetch another. */
#define BEARER_FETCH_S	60

struct bearer {
	char	fetch[TEXT_UUID];	/* by which it was fetched */
	char	token[CELLO_TOKEN];
};

/* The one that is good now.  ERR_NOTFOUND: there is none. */
MUST_USE enum err bearer_find(struct db *db, const struct cello *c,
    struct bearer *ret_bearer);

/*
 * There is none: fetch one?  ERR_OK: it is for the caller to do, by what is
 * then in a->fetch; ret_refresh is what may be used for it, or "".
 * ERR_CONFLICT: somebody else does, or has.
 */
MUST_USE enum err bearer_begin(struct db *db, const struct cello *c,
    struct bearer *a, char ret_refresh[CELLO_TOKEN]);

/*
 * It was fetched by a->fetch: `g`, or (NULL) nothing.  Without a refresh token
 * in `g` the former one stays.
 */
MUST_USE enum err bearer_end(struct db *db, const struct cello *c,
    const struct bearer *a, const struct cello_grant *g);

/* Cello refuses it. */
MUST_USE enum err bearer_forget(struct db *db, const struct cello *c,
    const struct bearer *a);

extern const struct stmt *const bearer_statements[];

#endif /* !REFERRAL_BEARER_H */
