/* SPDX-License-Identifier: MIT */

/* A customer to be made: send the journaled call, write down what came. */

#include "base/clock.h"
#include "app/config.h"
#include "base/log.h"
#include "billing/call.h"
#include "billing/customer_call.h"
#include "billing/send.h"
#include "db/db.h"

#include "courier/internal.h"

struct outcome {
	struct call	 call;		/* owned */
	enum err	 sent;
	struct sending	 sending;	/* owned */
};

static enum err
settle(struct db *db, void *arg)
{
	const struct outcome *o = arg;

	return customer_call_settle(db, &o->call, o->sent, &o->sending);
}

enum err
call_errand(const struct courier *c)
{
	struct outcome o = { .sent = ERR_OK };
	enum err e;

	if ((e = call_claim(c->db, &o.call)) != ERR_OK)
		return e;
	if ((e = call_sending(c->db, &o.call)) != ERR_OK)
		goto done;
	/* The lease outlasts whatever is begun by then. */
	o.sent = call_send(c->stripe, &o.call, clock_mono_us() +
	    INT64_C(1000000) * (CALL_LEASE_SECONDS - c->conf->stripe.timeout),
	    &o.sending);
	if ((e = db_transaction(c->db, settle, &o)) == ERR_OK)
		log_info("customer_call", "customer call %s of account %s: %s",
		    o.call.id, o.call.account_id, err_name(o.sent));
	else if (e != ERR_CONFLICT)
		e = call_later(c->db, &o.call, "could not write it down", 0);
	sending_done(&o.sending);
done:
	call_done(&o.call);

	/* Checkout was quicker: as good as done. */
	return e == ERR_CONFLICT ? ERR_OK : e;
}
