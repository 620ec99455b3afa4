/* SPDX-License-Identifier: MIT */
#ifndef STRIPE_CLIENT_H
#define STRIPE_CLIENT_H

/*
 * Stripe's API: authentication, pinned version, and what an answer means.
 * https://docs.stripe.com/api/errors
 * https://docs.stripe.com/api/idempotent_requests
 */

#include <time.h>

#include "base/err.h"

#define STRIPE_VERSION	"2026-10-28.endive"
/* How long to wait after our key was refused: somebody has to mend it. */
#define STRIPE_KEY_REFUSED_S	60

#define STRIPE_KEY_MAX	255	/* an idempotency key, characters */
#define STRIPE_MESSAGE	256	/* of error.message, with the NUL */

struct json;
struct stripe;

struct stripe_reply {
	int		 status;	/* 0: no answer */
	struct json	*body;		/* owned; NULL: none or not JSON */
	char		 code[64];	/* error.code, "" */
	char		 param[128];	/* error.param, "" */
	char		 message[STRIPE_MESSAGE]; /* error.message, "" */
	char		 request_id[128];
	int		 replayed;
	int		 retry_after;	/* 1..3600 s; 0: not said */
	int		 wait_ms;	/* > 0: not asked, the gate is closed */
	time_t		 date;		/* of the answer; 0, -1: not said */
};

/*
 * `base` is borrowed and has no slash at the end; `key` is copied, and the copy
 * wiped at the end.
 */
struct stripe *stripe_open(const char *base, const char *key, int timeout_s);
void stripe_close(struct stripe *s);

/*
 * Ask `gate` with `arg` before each call, which is to `endpoint`: a method and
 * a path without ids.  It says for how many milliseconds the call has to wait;
 * 0: not at all.  A call that has to is not made, and is ERR_LATER.
 */
typedef int stripe_gate(void *arg, const char *endpoint);
void stripe_ask_first(struct stripe *s, stripe_gate *gate, void *arg);

/*
 * Tell `full` with `arg` when Stripe has taken no call to `endpoint` because of
 * how many there are: of all if `all`, else of that endpoint.  `retry_after` is
 * as in a reply.  An object that somebody else holds (lock_timeout), or of
 * which too much was asked, is no such thing.
 * https://docs.stripe.com/rate-limits
 */
typedef void stripe_full(void *arg, const char *endpoint, int all,
    int retry_after);
void stripe_tell_full(struct stripe *s, stripe_full *full, void *arg);

/*
 * A GET to which Stripe owes an answer is sent up to `times` times, each when
 * Stripe has asked for and within STRIPE_WAIT_MOST_S: for a command, which
 * nobody does over.
 */
#define STRIPE_WAIT_MOST_S	10
void stripe_persist(struct stripe *s, int times);

/* Is the key one of live mode?  Its prefix says so (docs.stripe.com/keys). */
int stripe_is_live(const struct stripe *s);

/* May it be one that is not allowed everything? */
int stripe_is_restricted(const struct stripe *s);

/* The SHA-256 of the key, in digits: tells keys apart and gives none away. */
const char *stripe_key_digest(const struct stripe *s);

/*
 * The calls below set all of *r, whatever they return.  Do this before *r is
 * used again; a reply of zeros may be done with too.  The message is fit for a
 * log: cut to its size, and a word with an @ in it is "(address)".
 */
void stripe_reply_done(struct stripe_reply *r);

/*
 * GET `path` ("/v1/customers/cus_1?expand[]=x").  ERR_OK: 200, r->body is set.
 * ERR_NOTFOUND: 404, or resource_missing.  ERR_LATER: no answer, 409, 429, 5xx:
 * ask again.  ERR_INTERNAL: the key is refused (401, 403).  ERR_INPUT: any
 * other 4xx.  Logged with Stripe's request id, never with a body.
 */
MUST_USE enum err stripe_get(struct stripe *s, const char *path,
    struct stripe_reply *r);

/* The same once, however often stripe_persist() says. */
MUST_USE enum err stripe_get_once(struct stripe *s, const char *path,
    struct stripe_reply *r);

/* DELETE, as stripe_get(): what is not there any more is ERR_NOTFOUND. */
MUST_USE enum err stripe_delete(struct stripe *s, const char *path,
    struct stripe_reply *r);

/*
 * POST `form` under the idempotency key `key`.  As stripe_get(), and:
 * ERR_CONFLICT: 409 idempotency_key_in_use: somebody else is sending this very
 * call; send it again soon.  ERR_INPUT: refused for good, including a key that
 * was used with other parameters.  ERR_LATER: send it again with the same key;
 * with r->replayed set, Stripe has kept a 5xx under this key and will never say
 * anything else (look up what happened, then use a new key).
 */
MUST_USE enum err stripe_post(struct stripe *s, const char *path,
    const char *form, const char *key, struct stripe_reply *r);

#endif /* !STRIPE_CLIENT_H */
