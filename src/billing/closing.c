/* SPDX-License-Identifier: MIT */

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "stripe/kind.h"

#include "billing/checkout.h"
#include "billing/customer.h"
#include "billing/object.h"
#include "billing/send.h"

#include "billing/closing.h"

static const struct {
	enum call_kind	 call;
	enum stripe_kind kind;
} closings[] = {
	[CLOSING_PAGE] = { CALL_EXPIRE, STRIPE_CHECKOUT_SESSION },
	[CLOSING_SUBSCRIPTION] = { CALL_CLOSE, STRIPE_SUBSCRIPTION },
	[CLOSING_CUSTOMER] = { CALL_DELETE, STRIPE_CUSTOMER }
};

int
closing_is_due(enum closing what, const struct json *shown)
{
	const char *status = json_text(shown, "status");

	switch (what) {
	case CLOSING_PAGE:
		return text_equal(status, "open");
	case CLOSING_SUBSCRIPTION:
		return !text_equal(status, "canceled") &&
		    !text_equal(status, "incomplete_expired");
	default:
		return !json_yes(shown, "deleted");
	}
}

static void
put_path(enum closing what, const char *id, struct buf *out)
{
	switch (what) {
	case CLOSING_PAGE:
		stripe_path_expire(id, out);
		break;
	case CLOSING_SUBSCRIPTION:
		stripe_path_subscription(id, out);
		break;
	default:
		stripe_path(STRIPE_CUSTOMER, id, out);
	}
}

static enum err
write_call(struct db *db, const char *account_id, enum closing what,
    const char *id, struct call *c)
{
	struct buf path;
	enum err e = ERR_INPUT;

	buf_init(&path, CALL_PATH - 1);
	put_path(what, id, &path);
	if (!path.full) {
		call_init(c, account_id, closings[what].call, path.data);
		text_cut(id, c->subject, sizeof(c->subject));
		c->form = mem_text("");
		e = call_write(db, c);
	}
	buf_done(&path);
	return e;
}

enum err
closing_begin(struct db *db, const char *account_id, enum closing what,
    const char *id, struct call *ret_call)
{
	enum err e;

	call_done(ret_call);
	e = call_find_open(db, account_id, closings[what].call, id, ret_call);
	if (e == ERR_NOTFOUND)
		e = write_call(db, account_id, what, id, ret_call);
	return e != ERR_OK ? e : call_sending(db, ret_call);
}

/* What it is by now is read by couriers: events say so too. */
static enum err
hear(struct db *db, const struct call *c)
{
	enum err e = ERR_OK;

	if (c->kind == CALL_EXPIRE)
		e = checkout_closed(db, c->subject);
	else if (c->kind == CALL_DELETE)
		e = customer_lost(db, c->subject);
	return e != ERR_OK ? e :
	    object_hear(db, stripe_kind_of_id(c->subject), c->subject);
}

enum err
closing_settle(struct db *db, const struct call *c, enum err e,
    const struct sending *s)
{
	switch (e) {
	case ERR_OK:
		e = call_made(db, c, c->subject);
		return e != ERR_OK ? e : hear(db, c);
	case ERR_NOTFOUND:
		return call_refused(db, c, s->why);
	case ERR_INPUT:
		e = call_refused(db, c, s->why);
		/* Who paid on it a moment ago has bought something. */
		return e != ERR_OK || c->kind != CALL_EXPIRE ? e :
		    object_hear(db, STRIPE_CHECKOUT_SESSION, c->subject);
	default:
		return ERR_OK;
	}
}

static enum err
end_open(struct db *db, const char *account_id, enum call_kind kind)
{
	struct call c = { .form = NULL };
	enum err e;

	do {
		call_done(&c);
		e = call_find_open(db, account_id, kind, NULL, &c);
		if (e == ERR_OK)
			e = call_replaced(db, &c, NULL);
	} while (e == ERR_OK);
	call_done(&c);
	return e == ERR_NOTFOUND ? ERR_OK : e;
}

enum err
closing_end(struct db *db, const char *account_id)
{
	enum err e = ERR_OK;
	size_t i;

	for (i = 0; i < NELEM(closings) && e == ERR_OK; i++)
		e = end_open(db, account_id, closings[i].call);
	return e;
}
