/* SPDX-License-Identifier: MIT */

#include "base/buf.h"
#include "app/config.h"
#include "base/json.h"
#include "base/mem.h"
#include "billing/call.h"
#include "billing/customer.h"
#include "billing/send.h"
#include "db/db.h"
#include "http/status.h"
#include "net/form.h"

#include "api/api.h"

#define URL_MAX		2048

/* Somebody on the way to Stripe's billing portal. */
struct visit {
	const struct ctx	*c;
	char			 customer[CUSTOMER_ID];
	struct call		 call;		/* owned */
	enum err		 sent;
	struct sending		 sending;	/* owned */
};

static void
write_form(const struct visit *v, struct buf *out)
{
	struct buf url;

	buf_init(&url, URL_MAX);
	buf_format(&url, "%s/account", v->c->conf->server.public_origin);
	form_text(out, "customer", v->customer);
	form_text(out, "return_url", url.data);
	buf_done(&url);
}

static enum err
announce(struct db *db, void *arg)
{
	struct visit *v = arg;
	struct buf form;
	enum err e;

	call_done(&v->call);
	call_init(&v->call, v->c->member.id, "portal",
	    "/v1/billing_portal/sessions");
	if ((e = customer_of(db, v->c->member.id, v->customer)) != ERR_OK)
		return e;

	buf_init(&form, CALL_FORM);
	write_form(v, &form);
	v->call.form = mem_text(form.data);
	buf_done(&form);
	if ((e = call_write(db, &v->call)) != ERR_OK)
		return e;
	return call_sending(db, &v->call);
}

/*
 * A visit leaves nothing at Stripe, so one that failed is not sent again: the
 * next click is another.
 */
static enum err
settle(struct db *db, void *arg)
{
	struct visit *v = arg;
	const char *id = NULL;

	if (v->sent == ERR_OK)
		id = json_text(v->sending.made, "id");
	if (id != NULL)
		return call_made(db, &v->call, id);
	return call_refused(db, &v->call, v->sending.why);
}

static enum err
answer(const struct visit *v, struct resp *p)
{
	struct json_writer *w;
	const char *url;

	if (v->sent == ERR_LATER)
		return resp_later(p, STATUS_RETRY_SECONDS);
	/*
	 * A customer that was deleted is not made anew here: a fresh one has
	 * nothing to manage.
	 */
	if (v->sent == ERR_INPUT &&
	    sending_lost_customer(&v->sending, &v->call, v->customer))
		return resp_problem(p, 409, "no_customer",
		    "There is nothing to manage yet.");
	if (v->sent != ERR_OK ||
	    (url = json_text(v->sending.made, "url")) == NULL)
		return ERR_INTERNAL;

	w = resp_json(p, 201);
	json_put_text(w, "url", url);
	return resp_json_end(p);
}

/* POST /api/portal: the address of the member's billing portal. */
enum err
portal_open(struct ctx *c, const struct req *q, struct resp *p)
{
	struct visit v = { .c = c };
	enum err e;

	e = db_transaction(c->db, announce, &v);
	if (e == ERR_NOTFOUND) {
		e = resp_problem(p, 409, "no_customer",
		    "There is nothing to manage yet.");
		goto done;
	}
	if (e != ERR_OK)
		goto done;

	v.sent = call_send(c->stripe, &v.call, ctx_last_us(c, q), &v.sending);
	if ((e = db_transaction(c->db, settle, &v)) == ERR_OK)
		e = answer(&v, p);
	sending_done(&v.sending);
done:
	call_done(&v.call);
	return e;
}
