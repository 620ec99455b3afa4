/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "account/key.h"
#include "base/clock.h"
#include "billing/invoice.h"
#include "db/ahead.h"

#include "app/app.h"
#include "app/attribute.h"
#include "app/config.h"
#include "app/purchase.h"

#include "app/recognize.h"

#define TOUCH_AGAIN_US	INT64_C(60000000)

/*
 * Who is logged in does not depend on it.  While the database is read-only it
 * is tried now and then: the attempt also finds out that another host is not.
 */
static void
touch(struct app *a, const char *hash)
{
	const int64_t now_us = clock_mono_us();

	if (now_us >= a->touch_from_us &&
	    session_touch(a->db, hash) != ERR_OK)
		a->touch_from_us = now_us + TOUCH_AGAIN_US;
}

void
recognize_ahead(struct app *a, const char *token)
{
	session_find_ahead(a->db, token, &a->limits);
}

void
recognize_access_ahead(struct app *a, const char *token)
{
	char hash[SESSION_HASH];

	session_hash(token, hash);
	access_find_ahead(a->db, &a->conf->billing, hash,
	    a->limits.idle_hours);
}

void
recognize_key_ahead(struct app *a, const char *key)
{
	key_find_ahead(a->db, key);
}

void
recognize_all_ahead(struct app *a)
{
	db_ahead_ask(a->db);
}

void
recognize_forget(struct app *a)
{
	db_ahead_forget(a->db);
}

enum err
recognize(struct app *a, const char *token, struct visitor *ret_visitor)
{
	struct visitor *v = ret_visitor;
	char hash[SESSION_HASH];
	int used_long_ago;
	enum err e;

	memset(v, 0, sizeof(*v));
	e = session_find(a->db, token, &a->limits, &v->account,
	    &used_long_ago);
	if (e == ERR_OK && used_long_ago) {
		session_hash(token, hash);
		touch(a, hash);
	}
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
		touch(a, hash);
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
recognize_invoices(struct app *a, const char *account_id, int most,
    struct invoice **ret_list, int *ret_count)
{
	return invoice_list(a->db, account_id, most, ret_list, ret_count);
}

enum err
recognize_standing(struct app *a, const char *account_id,
    struct standing *ret_standing)
{
	struct standing *s = ret_standing;
	struct attribution by;
	enum err e;

	e = subscription_find(a->db, &a->conf->billing, account_id,
	    &s->subscription);
	s->subscribed = e == ERR_OK;
	if (e != ERR_OK && e != ERR_NOTFOUND)
		return e;
	e = subscription_tried(a->db, &a->conf->billing, account_id, &s->tried);
	if (e != ERR_OK)
		return e;
	e = attribute(a->db, a->conf, account_id, &by);
	memcpy(s->ucc, by.ucc, sizeof(s->ucc));
	s->referred = by.ucc[0] != '\0';
	return e != ERR_OK || !s->referred ? e :
	    discount_due(a->db, account_id, s->ucc, &s->due);
}

enum err
recognize_key(struct app *a, const char *key, struct visitor *ret_visitor)
{
	return key_find(a->db, key, ret_visitor->key, &ret_visitor->scopes);
}
