/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "app/config.h"
#include "db/db.h"
#include "referral/referral.h"

#include "app/app.h"

#include "app/recognize.h"

enum err
recognize(struct app *a, const char *token, struct visitor *ret_visitor)
{
	struct visitor *v = ret_visitor;
	enum err e;

	memset(v, 0, sizeof(*v));
	e = session_find(a->db, token, &a->limits, &v->account);
	if (e == ERR_OK) {
		v->known = 1;
		memcpy(v->token, token, strlen(token) + 1);
	}
	return e;
}

enum err
recognize_access(struct app *a, const char *token, struct access *ret_access)
{
	char hash[SESSION_HASH];
	enum err e;

	session_hash(token, hash);
	e = access_find(a->db, &a->conf->billing, hash,
	    a->limits.idle_hours, ret_access);
	if (e == ERR_OK && ret_access->touch)
		session_touch(a->db, hash);
	return e;
}

enum err
recognize_subscription(struct app *a, const char *account_id,
    struct subscription *ret_subscription)
{
	return subscription_find(a->db, &a->conf->billing, account_id,
	    ret_subscription);
}

enum err
recognize_standing(struct app *a, const char *account_id,
    struct standing *ret_standing)
{
	struct standing *s = ret_standing;
	enum err e;

	e = subscription_find(a->db, &a->conf->billing, account_id, &s->subscription);
	s->subscribed = e == ERR_OK;
	if (e != ERR_OK && e != ERR_NOTFOUND)
		return e;
	e = referral_find(a->db, account_id, s->ucc);
	s->referred = e == ERR_OK;
	return e == ERR_NOTFOUND ? ERR_OK : e;
}
