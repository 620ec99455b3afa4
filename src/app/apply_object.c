/* SPDX-License-Identifier: MIT */

/* An object that was heard of: read it from Stripe and apply what was read. */

#include <stdio.h>

#include "account/account.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "billing/checkout.h"
#include "billing/customer.h"
#include "billing/invoice.h"
#include "billing/object.h"
#include "billing/subscription.h"
#include "db/db.h"
#include "net/form.h"
#include "stripe/client.h"

#include "app/app.h"
#include "app/errands.h"
#include "app/know_home.h"

#define PATH_LEN	1024
#define WHY		256

#define RIVAL	"its metadata names an account that has another customer, or" \
	" it belongs to another account already: correct new_user_id at" \
	" Stripe, or delete the other customer, then retry"

struct reading {
	const struct errand	*errand;
	struct object		 object;
	const struct json	*read;
	const struct json	*items;		/* NULL: those in it are all */
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

static enum err
apply_subscription(struct db *db, const struct reading *r,
    char ret_customer[STRIPE_ID])
{
	return r->items == NULL ? subscription_apply(db, r->read, ret_customer)
	    : subscription_apply_with(db, r->read, r->items, ret_customer);
}

static enum err
apply_invoice(struct db *db, const struct reading *r,
    char ret_customer[STRIPE_ID])
{
	return invoice_apply(db, r->read, ret_customer);
}

static enum err
apply_checkout(struct db *db, const struct reading *r,
    char ret_customer[STRIPE_ID])
{
	(void)ret_customer;
	return checkout_apply(db, r->read);
}

static apply *const applies[STRIPE_KINDS] = {
	[STRIPE_CUSTOMER] = apply_customer,
	[STRIPE_SUBSCRIPTION] = apply_subscription,
	[STRIPE_INVOICE] = apply_invoice,
	[STRIPE_CHECKOUT_SESSION] = apply_checkout
};

/* The projection and how far it was seen, together or not at all. */
static enum err
write_down(struct db *db, void *arg)
{
	struct reading *r = arg;
	char customer[STRIPE_ID];
	enum err e;

	r->applied = 0;
	customer[0] = '\0';
	e = applies[r->object.kind](db, r, customer);
	if (e == ERR_NOTFOUND && customer[0] != '\0')
		return object_park(db, r->errand, &r->object, customer);
	/* Reading it again cannot settle it, only somebody. */
	if (e == ERR_CONFLICT && r->object.kind == STRIPE_CUSTOMER)
		return errand_bury(db, &object_errands, r->errand, RIVAL);
	if (e != ERR_OK)
		return e;
	r->applied = 1;
	return object_seen(db, r->errand, &r->object);
}

static enum err
apply_reading(struct app *a, struct reading *r)
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
 * Come back later, or not, if Stripe did not hand the object over.  What is
 * deleted is still there and says so; a 404 is a replica that is behind, or
 * something that is no more: nothing to draw conclusions from.
 */
static enum err
put_off(struct app *a, const struct reading *r, enum err e,
    const struct stripe_reply *reply)
{
	const struct object *o = &r->object;
	char why[WHY];

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

/* A list inside an object is its first ten; of a subscription's that matters. */
static enum err
read_items(struct app *a, struct reading *r, struct stripe_reply *ret_reply)
{
	struct buf path;
	enum err e;

	if (r->object.kind != STRIPE_SUBSCRIPTION ||
	    !subscription_has_more(r->read))
		return ERR_OK;
	buf_init(&path, PATH_LEN);
	buf_text(&path, "/v1/subscription_items?limit=100&subscription=");
	form_escape(&path, r->object.id);
	e = path.full ? ERR_INPUT :
	    stripe_get(a->stripe, path.data, ret_reply);
	buf_done(&path);
	r->items = ret_reply->body;
	return e;
}

static enum err
read_and_apply(struct app *a, struct reading *r, const char *path)
{
	struct stripe_reply reply = { .status = 0 }, items = { .status = 0 };
	enum err e;

	if ((e = stripe_get(a->stripe, path, &reply)) == ERR_OK) {
		r->read = reply.body;
		e = read_items(a, r, &items);
		e = e == ERR_OK ? apply_reading(a, r) :
		    put_off(a, r, e, &items);
	} else
		e = put_off(a, r, e, &reply);
	stripe_reply_done(&items);
	stripe_reply_done(&reply);
	return e;
}

enum err
apply_object(struct app *a, const struct errand *x)
{
	struct reading r = { .errand = x };
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
	buf_init(&path, PATH_LEN);
	if (r.object.kind != STRIPE_KINDS)
		stripe_path(r.object.kind, r.object.id, &path);
	e = r.object.kind == STRIPE_KINDS || path.full ?
	    errand_bury(a->db, &object_errands, x, "cannot be read") :
	    read_and_apply(a, &r, path.data);
	buf_done(&path);
done:
	/* Whoever has claimed it since will do better. */
	return e == ERR_CONFLICT ? ERR_OK : e;
}
