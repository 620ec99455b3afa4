/* SPDX-License-Identifier: MIT */

#include "account/session.h"
#include "app/config.h"
#include "base/text.h"
#include "billing/subscription.h"

#include "api/api.h"

/*
 * May somebody with this access pass?  `?require=subscription` lets in who
 * pays.  Any other requirement is a mistake in the web server's configuration
 * and must not let everybody in.
 */
static enum err
check_required(const struct req *q, const struct access *a, struct resp *p)
{
	char required[32];
	enum err e;

	e = req_query(q, "require", required, sizeof(required));
	if (e == ERR_NOTFOUND)
		return ERR_OK;
	if (e != ERR_OK || !text_equal(required, "subscription"))
		return resp_problem(p, 400, "bad_request",
		    "There is no such requirement.");
	if (!a->entitled)
		return resp_problem(p, 403, "not_subscribed",
		    "This needs a subscription.");
	return ERR_OK;
}

/* GET /auth, for nginx's auth_request: who is it, and what do they pay for? */
enum err
auth(struct ctx *c, const struct req *q, struct resp *p)
{
	char token[SESSION_TOKEN], hash[SESSION_HASH];
	struct access a;
	enum err e = ERR_NOTFOUND;

	if (req_cookie(q, c->cookie, token, sizeof(token)) == ERR_OK) {
		session_hash(token, hash);
		e = access_find(c->db, hash, c->limits.idle_hours,
		    c->conf->billing.grace_hours, &a);
	}
	if (e == ERR_NOTFOUND)
		return resp_problem(p, 401, "not_authenticated",
		    "Log in first.");
	if (e == ERR_OK && a.touch)
		e = session_touch(c->db, hash);
	if (e != ERR_OK)
		return e;

	if ((e = check_required(q, &a, p)) != ERR_OK || p->status != 0)
		return e;
	resp_header(p, "X-Endpin-Account", a.account_id);
	resp_header(p, "X-Endpin-Plan", a.plan);
	resp_header(p, "X-Endpin-Entitled", a.entitled ? "true" : "false");
	return resp_empty(p, 204);
}
