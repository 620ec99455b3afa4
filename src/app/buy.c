/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"
#include "db/db.h"
#include "stripe/client.h"
#include "stripe/kind.h"

#include "app/app.h"
#include "app/know_home.h"
#include "app/purchase.h"

#include "app/buy.h"

/*
 * The longest way: an old call to be looked up, its page to be closed, a
 * customer that is gone and made anew, then the page that is wanted.
 */
#define ROUNDS	8

/* Where a round leads. */
enum next {
	NEXT_ROUND,
	NEXT_END		/* what is to be answered is known */
};

struct buying {
	struct app		*a;
	const struct order	*order;
	struct purchase		 purchase;
	struct bought_page	*page;
	int			 renewed;	/* the customer, once */
	int			 reread_once;	/* a page */
	enum next		 next;
};

const struct plan_config *
buy_plan(const struct app *a, const char *name)
{
	return name == NULL ? NULL : plan_find(&a->conf->billing, name);
}

static void
end_with(struct buying *b, enum bought how)
{
	b->page->how = how;
	b->next = NEXT_END;
}

static void
end_with_page(struct buying *b)
{
	const struct checkout_session *session = &b->purchase.session;

	memcpy(b->page->session_id, session->id, sizeof(session->id));
	memcpy(b->page->url, session->url, sizeof(session->url));
	end_with(b, BUY_PAGE);
}

static void
end_refused(struct buying *b, enum refusal refusal)
{
	b->page->refusal = refusal;
	end_with(b, BUY_REFUSED);
}

/*
 * A page that Stripe did not close is written down as it is there, so the next
 * round sees whether it was paid on; but Stripe may not agree with itself.
 */
static enum err
after_closed(struct buying *b)
{
	struct purchase *s = &b->purchase;

	app_ring(b->a);
	if ((s->reread != ERR_OK && s->reread != ERR_NOTFOUND) ||
	    b->reread_once)
		return ERR_LATER;
	b->reread_once = 1;
	return ERR_OK;
}

/* A call was refused for good: is there a way on? */
static enum err
after_refusal(struct buying *b)
{
	struct purchase *s = &b->purchase;
	const enum refusal refusal = refusal_of(&s->sending.reply,
	    s->call.form);

	if (s->call.kind == CALL_EXPIRE)
		return after_closed(b);
	/* Nobody is turned away because there is no discount any more. */
	if (refusal == REFUSAL_DISCOUNT && !s->undiscounted &&
	    text_equal(s->call.subject, s->subject)) {
		s->undiscounted = 1;
		return ERR_OK;
	}
	/* What an earlier request had begun does not decide about this one. */
	if (s->call.sent)
		return ERR_OK;
	/* Once: if a new customer is unknown too, something else is wrong. */
	if (s->lost_customer && !b->renewed) {
		b->renewed = 1;
		return ERR_OK;
	}
	end_refused(b, refusal == REFUSAL_DISCOUNT ? REFUSAL_OTHER : refusal);
	return ERR_OK;
}

/* The call was sent and settled: is this the end? */
static enum err
look_at_outcome(struct buying *b)
{
	struct purchase *s = &b->purchase;

	switch (s->sent) {
	case ERR_OK:
		if (s->unreadable)
			return ERR_LATER;
		/* Its page, unless another was wanted or it is closed. */
		if (purchase_has_page(s))
			end_with_page(b);
		return ERR_OK;
	case ERR_NOTFOUND:
		return s->call.kind == CALL_EXPIRE ? after_closed(b) : ERR_OK;
	case ERR_LATER:
		b->page->retry_after = s->sending.reply.retry_after;
		return ERR_LATER;
	case ERR_INPUT:
		return after_refusal(b);
	default:
		if (know_home_refused_later(b->a, s->sending.reply.status,
		    &b->page->retry_after))
			return ERR_LATER;
		end_refused(b, REFUSAL_OTHER);
		return ERR_OK;
	}
}

/* Why could it not be closed: is it paid on, or has it ended? */
static void
reread_page(struct buying *b)
{
	struct purchase *s = &b->purchase;
	struct buf path;

	s->reread = ERR_LATER;
	if (clock_mono_us() >= b->order->last_us)
		return;
	buf_init(&path, STRIPE_PATH);
	stripe_path(STRIPE_CHECKOUT_SESSION, s->call.subject, &path);
	stripe_reply_done(&s->reread_reply);
	s->reread = stripe_get(b->a->stripe, path.data, &s->reread_reply);
	buf_done(&path);
}

static enum err
go_round(struct buying *b)
{
	struct purchase *s = &b->purchase;
	enum err e;

	/* What is to be done next?  Journaled, if it is a call. */
	if ((e = db_transaction(b->a->db, purchase_decide, s)) != ERR_OK) {
		b->page->retry_after = s->retry_after;
		return e;
	}
	switch (s->step) {
	case STEP_ENTITLED:
		end_with(b, BUY_ENTITLED);
		return ERR_OK;
	case STEP_OWING:
		end_with(b, BUY_OWING);
		return ERR_OK;
	case STEP_PROCESSING:
		end_with(b, BUY_PROCESSING);
		return ERR_OK;
	case STEP_READY:
		end_with_page(b);
		return ERR_OK;
	case STEP_SEND:
		break;
	}

	/* Do it, write down what came of it, and see. */
	s->sent = call_send(b->a->stripe, &s->call, b->order->last_us,
	    &s->sending);
	if (s->call.kind == CALL_EXPIRE &&
	    (s->sent == ERR_INPUT || s->sent == ERR_NOTFOUND))
		reread_page(b);
	if (s->sending.twin)
		end_with(b, BUY_TWIN);
	else if ((e = db_transaction(b->a->db, purchase_settle, s)) == ERR_OK)
		e = look_at_outcome(b);
	sending_done(&s->sending);
	return e;
}

static void
begin(struct buying *b)
{
	const struct order *o = b->order;
	struct purchase *s = &b->purchase;

	s->conf = b->a->conf;
	s->plan = o->plan;
	s->quantity = o->quantity;
	s->account = *o->account;
}

enum err
buy(struct app *a, const struct order *o, struct bought_page *ret_page)
{
	struct buying b = { .a = a, .order = o, .page = ret_page };
	enum err e;
	int i;

	memset(ret_page, 0, sizeof(*ret_page));
	e = know_home_or_later(a, &ret_page->retry_after);
	if (e != ERR_OK)
		return e;
	begin(&b);
	for (i = 0; i < ROUNDS && e == ERR_OK && b.next == NEXT_ROUND; i++) {
		if (i > 0 && clock_mono_us() >= o->last_us)
			break;
		e = go_round(&b);
		/* A twin settled the call meanwhile: look at what is now. */
		if (e == ERR_CONFLICT)
			e = ERR_OK;
	}
	purchase_done(&b.purchase);
	if (e == ERR_OK && b.next == NEXT_ROUND)
		return ERR_LATER;
	return e;
}
