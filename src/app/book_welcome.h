/* SPDX-License-Identifier: MIT */
#ifndef APP_BOOK_WELCOME_H
#define APP_BOOK_WELCOME_H

/*
 * The credit of somebody who was referred ([plan] referral_credit).  It is
 * credited to their customer's balance at Stripe when they have paid once, and
 * so pays for the next invoice.  Before that Checkout would take it from the
 * first one, and one that covers it could be had for nothing, by as many
 * accounts as somebody makes.
 */

#include "base/err.h"

struct config;
struct db;
struct json;
struct plan_config;

/* Who is sent to a page is promised what its plan credits, which may be 0. */
MUST_USE enum err promise_welcome(struct db *db, const char *account_id,
    const struct plan_config *plan);

/*
 * `invoice` was read, which is the account's: if that was promised something
 * and has paid on it, this decides, once.  No more is booked than was paid;
 * none in another currency than it was promised in, nor if the code is not good
 * or their own, nor for an erased account; and not before somebody has looked
 * at the card, and, where they look like whoever referred them, has said that
 * they are two (app/trust.h).  In the transaction that applies the invoice.
 */
MUST_USE enum err book_welcome(struct db *db, const struct config *conf,
    const char *account_id, const struct json *invoice);

/*
 * What waited for a look at the account's cards, or for a person's word, is
 * decided now: its invoice is read again.  In the transaction that writes down
 * what came of it.
 */
MUST_USE enum err resume_welcome(struct db *db, const char *account_id);

#endif /* !APP_BOOK_WELCOME_H */
