/* SPDX-License-Identifier: MIT */
#ifndef APP_ASK_CELLO_H
#define APP_ASK_CELLO_H

/*
 * A call of Cello's API with the token that all processes share, within the
 * limits that they share.
 */

#include "base/err.h"
#include "cello/client.h"

struct app;
struct errand;
struct errand_kind;

/* Cello has answered so lately that it will again. */
#define CELLO_WELL_S	10

/*
 * Do the limits allow a call now?  It is counted, and ask_cello_now() makes it.
 * 0: no; a->wait_ms says how long to leave Cello alone.
 */
MUST_USE int ask_cello_may(struct app *a);

/*
 * As cello_ask(), and the token is found or fetched: q->token is NULL.  If that
 * is refused another is fetched, once.  ERR_INTERNAL: or Cello refuses our keys.
 * If not even the attempt was made (another fetches a token), the reply has
 * status 0 and is not unsure; a->wait_ms says how long to leave it alone.
 */
MUST_USE enum err ask_cello_now(struct app *a, const struct cello_request *q,
    struct cello_reply *r);

/* Both; that it may not be asked now is no attempt, either. */
MUST_USE enum err ask_cello(struct app *a, const struct cello_request *q,
    struct cello_reply *r);

/* It was not even asked, or not to any avail: no attempt of the errand. */
MUST_USE enum err ask_cello_put_back(struct app *a,
    const struct errand_kind *k, const struct errand *x);

/*
 * An errand that wanted to know something, and ask_cello() ended with `e`: it
 * is tried again; that it was not even asked is no attempt of it.
 */
MUST_USE enum err ask_cello_later(struct app *a, const struct errand_kind *k,
    const struct errand *x, enum err e, const struct cello_reply *r);

/* Has it answered lately? */
int cello_is_well(const struct app *a);

#endif /* !APP_ASK_CELLO_H */
