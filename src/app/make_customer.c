/* SPDX-License-Identifier: MIT */

/* A customer to be made: send the journaled call, write down what came. */

#include "account/account.h"
#include "base/clock.h"
#include "base/log.h"
#include "billing/call.h"
#include "billing/customer.h"
#include "billing/customer_call.h"
#include "billing/send.h"
#include "db/db.h"

#include "app/app.h"
#include "app/config.h"
#include "app/errands.h"
#include "app/know_home.h"
#include "app/order_customer.h"

#include "app/make_customer.h"

#define NO_ACCOUNT	"the account is no more"
#define NOT_WRITTEN	"could not write it down"

struct outcome {
	const struct call *call;
	enum err	 sent;
	struct sending	 sending;	/* owned */
};

static enum err
write_down(struct db *db, void *arg)
{
	const struct outcome *o = arg;
	struct account account;
	enum err e;

	e = account_lock(db, o->call->account_id, &account);
	return e != ERR_OK ? e :
	    customer_call_settle(db, o->call, o->sent, &o->sending);
}

static enum err
send_call(struct app *a, const struct errand *x, const struct call *c)
{
	struct outcome o = { .call = c };
	enum err e;

	if ((e = call_sending(a->db, c)) != ERR_OK)
		return e;
	/* The lease outlasts whatever is begun by then. */
	o.sent = call_send(a->stripe, c, clock_mono_us() +
	    INT64_C(1000000) * (CALL_LEASE_SECONDS - a->conf->stripe.timeout),
	    &o.sending);
	(void)know_home_refused(a, o.sending.reply.status);
	if ((e = db_transaction(a->db, write_down, &o)) == ERR_OK)
		log_info("customer_call", "customer call %s of account %s: %s",
		    c->id, c->account_id, err_name(o.sent));
	else if (e == ERR_NOTFOUND)
		e = errand_bury(a->db, &call_errands, x, NO_ACCOUNT);
	else if (e != ERR_CONFLICT)
		e = errand_later(a->db, &call_errands, x, NOT_WRITTEN, 0);
	sending_done(&o.sending);
	return e;
}

/*
 * Its key is forgotten at Stripe, and an event has brought the customer
 * meanwhile: it may have another address by now, so that a search by the one
 * that was sent would find none, and make another.
 */
static enum err
settle_known(struct db *db, void *arg)
{
	const struct call *call = arg;
	char customer[STRIPE_ID];
	struct account account;
	enum err e;

	if ((e = account_lock(db, call->account_id, &account)) != ERR_OK ||
	    (e = customer_of(db, account.id, customer)) != ERR_OK)
		return e;
	return call_made(db, call, customer);
}

struct anew {
	const struct config	*conf;
	const struct call	*old;
};

/*
 * Stripe refused this one, and somebody has brought it back because whatever
 * was wrong is corrected: its form and its key are of no use any more.
 */
static enum err
begin_anew(struct db *db, void *arg)
{
	const struct anew *anew = arg;
	const struct call *old = anew->old;
	char customer[STRIPE_ID];
	struct account account;
	enum err e;

	if ((e = account_lock(db, old->account_id, &account)) != ERR_OK)
		return e == ERR_NOTFOUND ? ERR_INPUT : e;
	/* An account has one open call: the old one makes room first. */
	if ((e = call_replaced(db, old, NULL)) != ERR_OK ||
	    account_is_erased(&account))
		return e;
	e = customer_of(db, account.id, customer);
	if (e == ERR_NOTFOUND)
		e = order_customer(db, anew->conf, &account, NULL);
	return e == ERR_CONFLICT ? ERR_OK : e;	/* it gets one without us */
}

static enum err
replace_refused(struct app *a, const struct errand *x, const struct call *old)
{
	struct anew anew = { .conf = a->conf, .old = old };
	enum err e = db_transaction(a->db, begin_anew, &anew);

	if (e == ERR_INPUT)
		return errand_bury(a->db, &call_errands, x, NO_ACCOUNT);
	return e == ERR_OK || e == ERR_CONFLICT ? e :
	    errand_later(a->db, &call_errands, x, NOT_WRITTEN, 0);
}

enum err
make_customer(struct app *a, const struct errand *x, struct call *c)
{
	enum err e;
	int after;

	if (c->refused)
		return replace_refused(a, x, c);
	if (c->stale && (e = db_transaction(a->db, settle_known, c)) !=
	    ERR_NOTFOUND)
		return e;
	return know_home_or_later(a, &after) == ERR_OK ? send_call(a, x, c) :
	    errand_later(a->db, &call_errands, x, KNOW_HOME_LATER, after);
}
