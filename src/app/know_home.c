/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "billing/customer.h"
#include "billing/home.h"
#include "stripe/client.h"
#include "stripe/kind.h"
#include "stripe/whose.h"

#include "app/app.h"

#include "app/know_home.h"

#define NOT_ALLOWED	403
#define REVOKED		401

static const char *
or_dash(const struct home *h)
{
	return text_empty(h->account) ? "-" : h->account;
}

/*
 * Which account it is says neither the key nor a row: does the key know a
 * customer that the rows know?  With none there is nothing to go by but the
 * mode, and nothing to lose.  A key that may not read one proves nothing, and
 * what it does not find would be taken for gone.  ERR_CONFLICT: it does not.
 */
static enum err
prove(struct app *a)
{
	char id[STRIPE_ID];
	struct stripe_reply reply;
	struct buf path;
	enum err e;

	e = customer_any(a->db, id);
	if (e != ERR_OK)
		return e == ERR_NOTFOUND ? ERR_OK : e;
	buf_init(&path, STRIPE_PATH);
	stripe_path(STRIPE_CUSTOMER, id, &path);
	e = stripe_get(a->stripe, path.data, &reply);
	if (e == ERR_NOTFOUND)
		e = ERR_CONFLICT;
	else if (reply.status == NOT_ALLOWED)
		log_error("stripe_other", "the key may neither say whose it is"
		    " nor read customers, so nothing is believed that it says");
	stripe_reply_done(&reply);
	buf_done(&path);
	return e;
}

/* ERR_OK, or ERR_NOTFOUND: nobody's yet.  ERR_CONFLICT: they are another's. */
static enum err
compare(struct app *a, struct home *ret_key, struct home *ret_rows)
{
	enum err found, e;

	memset(ret_rows, 0, sizeof(*ret_rows));
	ret_key->livemode = stripe_is_live(a->stripe);
	if ((e = stripe_whose(a->stripe, ret_key->account)) != ERR_OK)
		return e;
	found = home_find(a->db, ret_rows);
	if (found != ERR_OK && found != ERR_NOTFOUND)
		return found;
	if (found == ERR_OK && !home_same(ret_key, ret_rows))
		return ERR_CONFLICT;
	if ((text_empty(ret_key->account) || text_empty(ret_rows->account)) &&
	    (e = prove(a)) != ERR_OK)
		return e;
	return found;
}

enum err
know_home_ask(struct app *a, struct home *ret_key, struct home *ret_rows)
{
	enum err e = compare(a, ret_key, ret_rows);

	return e == ERR_OK || e == ERR_NOTFOUND || e == ERR_CONFLICT ||
	    e == ERR_LATER ? e : ERR_INTERNAL;
}

/* ERR_INTERNAL: the key is another's, or refused. */
static enum err
find_out(struct app *a)
{
	struct home key, rows;
	enum err e;

	/* Somebody else may have asked Stripe about this very key. */
	if (!a->refused) {
		e = home_knows(a->db, stripe_key_digest(a->stripe),
		    &a->at_home);
		if (e != ERR_OK || a->at_home)
			return e;
	}
	e = compare(a, &key, &rows);
	if (e == ERR_CONFLICT)
		log_error("stripe_other", "the key is of account %s in %s mode,"
		    " the rows are of account %s in %s mode", or_dash(&key),
		    key.livemode ? "live" : "test", or_dash(&rows),
		    rows.livemode ? "live" : "test");
	if (e != ERR_OK && e != ERR_NOTFOUND)
		return e == ERR_LATER ? ERR_LATER : ERR_INTERNAL;
	e = home_settle(a->db, &key, stripe_key_digest(a->stripe), &rows);
	if (e != ERR_OK)
		return e == ERR_LATER ? ERR_LATER : ERR_INTERNAL;
	/* Two first keys at the same time: one was the first. */
	if (!home_same(&key, &rows))
		return ERR_INTERNAL;
	a->at_home = 1;
	a->refused = 0;
	return ERR_OK;
}

static void
stay_away(struct app *a)
{
	a->away_until_us = clock_mono_us() +
	    STRIPE_KEY_REFUSED_S * INT64_C(1000000);
}

enum err
know_home(struct app *a)
{
	const enum pace pace = a->pace;
	enum err e;

	if (a->at_home)
		return ERR_OK;
	if (clock_mono_us() < a->away_until_us)
		return ERR_INTERNAL;
	/* Once per key: nothing else can be asked before. */
	a->pace = PACE_FREELY;
	e = find_out(a);
	a->pace = pace;
	if (e == ERR_INTERNAL)
		stay_away(a);
	return e;
}

int
know_home_refused(struct app *a, int status)
{
	if (status != REVOKED)
		return 0;
	a->at_home = 0;
	a->refused = 1;
	return 1;
}

int
know_home_refused_later(struct app *a, int status, int *ret_retry_after)
{
	if (!know_home_refused(a, status))
		return 0;
	*ret_retry_after = STRIPE_KEY_REFUSED_S;
	return 1;
}

enum err
know_home_or_later(struct app *a, int *ret_retry_after)
{
	enum err e = know_home(a);

	*ret_retry_after = e == ERR_INTERNAL ? STRIPE_KEY_REFUSED_S : 0;
	return e == ERR_OK ? ERR_OK : ERR_LATER;
}
