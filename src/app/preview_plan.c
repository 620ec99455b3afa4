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
#include "billing/send.h"
#include "db/db.h"
#include "stripe/client.h"
#include "stripe/kind.h"

#include "app/app.h"
#include "app/config.h"
#include "app/know_home.h"

#include "app/preview_plan.h"

struct asking {
	struct app		*a;
	const struct plan_wish	*wish;
	struct preview		*ret;
	int			 ended;		/* nothing to ask Stripe for */
	struct subscription	 now;
	struct change		 change;
	struct call		 call;		/* owned */
	enum err		 sent;
	struct sending		 sending;	/* owned */
};

static enum err
end(struct asking *p, enum revised how)
{
	p->ended = 1;
	p->ret->how = how;
	return ERR_OK;
}

/* Now; but Stripe takes no time before the period, and may be ahead of us. */
static time_t
counted_to(const struct subscription *s)
{
	const time_t now = clock_now();

	return now > s->current_period_start ? now : s->current_period_start;
}

static enum err
write_call(struct db *db, struct asking *p)
{
	const time_t to = counted_to(&p->now);
	struct buf form;
	enum err e;

	call_init(&p->call, p->wish->account_id, CALL_PREVIEW,
	    STRIPE_PATH_PREVIEW);
	change_subject(&p->change, to, p->call.subject);
	buf_init(&form, CALL_FORM);
	preview_form(&p->change, to, &form);
	p->call.form = mem_text(form.data);
	e = form.full ? ERR_INTERNAL : call_write(db, &p->call);
	buf_done(&form);
	return e != ERR_OK ? e : call_sending(db, &p->call);
}

static int
is_wish(const struct plan_wish *w)
{
	return w->plan != NULL || w->quantity != 0;
}

static enum err
announce(struct db *db, void *arg)
{
	struct asking *p = arg;
	const struct plan_wish *w = p->wish;
	enum revised allowed;
	enum err e;

	call_done(&p->call);
	p->ended = 0;
	e = call_may_write(db, w->account_id, CALL_PREVIEW,
	    &p->ret->retry_after);
	if (e != ERR_OK)
		return e;
	e = subscription_find(db, &p->a->conf->billing, w->account_id,
	    &p->now);
	if (e == ERR_NOTFOUND ||
	    (e == ERR_OK && p->now.entitlement == ENTITLEMENT_NONE))
		return end(p, REVISE_NONE);
	if (e != ERR_OK)
		return e;
	allowed = change_plan_allowed(p->a, &p->now, w->plan);
	/* What ends by itself is charged no more. */
	if (allowed == REVISE_ENDING && !is_wish(w))
		return end(p, REVISED);
	if (allowed != REVISED)
		return end(p, allowed);
	change_of(&p->a->conf->billing, &p->now, w->plan, w->quantity,
	    &p->change);
	p->ret->when = p->change.when;
	return write_call(db, p);
}

/*
 * A preview leaves nothing at Stripe, so one that failed is not sent again: the
 * next click is another.
 */
static enum err
write_down(struct db *db, void *arg)
{
	const struct asking *p = arg;
	const char *id = NULL;

	if (p->sent == ERR_OK)
		id = json_text(p->sending.made, "id");
	/* Of what is never made it may have no id. */
	return p->sent == ERR_OK ?
	    call_made(db, &p->call, id == NULL ? "" : id) :
	    call_refused(db, &p->call, p->sending.why);
}

static void
take_lines(const struct json *invoice, struct preview *p)
{
	struct preview_line *line;
	const struct json *read;
	size_t i;

	for (i = 0; i < json_count(invoice, "lines.data") &&
	    i < PREVIEW_LINES; i++) {
		line = &p->line[p->lines];
		read = json_item(invoice, "lines.data", i);
		if (json_int(read, "amount", &line->amount) != ERR_OK)
			continue;
		text_cut(json_text(read, "description"), line->text,
		    sizeof(line->text));
		p->lines++;
	}
}

/* ERR_LATER: it cannot be read, and the next click may have a better answer. */
static enum err
take_invoice(const struct asking *p)
{
	const struct json *invoice = p->sending.made;
	const char *currency = json_text(invoice, "currency");
	struct preview *ret = p->ret;

	if (currency == NULL || strlen(currency) >= sizeof(ret->currency) ||
	    json_int(invoice, "amount_due", &ret->due) != ERR_OK ||
	    json_int(invoice, "total", &ret->total) != ERR_OK) {
		log_error("preview_unreadable", "the answer to the preview call"
		    " %s is no invoice that can be read", p->call.id);
		return ERR_LATER;
	}
	memcpy(ret->currency, currency, strlen(currency) + 1);
	memcpy(ret->id, p->call.id, sizeof(ret->id));
	ret->charged = 1;
	ret->at = ret->when == CHANGE_NOW ? 0 : p->now.current_period_end;
	ret->how = REVISED;
	take_lines(invoice, ret);
	return ERR_OK;
}

static enum err
take_answer(struct asking *p)
{
	const struct stripe_reply *reply = &p->sending.reply;
	struct preview *ret = p->ret;

	ret->retry_after = reply->retry_after;
	if (p->sent == ERR_OK)
		return take_invoice(p);
	if (p->sent == ERR_LATER ||
	    know_home_refused_later(p->a, reply->status, &ret->retry_after))
		return ERR_LATER;
	/* Stripe knows of none: it ends, and we have not heard of it yet. */
	if (text_equal(reply->code, "invoice_upcoming_none"))
		return end(p, REVISED);
	ret->refusal = refusal_of(reply, p->call.form);
	return end(p, REVISE_REFUSED);
}

enum err
preview_plan(struct app *a, const struct plan_wish *w,
    struct preview *ret_preview)
{
	struct asking p = { .a = a, .wish = w, .ret = ret_preview };
	enum err e;

	memset(ret_preview, 0, sizeof(*ret_preview));
	e = know_home_or_later(a, &ret_preview->retry_after);
	if (e != ERR_OK || (e = db_transaction(a->db, announce, &p)) != ERR_OK
	    || p.ended)
		goto done;
	p.sent = call_send(a->stripe, &p.call, w->last_us, &p.sending);
	if ((e = db_transaction(a->db, write_down, &p)) == ERR_OK)
		e = take_answer(&p);
	sending_done(&p.sending);
done:
	call_done(&p.call);
	return e;
}
