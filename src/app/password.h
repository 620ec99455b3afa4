/* SPDX-License-Identifier: MIT */
#ifndef APP_PASSWORD_H
#define APP_PASSWORD_H

/*
 * Hashing, which costs a core for a while, so that only as many do it at a time
 * as the machine can bear; whoever waits too long comes back.  What is hashed is
 * the password in Normalization Form C, so that it is the same from every
 * keyboard; a hash of before, of the bytes as they were typed, is still taken
 * and is of an old kind.
 */

#include "base/err.h"
#include "crypto/password.h"

struct app;

/*
 * How long a password waits for its turn.  With the wait for a worker before
 * that it is less than a second.
 */
#define PASSWORD_WAIT_MS	500

/* Who hashes for longer, dozens of times of what it takes, may stand still. */
#define PASSWORD_HOLD_MS	1000

/* ERR_LATER: there was no turn; *ret_busy is set. */
MUST_USE enum err password_make(struct app *a, const char *password,
    char ret_hash[PASSWORD_HASH], int *ret_busy);

/*
 * Does `password` belong to `hash`?  NULL: the address is unknown, which costs
 * what a known one costs.  ERR_DENIED: no.  `ret_fresh` is "" unless the hash
 * is of an old kind: then it is what should take its place.
 */
MUST_USE enum err password_verify(struct app *a, const char *password,
    const char *hash, char ret_fresh[PASSWORD_HASH], int *ret_busy);

#endif /* !APP_PASSWORD_H */
