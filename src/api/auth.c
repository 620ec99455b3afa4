/* SPDX-License-Identifier: MIT */

#include "app/config.h"
#include "base/buf.h"
#include "base/text.h"
#include "http/percent.h"
#include "http/status.h"

#include "api/api.h"
#include "api/show.h"
#include "api/visitor.h"

/* A longer way back is none: Location and all else has to fit into one page. */
#define WAY_MAX		2048

/* A path of this host, and not the name of another one. */
static int
is_way_back(const char *wanted)
{
	return wanted != NULL && wanted[0] == '/' && wanted[1] != '/' &&
	    wanted[1] != '\\';
}

/*
 * To one of the pages, and from there to what was wanted: character by
 * character what the client sent, encoded once.  The address is a path: only
 * the browser knows by which name it came here.
 */
static enum err
lead_to(const struct ctx *c, const struct req *q, const char *page,
    struct resp *p)
{
	const char *prefix = c->app->conf->server.prefix;
	struct buf way;

	buf_init(&way, WAY_MAX);
	buf_format(&way, "%s%s", prefix, page);
	if (is_way_back(q->wanted)) {
		buf_text(&way, "?next=");
		percent_encode(&way, q->wanted);
	}
	if (way.full) {
		buf_reset(&way);
		buf_format(&way, "%s%s", prefix, page);
	}
	resp_header(p, "Location", way.data);
	buf_done(&way);
	p->code = NULL;		/* it is refused no more */
	return resp_empty(p, 303);
}

/* A script of the product's: it wants an answer, and no page in its place. */
static int
is_script(const struct req *q)
{
	return q->sec_fetch_mode != NULL &&
	    !text_equal(q->sec_fetch_mode, "navigate");
}

static enum err
refuse_stranger(struct resp *p)
{
	return resp_problem(p, 401, "not_authenticated", "Log in first.");
}

static enum err
refuse_unpaid(struct resp *p)
{
	return resp_problem(p, 403, "not_subscribed",
	    "This needs a subscription.");
}

/*
 * GET /auth/login and /auth/pricing: where nginx sends whom /auth has refused.
 * It says in ENDPIN_WANTED what they wanted.
 */
enum err
auth_login(struct ctx *c, const struct req *q, struct resp *p)
{
	return is_script(q) ? refuse_stranger(p) : lead_to(c, q, "/login", p);
}

enum err
auth_pricing(struct ctx *c, const struct req *q, struct resp *p)
{
	return is_script(q) ? refuse_unpaid(p) : lead_to(c, q, "/pricing", p);
}

/*
 * May somebody with this access pass?  `?require=subscription` lets in who
 * pays.  Any other requirement is a mistake in the web server's configuration
 * and must not let everybody in.
 */
static enum err
check_required(const struct req *q, const struct access *a, struct resp *p)
{
	char required[32];
	enum err e;

	e = req_query(q, "require", required, sizeof(required));
	if (e == ERR_NOTFOUND)
		return ERR_OK;
	if (e != ERR_OK || !text_equal(required, "subscription"))
		return resp_problem(p, 400, "bad_request",
		    "There is no such requirement.");
	if (!a->entitled)
		return refuse_unpaid(p);
	return ERR_OK;
}

static enum err
tell(const struct req *q, const struct access *a, struct resp *p)
{
	/* FastCGI 1.0, 6.3: what an authorizer has to say to its server. */
	const struct {
		const char	*variable;
		const char	*header;
		const char	*value;
	} told[] = {
		{ "Variable-ENDPIN_ACCOUNT", "X-Endpin-Account",
		    a->account_id },
		{ "Variable-ENDPIN_PLAN", "X-Endpin-Plan", a->plan },
		{ "Variable-ENDPIN_ENTITLED", "X-Endpin-Entitled",
		    a->entitled ? "true" : "false" },
		{ "Variable-ENDPIN_FEATURES", "X-Endpin-Features",
		    a->features },
		{ "Variable-ENDPIN_LIMITS", "X-Endpin-Limits", a->limits }
	};
	size_t i;

	for (i = 0; i < NELEM(told); i++)
		resp_header(p, q->authorizer ? told[i].variable :
		    told[i].header, told[i].value);
	return resp_empty(p, q->authorizer ? 200 : 204);
}

static enum err
judge(struct ctx *c, const struct req *q, struct resp *p)
{
	char token[SESSION_TOKEN];
	struct access a;
	enum err e = ERR_NOTFOUND;

	visitor_token(c, q, token);
	if (token[0] != '\0')
		e = recognize_access(c->app, token, &a);
	if (e == ERR_NOTFOUND)
		return refuse_stranger(p);
	if (e != ERR_OK)
		return e;

	if ((e = check_required(q, &a, p)) != ERR_OK || p->status != 0)
		return e;
	return tell(q, &a, p);
}

/* What Apache hands on, whatever it is, as HTML. */
static enum err
lead_on(struct ctx *c, const struct req *q, struct resp *p)
{
	static const char sorry[] = "<!doctype html><html lang=\"en\">"
	    "<meta charset=\"utf-8\"><title>Back in a moment</title>"
	    "<h1>Back in a moment</h1><p>This page is not available right now."
	    " Please try again in a few seconds.</p></html>";

	if (p->status == 401)
		return auth_login(c, q, p);
	if (p->status == 403)
		return auth_pricing(c, q, p);
	if (p->status != 200) {
		buf_reset(&p->body);
		buf_text(&p->body, sorry);
		p->type = "text/html; charset=utf-8";
	}
	return ERR_OK;
}

/*
 * GET /auth, for nginx's auth_request and Apache's mod_authnz_fcgi: who is it,
 * and what do they pay for?  Apache hands on to the client what an authorizer
 * says, so that it has to be the way on itself.
 */
enum err
auth(struct ctx *c, const struct req *q, struct resp *p)
{
	enum err e = judge(c, q, p);

	if (!q->authorizer)
		return e;
	if (e != ERR_OK)
		status_of_err(p, e);
	return lead_on(c, q, p);
}

/* GET /api/entitlements: what /auth tells, for the product's own pages. */
enum err
entitlements_show(struct ctx *c, const struct req *q, struct resp *p)
{
	struct json_writer *w;
	struct access a;
	enum err e;

	(void)q;
	e = recognize_access(c->app, c->visitor.token, &a);
	if (e == ERR_NOTFOUND)		/* logged out a moment ago */
		return refuse_stranger(p);
	if (e != ERR_OK)
		return e;
	w = resp_json(p, 200);
	json_put_bool(w, "entitled", a.entitled);
	json_put_text(w, "plan", a.plan[0] == '\0' ? NULL : a.plan);
	features_put(w, a.features, a.limits);
	return resp_json_end(p);
}
