/* SPDX-License-Identifier: MIT */

#include "app/boot_referrals.h"
#include "base/json_write.h"

#include "api/api.h"

static void
user_put(struct json_writer *w, const struct account *a, const struct boot *b)
{
	json_open(w, "productUserDetails");
	json_put_text(w, "firstName", a->first_name);
	json_put_text(w, "lastName", a->last_name);
	json_put_text(w, "fullName", b->full_name);
	json_put_text(w, "email", a->email);
	json_close(w);
}

/*
 * GET /api/cello/token: what boots the Referral Component for the member.
 * Somebody who is not logged in is no error here: Cello's guide says so.
 */
enum err
cello_token(struct ctx *c, const struct req *q, struct resp *p)
{
	const struct account *who = &c->visitor.account;
	struct json_writer *w;
	struct boot b;
	enum err e = ERR_NOTFOUND;

	if (c->visitor.known)
		e = boot_referrals(c->app, who, q->now, &b);
	if (e == ERR_NOTFOUND) {
		w = resp_json(p, 200);
		json_put_bool(w, "enabled", 0);
		return resp_json_end(p);
	}
	if (e != ERR_OK)
		return e;

	w = resp_json(p, 200);
	json_put_bool(w, "enabled", 1);
	json_put_text(w, "scriptUrl", b.script_url);
	json_open(w, "bootConfig");
	json_put_text(w, "productId", b.product_id);
	json_put_text(w, "token", b.token);
	user_put(w, who, &b);
	json_close(w);
	return resp_json_end(p);
}
