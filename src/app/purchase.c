/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "billing/customer_call.h"
#include "billing/forms.h"
#include "billing/object.h"
#include "billing/subscription.h"
#include "db/db.h"
#include "net/form.h"
#include "referral/referral.h"

#include "app/config.h"
#include "app/order_customer.h"

#include "app/purchase.h"

#define SESSIONS	"/v1/checkout/sessions"

/* ERR_OK with "" if the account was not referred. */
static enum err
find_ucc(struct db *db, const char *account_id, char ret_ucc[UCC])
{
	enum err e = referral_find(db, account_id, ret_ucc);

	if (e != ERR_NOTFOUND)
		return e;
	ret_ucc[0] = '\0';
	return ERR_OK;
}

static enum err
write_checkout(struct db *db, struct purchase *s)
{
	char ucc[UCC];
	struct checkout_order order = { .plan = s->plan,
	    .quantity = s->quantity, .account_id = s->account.id,
	    .customer_id = s->customer,
	    .organization = s->account.organization, .ucc = ucc,
	    .origin = s->conf->server.public_origin, .call_id = s->call.id };
	struct buf form;
	enum err e;

	if ((e = find_ucc(db, s->account.id, ucc)) != ERR_OK ||
	    (e = subscription_tried(db, &s->conf->billing, s->account.id,
	    &order.tried)) != ERR_OK)
		return e;
	call_init(&s->call, s->account.id, CALL_CHECKOUT, SESSIONS);
	memcpy(s->call.subject, s->subject, sizeof(s->call.subject));

	buf_init(&form, CALL_FORM);
	checkout_form(&order, &form);
	s->call.form = mem_text(form.data);
	e = form.full ? ERR_INTERNAL : call_write(db, &s->call);
	buf_done(&form);
	return e;
}

/* Another order's page, or one that closes soon: it must be closed first. */
static enum err
write_expire(struct db *db, struct purchase *s)
{
	struct buf path;
	enum err e;

	buf_init(&path, sizeof(s->call.path) - 1);
	buf_text(&path, SESSIONS "/");
	form_escape(&path, s->session.id);
	buf_text(&path, "/expire");
	e = path.full || strlen(s->session.id) >= sizeof(s->call.subject) ?
	    ERR_INTERNAL : ERR_OK;
	if (e == ERR_OK) {
		call_init(&s->call, s->account.id, CALL_EXPIRE, path.data);
		memcpy(s->call.subject, s->session.id,
		    strlen(s->session.id) + 1);
		s->call.form = mem_text("");
		s->session.url[0] = '\0';	/* nobody is sent there */
		e = call_write(db, &s->call);
	}
	buf_done(&path);
	return e;
}

/*
 * Is there something to buy at all?  First a page is paid on, and then its
 * subscription is read: whoever looks in this order, and for an open page
 * before either, misses it in none of the three.
 */
static enum err
look_at_bought(struct db *db, struct purchase *s)
{
	enum entitlement entitlement;
	int pending;
	enum err e;

	if ((e = checkout_pending(db, s->account.id, &pending)) != ERR_OK ||
	    (e = entitlement_find(db, &s->conf->billing, s->account.id,
	    &entitlement)) != ERR_OK)
		return e;
	switch (entitlement) {
	case ENTITLED:
		s->step = STEP_SUBSCRIBED;
		break;
	case ENTITLEMENT_WAITING:
		s->step = STEP_OWING;
		break;
	case ENTITLEMENT_PROCESSING:
		s->step = STEP_PENDING;
		break;
	case ENTITLEMENT_NONE:
		if (pending)
			s->step = STEP_PENDING;
		break;
	}
	return ERR_OK;
}

/*
 * The customer is known.  What was begun is brought to its end before anything
 * new begins, whatever was ordered then: a page whose address got lost could
 * still be paid on.
 */
static enum err
decide_session(struct db *db, struct purchase *s)
{
	enum err e;

	e = call_find_open(db, s->account.id, CALL_CHECKOUT, NULL, &s->call);
	if (e != ERR_NOTFOUND)
		return e;
	e = call_find_open(db, s->account.id, CALL_EXPIRE, NULL, &s->call);
	if (e != ERR_NOTFOUND)
		return e;

	e = checkout_find_open(db, s->account.id, &s->session);
	if (e == ERR_NOTFOUND) {
		e = look_at_bought(db, s);
		return e != ERR_OK || s->step != STEP_SEND ? e :
		    write_checkout(db, s);
	}
	if (e != ERR_OK)
		return e;
	if (!s->session.lasting || !text_equal(s->session.subject, s->subject))
		return write_expire(db, s);
	s->step = STEP_READY;
	return ERR_OK;
}

/*
 * The errand is looked for before the customer: whoever settles it links the
 * customer in the same transaction, so if it is not open any more, the
 * customer is there to be seen.  The other way round both could be missed.
 */
static enum err
decide_customer(struct db *db, struct purchase *s)
{
	enum err open, e;

	open = call_find_open(db, s->account.id, CALL_CUSTOMER, NULL, &s->call);
	if (open != ERR_OK && open != ERR_NOTFOUND)
		return open;
	/* It was refused, and brought back: what it sends is of no use. */
	if (open == ERR_OK && s->call.refused) {
		e = call_replaced(db, &s->call, NULL);
		call_done(&s->call);
		if (e != ERR_OK)
			return e;
		open = ERR_NOTFOUND;
	}
	e = customer_of(db, s->account.id, s->customer);
	if (e == ERR_OK) {
		call_done(&s->call);
		return decide_session(db, s);
	}
	if (e == ERR_NOTFOUND)
		e = open == ERR_OK ? ERR_OK :
		    order_customer(db, &s->account, &s->call);
	return e;
}

enum err
purchase_decide(struct db *db, void *arg)
{
	struct purchase *s = arg;
	enum err e;

	call_done(&s->call);
	memset(&s->session, 0, sizeof(s->session));
	s->lost_customer = 0;
	s->step = STEP_SEND;

	/* Two tabs decide one after the other. */
	if ((e = account_lock(db, s->account.id, &s->account)) != ERR_OK ||
	    (e = look_at_bought(db, s)) != ERR_OK || s->step != STEP_SEND)
		return e;
	if ((e = decide_customer(db, s)) == ERR_OK && s->step == STEP_SEND)
		e = call_sending(db, &s->call);
	return e;
}

static enum err
settle_checkout(struct db *db, struct purchase *s)
{
	enum err e;

	switch (s->sent) {
	case ERR_OK:
		e = checkout_keep(db, &s->call, s->sending.made, &s->session);
		if (e == ERR_OK)
			e = call_made(db, &s->call, s->session.id);
		/* Found again, and paid on or closed meanwhile. */
		if (e == ERR_OK && s->session.url[0] == '\0')
			e = object_hear(db, STRIPE_CHECKOUT_SESSION, s->session.id);
		return e == ERR_INPUT ? ERR_INTERNAL : e;
	case ERR_INPUT:
		s->lost_customer = sending_lost_customer(&s->sending, &s->call,
		    s->customer);
		e = call_refused(db, &s->call, s->sending.why);
		if (e == ERR_OK && s->lost_customer)
			e = customer_lost(db, s->customer);
		return e;
	case ERR_NOTFOUND:
		/* The next round writes another, if it is wanted still. */
		return call_refused(db, &s->call, s->sending.why);
	default:
		return ERR_OK;
	}
}

static enum err
settle_expire(struct db *db, struct purchase *s)
{
	const char *session_id = s->call.subject;
	enum err e;

	switch (s->sent) {
	case ERR_OK:
		e = call_made(db, &s->call, session_id);
		return e != ERR_OK ? e : checkout_closed(db, session_id);
	case ERR_INPUT:
	case ERR_NOTFOUND:
		/* It is not open: paid on, or closed by itself.  Look. */
		e = call_refused(db, &s->call, s->sending.why);
		return e != ERR_OK ? e :
		    object_hear(db, STRIPE_CHECKOUT_SESSION, session_id);
	default:
		return ERR_OK;
	}
}

enum err
purchase_settle(struct db *db, void *arg)
{
	struct purchase *s = arg;

	if (s->call.kind == CALL_CUSTOMER)
		return customer_call_settle(db, &s->call, s->sent, &s->sending);
	return s->call.kind == CALL_EXPIRE ? settle_expire(db, s) :
	    settle_checkout(db, s);
}

void
purchase_done(struct purchase *s)
{
	sending_done(&s->sending);
	call_done(&s->call);
}
