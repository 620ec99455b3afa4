/* SPDX-License-Identifier: MIT */

/* What an object of each kind, as it was read, means for the rows. */

#include "account/account.h"
#include "account/erasure.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "billing/checkout.h"
#include "billing/closing.h"
#include "billing/customer.h"
#include "billing/entitlement.h"
#include "billing/granted.h"
#include "billing/invoice.h"
#include "billing/object.h"
#include "billing/payback.h"
#include "billing/subscription.h"
#include "stripe/field.h"
#include "stripe/kind.h"

#include "app/book.h"
#include "app/book_rewards.h"
#include "app/book_welcome.h"
#include "app/config.h"
#include "app/doubt.h"
#include "app/settle_second.h"
#include "app/tell_of.h"

#include "app/reading.h"

/* ERR_NOTFOUND: `ret_customer`, whose it is, is linked to nobody here. */
typedef enum err apply(struct db *db, const struct reading *r,
    char ret_customer[STRIPE_ID]);

/*
 * The account that its metadata names is locked before the customer: two
 * customers that want the same account come one after the other.
 */
static enum err
apply_customer(struct db *db, const struct reading *r,
    char ret_customer[STRIPE_ID])
{
	const char *named = json_text(r->read, "metadata.new_user_id");
	struct account account;
	enum err e = ERR_NOTFOUND;

	(void)ret_customer;
	if (named != NULL && text_is_uuid(named))
		e = account_lock(db, named, &account);
	if (e != ERR_OK && e != ERR_NOTFOUND)
		return e;
	return customer_apply(db, r->object.id, r->read,
	    e == ERR_OK ? account.id : NULL);
}

/*
 * It was begun when its account was being erased, or after that.  One that is
 * older was there to be seen: nobody is asked for at every renewal.
 */
#define NEW_S	(30 * CLOCK_DAY_S)
static enum err
close_if_erased(struct db *db, const struct json *read)
{
	const char *customer = json_id(read, "customer");
	char owner[TEXT_UUID];
	struct account account;
	int64_t created, since;
	enum err e;

	if (customer == NULL || json_int(read, "created", &created) != ERR_OK ||
	    created < clock_now() - NEW_S ||
	    !closing_is_due(CLOSING_SUBSCRIPTION, read))
		return ERR_OK;
	if ((e = customer_owner(db, customer, owner)) != ERR_OK ||
	    owner[0] == '\0' ||
	    (e = account_since(db, owner, &account, &since)) != ERR_OK ||
	    !account_is_erased(&account))
		return e;
	log_warn("erased_subscribed", "account %s is erased, and has the"
	    " subscription %s: it is ended", owner, json_text(read, "id"));
	return erasure_again(db, owner);
}

static enum err
apply_subscription(struct db *db, const struct reading *r,
    char ret_customer[STRIPE_ID])
{
	enum err e = r->items == NULL ?
	    subscription_apply(db, r->read, ret_customer) :
	    subscription_apply_with(db, r->read, r->items, ret_customer);

	if (e == ERR_OK && json_has(r->read, "trial_end"))
		e = subscription_note_trial(db, &r->conf->billing,
		    r->object.id);
	if (e == ERR_OK)
		e = close_if_erased(db, r->read);
	return e != ERR_OK ? e :
	    settle_second(db, &r->conf->billing,
	    json_id(r->read, "customer"));
}

/* Whoever has paid has a currency, in which their credits can be booked. */
static enum err
book_of_payer(struct db *db, const struct config *conf,
    const struct json *invoice)
{
	const char *customer = json_id(invoice, "customer");
	char account[TEXT_UUID];
	enum err e;

	if (customer == NULL ||
	    !text_equal(json_text(invoice, "status"), "paid"))
		return ERR_OK;
	e = customer_owner(db, customer, account);
	if (e != ERR_OK || account[0] == '\0')
		return e;
	e = book_welcome(db, conf, account, invoice);
	return e != ERR_OK ? e : book_rewards(db, &conf->cello, account);
}

static enum err
apply_invoice(struct db *db, const struct reading *r,
    char ret_customer[STRIPE_ID])
{
	int64_t moved;
	enum err e = invoice_apply(db, r->read, ret_customer);

	if (e == ERR_OK)
		e = book(db, r->conf, STRIPE_INVOICE, r->read, r->items,
		    &moved);
	if (e == ERR_OK)
		e = invoice_booked(db, r->read, moved);
	if (e == ERR_OK)
		e = tell_of_invoice(db, r->conf, r->read);
	if (e == ERR_OK)
		e = settle_second_invoice(db, r->read, r->items);
	return e != ERR_OK ? e : book_of_payer(db, r->conf, r->read);
}

static enum err
apply_payback(struct db *db, const struct reading *r,
    char ret_customer[STRIPE_ID])
{
	int64_t moved;
	enum err e = payback_apply(db, r->read, ret_customer);

	if (e == ERR_OK)
		e = book(db, r->conf, r->object.kind, r->read, NULL,
		    &moved);
	return e != ERR_OK || r->object.kind != STRIPE_REFUND ? e :
	    tell_of_refund(db, r->conf, r->read);
}

/*
 * It says of a subscription that it is ours.  Whoever applies that at the same
 * moment holds the customer's row: one of the two sees what the other wrote.
 */
static enum err
apply_checkout(struct db *db, const struct reading *r,
    char ret_customer[STRIPE_ID])
{
	const char *customer = json_id(r->read, "customer");
	char nobodys[STRIPE_ID];
	enum err e = ERR_OK;

	(void)ret_customer;
	if (customer != NULL)
		e = customer_anchor_linked(db, customer, nobodys);
	if (e == ERR_OK || e == ERR_NOTFOUND)
		e = checkout_apply(db, r->read);
	if (e == ERR_OK)
		e = doubt_session(db, r->conf, r->read);
	return e != ERR_OK || customer == NULL ? e :
	    settle_second(db, &r->conf->billing, customer);
}

/*
 * Stripe did not generate an event, and says now what it would have been about:
 * that is heard of after all.
 */
static enum err
apply_notice(struct db *db, const struct reading *r,
    char ret_customer[STRIPE_ID])
{
	const char *kind, *id;
	enum stripe_kind k;
	enum err e;

	(void)ret_customer;
	e = field_text(r->read, "data.impact.related_object.type", &kind);
	if (e == ERR_OK)
		e = field_text(r->read, "data.impact.related_object.id", &id);
	if (e != ERR_OK)
		return e;
	k = stripe_kind(kind);
	log_warn("event_not_generated", "Stripe did not generate an event about"
	    " %s %s%s", kind, id, k == STRIPE_KINDS ? "" : ": it is read now");
	return k == STRIPE_KINDS || k == STRIPE_NOTICE ? ERR_OK :
	    object_hear(db, k, id);
}

static apply *const applies[STRIPE_KINDS] = {
	[STRIPE_CUSTOMER] = apply_customer,
	[STRIPE_SUBSCRIPTION] = apply_subscription,
	[STRIPE_INVOICE] = apply_invoice,
	[STRIPE_CHECKOUT_SESSION] = apply_checkout,
	[STRIPE_REFUND] = apply_payback,
	[STRIPE_DISPUTE] = apply_payback,
	[STRIPE_CREDIT_NOTE] = apply_payback,
	[STRIPE_NOTICE] = apply_notice
};

typedef enum err lose(struct db *db, const char *id);

/* Stripe forgets events after thirty days; what Stripe lists is compared. */
static enum err
lose_notice(struct db *db, const char *id)
{
	(void)db;
	(void)id;
	return ERR_OK;
}

static lose *const losses[STRIPE_KINDS] = {
	[STRIPE_CUSTOMER] = customer_lost,
	[STRIPE_SUBSCRIPTION] = subscription_lost,
	[STRIPE_INVOICE] = invoice_lost,
	[STRIPE_CHECKOUT_SESSION] = checkout_closed,
	[STRIPE_REFUND] = payback_lost,
	[STRIPE_DISPUTE] = payback_lost,
	[STRIPE_CREDIT_NOTE] = payback_lost,
	[STRIPE_NOTICE] = lose_notice
};

/* Nobody is waked for what is gone: its row says so. */
enum err
reading_project(struct db *db, struct reading *r)
{
	enum err e;

	r->applied = 0;
	r->customer[0] = '\0';
	r->found = r->read == NULL || field_deleted(r->read) ? IS_GONE :
	    IS_SEEN;
	e = r->found == IS_GONE ? losses[r->object.kind](db, r->object.id) :
	    applies[r->object.kind](db, r, r->customer);
	if (e == ERR_NOTFOUND && r->customer[0] != '\0')
		r->found = IS_NOBODYS;
	/* Reading it again cannot settle it, only somebody. */
	else if (e == ERR_CONFLICT && r->object.kind == STRIPE_CUSTOMER)
		r->found = IS_RIVAL;
	else if (e == ERR_INPUT && r->object.kind == STRIPE_NOTICE)
		r->found = IS_SILENT;
	else if (e == ERR_OK && r->granted_to != NULL)
		e = granted_keep(db, r->granted_to, &r->granted);
	return r->found == IS_SEEN || r->found == IS_GONE ? e : ERR_OK;
}
