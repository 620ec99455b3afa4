/* SPDX-License-Identifier: MIT */

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "stripe/kind.h"

#include "billing/call.h"
#include "billing/customer.h"
#include "billing/forms.h"
#include "billing/send.h"

#include "billing/customer_call.h"

enum err
customer_call_write(struct db *db, const struct customer_facts *f,
    struct call *ret_call)
{
	struct call c;
	struct buf form;
	enum err e;

	buf_init(&form, CALL_FORM);
	customer_form(f, &form);
	call_init(&c, f->account_id, CALL_CUSTOMER, STRIPE_PATH_CUSTOMERS);
	c.form = mem_text(form.data);
	e = form.full ? ERR_INPUT : call_write(db, &c);
	if (e == ERR_OK && ret_call != NULL) {
		*ret_call = c;
		c.form = NULL;
	}
	call_done(&c);
	buf_done(&form);
	return e;
}

static enum err
settle_made(struct db *db, const struct call *c, const struct sending *s)
{
	const char *id = json_text(s->made, "id");
	enum err e;

	if (id == NULL)
		return call_later(db, c, "an answer without an id", 0);
	e = customer_link(db, id, c->account_id);
	if (e == ERR_CONFLICT)
		return call_refused(db, c, "linked otherwise already");
	return e != ERR_OK ? e : call_made(db, c, id);
}

/* Nothing came of it, and its key is burnt: the same with another key. */
static enum err
settle_replaced(struct db *db, const struct call *c)
{
	struct call fresh;
	enum err e;

	call_init(&fresh, c->account_id, c->kind, c->path);
	fresh.form = mem_text(c->form);
	if ((e = call_replaced(db, c, &fresh)) == ERR_OK)
		e = call_write(db, &fresh);
	call_done(&fresh);
	return e;
}

enum err
customer_call_settle(struct db *db, const struct call *c, enum err e,
    const struct sending *s)
{
	switch (e) {
	case ERR_OK:
		return settle_made(db, c, s);
	case ERR_NOTFOUND:
		return settle_replaced(db, c);
	case ERR_INPUT:
		return call_refused(db, c, s->why);
	case ERR_LATER:
		return call_later(db, c, s->why, s->reply.retry_after);
	default:
		return call_later(db, c, s->why, STRIPE_KEY_REFUSED_S);
	}
}
