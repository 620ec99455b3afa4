/* SPDX-License-Identifier: MIT */
#ifndef APP_DOUBT_H
#define APP_DOUBT_H

/*
 * What speaks against a referral, as far as is known by now: it is written down
 * and told all the same, as Cello decides, but brings no discount.  That two
 * look like one person speaks against it until somebody says that they are two
 * (app/trust.h).
 */

#include "base/err.h"

struct config;
struct db;
struct json;

enum doubt {
	DOUBT_NONE,
	DOUBT_CODE,		/* Cello does not know it, or not any more */
	DOUBT_OWN,		/* it is their own */
	DOUBT_PERSON,		/* its owner's address is theirs, too */
	DOUBT_CUSTOMER,		/* and so is a customer at Stripe, */
	DOUBT_CARD		/* or a card */
};

/*
 * Are cards looked at?  Where Cello is not asked nobody knows whose a code is,
 * and so with whose they would be compared.
 */
int doubt_compares_cards(const struct config *conf);

MUST_USE enum err doubt_of(struct db *db, const char *account_id,
    const char *ucc, enum doubt *ret_doubt);

/*
 * The account, which `ucc` has referred ("": nobody has), has paid: its cards
 * and those of whoever referred it are to be looked at, to be compared.  Who
 * pays each month is looked at once.
 */
MUST_USE enum err doubt_payer(struct db *db, const struct config *conf,
    const char *account_id, const char *ucc);

/*
 * Whoever has ordered something on this page of Checkout has shown a card, also
 * to try it for free: they are looked at once more.
 */
MUST_USE enum err doubt_session(struct db *db, const struct config *conf,
    const struct json *session);

/* They may have shown another card otherwise: so are both. */
MUST_USE enum err doubt_shown(struct db *db, const struct config *conf,
    const char *account_id);

/* Is whoever has referred the account going to be looked at? */
MUST_USE enum err doubt_awaits_referrer(struct db *db,
    const struct config *conf, const char *account_id, int *ret_awaited);

/* `owner` is found to refer: so are theirs. */
MUST_USE enum err doubt_referrer(struct db *db, const struct config *conf,
    const char *owner);

#endif /* !APP_DOUBT_H */
