/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "app/buy.h"
#include "app/look_at_purchase.h"
#include "base/json.h"
#include "http/status.h"

#include "api/api.h"
#include "api/show.h"

/* Returns 0 if it was answered: there is no such order. */
static int
take_order(const struct ctx *c, const struct req *q, struct order *o,
    struct resp *p)
{
	int64_t quantity = 1;
	enum err e;

	if ((o->plan = buy_plan(c->app, json_text(q->json, "plan"))) == NULL) {
		(void)resp_invalid(p, "plan", "There is no such plan.");
		return 0;
	}
	e = json_int(q->json, "quantity", &quantity);
	if ((e != ERR_OK && e != ERR_NOTFOUND) || quantity < 1 ||
	    quantity > CHECKOUT_QUANTITY) {
		(void)resp_invalid(p, "quantity",
		    "Choose a whole number from 1 to 1000.");
		return 0;
	}
	o->quantity = (int)quantity;
	return 1;
}

/* Stripe refuses for good, and the log says why: how to get on all the same. */
static enum err
say_refused(struct resp *p, enum refusal refusal)
{
	switch (refusal) {
	case REFUSAL_EMAIL:
		return resp_problem(p, 409, "email_refused",
		    "The payment service does not take your e-mail address."
		    " Please write to us to have it corrected.");
	case REFUSAL_CURRENCY:
		return resp_problem(p, 409, "currency_mismatch",
		    "You have paid in another currency before, and can only"
		    " choose plans in that one.");
	case REFUSAL_QUANTITY:
		return resp_invalid(p, "quantity",
		    "So many cannot be bought at once.");
	case REFUSAL_PLAN:
		return resp_problem(p, 409, "plan_unavailable",
		    "This plan cannot be bought at the moment. Please choose"
		    " another, or write to us.");
	default:
		return resp_problem(p, 409, "checkout_refused",
		    "The payment service does not take this order. Please"
		    " write to us.");
	}
}

/* POST /api/checkout: the address of a page of Stripe's. */
enum err
checkout_start(struct ctx *c, const struct req *q, struct resp *p)
{
	struct order o = { .account = &c->visitor.account,
	    .last_us = app_last_us(c->app, q->began_us) };
	struct bought_page page;
	struct json_writer *w;
	enum err e;

	if (!take_order(c, q, &o, p))
		return ERR_OK;
	e = buy(c->app, &o, &page);
	if (e == ERR_LATER)
		return resp_later(p, page.retry_after > 0 ?
		    page.retry_after : STATUS_RETRY_SECONDS);
	if (e != ERR_OK)
		return e;
	switch (page.how) {
	case BUY_ENTITLED:
		return resp_problem(p, 409, "already_subscribed",
		    "You are subscribed already.");
	case BUY_OWING:
		return resp_problem(p, 409, "payment_due",
		    "Your subscription waits for a payment or is paused.");
	case BUY_REFUSED:
		return say_refused(p, page.refusal);
	case BUY_TWIN:
		return twin_put(p);
	case BUY_PROCESSING:
		return resp_problem(p, 409, "checkout_in_progress",
		    "A payment is being completed.");
	case BUY_PAGE:
		break;
	}
	w = resp_json(p, 201);
	json_put_text(w, "url", page.url);
	json_put_text(w, "sessionId", page.session_id);
	return resp_json_end(p);
}

/* POST /api/checkout/return */
enum err
checkout_return(struct ctx *c, const struct req *q, struct resp *p)
{
	const char *id = json_text(q->json, "sessionId");
	enum err e;

	if (id == NULL || strlen(id) >= STRIPE_ID)
		return resp_invalid(p, "sessionId",
		    "This is not a session of Checkout.");
	e = look_at_purchase(c->app, c->visitor.account.id, id);
	if (e == ERR_NOTFOUND)
		return resp_problem(p, 404, "not_found",
		    "You have no such session.");
	return e != ERR_OK ? e : resp_empty(p, 202);
}
