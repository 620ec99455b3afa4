/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "net/form.h"
#include "stripe/client.h"
#include "stripe/kind.h"

#include "billing/call.h"
#include "billing/customer.h"
#include "billing/send.h"

#include "billing/balance.h"

/* Of who was referred, whom Cello knows nothing of. */
#define WELCOME		"welcome"

static void
init(struct call *c, const char *account_id, const char *customer)
{
	struct buf path;

	buf_init(&path, CALL_PATH - 1);
	stripe_path_balance(customer, &path);
	call_init(c, account_id, CALL_CREDIT, path.data);
	buf_done(&path);
}

/* The call's own id comes last: balance_renew() writes another there. */
static enum err
write_call(struct db *db, struct call *c, struct buf *form)
{
	enum err e;

	form_text(form, "metadata[endpin_call]", c->id);
	c->form = mem_text(form->data);
	e = form->full ? ERR_INTERNAL : call_write(db, c);
	call_done(c);
	return e;
}

enum err
balance_order(struct db *db, const struct balance_order *o)
{
	struct buf form;
	struct call c;
	enum err e;

	init(&c, o->account_id, o->customer);
	memcpy(c.id, o->call_id, sizeof(c.id));
	text_cut(o->reward == NULL ? WELCOME : o->reward, c.subject,
	    sizeof(c.subject));
	buf_init(&form, CALL_FORM);
	form_int(&form, "amount", -o->amount);
	form_text(&form, "currency", o->currency);
	form_text(&form, "description", o->reward == NULL ?
	    "Welcome credit" : "Referral reward");
	form_text(&form, "metadata[cello_reward]", o->reward);
	e = write_call(db, &c, &form);
	buf_done(&form);
	return e;
}

enum err
balance_renew(struct db *db, const struct call *c)
{
	const char *id = strrchr(c->form, '&');
	char customer[STRIPE_ID];
	struct call fresh;
	struct buf form;
	enum err e = customer_of(db, c->account_id, customer);

	if (e != ERR_OK && e != ERR_NOTFOUND)
		return e;
	if (e == ERR_OK)
		init(&fresh, c->account_id, customer);
	else
		call_init(&fresh, c->account_id, c->kind, c->path);
	memcpy(fresh.subject, c->subject, sizeof(c->subject));
	if ((e = call_replaced(db, c, &fresh)) != ERR_OK)
		return e;
	buf_init(&form, CALL_FORM);
	buf_add(&form, c->form, id == NULL ? 0 : (size_t)(id - c->form));
	e = write_call(db, &fresh, &form);
	buf_done(&form);
	return e;
}

static enum err
settle_made(struct db *db, const struct call *c, const struct sending *s)
{
	const char *id = json_text(s->made, "id");

	return id == NULL ? call_later(db, c, "an answer without an id", 0) :
	    call_made(db, c, id);
}

enum err
balance_settle(struct db *db, const struct call *c, enum err e,
    const struct sending *s)
{
	switch (e) {
	case ERR_OK:
		return settle_made(db, c, s);
	case ERR_NOTFOUND:
		return balance_renew(db, c);
	case ERR_INPUT:
		return call_refused(db, c, s->why);
	case ERR_LATER:
		return call_later(db, c, s->why, s->reply.retry_after);
	default:
		return call_later(db, c, s->why, STRIPE_KEY_REFUSED_S);
	}
}
