/* SPDX-License-Identifier: MIT */
#ifndef APP_ASK_CELLO_H
#define APP_ASK_CELLO_H

/*
 * A call of Cello's API with the token that all processes share, within the
 * limits that they share.
 */

#include "base/err.h"
#include "cello/client.h"
#include "referral/bearer.h"

struct app;
struct errand;
struct errand_kind;

/* Cello has answered so lately that it will again. */
#define CELLO_WELL_S	10

/* That one call may be made, and the token for it. */
struct cello_permit {
	struct bearer	 bearer;
	int		 is_new;	/* fetched for it */
};

/*
 * Do the limits allow a call now, and is there a token, or can one be fetched?
 * The call is counted, also if no token can be had; ask_cello_now() makes it.
 * *ret holds something with ERR_OK only.  ERR_LATER: no; a->wait_ms says how
 * long to leave Cello alone, if that is known.  ERR_INTERNAL: or Cello refuses
 * our keys.
 */
MUST_USE enum err ask_cello_may(struct app *a, struct cello_permit *ret);

/* It is not used, after all. */
void cello_permit_done(struct cello_permit *p);

/*
 * As cello_ask(), with the token of `p`, which is used up: q->token is NULL.
 * ERR_DENIED: that was not good any more, and is forgotten; nothing was done.
 * ERR_INTERNAL: or nor was one that Cello had just given out.
 */
MUST_USE enum err ask_cello_now(struct app *a, struct cello_permit *p,
    const struct cello_request *q, struct cello_reply *r);

/*
 * Both, and if the token is refused once more with another, which is not
 * counted; never ERR_DENIED.  If not even the attempt was made, the reply has
 * status 0 and is not unsure.
 */
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
