/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "app/config.h"
#include "app/ctx.h"
#include "base/clock.h"
#include "base/json.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"

#include "api/api.h"

#include "api/visitor.h"

const char *
visitor_cookie_name(const struct config *conf)
{
	return config_is_https(conf) ? "__Host-endpin" : "endpin";
}

void
visitor_forget(struct ctx *c)
{
	explicit_bzero(&c->visitor, sizeof(c->visitor));
}

void
visitor_token(const struct ctx *c, const struct req *q,
    char ret_token[SESSION_TOKEN])
{
	/* One that is too long, or has two values, is nobody's. */
	if (req_cookie(q, visitor_cookie_name(c->app->conf), ret_token,
	    SESSION_TOKEN) != ERR_OK)
		ret_token[0] = '\0';
}

enum err
visitor_identify(struct ctx *c, const struct req *q)
{
	char token[SESSION_TOKEN];

	visitor_token(c, q, token);
	if (token[0] == '\0')
		return ERR_NOTFOUND;
	return recognize(c->app, token, &c->visitor);
}

void
visitor_ahead(struct ctx *c, const struct req *const q[],
    const struct route *const r[], size_t n)
{
	char token[SESSION_TOKEN];
	const char *key;
	size_t i;

	for (i = 0; i < n; i++) {
		if (r[i]->entry == PROGRAM &&
		    (key = req_credentials(q[i], "Bearer")) != NULL)
			recognize_key_ahead(c->app, key);
		visitor_token(c, q[i], token);
		if (token[0] == '\0')
			continue;
		if (r[i]->entry == VISITOR || r[i]->entry == MEMBER)
			recognize_ahead(c->app, token);
		if (r[i]->handler == auth || r[i]->handler == entitlements_show)
			recognize_access_ahead(c->app, token);
	}
	recognize_all_ahead(c->app);
}

void
visitor_ahead_over(struct ctx *c)
{
	recognize_forget(c->app);
}

enum err
visitor_admit(struct ctx *c, const struct req *q, unsigned scopes)
{
	const char *key = req_credentials(q, "Bearer");
	enum err e;

	if (key == NULL)
		return ERR_NOTFOUND;
	e = recognize_key(c->app, key, &c->visitor);
	if (e == ERR_OK && (c->visitor.scopes & scopes) != scopes)
		e = ERR_DENIED;
	return e;
}

const char *
visitor_account(const struct ctx *c)
{
	return c->visitor.known ? c->visitor.account.id : NULL;
}

int
visitor_remember(const struct req *q)
{
	return json_yes(q->json, "remember");
}

void
visitor_cookie(const struct ctx *c, struct resp *p, const char *token,
    int remember)
{
	const struct config *conf = c->app->conf;
	const long life = remember ? conf->session.days * CLOCK_DAY_S :
	    COOKIE_OF_BROWSER;
	const struct cookie cookie = { .name = visitor_cookie_name(conf),
	    .value = token == NULL ? "" : token,
	    .max_age = token == NULL ? 0 : life,
	    .plain = !config_is_https(conf) };

	resp_cookie(p, &cookie);
}
