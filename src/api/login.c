/* SPDX-License-Identifier: MIT */

#include "app/log_in.h"
#include "base/json.h"

#include "api/api.h"
#include "api/device.h"
#include "api/show.h"
#include "api/visitor.h"

/*
 * POST /api/login.  Whether the address is unknown, the password is wrong, or
 * either is no text at all, the answer is the same.
 */
enum err
login(struct ctx *c, const struct req *q, struct resp *p)
{
	struct log_in l = { .email = json_text(q->json, "email"),
	    .password = json_text(q->json, "password"),
	    .remember = visitor_remember(q), .now = q->now };
	enum err e;

	visitor_token(c, q, l.old);
	e = log_in(c->app, &l);
	if (e == ERR_LATER && l.busy)
		return resp_later(p, BUSY_RETRY_S);
	if (e == ERR_DENIED)
		return resp_problem(p, 401, "invalid_credentials",
		    "The e-mail address or the password is wrong.");
	if (e != ERR_OK)
		return e;
	visitor_cookie(c, p, l.token, l.remember);
	device_cookie(c, p, l.device);
	account_put(resp_json(p, 200), "account", &l.account);
	return resp_json_end(p);
}

/* POST /api/logout: the session is over, here and on every other worker. */
enum err
logout(struct ctx *c, const struct req *q, struct resp *p)
{
	enum err e;

	(void)q;
	if (c->visitor.known &&
	    (e = log_out(c->app, c->visitor.token)) != ERR_OK)
		return e;
	visitor_cookie(c, p, NULL, 0);
	return resp_empty(p, 204);
}
