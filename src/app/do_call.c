/* SPDX-License-Identifier: MIT */

/*
 * A call that no person waits for: to make a customer, to settle a second
 * subscription, or to credit a reward.
 */

#include "base/clock.h"
#include "base/log.h"
#include "billing/balance.h"
#include "billing/call.h"
#include "billing/second.h"
#include "billing/send.h"
#include "db/db.h"

#include "app/app.h"
#include "app/config.h"
#include "app/errands.h"
#include "app/know_home.h"
#include "app/make_customer.h"

struct outcome {
	const struct call	*call;
	enum err		 sent;
	struct sending		 sending;	/* owned */
};

static enum err
write_down(struct db *db, void *arg)
{
	const struct outcome *o = arg;

	return o->call->kind == CALL_CREDIT ?
	    balance_settle(db, o->call, o->sent, &o->sending) :
	    second_settle(db, o->call, o->sent, &o->sending);
}

/* Stripe had refused it, and somebody has mended why. */
static enum err
begin_anew(struct db *db, void *arg)
{
	const struct call *c = arg;

	return c->kind == CALL_CREDIT ? balance_renew(db, c) :
	    second_renew(db, c);
}

static enum err
send(struct app *a, const struct call *c)
{
	struct outcome o = { .call = c };
	enum err e;

	if ((e = call_sending(a->db, c)) != ERR_OK)
		return e;
	o.sent = call_send(a->stripe, c, clock_mono_us() +
	    INT64_C(1000000) * (CALL_LEASE_SECONDS - a->conf->stripe.timeout),
	    &o.sending);
	(void)know_home_refused(a, o.sending.reply.status);
	e = db_transaction(a->db, write_down, &o);
	log_info("courier_call", "%s call %s of account %s for %s: %s",
	    call_kind_name(c->kind), c->id, c->account_id, c->subject,
	    err_name(o.sent));
	sending_done(&o.sending);
	return e;
}

static enum err
settle(struct app *a, const struct errand *x, struct call *c)
{
	enum err e;
	int after;

	if (know_home_or_later(a, &after) != ERR_OK)
		return errand_later(a->db, &call_errands, x, KNOW_HOME_LATER,
		    after);
	e = c->refused ? db_transaction(a->db, begin_anew, c) : send(a, c);
	return e == ERR_OK || e == ERR_CONFLICT ? e :
	    errand_later(a->db, &call_errands, x, "could not write it down",
	    0);
}

enum err
do_call(struct app *a, const struct errand *x)
{
	struct call c = { .form = NULL };
	enum err e;

	if ((e = call_find(a->db, x, &c)) == ERR_OK)
		e = c.kind == CALL_CUSTOMER ? make_customer(a, x, &c) :
		    settle(a, x, &c);
	call_done(&c);
	/* Somebody was quicker: as good as done. */
	return e == ERR_CONFLICT ? ERR_OK : e;
}
