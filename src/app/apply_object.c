/* SPDX-License-Identifier: MIT */

/* An object that was heard of: read it from Stripe and apply what was read. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "account/account.h"
#include "account/erasure.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "billing/checkout.h"
#include "billing/closing.h"
#include "billing/customer.h"
#include "billing/entitlement.h"
#include "billing/event.h"
#include "billing/granted.h"
#include "billing/invoice.h"
#include "billing/object.h"
#include "billing/payback.h"
#include "billing/subscription.h"
#include "db/db.h"
#include "ledger/ledger.h"
#include "stripe/client.h"
#include "stripe/field.h"
#include "stripe/kind.h"
#include "stripe/snapshot.h"

#include "app/app.h"
#include "app/book.h"
#include "app/book_rewards.h"
#include "app/book_welcome.h"
#include "app/apply_shown.h"
#include "app/config.h"
#include "app/doubt.h"
#include "app/errands.h"
#include "app/know_home.h"
#include "app/settle_second.h"
#include "app/tell_of.h"
#include "app/walk.h"

#define WHY		256
#define REST_PAGES	LEDGER_PAGES	/* of a list in an object */

/* As much as is kept of a last error: 200 characters. */
#define RIVAL	"its metadata names an account that has another customer, or" \
	" it is another account's: run \"endpin stripe adopt\", or correct" \
	" new_user_id at Stripe or delete the other customer, then retry"

#define SILENT	"it does not say which object it is about: run \"endpin" \
	" resync\", then drop this"

struct reading {
	const struct config	*conf;
	const struct errand	*errand;
	struct object		 object;
	const struct json	*read;
	const struct json	*items;		/* NULL: those in it are all */
	const char		*granted_to;	/* customer; NULL: not read */
	struct granted		 granted;	/* owned */
	enum {
		IS_SEEN, IS_GONE, IS_NOBODYS, IS_RIVAL, IS_SILENT
	}			 found;
	char			 customer[STRIPE_ID];	/* whose it is, if nobody's */
	int			 applied;
};

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

	if (customer == NULL)
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

/*
 * Whoever answered may be behind what the newest event has shown: then it is
 * read once more.  An event that is not understood is no reason to.
 */
static enum err
mark_seen(struct db *db, const struct reading *r)
{
	struct json *events = NULL;
	int agrees = 1;
	enum err e;

	e = event_unseen(db, r->errand, &events);
	if (e == ERR_OK)
		agrees = snapshot_agrees(r->object.kind, events, r->read);
	json_free(events);
	if (e != ERR_OK && e != ERR_NOTFOUND)
		return e;
	return agrees ? object_seen(db, r->errand, &r->object) :
	    object_seen_doubtful(db, r->errand, &r->object);
}

/* Nobody is waked for what is gone: its row says so. */
static enum err
project(struct db *db, struct reading *r)
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

static enum err
mark(struct db *db, struct reading *r)
{
	switch (r->found) {
	case IS_NOBODYS:
		return object_park(db, r->errand, &r->object, r->customer);
	case IS_RIVAL:
		return errand_bury(db, &object_errands, r->errand, RIVAL);
	case IS_SILENT:
		return errand_bury(db, &object_errands, r->errand, SILENT);
	case IS_GONE:
		r->applied = 1;
		return object_seen_gone(db, r->errand, &r->object);
	default:
		r->applied = 1;
		return mark_seen(db, r);
	}
}

/* The projection and how far it was seen, together or not at all. */
static enum err
write_down(struct db *db, void *arg)
{
	enum err e = project(db, arg);

	return e != ERR_OK ? e : mark(db, arg);
}

static enum err
settle(struct app *a, struct reading *r)
{
	const struct object *o = &r->object;
	char why[WHY];
	enum err e;

	e = db_transaction(a->db, write_down, r);
	if (e == ERR_OK) {
		log_debug("object_seen", "applied %s %s",
		    stripe_kind_name(o->kind), o->id);
		return ERR_OK;
	}
	/* Claimed by another since: what it reads is newer. */
	if (e == ERR_CONFLICT && r->applied) {
		log_debug("object_lost", "dropped what was read of %s %s",
		    stripe_kind_name(o->kind), o->id);
		return ERR_OK;
	}
	/* Without a database this fails too, and the lease will run out. */
	(void)snprintf(why, sizeof(why), "could not apply: %s", err_name(e));
	return errand_later(a->db, &object_errands, r->errand, why, 0);
}

/*
 * Come back later, or not, if Stripe did not hand the object over.  One 404 is
 * a replica that is behind; many are a draft that was deleted, or what went
 * with a test clock or with all test data.
 */
static enum err
put_off(struct app *a, struct reading *r, enum err e,
    const struct stripe_reply *reply)
{
	const struct object *o = &r->object;
	char why[WHY];

	/* One of its readings found no room. */
	if (a->wait_ms > 0)
		return errand_back(a->db, &object_errands, r->errand);
	if (e == ERR_NOTFOUND && r->errand->attempts >= OBJECT_GONE_ATTEMPTS) {
		log_info("object_gone", "%s %s is gone at Stripe",
		    stripe_kind_name(o->kind), o->id);
		r->read = NULL;
		return settle(a, r);
	}
	(void)snprintf(why, sizeof(why), "Stripe answered %d %s %s",
	    reply->status, reply->code, reply->param);
	if (e == ERR_INPUT)
		return errand_bury(a->db, &object_errands, r->errand, why);
	(void)know_home_refused(a, reply->status);
	if (e == ERR_INTERNAL)
		log_error("stripe_refused", "could not read %s %s: Stripe"
		    " refuses the key", stripe_kind_name(o->kind), o->id);
	return errand_later(a->db, &object_errands, r->errand, why,
	    e == ERR_INTERNAL ? STRIPE_KEY_REFUSED_S : reply->retry_after);
}

/* A list inside an object is its first ten: these matter whole. */
static int
path_of_rest(const struct reading *r, struct buf *path)
{
	switch (r->object.kind) {
	case STRIPE_SUBSCRIPTION:
		stripe_path_items(r->object.id, path);
		return subscription_has_more(r->read);
	case STRIPE_INVOICE:
		stripe_path_payments(r->object.id, path);
		return ledger_has_more(r->read);
	default:
		return 0;
	}
}

static enum err
read_items(struct app *a, struct reading *r, struct stripe_reply *ret_reply)
{
	struct buf path;
	enum err e = ERR_OK;

	buf_init(&path, STRIPE_PATH);
	if (path_of_rest(r, &path)) {
		e = walk_whole(a, &path, REST_PAGES, ret_reply);
		r->items = ret_reply->body;
	}
	buf_done(&path);
	return e;
}

/* Whose entitlements may be others by what was read?  NULL: nobody's. */
static const char *
granted_to(const struct app *a, const struct reading *r)
{
	if (!a->conf->billing.entitlements || field_deleted(r->read))
		return NULL;
	return r->object.kind == STRIPE_CUSTOMER ? json_text(r->read, "id") :
	    r->object.kind == STRIPE_SUBSCRIPTION ?
	    json_id(r->read, "customer") : NULL;
}

/*
 * To the end of the list.  Where Stripe will not say, what was granted stays,
 * and nobody loses what they pay for by it.
 */
static enum err
read_granted(struct app *a, struct reading *r, struct stripe_reply *ret_reply)
{
	const char *customer_id = granted_to(a, r);
	struct buf path;
	enum err e;

	if (customer_id == NULL)
		return ERR_OK;
	if (granted_begin(a->db, &r->granted) != ERR_OK)
		return ERR_LATER;
	buf_init(&path, STRIPE_PATH);
	stripe_path_granted(customer_id, &path);
	e = walk_whole(a, &path, GRANTED_PAGES, ret_reply);
	buf_done(&path);
	if (e == ERR_OK) {
		granted_add(&r->granted, customer_id, ret_reply->body);
		granted_end(&r->granted);
		r->granted_to = customer_id;
	} else if (e != ERR_LATER && e != ERR_NOTFOUND)
		log_error("entitlements_refused", "Stripe does not say what"
		    " customer %s may use; what was known stays", customer_id);
	return e == ERR_LATER ? ERR_LATER : ERR_OK;
}

static enum err
read_and_apply(struct app *a, struct reading *r, const char *path)
{
	struct stripe_reply reply = { .status = 0 }, items = { .status = 0 },
	    granted = { .status = 0 };
	const struct stripe_reply *last = &reply;
	enum err e;

	granted_init(&r->granted);
	if ((e = stripe_get(a->stripe, path, &reply)) == ERR_OK) {
		r->read = reply.body;
		last = &items;
		e = read_items(a, r, &items);
	}
	if (e == ERR_OK) {
		last = &granted;
		e = read_granted(a, r, &granted);
	}
	e = e == ERR_OK ? settle(a, r) : put_off(a, r, e, last);
	granted_done(&r->granted);
	stripe_reply_done(&granted);
	stripe_reply_done(&items);
	stripe_reply_done(&reply);
	return e;
}

enum err
apply_object(struct app *a, const struct errand *x)
{
	struct reading r = { .errand = x, .conf = a->conf };
	struct buf path;
	enum err e;
	int after;

	if ((e = object_find(a->db, x, &r.object)) != ERR_OK)
		goto done;
	if (know_home_or_later(a, &after) != ERR_OK) {
		e = errand_later(a->db, &object_errands, x, KNOW_HOME_LATER,
		    after);
		goto done;
	}
	buf_init(&path, STRIPE_PATH);
	if (r.object.kind != STRIPE_KINDS)
		stripe_path(r.object.kind, r.object.id, &path);
	e = r.object.kind == STRIPE_KINDS || path.full ?
	    errand_bury(a->db, &object_errands, x, OBJECT_UNKNOWN) :
	    read_and_apply(a, &r, path.data);
	buf_done(&path);
done:
	/* Whoever has claimed it since will do better. */
	return e == ERR_CONFLICT ? ERR_OK : e;
}

struct page {
	struct reading	*reading;
	size_t		 count;
};

/*
 * Errands last: whoever hears of one of them waits for no more than these
 * rows.
 */
static enum err
write_page(struct db *db, void *arg)
{
	const struct page *p = arg;
	enum err e = ERR_OK;
	size_t i;

	for (i = 0; i < p->count && e == ERR_OK; i++)
		e = project(db, &p->reading[i]);
	for (i = 0; i < p->count && e == ERR_OK; i++)
		e = mark(db, &p->reading[i]);
	return e;
}

/*
 * Whoever writes down several locks their customers in one order, or two pages
 * wait for each other.
 */
static int
by_customer(const void *a, const void *b)
{
	const struct reading *x = a, *y = b;
	const char *of_x = json_id(x->read, "customer");
	const char *of_y = json_id(y->read, "customer");
	const int order = strcmp(of_x == NULL ? "" : of_x,
	    of_y == NULL ? "" : of_y);

	return order != 0 ? order : x->object.kind != y->object.kind ?
	    (int)x->object.kind - (int)y->object.kind :
	    strcmp(x->object.id, y->object.id);
}

enum err
apply_shown(struct app *a, const struct shown shown[], size_t count)
{
	struct page page = { .count = count };
	enum err e, one;
	size_t i;

	page.reading = mem_zero(count + 1, sizeof(*page.reading));
	for (i = 0; i < count; i++) {
		page.reading[i].conf = a->conf;
		page.reading[i].errand = &shown[i].claimed->errand;
		page.reading[i].object = shown[i].claimed->object;
		page.reading[i].read = shown[i].read;
	}
	qsort(page.reading, count, sizeof(*page.reading), by_customer);
	e = db_transaction(a->db, write_page, &page);
	/* One that cannot be applied holds up none of the others. */
	if (e != ERR_OK)
		for (e = ERR_OK, i = 0; i < count; i++) {
			one = settle(a, &page.reading[i]);
			if (one != ERR_OK && one != ERR_CONFLICT)
				e = one;
		}
	free(page.reading);
	return e;
}
