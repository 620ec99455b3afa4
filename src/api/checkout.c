/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "base/clock.h"
#include "app/config.h"
#include "base/json.h"
#include "base/text.h"
#include "billing/checkout.h"
#include "billing/object.h"
#include "billing/send.h"
#include "db/db.h"
#include "http/status.h"

#include "api/api.h"
#include "api/purchase.h"

/*
 * The longest way: an old call to be looked up, its page to be closed, a
 * customer that is gone and made anew, then the page that is wanted.
 */
#define CHECKOUT_ROUNDS	8

/* Returns 0 if it was answered: there is no such order. */
static int
take_order(const struct ctx *c, const struct req *q, struct purchase *s,
    struct resp *p)
{
	const char *name = json_text(q->json, "plan");
	struct checkout_order order = { .quantity = 1 };
	int64_t quantity = 1;
	enum err e;

	order.plan = name == NULL ? NULL : plan_find(&c->conf->billing, name);
	if (order.plan == NULL) {
		(void)resp_invalid(p, "plan", "There is no such plan.");
		return 0;
	}
	e = json_int(q->json, "quantity", &quantity);
	if ((e != ERR_OK && e != ERR_NOTFOUND) || quantity < 1 ||
	    quantity > CHECKOUT_QUANTITY) {
		(void)resp_invalid(p, "quantity",
		    "Choose a whole number from 1 to 1000.");
		return 0;
	}
	order.quantity = (int)quantity;

	s->conf = c->conf;
	s->plan = order.plan;
	s->quantity = order.quantity;
	s->account = c->member;
	checkout_subject(&order, s->subject);
	return 1;
}

static enum err
in_progress(struct resp *p)
{
	return resp_problem(p, 409, "checkout_in_progress",
	    "A payment is being completed.");
}

/* The call was sent and settled: answer if it has to end here. */
static enum err
look_at_outcome(struct ctx *c, struct purchase *s, int *renewed,
    struct resp *p)
{
	switch (s->sent) {
	case ERR_OK:
	case ERR_NOTFOUND:
		return ERR_OK;
	case ERR_LATER:
		return resp_later(p, s->sending.reply.retry_after > 0 ?
		    s->sending.reply.retry_after : STATUS_RETRY_SECONDS);
	case ERR_INPUT:
		break;
	default:
		return ERR_INTERNAL;
	}

	if (text_equal(s->call.kind, "expire")) {
		ctx_ring(c);
		return in_progress(p);
	}
	/* What an earlier request had begun does not decide about this one. */
	if (s->call.attempts > 0)
		return ERR_OK;
	/* Once: if a new customer is unknown too, something else is wrong. */
	if (s->lost_customer && !*renewed) {
		*renewed = 1;
		return ERR_OK;
	}
	return ERR_INTERNAL;
}

static enum err
answer(const struct checkout_session *session, struct resp *p)
{
	struct json_writer *w = resp_json(p, 201);

	json_put_text(w, "url", session->url);
	json_put_text(w, "sessionId", session->id);
	return resp_json_end(p);
}

static enum err
go_round(struct ctx *c, int64_t last_us, struct purchase *s, int *renewed,
    struct resp *p)
{
	enum err e;

	if ((e = db_transaction(c->db, purchase_decide, s)) != ERR_OK)
		return e;
	switch (s->step) {
	case STEP_SUBSCRIBED:
		return resp_problem(p, 409, "already_subscribed",
		    "You are subscribed already.");
	case STEP_PENDING:
		return in_progress(p);
	case STEP_READY:
		return answer(&s->session, p);
	case STEP_SEND:
		break;
	}

	s->sent = call_send(c->stripe, &s->call, last_us, &s->sending);
	e = db_transaction(c->db, purchase_settle, s);
	if (e == ERR_OK)
		e = look_at_outcome(c, s, renewed, p);
	sending_done(&s->sending);
	if (e == ERR_OK && p->status == 0 && s->session.url[0] != '\0' &&
	    text_equal(s->session.subject, s->subject))
		return answer(&s->session, p);
	return e;
}

/*
 * POST /api/checkout: the address of a page of Stripe's on which the plan can
 * be paid.  A double click and a second tab get the same page.
 */
enum err
checkout_start(struct ctx *c, const struct req *q, struct resp *p)
{
	const int64_t last_us = ctx_last_us(c, q);
	struct purchase s = { .step = STEP_SEND };
	int i, renewed = 0;
	enum err e = ERR_OK;

	if (!take_order(c, q, &s, p))
		return ERR_OK;
	for (i = 0; i < CHECKOUT_ROUNDS && e == ERR_OK && p->status == 0; i++) {
		if (i > 0 && clock_mono_us() >= last_us)
			break;
		e = go_round(c, last_us, &s, &renewed, p);
		/* A twin settled the call meanwhile: look at what is now. */
		if (e == ERR_CONFLICT)
			e = ERR_OK;
	}
	purchase_done(&s);
	return e != ERR_OK || p->status != 0 ? e :
	    resp_later(p, STATUS_RETRY_SECONDS);
}

/*
 * POST /api/checkout/return: read that session now, so that its owner need not
 * wait for Stripe's event.  This grants nothing: the courier believes Stripe.
 */
enum err
checkout_return(struct ctx *c, const struct req *q, struct resp *p)
{
	const char *id = json_text(q->json, "sessionId");
	enum err e;

	if (id == NULL || strlen(id) >= OBJECT_ID)
		return resp_invalid(p, "sessionId",
		    "This is not a session of Checkout.");
	e = checkout_owned(c->db, c->member.id, id);
	if (e == ERR_NOTFOUND)
		return resp_problem(p, 404, "not_found",
		    "You have no such session.");
	if (e != ERR_OK ||
	    (e = object_hear(c->db, "checkout.session", id)) != ERR_OK)
		return e;
	ctx_ring(c);
	return resp_empty(p, 202);
}
