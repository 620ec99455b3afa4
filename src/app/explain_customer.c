/* SPDX-License-Identifier: MIT */

/* Whether there is a referral at all, and the customer that carries it. */

#include "base/clock.h"
#include "base/text.h"

#include "app/config.h"
#include "app/explain.h"

#include "app/explain_judge.h"

static int
not_referred(const struct evidence *v, struct finding *f)
{
	char made[CLOCK_TEXT];

	if (v->referred || v->customer.ucc[0] != '\0')
		return 0;
	clock_text((time_t)v->since, made);
	return finding_says(f,
	    "no code was there when the account was made, on %s: neither in the"
	    " form nor in the link nor in a cookie", made);
}

static int
code_unknown(const struct evidence *v, struct finding *f)
{
	return v->doubt == DOUBT_CODE && finding_says(f,
	    "Cello does not know the code %s, or it is not valid any more",
	    v->referral.ucc);
}

static int
product_differs(const struct evidence *v, struct finding *f)
{
	return v->referral.product[0] != '\0' &&
	    !text_equal(v->referral.product, v->conf->cello.product_id) &&
	    finding_says(f,
	    "the link was of product \"%s\", and this is \"%s\"",
	    v->referral.product, v->conf->cello.product_id);
}

static int
customer_none(const struct evidence *v, struct finding *f)
{
	return v->customer.id[0] == '\0' && v->call.state[0] == '\0' &&
	    finding_says(f,
	    "there is no customer at Stripe, and none was asked for");
}

static int
customer_refused(const struct evidence *v, struct finding *f)
{
	return v->customer.id[0] == '\0' &&
	    (text_equal(v->call.state, "dead") ||
	    text_equal(v->call.state, "dropped") ||
	    text_equal(v->call.outcome, "refused")) &&
	    finding_says(f,
	    "Stripe did not make the customer: %s",
	    text_empty(v->call.last_error) ? v->call.state :
	    v->call.last_error);
}

static int
customer_waits(const struct evidence *v, struct finding *f)
{
	if (v->customer.id[0] != '\0' ||
	    !text_equal(v->call.state, "waiting"))
		return 0;
	if (v->call.attempts == 0 && v->now - v->call.written_at < EXPLAIN_SOON_S) {
		f->kind = FINDING_WAIT;
		return finding_says(f,
		    "the customer is going to be made at Stripe");
	}
	return finding_says(f,
	    "the customer is not made at Stripe yet, after %d attempts:"
	    " %s", v->call.attempts,
	    text_empty(v->call.last_error) ? "nobody comes for it" :
	    v->call.last_error);
}

static int
customer_gone(const struct evidence *v, struct finding *f)
{
	return v->customer.deleted && finding_says(f,
	    "customer %s was deleted at Stripe", v->customer.id);
}

static int
customer_unread(const struct evidence *v, struct finding *f)
{
	return v->customer.id[0] != '\0' && !v->customer.deleted &&
	    v->customer.told_at == 0 && finding_says(f,
	    "what customer %s says at Stripe was not read yet", v->customer.id);
}

const struct explain_rule explain_customer[] = {
	{ "not_referred", FINDING_WRONG, "referral.ucc", not_referred,
	    "if somebody did refer them: \"endpin cello attribute EMAIL UCC\""
	    " says so here and at Stripe; then " EXPLAIN_RESEND },
	{ "code_unknown", FINDING_WRONG, "referral.ucc", code_unknown,
	    "look for the referrer in Cello's portal: their link has the code"
	    " that is valid" },
	{ "product_differs", FINDING_WARNING, "referral.product_id",
	    product_differs, "a code counts for its own product only: compare"
	    " product_id of [cello] with Cello's portal, Access Keys" },
	{ "customer_none", FINDING_WRONG, "customer", customer_none,
	    "\"endpin stripe adopt\" links one of before; else the next"
	    " purchase makes one" },
	{ "customer_refused", FINDING_WRONG, "customer", customer_refused,
	    "mend what Stripe refuses, then \"endpin calls\" names the call to"
	    " retry" },
	{ "customer_waits", FINDING_WRONG, "customer", customer_waits,
	    "\"endpin check\" says whether couriers run and Stripe answers" },
	{ "customer_gone", FINDING_WRONG, "customer", customer_gone,
	    "the next purchase makes another, which carries the code" },
	{ "customer_unread", FINDING_UNSEEN, "customer", customer_unread,
	    "\"endpin objects read CUSTOMER\", then ask again" },
	{ .cause = NULL }
};
