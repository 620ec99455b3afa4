/* SPDX-License-Identifier: MIT */
#ifndef API_LOGIN_H
#define API_LOGIN_H

/* What logging in has in common with signing up. */

#include "account/session.h"

struct ctx;
struct req;
struct resp;

/*
 * How long a password waits for its turn to be hashed, and then comes back.
 * With the wait for a worker before that it is less than a second.
 */
#define LOGIN_WAIT_MS	500
#define LOGIN_RETRY_S	1

/*
 * The session that this browser had before, so that it ends with the new one:
 * a token that somebody else planted must not live on.  "" if it had none.
 */
void login_old(const struct ctx *c, const struct req *q,
    char ret_token[SESSION_TOKEN]);

/* Hand out the session's cookie; NULL: take it away. */
void login_cookie(const struct ctx *c, struct resp *p, const char *token);

#endif /* !API_LOGIN_H */
