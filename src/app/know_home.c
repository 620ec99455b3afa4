/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "billing/home.h"
#include "stripe/client.h"

#include "app/app.h"

#include "app/know_home.h"

/* A restricted key may do all that is needed and still not ask whose it is. */
#define NOT_ALLOWED	403

static enum err
ask_stripe(struct app *a, struct home *ret_key)
{
	struct stripe_reply reply;
	const char *id = NULL;
	enum err e;

	e = stripe_get(a->stripe, "/v1/account", &reply);
	if (e == ERR_OK)
		id = json_text(reply.body, "id");
	else if (reply.status == NOT_ALLOWED)
		e = ERR_OK;
	text_cut(id, ret_key->account, sizeof(ret_key->account));
	ret_key->livemode = stripe_is_live(a->stripe);
	stripe_reply_done(&reply);
	return e;
}

enum err
know_home_ask(struct app *a, struct home *ret_key, struct home *ret_rows)
{
	enum err e;

	if ((e = ask_stripe(a, ret_key)) != ERR_OK)
		return e == ERR_LATER ? ERR_LATER : ERR_INTERNAL;
	if ((e = home_find(a->db, ret_rows)) == ERR_OK)
		return home_same(ret_key, ret_rows) ? ERR_OK : ERR_CONFLICT;
	return e;
}

/* ERR_INTERNAL: the key is another's, or refused. */
static enum err
find_out(struct app *a)
{
	struct home key, rows;
	enum err e;

	/* Somebody else may have asked Stripe about this very key. */
	e = home_knows(a->db, stripe_key_digest(a->stripe), &a->at_home);
	if (e != ERR_OK || a->at_home)
		return e;
	if ((e = ask_stripe(a, &key)) == ERR_OK)
		e = home_settle(a->db, &key, stripe_key_digest(a->stripe),
		    &rows);
	if (e != ERR_OK)
		return e == ERR_LATER ? ERR_LATER : ERR_INTERNAL;
	if (!home_same(&key, &rows)) {
		log_error("stripe_other", "the key is of account %s in %s mode,"
		    " the rows are of account %s in %s mode", key.account,
		    key.livemode ? "live" : "test", rows.account,
		    rows.livemode ? "live" : "test");
		return ERR_INTERNAL;
	}
	a->at_home = 1;
	return ERR_OK;
}

enum err
know_home(struct app *a)
{
	const int64_t now_us = clock_mono_us();
	enum err e;

	if (a->at_home)
		return ERR_OK;
	if (now_us < a->away_until_us)
		return ERR_INTERNAL;
	if ((e = find_out(a)) == ERR_INTERNAL)
		a->away_until_us = now_us +
		    STRIPE_KEY_REFUSED_S * INT64_C(1000000);
	return e;
}

enum err
know_home_or_later(struct app *a, int *ret_retry_after)
{
	enum err e = know_home(a);

	*ret_retry_after = e == ERR_INTERNAL ? STRIPE_KEY_REFUSED_S : 0;
	return e == ERR_OK ? ERR_OK : ERR_LATER;
}
