/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <string.h>

#include "account/account.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "billing/call.h"
#include "billing/customer.h"
#include "billing/forms.h"
#include "billing/object.h"
#include "billing/send.h"
#include "db/db.h"
#include "stripe/client.h"
#include "stripe/field.h"
#include "stripe/kind.h"

#include "app/app.h"
#include "app/attribute.h"
#include "app/config.h"
#include "app/walk.h"

#include "app/take_over.h"

struct taking {
	struct app		*a;
	const struct json	*read;
	struct adoption		*r;
	char			 rival[STRIPE_ID];	/* "": none */
	struct attribution	 by;
	int			 linked;
	int			 begun;		/* a call that is not settled, */
	int			 stamping;	/* and one that stamps it */
	/* of a page of what it has */
	enum stripe_kind	 kind;
	const struct json	*page;
	/* of a call that is sent */
	struct call		 call;		/* owned */
	enum err		 sent;
	struct sending		 sending;	/* owned */
};

static enum err
as_is(struct taking *t, enum adopted how)
{
	t->r->how = how;
	return ERR_CONFLICT;
}

/* --- how it stands --- */

/* Is there a stamp to be sent, of this customer or (NULL) of any? */
static enum err
is_open(struct db *db, const struct taking *t, const char *customer,
    int *ret_open)
{
	struct call c = { .form = NULL };
	enum err e = call_find_open(db, t->r->account, CALL_STAMP, customer,
	    &c);

	*ret_open = e == ERR_OK;
	call_done(&c);
	return e == ERR_NOTFOUND ? ERR_OK : e;
}

/* What an erased account has is being ended; nothing is told of it any more. */
static enum err
look_if_erased(struct db *db, struct taking *t)
{
	struct account who;
	enum err e = account_lock(db, t->r->account, &who);

	if (e != ERR_OK)
		return e == ERR_NOTFOUND ? as_is(t, ADOPT_UNKNOWN) : e;
	if (!account_is_erased(&who))
		return ERR_OK;
	return as_is(t, t->linked ? ADOPTED_BEFORE : ADOPT_ERASED);
}

static enum err
look(struct db *db, void *arg)
{
	struct taking *t = arg;
	struct adoption *r = t->r;
	char living[STRIPE_ID] = "";
	enum err e;

	if ((e = attribute(db, t->a->conf, r->account, &t->by)) != ERR_OK ||
	    (e = customer_owner(db, r->customer, r->owner)) != ERR_OK)
		return e;
	if (r->owner[0] != '\0' && !text_equal(r->owner, r->account))
		return as_is(t, ADOPT_ANOTHERS);
	e = customer_of(db, r->account, living);
	if (e != ERR_OK && e != ERR_NOTFOUND)
		return e;
	t->linked = text_equal(living, r->customer);
	if (!t->linked)
		memcpy(t->rival, living, sizeof(living));
	if ((e = look_if_erased(db, t)) != ERR_OK ||
	    (e = is_open(db, t, r->customer, &t->stamping)) != ERR_OK)
		return e;
	return is_open(db, t, NULL, &t->begun);
}

/* What it is to carry, of what it does not; a code of its own stays. */
static const char *
ucc_to_stamp(const struct taking *t)
{
	return text_empty(json_text(t->read, "metadata.cello_ucc")) ?
	    attribute_stamp(t->a->conf, &t->by) : "";
}

static int
is_stamped(const struct taking *t)
{
	return text_equal(json_text(t->read, "metadata.new_user_id"),
	    t->r->account) && ucc_to_stamp(t)[0] == '\0' &&
	    (t->by.organization[0] == '\0' || text_equal(json_text(t->read,
	    "metadata.new_user_organization_id"), t->by.organization));
}

/* --- the one in its way --- */

static enum err
look_at_rival(const struct json *page, void *arg)
{
	struct taking *t = arg;
	size_t i;

	for (i = 0; i < json_count(page, "data"); i++)
		/* A page of Checkout that is closed is nothing. */
		if (t->kind != STRIPE_CHECKOUT_SESSION ||
		    text_equal(json_text(json_item(page, "data", i),
		    "status"), "open"))
			return as_is(t, ADOPT_RIVAL);
	return ERR_OK;
}

/* Of one kind, what a customer has: each page. */
static enum err
walk_owned(struct taking *t, const char *customer, enum stripe_kind kind,
    walk_page *each)
{
	struct stripe_reply last;
	struct buf path;
	enum err e;

	t->kind = kind;
	buf_init(&path, STRIPE_PATH);
	stripe_path_owned(kind, customer, &path);
	e = walk(t->a, &path, each, t, &last);
	stripe_reply_done(&last);
	buf_done(&path);
	return e;
}

static enum err
read_rival(struct taking *t, enum stripe_kind kind)
{
	return walk_owned(t, t->rival, kind, look_at_rival);
}

/* Has it got nothing at all, at Stripe?  ERR_CONFLICT: it has. */
static enum err
judge_rival(struct taking *t)
{
	int64_t balance = 0;
	struct stripe_reply reply;
	struct buf path;
	enum err e;

	(void)snprintf(t->r->other, STRIPE_ID, "%s", t->rival);
	buf_init(&path, STRIPE_PATH);
	stripe_path(STRIPE_CUSTOMER, t->rival, &path);
	e = stripe_get(t->a->stripe, path.data, &reply);
	buf_done(&path);
	if (e == ERR_OK && ((json_int(reply.body, "balance", &balance) ==
	    ERR_OK && balance != 0) || json_id(reply.body, "default_source") !=
	    NULL || json_id(reply.body, "invoice_settings"
	    ".default_payment_method") != NULL))
		e = as_is(t, ADOPT_RIVAL);
	stripe_reply_done(&reply);
	/* What is not there any more has nothing. */
	if (e == ERR_NOTFOUND)
		return ERR_OK;
	if (e == ERR_OK &&
	    (e = read_rival(t, STRIPE_SUBSCRIPTION)) == ERR_OK &&
	    (e = read_rival(t, STRIPE_INVOICE)) == ERR_OK)
		e = read_rival(t, STRIPE_CHECKOUT_SESSION);
	return e;
}

/* --- taking it --- */

static enum err
write_stamp(struct db *db, const struct taking *t, const char *customer,
    const struct buf *form)
{
	struct buf path;
	struct call c;
	enum err e = ERR_INTERNAL;

	buf_init(&path, CALL_PATH - 1);
	stripe_path(STRIPE_CUSTOMER, customer, &path);
	if (path.full || form->full)
		goto done;
	call_init(&c, t->r->account, CALL_STAMP, path.data);
	text_cut(customer, c.subject, sizeof(c.subject));
	c.form = mem_text(form->data);
	e = call_write(db, &c);
	call_done(&c);
done:
	buf_done(&path);
	return e;
}

static enum err
write_stamps(struct db *db, const struct taking *t, const struct account *who)
{
	const struct customer_facts facts = { .account_id = who->id,
	    .organization = t->by.organization, .ucc = ucc_to_stamp(t) };
	struct buf form;
	enum err e = ERR_OK;

	buf_init(&form, CALL_FORM);
	if (t->rival[0] != '\0') {
		unstamp_form(t->r->customer, &form);
		e = write_stamp(db, t, t->rival, &form);
		buf_reset(&form);
	}
	if (e == ERR_OK) {
		stamp_form(&facts, &form);
		e = write_stamp(db, t, t->r->customer, &form);
	}
	buf_done(&form);
	return e;
}

/*
 * A call that is being sent, or that may have been, can bring something that
 * nobody has heard of yet.
 */
static enum err
is_buying(struct db *db, struct taking *t, enum call_kind kind)
{
	struct call c;
	enum err e = call_find_open(db, t->r->account, kind, NULL, &c);

	if (e != ERR_OK)
		return e == ERR_NOTFOUND ? ERR_OK : e;
	if (c.sent && !c.stale && !c.refused)
		e = as_is(t, ADOPT_BUSY);
	else if (kind == CALL_CUSTOMER)
		e = call_replaced(db, &c, NULL);
	call_done(&c);
	return e;
}

static enum err
take(struct db *db, void *arg)
{
	struct taking *t = arg;
	struct adoption *r = t->r;
	char living[STRIPE_ID] = "";
	struct account who;
	enum err e;

	if ((e = account_lock(db, r->account, &who)) != ERR_OK)
		return e == ERR_NOTFOUND ? as_is(t, ADOPT_UNKNOWN) : e;
	if (account_is_erased(&who))
		return as_is(t, ADOPT_ERASED);
	if ((e = is_buying(db, t, CALL_CUSTOMER)) != ERR_OK ||
	    (e = is_buying(db, t, CALL_CHECKOUT)) != ERR_OK ||
	    (e = call_renew(db, r->account)) != ERR_OK)
		return e;
	/* Another than the one that was judged? */
	e = customer_of(db, r->account, living);
	if (e != ERR_OK && e != ERR_NOTFOUND)
		return e;
	if (!t->linked && !text_equal(living, t->rival))
		return as_is(t, ADOPT_BUSY);
	if (t->rival[0] != '\0' &&
	    (e = customer_replace(db, t->rival, r->account)) != ERR_OK)
		return e == ERR_CONFLICT ? as_is(t, ADOPT_RIVAL) : e;
	e = customer_link(db, r->customer, r->account);
	if (e == ERR_CONFLICT)
		return as_is(t, ADOPT_ANOTHERS);
	return e != ERR_OK ? e : write_stamps(db, t, &who);
}

/* --- what it has --- */

static enum err
hear_page(struct db *db, void *arg)
{
	const struct taking *t = arg;
	const char *id;
	size_t i;
	enum err e = ERR_OK;

	for (i = 0; e == ERR_OK && i < json_count(t->page, "data"); i++) {
		id = json_text(json_item(t->page, "data", i), "id");
		if (id != NULL && strlen(id) < STRIPE_ID && stripe_id_ok(id))
			e = object_hear(db, t->kind, id);
	}
	return e;
}

static enum err
hear_page_of(const struct json *page, void *arg)
{
	struct taking *t = arg;

	t->page = page;
	return db_transaction(t->a->db, hear_page, t);
}

/* Couriers read each: where it stands in a list is no reading. */
static enum err
hear(struct taking *t, enum stripe_kind kind)
{
	return walk_owned(t, t->r->customer, kind, hear_page_of);
}

/* --- saying so at Stripe --- */

/* ERR_NOTFOUND: there is nothing more to be sent. */
static enum err
next_stamp(struct db *db, void *arg)
{
	struct taking *t = arg;
	enum err e;

	call_done(&t->call);
	e = call_find_open(db, t->r->account, CALL_STAMP, NULL, &t->call);
	return e != ERR_OK ? e : call_sending(db, &t->call);
}

/* Setting it once more changes nothing, so a spent key has another follow. */
static enum err
renew_stamp(struct db *db, const struct call *c)
{
	struct call fresh;
	enum err e;

	call_init(&fresh, c->account_id, c->kind, c->path);
	fresh.form = mem_text(c->form);
	memcpy(fresh.subject, c->subject, sizeof(c->subject));
	if ((e = call_replaced(db, c, &fresh)) == ERR_OK)
		e = call_write(db, &fresh);
	call_done(&fresh);
	return e;
}

static enum err
settle_stamp(struct db *db, void *arg)
{
	const struct taking *t = arg;

	switch (t->sent) {
	case ERR_OK:
		return call_made(db, &t->call, t->call.subject);
	case ERR_NOTFOUND:
		return renew_stamp(db, &t->call);
	case ERR_INPUT:
		return call_refused(db, &t->call, t->sending.why);
	default:
		return ERR_OK;
	}
}

static enum err
send_stamp(struct taking *t)
{
	enum err e;

	t->sent = call_send(t->a->stripe, &t->call, clock_mono_us() +
	    INT64_C(1000000) * t->a->conf->stripe.timeout, &t->sending);
	e = db_transaction(t->a->db, settle_stamp, t);
	if (e == ERR_OK && t->sent == ERR_INPUT) {
		memcpy(t->r->why, t->sending.why, sizeof(t->r->why));
		e = as_is(t, ADOPT_REFUSED);
	} else if (e == ERR_OK && t->sent != ERR_NOTFOUND)
		e = t->sent;
	sending_done(&t->sending);
	return e;
}

static enum err
send_stamps(struct taking *t)
{
	enum err e;

	while ((e = db_transaction(t->a->db, next_stamp, t)) == ERR_OK)
		if ((e = send_stamp(t)) != ERR_OK)
			break;
	call_done(&t->call);
	return e == ERR_NOTFOUND ? ERR_OK : e;
}

/* --- all of it --- */

static enum err
make_it_so(struct taking *t)
{
	enum err e = ERR_OK;

	if (!t->linked || (!t->stamping && !is_stamped(t)))
		e = db_transaction(t->a->db, take, t);
	if (e != ERR_OK ||
	    (e = hear(t, STRIPE_SUBSCRIPTION)) != ERR_OK ||
	    (e = hear(t, STRIPE_INVOICE)) != ERR_OK ||
	    (e = send_stamps(t)) != ERR_OK)
		return e;
	log_info("customer_adopted", "customer %s is account %s's%s%s",
	    t->r->customer, t->r->account,
	    t->rival[0] == '\0' ? "" : " in the place of ", t->rival);
	return ERR_OK;
}

enum err
take_over(struct app *a, const struct json *read, int dry_run,
    struct adoption *r)
{
	struct taking t = { .a = a, .read = read, .r = r };
	enum err e;

	r->how = ADOPTED;
	if ((e = db_transaction(a->db, look, &t)) != ERR_OK)
		return e;
	if (t.linked && !t.begun && is_stamped(&t))
		return as_is(&t, ADOPTED_BEFORE);
	if (t.rival[0] != '\0' && (e = judge_rival(&t)) != ERR_OK)
		return e;
	return dry_run ? ERR_OK : make_it_so(&t);
}
