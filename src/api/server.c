/* SPDX-License-Identifier: MIT */

/* What the product's back end asks, with a key. */

#include <string.h>

#include "account/account.h"
#include "app/find_link.h"
#include "app/note_demo.h"
#include "app/verify_email.h"
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
	char whose[ACCOUNT_EMAIL];
	struct found_link f;
	struct json_writer *out;
	enum err e;

	if (req_query(q, "account", whose, sizeof(whose)) != ERR_OK &&
	    req_query(q, "email", whose, sizeof(whose)) != ERR_OK)
		return resp_invalid(p, "account", "Whose is it?");
	if ((e = find_link(c->app, whose, &f)) == ERR_NOTFOUND)
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

/*
 * POST /api/server/verified: the address is its owner's, or is not known to be
 * any more.
 */
enum err
server_verified(struct ctx *c, const struct req *q, struct resp *p)
{
	const char *email = json_text(q->json, "email");
	int yes;
	enum err e;

	if (text_empty(email))
		return resp_invalid(p, "email", "Whose is it?");
	if (json_bool(q->json, "verified", &yes) != ERR_OK)
		return resp_invalid(p, "verified", "Say true or false.");
	if ((e = verify_email(c->app, email, yes)) == ERR_NOTFOUND)
		return say_unknown(p);
	return e != ERR_OK ? e : resp_empty(p, 204);
}
