/* SPDX-License-Identifier: MIT */

/* What the product's back end asks, with a key. */

#include <string.h>

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
		return resp_problem(p, 404, "account_unknown",
		    "There is no account with this address.");
	if (e == ERR_CONFLICT)
		return resp_problem(p, 409, "cello_not_configured",
		    "There is no access to Cello's API.");
	if (e != ERR_OK)
		return e;
	json_put_bool(resp_json(p, 202), "referred", d.referred);
	return resp_json_end(p);
}
