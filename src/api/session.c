/* SPDX-License-Identifier: MIT */

#include "app/config.h"
#include "base/json_write.h"
#include "billing/subscription.h"
#include "referral/referral.h"

#include "api/api.h"
#include "api/show.h"

/* GET /api/session: who is looking, and all that the pages show of it. */
enum err
session_show(struct ctx *c, const struct req *q, struct resp *p)
{
	struct subscription s;
	struct json_writer *w;
	char ucc[UCC];
	enum err subscribed, referred;

	(void)q;
	if (!c->known) {
		w = resp_json(p, 200);
		json_put_bool(w, "authenticated", 0);
		return resp_json_end(p);
	}

	subscribed = subscription_find(c->db, c->member.id,
	    c->conf->billing.grace_hours, &s);
	if (subscribed != ERR_OK && subscribed != ERR_NOTFOUND)
		return subscribed;
	referred = referral_find(c->db, c->member.id, ucc);
	if (referred != ERR_OK && referred != ERR_NOTFOUND)
		return referred;

	w = resp_json(p, 200);
	json_put_bool(w, "authenticated", 1);
	account_put(w, "account", &c->member);
	subscription_put(w, "subscription", subscribed == ERR_OK ? &s : NULL);
	if (referred == ERR_OK) {
		json_open(w, "referral");
		json_put_text(w, "ucc", ucc);
		json_close(w);
	} else
		json_put_null(w, "referral");
	return resp_json_end(p);
}

/* GET /api/subscription */
enum err
subscription_show(struct ctx *c, const struct req *q, struct resp *p)
{
	struct subscription s;
	enum err e;

	(void)q;
	e = subscription_find(c->db, c->member.id, c->conf->billing.grace_hours, &s);
	if (e != ERR_OK && e != ERR_NOTFOUND)
		return e;
	subscription_put(resp_json(p, 200), "subscription",
	    e == ERR_OK ? &s : NULL);
	return resp_json_end(p);
}
