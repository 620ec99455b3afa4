/* SPDX-License-Identifier: MIT */
#ifndef API_VISITOR_H
#define API_VISITOR_H

/* The session cookie, and who stands behind it: for struct site. */

#include <stddef.h>

#include "account/session.h"
#include "base/err.h"

struct config;
struct ctx;
struct req;
struct resp;
struct route;

/* "__Host-endpin" where there is https. */
const char *visitor_cookie_name(const struct config *conf);

/* Forget who asked before. */
void visitor_forget(struct ctx *c);

/* ERR_NOTFOUND: nobody who is known. */
MUST_USE enum err visitor_identify(struct ctx *c, const struct req *q);

/*
 * For http/route.h: who stands behind each, asked in one round trip.  What one
 * of them changes is seen by those after it (db/ahead.h): of a logout and a
 * request with the same cookie that come together the one that is served later
 * is a stranger's.  What another process changes meanwhile may not be seen, as
 * if it had come later; and once its answer has gone out, whatever comes after
 * that is asked about anew.
 */
void visitor_ahead(struct ctx *c, const struct req *const q[],
    const struct route *const r[], size_t n);
void visitor_ahead_over(struct ctx *c);

/* For http/route.h: is it a program with a key that is good for this? */
MUST_USE enum err visitor_admit(struct ctx *c, const struct req *q,
    unsigned scopes);

/* The account's id, for the access line; NULL: nobody. */
const char *visitor_account(const struct ctx *c);

/* The token that the browser sent, whatever it is worth; "": none. */
void visitor_token(const struct ctx *c, const struct req *q,
    char ret_token[SESSION_TOKEN]);

/* Does the body ask to stay logged in?  `"remember": true` does. */
int visitor_remember(const struct req *q);

/*
 * Hand out the session's cookie, which ends with the browser unless they are
 * to be remembered; NULL: take it away.
 */
void visitor_cookie(const struct ctx *c, struct resp *p, const char *token,
    int remember);

#endif /* !API_VISITOR_H */
