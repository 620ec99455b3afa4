/* SPDX-License-Identifier: MIT */

#include <stdio.h>

#include "base/buf.h"
#include "app/config.h"
#include "base/json_write.h"
#include "base/text.h"
#include "cello/token.h"

#include "api/api.h"

#define URL_MAX		1024
#define FULL_NAME	(2 * ACCOUNT_NAME)

static void
user_put(struct json_writer *w, const struct account *a)
{
	char full[FULL_NAME];
	int both = !text_empty(a->first_name) && !text_empty(a->last_name);

	(void)snprintf(full, sizeof(full), "%s%s%s", a->first_name,
	    both ? " " : "", a->last_name);
	json_open(w, "productUserDetails");
	json_put_text(w, "firstName", a->first_name);
	json_put_text(w, "lastName", a->last_name);
	json_put_text(w, "fullName", full);
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
	char token[TOKEN_TEXT];
	struct json_writer *w;
	struct buf url;
	enum err e;

	if (!c->known || c->signer == NULL) {
		w = resp_json(p, 200);
		json_put_bool(w, "enabled", 0);
		return resp_json_end(p);
	}
	e = token_sign(c->signer, c->member.id, q->now, token);
	if (e != ERR_OK)
		return ERR_INTERNAL;

	buf_init(&url, URL_MAX);
	buf_format(&url, "%s/app/latest/cello.js", c->conf->cello.assets_base);
	w = resp_json(p, 200);
	json_put_bool(w, "enabled", 1);
	json_put_text(w, "scriptUrl", url.data);
	json_open(w, "bootConfig");
	json_put_text(w, "productId", c->conf->cello.product_id);
	json_put_text(w, "token", token);
	user_put(w, &c->member);
	json_close(w);
	buf_done(&url);
	return resp_json_end(p);
}
