/* SPDX-License-Identifier: MIT */
#ifndef APP_LOOK_AT_PURCHASE_H
#define APP_LOOK_AT_PURCHASE_H

#include "base/err.h"

struct app;

/*
 * Somebody is back from Stripe's page: have that session read now, before
 * others, so that its owner need not wait for Stripe's event.  This grants
 * nothing: the courier believes Stripe; and it makes nobody read at will: a
 * session that is over is not read again, others not more often than
 * object_await() says.  ERR_NOTFOUND: the account has no such session.
 */
MUST_USE enum err look_at_purchase(struct app *a, const char *account_id,
    const char *session_id);

#endif /* !APP_LOOK_AT_PURCHASE_H */
