/* SPDX-License-Identifier: MIT */

#include "base/buf.h"
#include "base/text.h"
#include "billing/change.h"
#include "stripe/kind.h"

#include "app/cancel_plan.h"

/* docs.stripe.com/api/subscriptions/update, cancellation_details.feedback */
int
cancel_plan_feedback_ok(const char *feedback)
{
	static const char *const words[] = {
		"customer_service", "low_quality", "missing_features", "other",
		"switched_service", "too_complex", "too_expensive", "unused"
	};
	size_t i;

	for (i = 0; i < NELEM(words); i++)
		if (text_equal(feedback, words[i]))
			return 1;
	return 0;
}

static enum err
put_cancel(const struct revision *r, struct buf *path, struct buf *form)
{
	const struct farewell *f = r->own;

	stripe_path_subscription(r->now.id, path);
	cancel_form(f->feedback, f->comment, form);
	return ERR_OK;
}

static enum err
decide_cancel(struct db *db, struct revision *r)
{
	if (r->now.cancel_at != 0)
		return revise_end(r, REVISED);
	if (!text_empty(r->now.schedule))
		return revise_release(db, r);
	return revise_call(db, r, CALL_CANCEL, put_cancel);
}

enum err
cancel_plan(struct app *a, const struct farewell *f,
    struct revised_plan *ret_plan)
{
	struct farewell own = *f;
	struct revision r = { .a = a, .account_id = f->account_id,
	    .last_us = f->last_us, .decide = decide_cancel, .own = &own };

	return revise(&r, ret_plan);
}

static enum err
put_resume(const struct revision *r, struct buf *path, struct buf *form)
{
	stripe_path_subscription(r->now.id, path);
	resume_form(&r->now, form);
	return ERR_OK;
}

static enum err
put_go_on(const struct revision *r, struct buf *path, struct buf *form)
{
	stripe_path_resume(r->now.id, path);
	go_on_form(form);
	return ERR_OK;
}

static enum err
decide_resume(struct db *db, struct revision *r)
{
	/* A schedule's end is the schedule's, and goes with it. */
	if (!text_empty(r->now.schedule) &&
	    (r->now.cancel_at != 0 || r->now.next.at != 0))
		return revise_release(db, r);
	if (r->now.cancel_at != 0)
		return revise_call(db, r, CALL_RESUME, put_resume);
	switch (subscription_way(&r->now)) {
	case WAY_RESUME:
		return revise_call(db, r, CALL_RESUME, put_go_on);
	case WAY_PAY:
		return revise_end(r, REVISED_UNPAID);
	default:
		return revise_end(r, REVISED);
	}
}

enum err
resume_plan(struct app *a, const char *account_id, int64_t last_us,
    struct revised_plan *ret_plan)
{
	struct revision r = { .a = a, .account_id = account_id,
	    .last_us = last_us, .decide = decide_resume };

	return revise(&r, ret_plan);
}
