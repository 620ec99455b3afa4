/* SPDX-License-Identifier: MIT */

/*
 * What an erased account has at Stripe is ended: its pages of Checkout, so that
 * nobody buys on one that is still open, then its subscriptions, then, if the
 * configuration says so, its customer.  Stripe's lists say what there is, not
 * our rows, so an event that was never heard of is no reason to charge somebody
 * for ever; and each turn begins with them, so it does not matter where the one
 * before died.
 */

#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "billing/call.h"
#include "billing/closing.h"
#include "billing/customer.h"
#include "billing/send.h"
#include "db/db.h"
#include "referral/fact.h"
#include "stripe/kind.h"

#include "app/app.h"
#include "app/config.h"
#include "app/erase.h"
#include "app/errands.h"
#include "app/know_home.h"
#include "app/walk.h"

/*
 * When nothing is open any more it is looked once more after this time: a
 * request that was under way may have opened something, and what Stripe tells
 * of the end has come by then and has to be erased as well.
 */
#define LOOK_AGAIN_S	600

#define REFUSED		"Stripe refuses to end what it has: \"endpin errands show" \
	" call\" says why"
#define UNDER_WAY	"its customer is being made: that is waited for"
#define NOT_WRITTEN	"could not write it down"

struct closer {
	struct app		*a;
	const struct errand	*errand;
	enum closing		 what;
	int			 closed;	/* how many, in this turn */
	int			 ended;		/* it is all done */
	const char		*why;		/* NULL: nothing is in the way */
	int			 after;		/* seconds, as errand_later() */
	int			 refused;	/* for good */
	/* the one that is being closed */
	const char		*id;
	struct call		 call;		/* owned */
	enum err		 sent;
	struct sending		 sending;	/* owned */
};

static enum err
begin(struct db *db, void *arg)
{
	struct closer *c = arg;

	return closing_begin(db, c->errand->id, c->what, c->id, &c->call);
}

static enum err
write_down(struct db *db, void *arg)
{
	const struct closer *c = arg;

	return closing_settle(db, &c->call, c->sent, &c->sending);
}

/* A page that cannot be closed was paid on: the next turn sees what came. */
static void
note_outcome(struct closer *c)
{
	if (c->sent == ERR_OK) {
		c->closed++;
		return;
	}
	c->why = c->sent == ERR_INPUT ? REFUSED : KNOW_HOME_LATER;
	c->refused = c->sent == ERR_INPUT && c->what != CLOSING_PAGE;
	c->after = c->sent == ERR_INTERNAL ? STRIPE_KEY_REFUSED_S :
	    c->sending.reply.retry_after;
}

static enum err
close_one(struct closer *c, const char *id)
{
	struct app *a = c->a;
	enum err e;

	c->id = id;
	app_beat(a);
	if ((e = errand_renew(a->db, &erasure_errands, c->errand)) != ERR_OK ||
	    (e = db_transaction(a->db, begin, c)) != ERR_OK)
		return e;
	c->sent = call_send(a->stripe, &c->call, clock_mono_us() +
	    INT64_C(1000000) * (CALL_LEASE_SECONDS - a->conf->stripe.timeout),
	    &c->sending);
	(void)know_home_refused(a, c->sending.reply.status);
	e = db_transaction(a->db, write_down, c);
	if (e == ERR_OK) {
		log_info("erasure_call", "%s call %s of account %s for %s: %s",
		    call_kind_name(c->call.kind), c->call.id,
		    c->call.account_id, id, err_name(c->sent));
		note_outcome(c);
	}
	sending_done(&c->sending);
	return e;
}

static enum err
close_page(const struct json *page, void *arg)
{
	const size_t count = json_count(page, "data");
	struct closer *c = arg;
	const struct json *shown;
	const char *id;
	size_t i;
	enum err e;

	/* Of long lists where nothing is open, too: it is still ours. */
	app_beat(c->a);
	e = errand_renew(c->a->db, &erasure_errands, c->errand);
	for (i = 0; i < count && e == ERR_OK && c->why == NULL; i++) {
		shown = json_item(page, "data", i);
		id = json_text(shown, "id");
		if (id != NULL && closing_is_due(c->what, shown))
			e = close_one(c, id);
	}
	return e;
}

/* All of a kind that Stripe lists of a customer. */
static enum err
close_listed(struct closer *c, const char *customer, enum closing what,
    enum stripe_kind kind)
{
	struct stripe_reply last;
	struct buf path;
	enum err e;

	c->what = what;
	buf_init(&path, STRIPE_PATH);
	stripe_path_owned(kind, customer, &path);
	e = walk(c->a, &path, close_page, c, &last);
	buf_done(&path);
	(void)know_home_refused(c->a, last.status);
	/* A customer that is gone has nothing. */
	if (e == ERR_LATER && (last.status == 404 ||
	    text_equal(last.code, "resource_missing")))
		e = ERR_OK;
	/* It was Stripe that did not show it. */
	else if ((e == ERR_LATER || e == ERR_INTERNAL) && last.status != 200) {
		c->why = KNOW_HOME_LATER;
		c->after = e == ERR_INTERNAL ? STRIPE_KEY_REFUSED_S :
		    last.retry_after;
		e = ERR_OK;
	}
	stripe_reply_done(&last);
	return e;
}

static enum err
close_customer(struct closer *c, const char *customer)
{
	enum err e;

	e = close_listed(c, customer, CLOSING_PAGE, STRIPE_CHECKOUT_SESSION);
	if (e == ERR_OK && c->why == NULL)
		e = close_listed(c, customer, CLOSING_SUBSCRIPTION,
		    STRIPE_SUBSCRIPTION);
	if (e != ERR_OK || c->why != NULL ||
	    !billing_deletes_customers(&c->a->conf->billing))
		return e;
	c->what = CLOSING_CUSTOMER;
	return close_one(c, customer);
}

/* One that was asked for before is made, and then belongs to the account. */
static enum err
look_for_customer_call(struct closer *c)
{
	struct call call = { .form = NULL };
	enum err e;

	e = call_find_open(c->a->db, c->errand->id, CALL_CUSTOMER, NULL,
	    &call);
	call_done(&call);
	if (e == ERR_OK)
		c->why = UNDER_WAY;
	return e == ERR_NOTFOUND ? ERR_OK : e;
}

static enum err
close_all(struct closer *c)
{
	char customer[CUSTOMERS_MOST][STRIPE_ID], after[STRIPE_ID] = "";
	size_t count, i;
	enum err e;

	if ((e = look_for_customer_call(c)) != ERR_OK || c->why != NULL)
		return e;
	do {
		count = 0;
		e = customers_of(c->a->db, c->errand->id, after, customer,
		    &count);
		for (i = 0; i < count && e == ERR_OK && c->why == NULL; i++)
			e = close_customer(c, customer[i]);
		if (count > 0)
			memcpy(after, customer[count - 1], sizeof(after));
	} while (e == ERR_OK && c->why == NULL && count == CUSTOMERS_MOST);
	return e;
}

static enum err
write_rows(struct db *db, void *arg)
{
	const struct closer *c = arg;

	return erase_rows(db, c->errand->id);
}

/* Nothing is open: has it been so for long enough? */
static enum err
write_end(struct db *db, void *arg)
{
	struct closer *c = arg;
	int64_t for_s;
	int under_way;
	enum err e;

	c->ended = 0;
	if ((e = closing_end(db, c->errand->id)) != ERR_OK ||
	    (e = erasure_closed(db, c->errand, &for_s)) != ERR_OK ||
	    (e = fact_under_way(db, c->errand->id, &under_way)) != ERR_OK)
		return e;
	if (for_s < LOOK_AGAIN_S || under_way)
		return erasure_rest(db, c->errand, LOOK_AGAIN_S -
		    (int)(for_s % LOOK_AGAIN_S));
	c->ended = 1;
	return erasure_done(db, c->errand);
}

static enum err
end_turn(struct closer *c)
{
	enum err e;

	if (c->closed > 0)
		return erasure_rest(c->a->db, c->errand, 0);
	e = db_transaction(c->a->db, write_end, c);
	if (e == ERR_OK && c->ended)
		log_info("erasure_done", "account %s: nothing is left to be"
		    " ended", c->errand->id);
	return e;
}

static enum err
settle(struct closer *c)
{
	struct app *a = c->a;

	if (a->wait_ms > 0)
		return errand_back(a->db, &erasure_errands, c->errand);
	if (c->refused)
		return errand_bury(a->db, &erasure_errands, c->errand, c->why);
	if (c->why != NULL)
		return errand_later(a->db, &erasure_errands, c->errand,
		    c->why, c->after);
	return end_turn(c);
}

enum err
close_account(struct app *a, const struct errand *x)
{
	struct closer c = { .a = a, .errand = x };
	enum err e;

	if (know_home_or_later(a, &c.after) != ERR_OK)
		return errand_later(a->db, &erasure_errands, x,
		    KNOW_HOME_LATER, c.after);
	if ((e = db_transaction(a->db, write_rows, &c)) == ERR_OK)
		e = close_all(&c);
	if (e == ERR_OK)
		e = settle(&c);
	else if (e != ERR_CONFLICT)
		e = errand_later(a->db, &erasure_errands, x, NOT_WRITTEN, 0);
	call_done(&c.call);
	return e == ERR_CONFLICT ? ERR_OK : e;
}
