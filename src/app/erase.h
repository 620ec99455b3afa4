/* SPDX-License-Identifier: MIT */
#ifndef APP_ERASE_H
#define APP_ERASE_H

/*
 * Erasing an account.  In one transaction nobody is logged in to it any more,
 * its name and address are gone and free, and what is to be done elsewhere is
 * ordered: couriers end what it has at Stripe (app/close_account.c) and tell
 * Cello.  What bookkeeping must have stays, under an id that says nobody's name.
 */

#include <stdint.h>

#include "account/erasure.h"
#include "base/err.h"

struct app;
struct account;
struct db;

/* ERR_NOTFOUND: there is no such account.  Twice is fine. */
MUST_USE enum err erase(struct app *a, const char *account_id,
    enum erasure_by by);

/*
 * The same of who is logged in, if they know their password.  ERR_DENIED: they
 * do not.  ERR_LATER with *ret_busy: because of the hashing.
 */
MUST_USE enum err erase_self(struct app *a, const struct account *who,
    const char *password, int *ret_busy);

/*
 * What an account's rows, but for its own, still say of a person, and what was
 * told by Stripe; in a transaction.
 */
MUST_USE enum err erase_rows(struct db *db, const char *account_id);

/* What stays, for whom it concerns; `what` NULL at the end. */
struct erase_kept {
	const char	*what;
	const char	*why;
};
extern const struct erase_kept erase_kept[];

/* How far it is; ERR_NOTFOUND: nobody has asked for it. */
MUST_USE enum err erase_look(struct app *a, const char *account_id,
    struct erasure *ret_erasure);

#endif /* !APP_ERASE_H */
