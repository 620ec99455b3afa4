/* SPDX-License-Identifier: MIT */
#ifndef STRIPE_SIGNATURE_H
#define STRIPE_SIGNATURE_H

/*
 * Stripe-Signature: t=SECONDS,v1=HEX[,v1=HEX...]; HMAC-SHA256 over "t.body"
 * with the whole secret, whsec_ included (docs.stripe.com/webhooks).
 */

#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "base/err.h"

/* A signature older or newer than this is somebody playing it back. */
#define SIGNATURE_WINDOW	300

/* More than Stripe has secrets at a time: bounds the work. */
#define SIGNATURE_MOST		16

struct signature_keys;
struct secret;

/* Made once per process; the secrets are not kept.  Never NULL. */
struct signature_keys *signature_keys_new(const struct secret *secrets);
void signature_keys_free(struct signature_keys *k);

/*
 * What the `i`th secret is called, in the order of their lines, NULL: there are
 * not so many: the beginning of its SHA-256, which tells it from others and
 * gives nothing away.
 */
#define SIGNATURE_NAME	13
const char *signature_key_name(const struct signature_keys *k, size_t i);
void signature_name(const char *secret, char ret[SIGNATURE_NAME]);

/*
 * ERR_OK if `header` vouches for the body under one of the secrets at `now`.
 * Any good v1 is enough; other schemes do not count.  Everything else is
 * ERR_DENIED, and the log says why: event "signature_refused", a word for the
 * reason, never the signature.  `header` may be NULL.  *ret_matched: bit i is
 * set if the `i`th secret vouches; while one is rolled, Stripe signs with each.
 * *ret_ago_s: 0, unless a secret vouches and it is refused for its time alone:
 * then so many seconds ago it was signed, < 0: so many from `now`.
 */
MUST_USE enum err signature_check(const struct signature_keys *k,
    const char *header, const void *body, size_t len, time_t now,
    unsigned *ret_matched, int64_t *ret_ago_s);

#endif /* !STRIPE_SIGNATURE_H */
