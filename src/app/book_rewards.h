/* SPDX-License-Identifier: MIT */
#ifndef APP_BOOK_REWARDS_H
#define APP_BOOK_REWARDS_H

/*
 * What an account's rewards in credits are worth is credited to its customer's
 * balance at Stripe, each once.  The currency is that of what they have paid:
 * who has paid nothing yet waits for their first invoice, and of another
 * currency nothing is booked, nor for an account that was erased.
 */

#include "base/err.h"

struct cello_config;
struct db;

/* In a transaction.  Nothing may be due; where something was, ring. */
MUST_USE enum err book_rewards(struct db *db, const struct cello_config *conf,
    const char *account_id);

#endif /* !APP_BOOK_REWARDS_H */
