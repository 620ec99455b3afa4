/* SPDX-License-Identifier: MIT */

#include <stddef.h>

#include "account/account.h"
#include "base/json_write.h"
#include "base/text.h"
#include "billing/entitlement.h"
#include "billing/feature.h"
#include "billing/invoice.h"
#include "http/response.h"

#include "api/show.h"

enum err
twin_put(struct resp *p)
{
	resp_header(p, "Retry-After", TWIN_RETRY_S);
	return resp_problem(p, 409, "order_in_progress",
	    "This is being done at this moment.");
}

void
account_put(struct json_writer *w, const char *name, const struct account *a)
{
	json_open(w, name);
	json_put_text(w, "id", a->id);
	json_put_text(w, "email", a->email);
	json_put_text(w, "firstName", a->first_name);
	json_put_text(w, "lastName", a->last_name);
	json_put_text(w, "organization", a->organization);
	json_close(w);
}

/* What to do about a debt, or a pause. */
static void
action_put(struct json_writer *w, const struct subscription *s)
{
	static const char *const kind[] = {
		[WAY_PAY] = "pay", [WAY_RESUME] = "resume",
		[WAY_MANAGE] = "manage"
	};
	enum way way = subscription_way(s);

	if (way == WAY_NONE) {
		json_put_null(w, "action");
		return;
	}
	json_open(w, "action");
	json_put_text(w, "kind", kind[way]);
	json_put_text(w, "url", way == WAY_PAY ? s->pay_url : NULL);
	json_close(w);
}

static void
pause_put(struct json_writer *w, const struct subscription *s)
{
	if (text_empty(s->pause)) {
		json_put_null(w, "pausedCollection");
		return;
	}
	json_open(w, "pausedCollection");
	json_put_text(w, "behavior", s->pause);
	json_put_time(w, "resumesAt", s->resumes_at);
	json_close(w);
}

/* What the plan is going to be: "at" then, or if it is paid "until" then. */
static void
planned_put(struct json_writer *w, const char *name, const char *time,
    const struct planned *p)
{
	if (p->at == 0) {
		json_put_null(w, name);
		return;
	}
	json_open(w, name);
	json_put_text(w, "plan", p->plan);
	json_put_int(w, "quantity", p->quantity);
	json_put_time(w, time, p->at);
	json_close(w);
}

void
subscription_put(struct json_writer *w, const char *name,
    const struct subscription *s)
{
	if (s == NULL) {
		json_put_null(w, name);
		return;
	}
	json_open(w, name);
	json_put_text(w, "id", s->id);
	json_put_text(w, "status", s->status);
	json_put_text(w, "plan", s->plan);
	json_put_int(w, "quantity", s->quantity);
	json_put_time(w, "currentPeriodEnd", s->current_period_end);
	json_put_time(w, "cancelAt", s->cancel_at);
	json_put_time(w, "trialEnd", s->trial_end);
	json_put_bool(w, "entitled", s->entitlement == ENTITLED);
	json_put_bool(w, "over", s->entitlement == ENTITLEMENT_NONE);
	planned_put(w, "next", "at", &s->next);
	planned_put(w, "pending", "until", &s->pending);
	pause_put(w, s);
	action_put(w, s);
	json_close(w);
}

void
invoice_put(struct json_writer *w, const struct invoice *i)
{
	json_open(w, NULL);
	json_put_text(w, "id", i->id);
	json_put_text(w, "number", i->number[0] == '\0' ? NULL : i->number);
	json_put_text(w, "status", i->status);
	json_put_text(w, "currency", i->currency);
	json_put_int(w, "total", i->total);
	json_put_int(w, "paid", i->paid);
	json_put_time(w, "created", i->created);
	json_put_text(w, "url", i->url[0] == '\0' ? NULL : i->url);
	json_close(w);
}

void
features_put(struct json_writer *w, const char *features, const char *limits)
{
	char name[FEATURE_NAME];
	int64_t value;

	json_open_array(w, "features");
	while (feature_next(&features, name))
		json_put_text(w, NULL, name);
	json_close_array(w);
	json_open(w, "limits");
	while (limit_next(&limits, name, &value))
		json_put_int(w, name, value);
	json_close(w);
}
