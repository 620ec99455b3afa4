/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "billing/forms.h"
#include "db/db.h"
#include "stripe/client.h"

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

/* A call was refused for good: is there a way on? */
static enum err
after_refusal(struct buying *b)
{
	struct purchase *s = &b->purchase;

	/* The page is not open any more: it was paid on, or has ended. */
	if (s->call.kind == CALL_EXPIRE) {
		app_ring(b->a);
		end_with(b, BUY_IN_PROGRESS);
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
	return ERR_INTERNAL;
}

/* The call was sent and settled: is this the end? */
static enum err
look_at_outcome(struct buying *b)
{
	struct purchase *s = &b->purchase;

	switch (s->sent) {
	case ERR_OK:
		/* Its page, unless another was wanted or it is closed. */
		if (s->session.url[0] != '\0' &&
		    text_equal(s->session.subject, s->subject))
			end_with_page(b);
		return ERR_OK;
	case ERR_NOTFOUND:
		return ERR_OK;
	case ERR_LATER:
		b->page->retry_after = s->sending.reply.retry_after;
		return ERR_LATER;
	case ERR_INPUT:
		return after_refusal(b);
	default:
		/* Somebody has to mend the key; nobody pays meanwhile. */
		if (!know_home_refused(b->a, s->sending.reply.status))
			return ERR_INTERNAL;
		b->page->retry_after = STRIPE_KEY_REFUSED_S;
		return ERR_LATER;
	}
}

static enum err
go_round(struct buying *b)
{
	struct purchase *s = &b->purchase;
	enum err e;

	/* What is to be done next?  Journaled, if it is a call. */
	if ((e = db_transaction(b->a->db, purchase_decide, s)) != ERR_OK)
		return e;
	switch (s->step) {
	case STEP_SUBSCRIBED:
		end_with(b, BUY_SUBSCRIBED);
		return ERR_OK;
	case STEP_OWING:
		end_with(b, BUY_OWING);
		return ERR_OK;
	case STEP_PENDING:
		end_with(b, BUY_IN_PROGRESS);
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
	e = db_transaction(b->a->db, purchase_settle, s);
	if (e == ERR_OK)
		e = look_at_outcome(b);
	sending_done(&s->sending);
	return e;
}

static void
begin(struct buying *b)
{
	const struct order *o = b->order;
	const struct checkout_order subject = { .plan = o->plan,
	    .quantity = o->quantity };
	struct purchase *s = &b->purchase;

	s->conf = b->a->conf;
	s->plan = o->plan;
	s->quantity = o->quantity;
	s->account = *o->account;
	checkout_subject(&subject, s->subject);
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
