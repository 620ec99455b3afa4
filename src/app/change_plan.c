/* SPDX-License-Identifier: MIT */

#include "base/buf.h"
#include "base/text.h"
#include "billing/change.h"
#include "billing/options.h"
#include "stripe/kind.h"

#include "app/app.h"
#include "app/config.h"

#include "app/change_plan.h"

/* What the wish makes of the subscription of this round. */
struct changing {
	const struct plan_wish	*wish;
	struct change		 change;
	time_t			 counted_to;	/* 0: not shown before */
};

enum revised
change_plan_allowed(const struct app *a, const struct subscription *s,
    const struct plan_config *plan)
{
	const struct plan_config *had =
	    plan_of_price(&a->conf->billing, s->price);

	if (s->entitlement == ENTITLEMENT_PROCESSING)
		return REVISE_PROCESSING;
	if (s->entitlement != ENTITLED || !text_empty(s->pause) ||
	    (!text_equal(s->status, "active") &&
	    !text_equal(s->status, "trialing")))
		return REVISE_OWING;
	if (s->cancel_at != 0)
		return REVISE_ENDING;
	/* Stripe would not have it either. */
	if (plan != NULL && !text_equal(plan->currency, had->currency))
		return REVISE_CURRENCY;
	return REVISED;
}

/* Is what is to be done what was shown? */
static enum err
find_shown(struct db *db, struct changing *c)
{
	char subject[CALL_SUBJECT];
	enum err e;

	if (c->wish->preview == NULL)
		return ERR_OK;
	e = call_find_shown(db, c->wish->account_id, c->wish->preview, subject);
	if (e == ERR_OK &&
	    (c->counted_to = change_shown(&c->change, subject)) == 0)
		e = ERR_NOTFOUND;
	return e;
}

static enum err
put_change(const struct revision *r, struct buf *path, struct buf *form)
{
	const struct changing *c = r->own;

	stripe_path_subscription(r->now.id, path);
	change_form(&c->change, c->counted_to, form);
	return ERR_OK;
}

static enum err
put_schedule(const struct revision *r, struct buf *path, struct buf *form)
{
	buf_text(path, STRIPE_PATH_SCHEDULES);
	schedule_form(r->now.id, form);
	return ERR_OK;
}

static enum err
put_phases(const struct revision *r, struct buf *path, struct buf *form)
{
	const struct changing *c = r->own;

	stripe_path_schedule(r->now.schedule, path);
	/* One that has no phase under way is of no use; it is read again. */
	return phases_form(r->schedule, &c->change, r->call.id, form) ==
	    ERR_OK ? ERR_OK : ERR_LATER;
}

static enum err
change_now(struct db *db, struct revision *r, struct changing *c)
{
	enum err e;

	if (change_is_pending(&c->change))
		return revise_end(r, REVISED_UNPAID);
	e = find_shown(db, c);
	if (e == ERR_NOTFOUND)
		return revise_end(r, REVISE_STALE);
	if (e != ERR_OK)
		return e;
	if (!text_empty(r->now.schedule))
		return revise_release(db, r);
	return revise_call(db, r, CALL_CHANGE, put_change);
}

/* A schedule, then its phases: Stripe takes them in two calls. */
static enum err
change_at_end(struct db *db, struct revision *r, const struct changing *c)
{
	if (change_is_planned(&c->change))
		return revise_end(r, REVISED);
	if (text_empty(r->now.schedule))
		return revise_call(db, r, CALL_SCHEDULE, put_schedule);
	if (!r->now.schedule_ours)
		return revise_end(r, REVISE_REFUSED);
	if (r->schedule == NULL)
		return revise_read_schedule(r);
	return revise_call(db, r, CALL_PHASES, put_phases);
}

static enum err
decide(struct db *db, struct revision *r)
{
	struct changing *c = r->own;
	const enum revised allowed = change_plan_allowed(r->a, &r->now,
	    c->wish->plan);

	if (allowed != REVISED)
		return revise_end(r, allowed);
	change_of(&r->a->conf->billing, &r->now, c->wish->plan,
	    c->wish->quantity, &c->change);
	switch (c->change.when) {
	case CHANGE_NOW:
		return change_now(db, r, c);
	case CHANGE_AT_END:
		return change_at_end(db, r, c);
	default:
		return r->now.next.at == 0 ? revise_end(r, REVISED) :
		    revise_release(db, r);
	}
}

enum err
change_plan(struct app *a, const struct plan_wish *w,
    struct revised_plan *ret_plan)
{
	struct changing c = { .wish = w };
	struct revision r = { .a = a, .account_id = w->account_id,
	    .last_us = w->last_us, .decide = decide, .own = &c };

	return revise(&r, ret_plan);
}
