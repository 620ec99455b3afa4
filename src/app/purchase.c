/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "billing/customer_call.h"
#include "billing/entitlement.h"
#include "billing/forms.h"
#include "billing/invoice.h"
#include "billing/object.h"
#include "db/db.h"
#include "stripe/kind.h"

#include "app/book_welcome.h"
#include "app/config.h"
#include "app/doubt.h"
#include "app/order_customer.h"

#include "app/purchase.h"

/*
 * What a referral brings is for who has paid nothing yet: once, whatever they
 * subscribe to later.  And for nobody who has referred themselves.
 */
enum err
discount_due(struct db *db, const char *account_id, const char *ucc,
    int *ret_due)
{
	enum doubt doubt = DOUBT_NONE;
	int paid = 0;
	enum err e;

	*ret_due = 0;
	if ((e = invoice_any_paid(db, account_id, &paid)) != ERR_OK || paid)
		return e;
	e = doubt_of(db, account_id, ucc, &doubt);
	*ret_due = e == ERR_OK && doubt == DOUBT_NONE;
	return e;
}

static void
order_of(const struct purchase *s, struct checkout_order *ret_order)
{
	const struct checkout_order order = { .plan = s->plan,
	    .quantity = s->quantity, .account_id = s->account.id,
	    .customer_id = s->customer,
	    .organization = s->by.organization, .ucc = s->by.ucc,
	    .origin = s->conf->site, .tried = s->tried,
	    .undue = !s->due };

	*ret_order = order;
}

/* What the page depends on, and by which name it is known therefore. */
static enum err
look_at_order(struct db *db, struct purchase *s)
{
	struct checkout_order order;
	enum err e;

	if ((e = attribute(db, s->conf, s->account.id, &s->by)) != ERR_OK ||
	    (e = subscription_tried(db, &s->conf->billing, s->account.id,
	    &s->tried)) != ERR_OK ||
	    (e = discount_due(db, s->account.id, s->by.ucc,
	    &s->due)) != ERR_OK)
		return e;
	order_of(s, &order);
	checkout_subject(&order, s->subject);
	return ERR_OK;
}

/* call_may_write(), of one more call on the way. */
static enum err
may_write(struct db *db, struct purchase *s, enum call_kind kind)
{
	return call_may_write(db, s->account.id, kind, &s->retry_after);
}

/*
 * A page without the discount that it should have had is one only for as long
 * as somebody is on the way to it: the coupon may be mended by then.
 */
int
purchase_has_page(const struct purchase *s)
{
	const size_t len = strlen(s->subject);

	if (s->session.url[0] == '\0' ||
	    strncmp(s->session.subject, s->subject, len) != 0)
		return 0;
	return s->session.subject[len] == '\0' || (s->session.fresh &&
	    text_equal(s->session.subject + len, CHECKOUT_UNDISCOUNTED));
}

/*
 * Whoever is sent to a page is promised what that page's plan credits, and not
 * what another one did.  Who is due nothing any more keeps what was promised:
 * their payment decides.
 */
static enum err
promise(struct db *db, const struct purchase *s)
{
	return s->due && s->by.ucc[0] != '\0' ?
	    promise_welcome(db, s->account.id, s->plan) : ERR_OK;
}

static enum err
write_checkout(struct db *db, struct purchase *s)
{
	struct checkout_order order;
	struct buf form;
	enum err e;

	if ((e = may_write(db, s, CALL_CHECKOUT)) != ERR_OK)
		return e;
	call_init(&s->call, s->account.id, CALL_CHECKOUT,
	    STRIPE_PATH_SESSIONS);
	order_of(s, &order);
	order.call_id = s->call.id;
	order.undiscounted = s->undiscounted;
	checkout_subject(&order, s->call.subject);

	buf_init(&form, CALL_FORM);
	checkout_form(&order, &form);
	s->call.form = mem_text(form.data);
	e = form.full ? ERR_INTERNAL : call_write(db, &s->call);
	buf_done(&form);
	return e != ERR_OK ? e : promise(db, s);
}

/* Another order's page, or one that closes soon: it must be closed first. */
static enum err
write_expire(struct db *db, struct purchase *s)
{
	struct buf path;
	enum err e;

	if ((e = may_write(db, s, CALL_EXPIRE)) != ERR_OK)
		return e;
	buf_init(&path, sizeof(s->call.path) - 1);
	stripe_path_expire(s->session.id, &path);
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
		s->step = STEP_ENTITLED;
		break;
	case ENTITLEMENT_OWING:
		s->step = STEP_OWING;
		break;
	case ENTITLEMENT_PROCESSING:
		s->step = STEP_PROCESSING;
		break;
	case ENTITLEMENT_NONE:
		if (pending)
			s->step = STEP_PROCESSING;
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

	if ((e = look_at_order(db, s)) != ERR_OK)
		return e;
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
	if (!s->session.lasting || !purchase_has_page(s))
		return write_expire(db, s);
	s->step = STEP_READY;
	return promise(db, s);
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
	if (e != ERR_NOTFOUND)
		return e;
	if (open == ERR_OK)
		return ERR_OK;
	if ((e = may_write(db, s, CALL_CUSTOMER)) == ERR_OK)
		e = order_customer(db, s->conf, &s->account,
		    &s->call);
	return e;
}

enum err
purchase_decide(struct db *db, void *arg)
{
	struct purchase *s = arg;
	enum err e;

	call_done(&s->call);
	memset(&s->session, 0, sizeof(s->session));
	s->lost_customer = s->unreadable = s->retry_after = 0;
	s->step = STEP_SEND;

	/* Two tabs decide one after the other. */
	if ((e = account_lock(db, s->account.id, &s->account)) != ERR_OK)
		return e;
	if (account_is_erased(&s->account))
		return ERR_NOTFOUND;
	if ((e = look_at_bought(db, s)) != ERR_OK || s->step != STEP_SEND)
		return e;
	if ((e = decide_customer(db, s)) == ERR_OK && s->step == STEP_SEND)
		e = call_sending(db, &s->call);
	return e;
}

/*
 * An answer that cannot be read would be the same each time that it is asked
 * for under this key, so the key is given up.  Nobody is given the address of
 * the page, so nobody can pay on it.
 */
static enum err
settle_page(struct db *db, struct purchase *s)
{
	enum err e;

	e = checkout_keep(db, &s->call, s->sending.made, &s->session);
	if (e == ERR_INPUT) {
		log_error("page_unreadable", "the answer to the checkout call"
		    " %s, request %s, is no page of Checkout that can be read",
		    s->call.id, s->sending.reply.request_id);
		s->unreadable = 1;
		return call_refused(db, &s->call, "the answer cannot be read");
	}
	if (e == ERR_OK)
		e = call_made(db, &s->call, s->session.id);
	/* Found again, and paid on or closed meanwhile. */
	if (e == ERR_OK && s->session.url[0] == '\0')
		e = object_hear(db, STRIPE_CHECKOUT_SESSION, s->session.id);
	return e;
}

static enum err
settle_checkout(struct db *db, struct purchase *s)
{
	enum err e;

	switch (s->sent) {
	case ERR_OK:
		return settle_page(db, s);
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

/* It is not open: paid on, or closed by itself.  It was read again. */
static enum err
settle_closed(struct db *db, struct purchase *s)
{
	const char *session_id = s->call.subject;
	enum err e = call_refused(db, &s->call, s->sending.why);

	if (e == ERR_OK && s->reread == ERR_OK)
		s->reread = e = checkout_apply(db, s->reread_reply.body);
	else if (e == ERR_OK && s->reread == ERR_NOTFOUND)
		e = checkout_closed(db, session_id);
	/* What hangs on it is a courier's to read. */
	return e != ERR_OK && e != ERR_INPUT ? e :
	    object_hear(db, STRIPE_CHECKOUT_SESSION, session_id);
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
		return settle_closed(db, s);
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
	stripe_reply_done(&s->reread_reply);
	call_done(&s->call);
}
