/* SPDX-License-Identifier: MIT */

#include "account/account.h"
#include "app/erase.h"
#include "app/find_person.h"
#include "base/json.h"
#include "base/json_write.h"
#include "base/text.h"

#include "api/api.h"
#include "api/device.h"
#include "api/show.h"
#include "api/visitor.h"

static enum err
say_erased(struct resp *p, const char *account_id)
{
	struct json_writer *w = resp_json(p, 202);
	const struct erase_kept *k;

	json_put_text(w, "account", account_id);
	json_open_array(w, "kept");
	for (k = erase_kept; k->what != NULL; k++) {
		json_open(w, NULL);
		json_put_text(w, "what", k->what);
		json_put_text(w, "why", k->why);
		json_close(w);
	}
	json_close_array(w);
	return resp_json_end(p);
}

/*
 * POST /api/account/erase: who is logged in shows once more that it is they, for
 * a browser that was left open is somebody else's hand.
 */
enum err
account_erase_start(struct ctx *c, const struct req *q, struct resp *p)
{
	const struct account *who = &c->visitor.account;
	enum err e;
	int busy;

	e = erase_self(c->app, who, json_text(q->json, "password"), &busy);
	if (e == ERR_LATER && busy)
		return resp_later(p, BUSY_RETRY_S);
	if (e == ERR_DENIED)
		return resp_invalid(p, "password", "This is not your"
		    " password.");
	if (e != ERR_OK)
		return e;
	visitor_cookie(c, p, NULL, 0);
	device_cookie(c, p, NULL);
	return say_erased(p, who->id);
}

/* POST /api/server/erase: whoever the product's back end names. */
enum err
server_erase(struct ctx *c, const struct req *q, struct resp *p)
{
	const char *word = json_text(q->json, "account");
	struct account who;
	int64_t since;
	enum err e;

	if (text_empty(word))
		word = json_text(q->json, "email");
	if (text_empty(word))
		return resp_invalid(p, "account", "Whose is it?");
	e = find_person(c->app->db, word, &who, &since);
	if (e == ERR_OK)
		e = erase(c->app, who.id, ERASURE_PRODUCT);
	if (e == ERR_NOTFOUND)
		return resp_problem(p, 404, "account_unknown",
		    "There is no such account.");
	return e == ERR_OK ? say_erased(p, who.id) : e;
}
