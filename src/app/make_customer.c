/* SPDX-License-Identifier: MIT */

/* A customer to be made: send the journaled call, write down what came. */

#include "account/account.h"
#include "base/clock.h"
#include "base/log.h"
#include "billing/call.h"
#include "billing/customer_call.h"
#include "billing/send.h"
#include "app/config.h"
#include "db/db.h"

#include "app/app.h"
#include "app/know_home.h"

#include "app/errands.h"

struct outcome {
	struct call	 call;		/* owned */
	enum err	 sent;
	struct sending	 sending;	/* owned */
};

static enum err
write_down(struct db *db, void *arg)
{
	const struct outcome *o = arg;
	struct account account;
	enum err e;

	e = account_lock(db, o->call.account_id, &account);
	return e != ERR_OK ? e :
	    customer_call_settle(db, &o->call, o->sent, &o->sending);
}

static enum err
send_call(struct app *a, const struct errand *x, struct outcome *o)
{
	enum err e;

	if ((e = call_sending(a->db, &o->call)) != ERR_OK)
		return e;
	/* The lease outlasts whatever is begun by then. */
	o->sent = call_send(a->stripe, &o->call, clock_mono_us() +
	    INT64_C(1000000) * (CALL_LEASE_SECONDS - a->conf->stripe.timeout),
	    &o->sending);
	if ((e = db_transaction(a->db, write_down, o)) == ERR_OK)
		log_info("customer_call", "customer call %s of account %s: %s",
		    o->call.id, o->call.account_id, err_name(o->sent));
	else if (e == ERR_NOTFOUND)
		e = errand_bury(a->db, &call_errands, x,
		    "the account is no more");
	else if (e != ERR_CONFLICT)
		e = errand_later(a->db, &call_errands, x,
		    "could not write it down", 0);
	sending_done(&o->sending);
	return e;
}

enum err
make_customer(struct app *a, const struct errand *x)
{
	struct outcome o = { .sent = ERR_OK };
	enum err e;

	if ((e = call_find(a->db, x, &o.call)) != ERR_OK)
		goto done;
	if ((e = know_home(a)) == ERR_OK)
		e = send_call(a, x, &o);
	else
		e = errand_later(a->db, &call_errands, x,
		    "Stripe could not be asked, or is another account's",
		    e == ERR_LATER ? 0 : STRIPE_KEY_REFUSED_S);
	call_done(&o.call);
done:
	/* Checkout was quicker: as good as done. */
	return e == ERR_CONFLICT ? ERR_OK : e;
}
