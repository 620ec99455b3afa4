/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "db/db.h"
#include "net/form.h"
#include "stripe/kind.h"

#include "billing/call.h"
#include "billing/entitlement.h"
#include "billing/object.h"
#include "billing/send.h"

#include "billing/second.h"

enum err
second_end(struct db *db, const struct second *s)
{
	struct buf path;
	struct call c;
	enum err e;

	buf_init(&path, CALL_PATH - 1);
	stripe_path_subscription(s->id, &path);
	if (path.full) {
		buf_done(&path);
		return ERR_INTERNAL;
	}
	call_init(&c, s->account_id, CALL_END, path.data);
	text_cut(s->id, c.subject, sizeof(c.subject));
	c.form = mem_text("");
	e = call_write(db, &c);
	call_done(&c);
	buf_done(&path);
	return e;
}

static enum err
write_refund(struct db *db, struct call *c)
{
	const char *payment = c->subject;
	struct buf form;
	enum err e;

	buf_init(&form, CALL_FORM);
	form_text(&form, text_begins(payment, "pi_") ? "payment_intent" :
	    "charge", payment);
	form_text(&form, "reason", "duplicate");
	form_text(&form, "metadata[endpin_call]", c->id);
	c->form = mem_text(form.data);
	e = form.full ? ERR_INTERNAL : call_write(db, c);
	call_done(c);
	buf_done(&form);
	return e;
}

enum err
second_refund(struct db *db, const char *account_id, const char *payment)
{
	struct call c;

	call_init(&c, account_id, CALL_REFUND, STRIPE_PATH_REFUNDS);
	text_cut(payment, c.subject, sizeof(c.subject));
	return write_refund(db, &c);
}

/* An account's second is ended under no key, so only its row is another. */
enum err
second_renew(struct db *db, const struct call *c)
{
	struct call fresh;
	enum err e;

	call_init(&fresh, c->account_id, c->kind, c->path);
	memcpy(fresh.subject, c->subject, sizeof(c->subject));
	/* The old one makes room first. */
	if ((e = call_replaced(db, c, &fresh)) != ERR_OK)
		return e;
	if (c->kind == CALL_REFUND)
		return write_refund(db, &fresh);
	fresh.form = mem_text(c->form);
	e = call_write(db, &fresh);
	call_done(&fresh);
	return e;
}

static const struct stmt second_invoice = {
	.name = "second_invoice",
	.text =
	    "SELECT latest_invoice FROM subscription WHERE id = $1"
	    " AND latest_invoice IS NOT NULL",
	.nparams = 1
};

/*
 * Its invoice says what is to be paid back: it is read after the end, for who
 * keeps the subscription is paid nothing back.
 */
static enum err
hear_invoice(struct db *db, const char *subscription_id)
{
	const char *const arg[] = { subscription_id };
	char id[STRIPE_ID];
	struct rows *r;
	enum err e;

	e = db_one(db, &second_invoice, arg, NELEM(arg), ERR_NOTFOUND, &r);
	if (e == ERR_OK)
		e = rows_copy(r, 0, 0, id, sizeof(id));
	rows_free(r);
	if (e == ERR_OK)
		return object_hear(db, STRIPE_INVOICE, id);
	return e == ERR_NOTFOUND ? ERR_OK : e;
}

/* Events say so too, and may get lost. */
static enum err
settle_made(struct db *db, const struct call *c, const struct sending *s)
{
	const int is_end = c->kind == CALL_END;
	const char *id = is_end ? c->subject : json_text(s->made, "id");
	enum err e;

	if (id == NULL)
		return call_later(db, c, "an answer without an id", 0);
	e = call_made(db, c, id);
	if (e == ERR_OK && is_end)
		e = hear_invoice(db, id);
	return e != ERR_OK ? e : object_hear(db,
	    is_end ? STRIPE_SUBSCRIPTION : STRIPE_REFUND, id);
}

enum err
second_settle(struct db *db, const struct call *c, enum err e,
    const struct sending *s)
{
	switch (e) {
	case ERR_OK:
		return settle_made(db, c, s);
	case ERR_NOTFOUND:
		return second_renew(db, c);
	case ERR_INPUT:
		/* Somebody was quicker: it is as it was to be. */
		return text_equal(s->reply.code, "charge_already_refunded") ?
		    call_made(db, c, c->subject) : call_refused(db, c, s->why);
	case ERR_LATER:
		return call_later(db, c, s->why, s->reply.retry_after);
	default:
		return call_later(db, c, s->why, STRIPE_KEY_REFUSED_S);
	}
}

const struct stmt *const second_statements[] = {
	&second_invoice,
	NULL
};
