/* SPDX-License-Identifier: MIT */
#ifndef APP_TAKE_OVER_H
#define APP_TAKE_OVER_H

/*
 * Give a customer of Stripe's to an account, in the place of one that has
 * nothing.  Of this folder's own: app/adopt.h is the verb.
 */

#include "app/adopt.h"

struct json;

/*
 * `read` is the customer as Stripe shows it, and r->customer, r->account and
 * r->by are set.  ERR_OK: r->how is.  Errors are those of adopt().
 */
MUST_USE enum err take_over(struct app *a, const struct json *read,
    int dry_run, struct adoption *r);

#endif /* !APP_TAKE_OVER_H */
