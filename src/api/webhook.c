/* SPDX-License-Identifier: MIT */

#include "app/hear_event.h"

#include "api/api.h"

/*
 * POST /webhooks/stripe.  Whoever cannot sign learns nothing: one answer for
 * every cause.
 */
enum err
stripe_webhook(struct ctx *c, const struct req *q, struct resp *p)
{
	const struct telling t = { .signature = q->signature,
	    .body = q->body, .len = q->body_len, .now = q->now };
	enum err e;

	e = hear_event(c->app, &t);
	if (e == ERR_DENIED)
		return resp_problem(p, 400, "bad_request",
		    "This is not a signed event.");
	return e != ERR_OK ? e : resp_empty(p, 200);
}
