/* SPDX-License-Identifier: MIT */

#include "app/manage_billing.h"
#include "http/status.h"

#include "api/api.h"

/* POST /api/portal: the address of the member's billing portal. */
enum err
portal_open(struct ctx *c, const struct req *q, struct resp *p)
{
	struct portal_visit visit;
	struct json_writer *w;
	enum err e;

	e = manage_billing(c->app, c->visitor.account.id,
	    app_last_us(c->app, q->began_us), &visit);
	if (e == ERR_NOTFOUND)
		return resp_problem(p, 409, "no_customer",
		    "There is nothing to manage yet.");
	if (e == ERR_INPUT)
		return resp_problem(p, 409, "portal_unavailable",
		    "Subscriptions cannot be managed here at the moment."
		    " Please write to us, and we do it for you.");
	if (e == ERR_LATER)
		return resp_later(p, visit.retry_after > 0 ?
		    visit.retry_after : STATUS_RETRY_SECONDS);
	if (e != ERR_OK)
		return e;
	w = resp_json(p, 201);
	json_put_text(w, "url", visit.url);
	return resp_json_end(p);
}
