/* SPDX-License-Identifier: MIT */

#include <stdlib.h>
#include <string.h>

#include "app/buy.h"
#include "app/cancel_plan.h"
#include "app/change_plan.h"
#include "app/preview_plan.h"
#include "base/json.h"
#include "base/text.h"
#include "billing/invoice.h"
#include "http/status.h"

#include "api/api.h"
#include "api/show.h"

#define INVOICES	24

/* GET /api/subscription */
enum err
subscription_show(struct ctx *c, const struct req *q, struct resp *p)
{
	struct subscription s;
	enum err e;

	(void)q;
	e = recognize_subscription(c->app, c->visitor.account.id, &s);
	if (e != ERR_OK && e != ERR_NOTFOUND)
		return e;
	subscription_put(resp_json(p, 200), "subscription",
	    e == ERR_OK ? &s : NULL);
	return resp_json_end(p);
}

/* Stripe refuses for good, and the log says why. */
static enum err
say_refused(struct resp *p, enum refusal refusal)
{
	switch (refusal) {
	case REFUSAL_CURRENCY:
		return resp_problem(p, 409, "currency_mismatch",
		    "You pay in another currency, and can only choose plans in"
		    " that one.");
	case REFUSAL_QUANTITY:
		return resp_invalid(p, "quantity",
		    "So many cannot be had.");
	case REFUSAL_PLAN:
		return resp_problem(p, 409, "plan_unavailable",
		    "This plan cannot be had at the moment. Please choose"
		    " another, or write to us.");
	default:
		return resp_problem(p, 409, "change_refused",
		    "This cannot be changed here. Please write to us.");
	}
}

/* Why nothing was changed. */
static enum err
say_unrevised(struct resp *p, enum revised how, enum refusal refusal)
{
	switch (how) {
	case REVISE_TWIN:
		return twin_put(p);
	case REVISE_OWING:
		return resp_problem(p, 409, "payment_due",
		    "Your subscription waits for a payment or is paused.");
	case REVISE_PROCESSING:
		return resp_problem(p, 409, "checkout_in_progress",
		    "A payment is being completed.");
	case REVISE_ENDING:
		return resp_problem(p, 409, "subscription_ending",
		    "Your subscription is to end. Keep it first.");
	case REVISE_CURRENCY:
		return say_refused(p, REFUSAL_CURRENCY);
	case REVISE_STALE:
		return resp_problem(p, 409, "preview_stale",
		    "What was shown does not hold any more. Please look"
		    " again.");
	case REVISE_REFUSED:
		return say_refused(p, refusal);
	default:
		return resp_problem(p, 409, "no_subscription",
		    "You have no subscription.");
	}
}

static enum err
answer(struct resp *p, enum err e, const struct revised_plan *r)
{
	if (e == ERR_LATER)
		return resp_later(p, r->retry_after > 0 ? r->retry_after :
		    STATUS_RETRY_SECONDS);
	if (e != ERR_OK)
		return e;
	if (r->how != REVISED && r->how != REVISED_UNPAID)
		return say_unrevised(p, r->how, r->refusal);
	subscription_put(resp_json(p, 200), "subscription", &r->subscription);
	return resp_json_end(p);
}

/* Returns 0 if it was answered: there is no such plan. */
static int
take_plan(const struct ctx *c, const struct req *q, struct plan_wish *w,
    struct resp *p)
{
	if (!json_has(q->json, "plan"))
		return 1;
	w->plan = buy_plan(c->app, json_text(q->json, "plan"));
	if (w->plan == NULL)
		(void)resp_invalid(p, "plan", "There is no such plan.");
	return w->plan != NULL;
}

/* Returns 0 if it was answered: nobody has so many. */
static int
take_quantity(const struct req *q, struct plan_wish *w, struct resp *p)
{
	int64_t quantity = 0;
	enum err e = json_int(q->json, "quantity", &quantity);

	if (e == ERR_NOTFOUND)
		return 1;
	if (e != ERR_OK || quantity < 1 || quantity > CHECKOUT_QUANTITY) {
		(void)resp_invalid(p, "quantity",
		    "Choose a whole number from 1 to 1000.");
		return 0;
	}
	w->quantity = (int)quantity;
	return 1;
}

/* Returns 0 if it was answered: it is none that was ever shown. */
static int
take_preview(const struct req *q, struct plan_wish *w, struct resp *p)
{
	if (!json_has(q->json, "preview"))
		return 1;
	w->preview = json_text(q->json, "preview");
	if (w->preview != NULL && text_is_uuid(w->preview))
		return 1;
	(void)resp_invalid(p, "preview", "This is not a preview.");
	return 0;
}

static struct plan_wish
wish_of(const struct ctx *c, const struct req *q)
{
	const struct plan_wish w = { .account_id = c->visitor.account.id,
	    .last_us = app_last_us(c->app, q->began_us) };

	return w;
}

static void
preview_put(struct json_writer *w, const struct preview *s)
{
	static const char *const when[] = {
		[CHANGE_NOTHING] = "renewal", [CHANGE_NOW] = "now",
		[CHANGE_AT_END] = "periodEnd"
	};
	int i;

	json_put_text(w, "preview", s->charged ? s->id : NULL);
	json_put_text(w, "when", s->charged ? when[s->when] : "never");
	json_put_time(w, "at", s->at);
	json_put_text(w, "currency", s->charged ? s->currency : NULL);
	json_put_int(w, "amountDue", s->due);
	json_put_int(w, "total", s->total);
	json_open_array(w, "lines");
	for (i = 0; i < s->lines; i++) {
		json_open(w, NULL);
		json_put_text(w, "description", s->line[i].text);
		json_put_int(w, "amount", s->line[i].amount);
		json_close(w);
	}
	json_close_array(w);
}

/* POST /api/subscription/preview */
enum err
subscription_preview(struct ctx *c, const struct req *q, struct resp *p)
{
	struct plan_wish w = wish_of(c, q);
	struct preview shown;
	enum err e;

	if (!take_plan(c, q, &w, p) || !take_quantity(q, &w, p))
		return ERR_OK;
	e = preview_plan(c->app, &w, &shown);
	if (e == ERR_LATER)
		return resp_later(p, shown.retry_after > 0 ?
		    shown.retry_after : STATUS_RETRY_SECONDS);
	if (e != ERR_OK)
		return e;
	if (shown.how != REVISED)
		return say_unrevised(p, shown.how, shown.refusal);
	preview_put(resp_json(p, 200), &shown);
	return resp_json_end(p);
}

/* POST /api/subscription/change */
enum err
subscription_change(struct ctx *c, const struct req *q, struct resp *p)
{
	struct plan_wish w = wish_of(c, q);
	struct revised_plan r;

	if (!json_has(q->json, "plan"))
		return resp_invalid(p, "plan", "There is no such plan.");
	if (!take_plan(c, q, &w, p) || !take_quantity(q, &w, p) ||
	    !take_preview(q, &w, p))
		return ERR_OK;
	return answer(p, change_plan(c->app, &w, &r), &r);
}

/* POST /api/subscription/quantity */
enum err
subscription_quantity(struct ctx *c, const struct req *q, struct resp *p)
{
	struct plan_wish w = wish_of(c, q);
	struct revised_plan r;

	if (!json_has(q->json, "quantity"))
		return resp_invalid(p, "quantity",
		    "Choose a whole number from 1 to 1000.");
	if (!take_quantity(q, &w, p) || !take_preview(q, &w, p))
		return ERR_OK;
	return answer(p, change_plan(c->app, &w, &r), &r);
}

/* POST /api/subscription/cancel */
enum err
subscription_cancel(struct ctx *c, const struct req *q, struct resp *p)
{
	struct farewell f = { .account_id = c->visitor.account.id,
	    .feedback = json_text(q->json, "reason"),
	    .comment = json_text(q->json, "comment"),
	    .last_us = app_last_us(c->app, q->began_us) };
	struct revised_plan r;

	if (json_has(q->json, "reason") &&
	    (f.feedback == NULL || !cancel_plan_feedback_ok(f.feedback)))
		return resp_invalid(p, "reason", "There is no such reason.");
	if (json_has(q->json, "comment") &&
	    (f.comment == NULL || strlen(f.comment) > CANCEL_COMMENT))
		return resp_invalid(p, "comment",
		    "This is longer than fits here.");
	return answer(p, cancel_plan(c->app, &f, &r), &r);
}

/* POST /api/subscription/resume */
enum err
subscription_resume(struct ctx *c, const struct req *q, struct resp *p)
{
	struct revised_plan r;

	return answer(p, resume_plan(c->app, c->visitor.account.id,
	    app_last_us(c->app, q->began_us), &r), &r);
}

/* GET /api/invoices */
enum err
invoices_show(struct ctx *c, const struct req *q, struct resp *p)
{
	struct json_writer *w;
	struct invoice *list;
	int i, count;
	enum err e;

	(void)q;
	e = recognize_invoices(c->app, c->visitor.account.id, INVOICES, &list,
	    &count);
	if (e != ERR_OK)
		return e;
	w = resp_json(p, 200);
	json_open_array(w, "invoices");
	for (i = 0; i < count; i++)
		invoice_put(w, &list[i]);
	json_close_array(w);
	free(list);
	return resp_json_end(p);
}
