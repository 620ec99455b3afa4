/* SPDX-License-Identifier: MIT */
#ifndef APP_TELL_OF_H
#define APP_TELL_OF_H

/*
 * What happened to somebody who was referred becomes a fact (referral/fact.h),
 * for Cello to be told by its API.  Where [cello] has Cello learn of it by
 * Stripe, and of whoever was not referred, no fact is written, and that is
 * ERR_OK.  Each is called in the transaction that writes down what happened.
 */

#include <stdint.h>

#include "base/err.h"

struct account;
struct app;
struct config;
struct db;
struct json;

MUST_USE enum err tell_of_signup(struct db *db, const struct config *conf,
    const struct account *who);

/*
 * They attended a demo, the one called `id` or (NULL) their only one.
 * *ret_referred: else nothing came of it.
 */
MUST_USE enum err tell_of_demo(struct db *db, const struct config *conf,
    const struct account *who, const char *id, int64_t at,
    int *ret_referred);

/*
 * An invoice as read, after its payments were booked: once it is paid, and with
 * it the refunds of it that were booked before.
 */
MUST_USE enum err tell_of_invoice(struct db *db, const struct config *conf,
    const struct json *read);

/*
 * A refund as read, after it was booked.  One of an invoice that was not read
 * yet is told of with that: both hold the customer.
 */
MUST_USE enum err tell_of_refund(struct db *db, const struct config *conf,
    const struct json *read);

/*
 * Cello is to make them nobody, if its API is asked here, whoever they are: only
 * Cello knows if they ever were a referrer.
 */
MUST_USE enum err tell_of_erasure(struct db *db, const struct config *conf,
    const char *account_id);

/*
 * A process began so many seconds ago: if [cello] purchases is another than
 * before, then it is since that time, and not for what was paid before
 * (referral/way.h).
 */
MUST_USE enum err tell_of_purchases_since(struct app *a, int64_t seconds);

#endif /* !APP_TELL_OF_H */
