/* SPDX-License-Identifier: MIT */
#ifndef APP_MANAGE_BILLING_H
#define APP_MANAGE_BILLING_H

/* Send somebody to Stripe's billing portal. */

#include <stdint.h>

#include "base/err.h"

struct app;

#define MANAGE_URL	2048

struct portal_visit {
	char	 url[MANAGE_URL];
	int	 retry_after;	/* with ERR_LATER: seconds, 0: not said */
};

/*
 * Open a portal session for the account's customer; nothing more is asked of
 * Stripe after `last_us` of clock_mono_us().  ERR_NOTFOUND: there is no
 * customer (any more), so nothing to manage.  ERR_INPUT: Stripe refuses, and will
 * until somebody mends what the log says: mostly the portal was never set up.
 */
MUST_USE enum err manage_billing(struct app *a, const char *account_id,
    int64_t last_us, struct portal_visit *ret_visit);

#endif /* !APP_MANAGE_BILLING_H */
