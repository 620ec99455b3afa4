/* SPDX-License-Identifier: MIT */
#ifndef APP_BUY_H
#define APP_BUY_H

/* Get somebody to a page of Stripe's on which a plan can be paid. */

#include <stdint.h>

#include "account/account.h"
#include "base/err.h"
#include "billing/checkout.h"
#include "billing/refusal.h"
#include "app/config.h"

struct app;

struct order {
	const struct account		*account;
	const struct plan_config	*plan;
	int				 quantity;
	/* Of clock_mono_us(): nothing more is asked of Stripe after that. */
	int64_t				 last_us;
};

enum bought {
	BUY_PAGE,		/* there is a page to pay on */
	BUY_TWIN,		/* the same is being ordered just now */
	BUY_PROCESSING,		/* a payment is being completed */
	BUY_OWING,		/* there is one that waits for its owner */
	BUY_ENTITLED,		/* there is a subscription: nothing to buy */
	BUY_REFUSED		/* Stripe refuses, and will again: `refusal` */
};

struct bought_page {
	enum bought	 how;
	enum refusal	 refusal;
	char		 session_id[STRIPE_ID];	/* BUY_PAGE */
	char		 url[CHECKOUT_URL];
	int		 retry_after;	/* with ERR_LATER: seconds, 0: not said */
};

/* A plan that is sold, by its name; NULL: there is none. */
const struct plan_config *buy_plan(const struct app *a, const char *name);

/*
 * A second click and a second tab get the same page; BUY_TWIN while the first
 * is on its way to Stripe, and nobody waits for it here.  If Stripe refuses the
 * coupon the page has no discount.  ERR_LATER: come again, unchanged.
 */
MUST_USE enum err buy(struct app *a, const struct order *o,
    struct bought_page *ret_page);

#endif /* !APP_BUY_H */
