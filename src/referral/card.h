/* SPDX-License-Identifier: MIT */
#ifndef REFERRAL_CARD_H
#define REFERRAL_CARD_H

/*
 * The cards with which somebody pays, to tell whether who refers and who comes
 * are one person.  Kept of those only who were referred or have referred
 * somebody, and nothing but Stripe's fingerprint, which says which card it is
 * to nobody but this Stripe account: the same card has the same one, whoever
 * brings it.  It is kept as it is, for an operator can look it up at Stripe, and
 * a digest of it would tell as much.  Couriers ask Stripe, and nobody waits.
 */

#include <stddef.h>

#include "base/err.h"
#include "errand/errand.h"

struct db;
struct stmt;

#define CARD_LEASE_S		90
#define CARD_ATTEMPTS		50
#define CARD_FINGERPRINT	64	/* Stripe's have 16 characters */

extern const struct errand_kind card_errands;

/* Those that an account has, the newest first; more are not kept. */
#define CARDS_MOST	100
struct cards {
	char	 fingerprint[CARDS_MOST][CARD_FINGERPRINT];
	size_t	 count;
};

/*
 * Stripe is to be asked for the account's; not `again`: unless that was done
 * within a day, or one is known already.
 */
MUST_USE enum err card_want(struct db *db, const char *account_id, int again);

/*
 * The errand is done: these are what the account has now, beside those that it
 * had.  ERR_CONFLICT: it is somebody else's by now, or forgotten.
 */
MUST_USE enum err card_found(struct db *db, const struct errand *x,
    const struct cards *cards);

/*
 * Is Stripe going to be asked for the account's?  What has failed so often may
 * fail for days, and is not waited for.
 */
#define CARD_PATIENCE	5
MUST_USE enum err card_is_awaited(struct db *db, const char *account_id,
    int *ret_awaited);

/* Is there a card with which both have paid? */
MUST_USE enum err card_shared(struct db *db, const char *account_id,
    const char *other_id, int *ret_shared);

/* Of an account that is erased nothing is kept. */
MUST_USE enum err card_erase(struct db *db, const char *account_id);

/* Delete up to `most` of one lane of which nobody has asked for `days`. */
MUST_USE enum err card_tidy(struct db *db, int lane, int days, int most,
    int *ret_deleted);

extern const struct stmt *const card_statements[];

#endif /* !REFERRAL_CARD_H */
