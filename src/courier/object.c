/* SPDX-License-Identifier: MIT */

/* An object that was heard of: read it from Stripe and apply what was read. */

#include <stdio.h>

#include "app/config.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "billing/checkout.h"
#include "billing/customer.h"
#include "billing/due.h"
#include "billing/invoice.h"
#include "billing/object.h"
#include "billing/subscription.h"
#include "db/db.h"
#include "net/form.h"
#include "stripe/client.h"

#include "courier/internal.h"

#define PATH_LEN	1024
#define WHY		256

struct reading {
	const struct courier	*c;
	struct object		 object;
	const struct json	*read;	/* NULL: a customer that is gone */
	int			 applied;
};

/* ERR_NOTFOUND: `ret_customer`, whose it is, is linked to nobody here. */
typedef enum err apply(struct db *db, const struct reading *r,
    char ret_customer[CUSTOMER_ID]);

static enum err
apply_subscription(struct db *db, const struct reading *r,
    char ret_customer[CUSTOMER_ID])
{
	return subscription_apply(db, &r->c->conf->billing, r->read, ret_customer);
}

static enum err
apply_invoice(struct db *db, const struct reading *r,
    char ret_customer[CUSTOMER_ID])
{
	return invoice_apply(db, r->read, ret_customer);
}

static enum err
apply_customer(struct db *db, const struct reading *r,
    char ret_customer[CUSTOMER_ID])
{
	(void)ret_customer;
	return customer_apply(db, r->object.id, r->read);
}

static enum err
apply_checkout(struct db *db, const struct reading *r,
    char ret_customer[CUSTOMER_ID])
{
	(void)ret_customer;
	return checkout_apply(db, r->read);
}

/* What is followed, as in stripe_object.kind. */
static const struct followed {
	const char	*kind;
	const char	*path;
	apply		*apply;
} followed[] = {
	{ "subscription", "/v1/subscriptions/", apply_subscription },
	{ "invoice", "/v1/invoices/", apply_invoice },
	{ "customer", "/v1/customers/", apply_customer },
	{ "checkout.session", "/v1/checkout/sessions/", apply_checkout }
};

static const struct followed *
followed_find(const char *kind)
{
	size_t i;

	for (i = 0; i < NELEM(followed); i++)
		if (text_equal(followed[i].kind, kind))
			return &followed[i];
	return NULL;
}

/* The projection and how far it was seen, together or not at all. */
static enum err
settle(struct db *db, void *arg)
{
	struct reading *r = arg;
	char customer[CUSTOMER_ID];
	enum err e;

	r->applied = 0;
	customer[0] = '\0';
	e = followed_find(r->object.kind)->apply(db, r, customer);
	if (e == ERR_NOTFOUND && customer[0] != '\0')
		return object_park(db, &r->object, customer);
	if (e != ERR_OK)
		return e;
	r->applied = 1;
	return object_seen(db, &r->object);
}

/*
 * Come back later, or not, if Stripe did not hand the object over.  What is
 * deleted is still there and says so; a 404 is a key of another account or
 * mode, or a replica that is behind: nothing to draw conclusions from.
 */
static enum err
put_off(const struct courier *c, const struct object *o, enum err e,
    const struct stripe_reply *reply)
{
	char why[WHY];

	(void)snprintf(why, sizeof(why), "Stripe answered %d %s %s",
	    reply->status, reply->code, reply->param);
	if (e == ERR_INTERNAL)
		log_error("stripe_refused", "could not read %s %s: Stripe"
		    " refuses the key", o->kind, o->id);
	return object_fail(c->db, o, why, e == ERR_INTERNAL ?
	    DUE_KEY_REFUSED : reply->retry_after, e == ERR_INPUT);
}

static enum err
apply_and_settle(const struct courier *c, struct reading *r)
{
	const struct object *o = &r->object;
	char why[WHY];
	enum err e;

	e = db_transaction(c->db, settle, r);
	if (e == ERR_OK) {
		log_debug("object_seen", "applied %s %s", o->kind, o->id);
		return ERR_OK;
	}
	/* Claimed by another since: what it reads is newer. */
	if (e == ERR_CONFLICT && r->applied) {
		log_debug("object_lost", "dropped what was read of %s %s",
		    o->kind, o->id);
		return ERR_OK;
	}
	/* Without a database this fails too, and the lease will run out. */
	(void)snprintf(why, sizeof(why), "could not apply: %s", err_name(e));
	return object_fail(c->db, o, why, 0, 0);
}

static enum err
read_and_apply(const struct courier *c, struct reading *r, const char *path)
{
	struct stripe_reply reply = { .status = 0 };
	enum err e;

	e = stripe_get(c->stripe, path, &reply);
	if (e == ERR_OK) {
		r->read = reply.body;
		e = apply_and_settle(c, r);
	} else
		e = put_off(c, &r->object, e, &reply);
	stripe_reply_done(&reply);
	return e;
}

enum err
object_errand(const struct courier *c)
{
	struct reading r = { .c = c };
	const struct followed *f;
	struct buf path;
	enum err e;

	if ((e = object_claim(c->db, &r.object)) != ERR_OK)
		return e;
	buf_init(&path, PATH_LEN);
	if ((f = followed_find(r.object.kind)) != NULL) {
		buf_text(&path, f->path);
		form_escape(&path, r.object.id);
	}
	e = f == NULL || path.full ?
	    object_fail(c->db, &r.object, "cannot be read", 0, 1) :
	    read_and_apply(c, &r, path.data);
	buf_done(&path);

	/* Whoever has claimed it since will do better. */
	return e == ERR_CONFLICT ? ERR_OK : e;
}
