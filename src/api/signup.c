/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "app/sign_up.h"
#include "base/json.h"
#include "base/text.h"
#include "referral/touch.h"

#include "api/api.h"
#include "api/device.h"
#include "api/show.h"
#include "api/visitor.h"

/* An optional name.  Returns what is wrong with it; NULL: nothing. */
static const char *
take_name(const struct json *j, const char *field, char ret_name[ACCOUNT_NAME])
{
	const char *name = json_text(j, field), *fault;

	if (name == NULL)
		return json_has(j, field) ? "This must be a text." : NULL;
	if ((fault = sign_up_name_fault(name)) == NULL)
		memcpy(ret_name, name, strlen(name) + 1);
	return fault;
}

/*
 * Read all fields, so that somebody hears of all faults at once.  Returns how
 * many there were; they are in `p` then.
 */
static int
take_fields(const struct ctx *c, const struct req *q, struct sign_up *s,
    struct resp *p)
{
	const char *email = json_text(q->json, "email");
	char reason[SIGN_UP_REASON];
	struct account *a = &s->account;
	const struct {
		const char	*field;
		const char	*fault;
	} judged[] = {
		{ "email", sign_up_email_fault(email) },
		{ "password", sign_up_password_fault(c->app,
		    json_text(q->json, "password"), reason) },
		{ "firstName", take_name(q->json, "firstName",
		    a->first_name) },
		{ "lastName", take_name(q->json, "lastName", a->last_name) },
		{ "organization", take_name(q->json, "organization",
		    a->organization) }
	};
	int faults = 0;
	size_t i;

	for (i = 0; i < NELEM(judged); i++) {
		if (judged[i].fault == NULL)
			continue;
		if (faults++ == 0)
			resp_invalid_begin(p);
		resp_invalid_add(p, judged[i].field, judged[i].fault);
	}
	if (faults == 0)
		memcpy(a->email, email, strlen(email) + 1);
	return faults;
}

/* Where a code may be, and what is known of it. */
struct found {
	char	 query[UCC_OFFERED], cookie[UCC_OFFERED];
	char	 touch[TOUCH_TEXT];
	char	 product[UCC_PRODUCT];
};

static void
find_code(const struct req *q, struct found *f, struct sign_up *s)
{
	s->offer.form = json_text(q->json, "ucc");
	if (req_query(q, "ucc", f->query, sizeof(f->query)) == ERR_OK)
		s->offer.query = f->query;
	/* Cello's script may have kept it for a larger domain as well. */
	if (req_cookie_first(q, UCC_COOKIE, f->cookie, sizeof(f->cookie)) ==
	    ERR_OK)
		s->offer.cookie = f->cookie;
	if (req_cookie(q, TOUCH_COOKIE, f->touch, sizeof(f->touch)) == ERR_OK)
		s->touch = f->touch;
	if (req_query(q, "productId", f->product, sizeof(f->product)) ==
	    ERR_OK || req_cookie_first(q, UCC_PRODUCT_COOKIE, f->product,
	    sizeof(f->product)) == ERR_OK || req_cookie_first(q,
	    UCC_PRODUCT_COOKIE_TOO, f->product, sizeof(f->product)) == ERR_OK)
		s->product = f->product;
}

/* POST /api/signup */
enum err
signup(struct ctx *c, const struct req *q, struct resp *p)
{
	struct found f;
	struct sign_up s = { .password = json_text(q->json, "password"),
	    .remember = visitor_remember(q), .now = q->now };
	enum err e;

	if (take_fields(c, q, &s, p) > 0)
		return resp_invalid_end(p);
	find_code(q, &f, &s);
	visitor_token(c, q, s.old);

	e = sign_up(c->app, &s);
	if (e == ERR_LATER && s.busy)
		return resp_later(p, BUSY_RETRY_S);
	if (e == ERR_CONFLICT)
		return resp_problem(p, 409, "email_taken",
		    "There is an account with this address already.");
	if (e != ERR_OK)
		return e;
	visitor_cookie(c, p, s.token, s.remember);
	device_cookie(c, p, s.device);
	account_put(resp_json(p, 201), "account", &s.account);
	return resp_json_end(p);
}
