/* SPDX-License-Identifier: MIT */
#ifndef CELLO_CLIENT_H
#define CELLO_CLIENT_H

/*
 * Cello's API: what is asked where, and what an answer means.
 * https://docs.cello.so/api-reference (v1 and what has no version) and
 * https://docs.cello.so/api-reference/generic-events/purchase-created-v2
 */

#include <stdint.h>

#include "base/err.h"

#define CELLO_TOKEN	8192	/* bytes of a token, with the NUL */
#define CELLO_MESSAGE	256
#define CELLO_KEY_MAX	255	/* of an Idempotency-Key, characters */
#define CELLO_FRESH_HOURS	72	/* for which Cello knows such a key */
#define CELLO_DIGEST	65	/* in digits, with the NUL */

/* How long to leave Cello alone after it refused our keys. */
#define CELLO_KEYS_REFUSED_S	60

struct cello;
struct json;

/* A bearer token, and what brings another without the keys. */
struct cello_grant {
	char	access[CELLO_TOKEN];
	char	refresh[CELLO_TOKEN];	/* "": there is none */
	int64_t	access_s;		/* so long from now */
	int64_t	refresh_s;
};

struct cello_reply {
	int		 status;	/* 0: no answer */
	struct json	*body;		/* owned; NULL: none or not JSON */
	char		 message[CELLO_MESSAGE];	/* fit for a log, "" */
	char		 request_id[128];	/* apigw-requestid, "" */
	int		 retry_after;	/* 1..3600 s; 0: not said */
	int		 unsure;	/* it may have been acted on */
};

/* `base` is borrowed and has no slash at the end; the keys are copied. */
struct cello *cello_open(const char *base, const char *access_key_id,
    const char *secret_access_key, int timeout_s);
void cello_close(struct cello *c);

/* Tells Cello's accounts apart and gives no key away. */
const char *cello_digest(const struct cello *c);

/* Seals what is kept of this account's tokens (crypto/seal.h). */
const unsigned char *cello_seal(const struct cello *c);

/*
 * POST /token with `refresh`, or with the keys (NULL).  A refresh brings no
 * other refresh token: ret->refresh is "" then.  ERR_DENIED: refused.
 * ERR_LATER: no usable answer.
 */
MUST_USE enum err cello_exchange(struct cello *c, const char *refresh,
    struct cello_grant *ret_grant);

/* What can be asked. */
enum cello_route {
	CELLO_EVENT,		/* v1: any */
	CELLO_SIGNUP_V2,
	CELLO_DEMO_V2,
	CELLO_PURCHASE_V2,
	CELLO_REFUND_V2,
	CELLO_CODE,		/* {code}: whose it is, and is it valid */
	CELLO_LINK,		/* {user}: their code and link */
	CELLO_REWARD,		/* {new user}: have they a discount? */
	CELLO_DEPERSONALIZE,	/* {user}: for ever */
	CELLO_ROUTES
};

struct cello_request {
	enum cello_route route;
	const char	*token;
	const char	*id;		/* in the path; NULL: none */
	const char	*body;		/* JSON; NULL: none */
	const char	*key;		/* Idempotency-Key; NULL: none */
};

/*
 * Sets all of *r, whatever comes back; done with by cello_reply_done(), and a
 * reply of zeros may be.  ERR_OK: it was done.  ERR_DENIED: 401, the token is
 * not (any more) good.  ERR_NOTFOUND, ERR_CONFLICT: 404, 409.  ERR_INPUT:
 * refused for good.  ERR_LATER: not done, or r->unsure.  ERR_INTERNAL: somebody
 * else answers at this address.  Logged with Cello's request id, never with a
 * body.
 */
MUST_USE enum err cello_ask(struct cello *c, const struct cello_request *q,
    struct cello_reply *r);
void cello_reply_done(struct cello_reply *r);

#endif /* !CELLO_CLIENT_H */
