/* SPDX-License-Identifier: MIT */

#include "base/json_write.h"

#include "api/api.h"
#include "api/show.h"

/* GET /api/session: who is looking, and all that the pages show of it. */
enum err
session_show(struct ctx *c, const struct req *q, struct resp *p)
{
	struct standing s;
	struct json_writer *w;
	enum err e;

	(void)q;
	if (!c->visitor.known) {
		w = resp_json(p, 200);
		json_put_bool(w, "authenticated", 0);
		return resp_json_end(p);
	}
	e = recognize_standing(c->app, c->visitor.account.id, &s);
	if (e != ERR_OK)
		return e;

	w = resp_json(p, 200);
	json_put_bool(w, "authenticated", 1);
	account_put(w, "account", &c->visitor.account);
	subscription_put(w, "subscription",
	    s.subscribed ? &s.subscription : NULL);
	json_put_bool(w, "trialUsed", s.tried);
	if (s.referred) {
		json_open(w, "referral");
		json_put_text(w, "ucc", s.ucc);
		json_put_bool(w, "discountDue", s.due);
		json_close(w);
	} else
		json_put_null(w, "referral");
	return resp_json_end(p);
}
