/* SPDX-License-Identifier: MIT */
#ifndef STRIPE_ENDPOINT_H
#define STRIPE_ENDPOINT_H

/*
 * Webhook endpoints: where Stripe sends its events.  Its secret is told once, in
 * the answer that makes it, and there is no asking again: whoever makes one
 * stores the secret before anything else, and then says at Stripe, in the
 * metadata, under which name.  One that does not say so was never finished.
 * https://docs.stripe.com/api/webhook_endpoints
 */

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "stripe/kind.h"
#include "stripe/signature.h"

struct stripe;
struct stripe_reply;

#define ENDPOINTS_MOST	16	/* as many as Stripe allows */
#define ENDPOINT_URL	2048
#define ENDPOINT_SECRET	256

struct endpoint {
	char	 id[STRIPE_ID];
	char	 url[ENDPOINT_URL];
	int64_t	 created;		/* seconds since 1970 */
	int	 is_ours;		/* endpoint_create() made it */
	char	 secret[SIGNATURE_NAME]; /* its stored secret's name; "": none */
};

/* All of the account, the newest first. */
MUST_USE enum err endpoint_list(struct stripe *s,
    struct endpoint ret[ENDPOINTS_MOST], size_t *ret_count,
    struct stripe_reply *r);

struct endpoint_wish {
	const char		*url;
	const char *const	*events;	/* NULL at the end */
	const char		*version;	/* NULL: the account's */
};

/*
 * ERR_OK: it is there, *ret_endpoint, and its secret is in `ret_secret`, to be
 * wiped.  What was asked may be asked again under the same `key`.  ERR_INTERNAL
 * too: Stripe has made one and told no secret.
 */
MUST_USE enum err endpoint_create(struct stripe *s,
    const struct endpoint_wish *wish, const char *key,
    struct endpoint *ret_endpoint, char ret_secret[ENDPOINT_SECRET],
    struct stripe_reply *r);

/* It is switched on and sends these, whatever it did. */
MUST_USE enum err endpoint_renew(struct stripe *s, const char *id,
    const char *const events[], const char *key, struct stripe_reply *r);

/* Its secret is stored, under this name. */
MUST_USE enum err endpoint_stored(struct stripe *s, const char *id,
    const char *secret, struct stripe_reply *r);

/* One that is not there any more is deleted. */
MUST_USE enum err endpoint_delete(struct stripe *s, const char *id,
    struct stripe_reply *r);

#endif /* !STRIPE_ENDPOINT_H */
