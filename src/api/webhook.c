/* SPDX-License-Identifier: MIT */

#include <assert.h>

#include "app/hear_event.h"
#include "app/hear_reward.h"
#include "base/text.h"
#include "base/together.h"

#include "api/api.h"

#define MANY_RETRY_S	"1"

/*
 * POST /webhooks/stripe.  Whoever cannot sign learns nothing: one answer for
 * every cause.
 */
void
stripe_webhooks(struct ctx *c, const struct req *const q[],
    struct resp *const p[], enum err ret[], size_t n)
{
	struct telling told[TOGETHER] = { { .signature = NULL } };
	size_t i;

	assert(n <= NELEM(told));
	for (i = 0; i < n; i++)
		told[i] = (struct telling){ .signature = q[i]->signature,
		    .body = q[i]->body, .len = q[i]->body_len,
		    .now = q[i]->now, .request = q[i]->id };
	hear_events(c->app, told, ret, n);
	for (i = 0; i < n; i++) {
		if (ret[i] == ERR_DENIED)
			ret[i] = resp_problem(p[i], 400, "bad_request",
			    "This is not a signed event.");
		else if (ret[i] == ERR_OK)
			ret[i] = resp_empty(p[i], 200);
	}
}

enum err
stripe_webhook(struct ctx *c, const struct req *q, struct resp *p)
{
	enum err e;

	stripe_webhooks(c, &q, &p, &e, 1);
	return e;
}

static enum err
too_many(struct resp *p)
{
	resp_header(p, "Retry-After", MANY_RETRY_S);
	return resp_problem(p, 429, "too_many",
	    "Wrong credentials came too often in a short time.");
}

/* POST /webhooks/cello: 2xx once it is committed; else Cello tells it again. */
enum err
cello_webhook(struct ctx *c, const struct req *q, struct resp *p)
{
	const struct reward_telling t = {
	    .credentials = req_credentials(q, "Basic"),
	    .env = q->cello_env, .body = q->body, .len = q->body_len };
	int many;

	switch (hear_reward(c->app, &t, &many)) {
	case ERR_OK:
		return resp_empty(p, 204);
	case ERR_NOTFOUND:
		return resp_problem(p, 404, "not_found",
		    "There is nothing here.");
	case ERR_DENIED:
		if (many)
			return too_many(p);
		resp_header(p, "WWW-Authenticate", "Basic realm=\"rewards\"");
		return resp_problem(p, 401, "not_authenticated",
		    "These are not the credentials.");
	case ERR_INPUT:
		return resp_problem(p, 422, "reward_invalid",
		    "This is no reward that can be entered.");
	default:
		return ERR_LATER;
	}
}
