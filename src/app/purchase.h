/* SPDX-License-Identifier: MIT */
#ifndef APP_PURCHASE_H
#define APP_PURCHASE_H

/*
 * Somebody on the way to Stripe's page.  Getting there takes one or more
 * rounds: a transaction decides what is to be done next and journals it, the
 * call is sent outside of any, another transaction writes down what came of
 * it.  Because each round decides anew from the rows, a crash, a second tab or
 * a courier in between cannot leave anything twice or half done.  Of this
 * folder's own: app/buy.h is the verb.
 */

#include "account/account.h"
#include "billing/call.h"
#include "billing/checkout.h"
#include "billing/customer.h"
#include "billing/send.h"

#include "app/attribute.h"

struct config;
struct db;

enum step {
	STEP_SEND,		/* `call`, which is journaled as being sent */
	STEP_READY,		/* `session` is open and what was asked for */
	STEP_PROCESSING,	/* paid, and the subscription is on its way */
	STEP_OWING,		/* there is one, without access: not two */
	STEP_ENTITLED		/* nothing to buy */
};

struct purchase {
	/* What is asked for. */
	const struct config		*conf;
	const struct plan_config	*plan;
	int				 quantity;
	struct account			 account;
	int				 undiscounted;	/* coupon is refused */
	/* purchase_decide() */
	enum step			 step;
	char				 customer[STRIPE_ID];
	struct attribution		 by;
	int				 tried;
	int				 due;	/* the discount of a referral */
	char				 subject[CALL_SUBJECT];
	struct call			 call;		/* owned */
	/* call_send() */
	enum err			 sent;
	struct sending			 sending;	/* owned */
	/* A page that Stripe does not close is read again, as it is there. */
	enum err			 reread;
	struct stripe_reply		 reread_reply;	/* owned */
	/* purchase_decide(), purchase_settle() */
	struct checkout_session		 session;	/* url "": none */
	int				 lost_customer;
	int				 unreadable;	/* what was answered */
	int				 retry_after;	/* they click too often */
};

/* Is the account, which this code has referred, to get what it brings? */
MUST_USE enum err discount_due(struct db *db, const char *account_id,
    const char *ucc, int *ret_due);

/* Is `session` open, and a page for what is asked for? */
int purchase_has_page(const struct purchase *s);

/* Both are db_work; `arg` is the purchase. */
enum err purchase_decide(struct db *db, void *arg);
enum err purchase_settle(struct db *db, void *arg);

void purchase_done(struct purchase *s);

#endif /* !APP_PURCHASE_H */
