/* SPDX-License-Identifier: MIT */

#include "billing/event.h"
#include "stripe/signature.h"

#include "api/api.h"

/*
 * POST /webhooks/stripe: believe that an object may have changed, once it is
 * in the database.  Whoever cannot sign learns nothing: one answer for every
 * cause.
 */
enum err
stripe_webhook(struct ctx *c, const struct req *q, struct resp *p)
{
	struct event event;
	int fresh;
	enum err e;

	if (signature_check(c->signatures, q->signature, q->body, q->body_len,
	    q->now) != ERR_OK ||
	    event_read(q->body, q->body_len, &event) != ERR_OK)
		return resp_problem(p, 400, "bad_request",
		    "This is not a signed event.");

	if ((e = event_record(c->db, &event, q->body, &fresh)) != ERR_OK)
		return e;
	if (fresh)
		ctx_ring(c);
	return resp_empty(p, 200);
}
