/* SPDX-License-Identifier: MIT */

/* What the product's back end asks, with a key. */

#include <string.h>

#include "account/account.h"
#include "app/find_link.h"
#include "app/note_demo.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/json_write.h"
#include "base/text.h"

#include "api/api.h"

/* Returns 0 if it was answered: a member is not as it has to be. */
static int
take_demo(const struct req *q, struct demo *d, struct resp *p)
{
	const char *at = json_text(q->json, "attendedAt");

	d->email = json_text(q->json, "email");
	d->id = json_text(q->json, "demoId");
	d->at = q->now;
	if (text_empty(d->email))
		(void)resp_invalid(p, "email", "Whose is it?");
	else if (json_has(q->json, "demoId") && (text_empty(d->id) ||
	    strlen(d->id) > NOTE_DEMO_ID))
		(void)resp_invalid(p, "demoId", "Use 1 to 64 bytes.");
	else if (json_has(q->json, "attendedAt") &&
	    (at == NULL || clock_read(at, &d->at) != ERR_OK))
		(void)resp_invalid(p, "attendedAt",
		    "Write it as 2026-11-27T09:00:00Z.");
	else
		return 1;
	return 0;
}

static enum err
say_unknown(struct resp *p)
{
	return resp_problem(p, 404, "account_unknown",
	    "There is no account with this address.");
}

static enum err
say_unconfigured(struct resp *p)
{
	return resp_problem(p, 409, "cello_not_configured",
	    "There is no access to Cello's API.");
}

/* POST /api/server/demo: twice with the same demoId is once. */
enum err
server_demo(struct ctx *c, const struct req *q, struct resp *p)
{
	struct demo d = { .referred = 0 };
	enum err e;

	if (!take_demo(q, &d, p))
		return ERR_OK;
	e = note_demo(c->app, &d);
	if (e == ERR_NOTFOUND)
		return say_unknown(p);
	if (e == ERR_CONFLICT)
		return say_unconfigured(p);
	if (e != ERR_OK)
		return e;
	json_put_bool(resp_json(p, 202), "referred", d.referred);
	return resp_json_end(p);
}

/*
 * GET /api/server/referral-link?account= or ?email=: 202 while Cello is asked,
 * which is once in a long while.
 */
enum err
server_link(struct ctx *c, const struct req *q, struct resp *p)
{
	char account[TEXT_UUID], email[ACCOUNT_EMAIL];
	struct link_wish w = { .account = NULL };
	struct found_link f;
	struct json_writer *out;
	enum err e;

	if (req_query(q, "account", account, sizeof(account)) == ERR_OK)
		w.account = account;
	else if (req_query(q, "email", email, sizeof(email)) == ERR_OK)
		w.email = email;
	else
		return resp_invalid(p, "account", "Whose is it?");
	if ((e = find_link(c->app, &w, &f)) == ERR_NOTFOUND)
		return say_unknown(p);
	if (e == ERR_CONFLICT)
		return say_unconfigured(p);
	if (e != ERR_OK)
		return e;
	out = resp_json(p, f.is_known ? 200 : 202);
	json_put_text(out, "link", text_or_null(f.link.url));
	json_put_text(out, "ucc", text_or_null(f.link.ucc));
	return resp_json_end(p);
}
