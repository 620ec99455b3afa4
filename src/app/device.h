/* SPDX-License-Identifier: MIT */
#ifndef APP_DEVICE_H
#define APP_DEVICE_H

/*
 * A browser that somebody has logged in with, so that they get in while
 * strangers keep the hashing busy.  What it is given names nobody and is
 * written down nowhere: a day, and a digest of it, keyed with the hash of the
 * account's password.  So it is good for one account, on every machine, until
 * the password is another; whoever made one would have to know that hash.  It
 * opens nothing: who has it waits in front of strangers, and has to know the
 * password as they do.
 */

#include <time.h>

#include "base/err.h"
#include "crypto/password.h"

struct account;
struct app;

#define DEVICE_TOKEN	64
#define DEVICE_DAYS	400	/* browsers keep no cookie for longer */

/* `hash` is of the account's password, as it is stored. */
void device_mark(const struct account *who, const char *hash, time_t now,
    char ret_token[DEVICE_TOKEN]);

/* Is it what device_mark() made of these, DEVICE_DAYS ago at most? */
int device_marked(const struct account *who, const char *hash, time_t now,
    const char *token);

/*
 * The same for the account with this address, if there is one, as the database
 * has it; without a database it is not known.  What has the form of a token and a
 * day that could be costs one look by an index, which comes before any limit of
 * this machine's: a small part of the request that somebody made it up for.
 */
int device_is_known(struct app *a, const char *email, time_t now,
    const char *token);

#endif /* !APP_DEVICE_H */
