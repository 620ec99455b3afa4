/* SPDX-License-Identifier: MIT */
#ifndef NET_FETCH_H
#define NET_FETCH_H

/*
 * HTTP requests to servers we know by configuration (libcurl): no redirects,
 * no proxy from the environment, https or loopback http only, certificates
 * verified, ceilings on time and size.
 */

#include <time.h>

#include "base/buf.h"
#include "base/err.h"

#define FETCH_CONNECT_MS	3000
#define FETCH_BODY		(16u << 20)	/* a page of long invoices */

struct fetch;		/* a client: one kept connection, one at a time */

struct fetch_request {
	const char	*method;	/* "GET", "POST", "DELETE" */
	const char	*url;
	const char	*const *header;	/* "Name: value", NULL at the end */
	const char	*body;		/* NULL: none */
	size_t		 body_len;
	int		 timeout_ms;	/* all in all, the name too */
};

struct fetch_reply {
	int		 status;
	struct buf	 body;
	char		 request_id[128];	/* or apigw-requestid; "" */
	int		 replayed;		/* Idempotent-Replayed: true */
	int		 should_retry;		/* Stripe-Should-Retry, or -1 */
	int		 retry_after;		/* 1..3600 s; 0: not said */
	char		 limited[64];	/* Stripe-Rate-Limited-Reason, or "" */
	time_t		 date;			/* of the answer; -1: not said */
};

struct fetch *fetch_open(void);
void fetch_close(struct fetch *f);

void fetch_reply_init(struct fetch_reply *r);
void fetch_reply_done(struct fetch_reply *r);

/*
 * ERR_OK: there is an answer, whatever its status.  ERR_LATER: the request
 * certainly did not reach the server (no connection).  ERR_INTERNAL: it may or
 * may not have been acted on (time-out, broken off, body over the ceiling).
 * ERR_INPUT: not such an address.  Logged.
 *
 * Only a GET or a request with an Idempotency-Key goes over the kept connection
 * and is sent again at once if that turns out dead; any other is sent once.
 */
MUST_USE enum err fetch_run(struct fetch *f, const struct fetch_request *q,
    struct fetch_reply *r);

#endif /* !NET_FETCH_H */
