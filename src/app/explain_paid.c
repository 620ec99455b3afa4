/* SPDX-License-Identifier: MIT */

/* What was bought, and what only Cello knows then. */

#include <time.h>

#include "base/clock.h"

#include "app/config.h"
#include "app/explain.h"

#include "app/explain_judge.h"

/* Cello's: a reward is worked out, looked at, and attributed by hand. */
#define PROCESSING_S	CLOCK_DAY_S
#define REVIEW_S	(30 * CLOCK_DAY_S)

/* --- what was bought --- */

static int
invoice_unread(const struct evidence *v, struct finding *f)
{
	return v->unread[0] != '\0' && finding_says(f,
	    "%s could not be read at Stripe: %s", v->unread, v->unread_why);
}

static int
nothing_bought(const struct evidence *v, struct finding *f)
{
	const struct story_bought *b = &v->bought;

	return b->subscriptions == 0 && b->paid == 0 && b->zero[0] == '\0' &&
	    b->owed[0] == '\0' && v->unread[0] == '\0' &&
	    finding_says(f,
	    "nothing was bought: of %lld pages of Checkout that were opened"
	    " none was paid on", (long long)b->pages);
}

static int
on_trial(const struct evidence *v, struct finding *f)
{
	char end[CLOCK_TEXT];

	if (v->bought.paid > 0 || v->bought.trial[0] == '\0')
		return 0;
	clock_text((time_t)v->bought.trial_end, end);
	return finding_says(f,
	    "subscription %s is on trial until %s: what is paid then is the"
	    " first that a reward can come of", v->bought.trial, end);
}

static int
payment_owed(const struct evidence *v, struct finding *f)
{
	if (v->bought.owed[0] == '\0')
		return 0;
	if (v->bought.paid > 0)
		f->kind = FINDING_WARNING;
	return finding_says(f,
	    "invoice %s is not paid, it is %s", v->bought.owed,
	    v->bought.owed_status);
}

static int
invoice_zero(const struct evidence *v, struct finding *f)
{
	const struct story_bought *b = &v->bought;

	return b->paid == 0 && b->zero[0] != '\0' && b->trial[0] == '\0' &&
	    finding_says(f,
	    "invoice %s is of nothing: no share of it is anything", b->zero);
}

static int
disputed(const struct evidence *v, struct finding *f)
{
	return v->disputed < 0 && finding_says(f,
	    "the bank took %lld of %lld back in a dispute, in minor units",
	    (long long)-v->disputed, (long long)v->came);
}

static int
paid_back(const struct evidence *v, struct finding *f)
{
	const int64_t back = v->disputed - v->went;

	if (back <= 0)
		return 0;
	if (back < v->came)
		f->kind = FINDING_WARNING;
	return finding_says(f,
	    "%s that was paid was paid back: %lld of %lld, in minor"
	    " units", back < v->came ? "a part of what" : "all",
	    (long long)back, (long long)v->came);
}

static int
ledger_missing(const struct evidence *v, struct finding *f)
{
	return v->bought.paid > 0 && v->came == 0 && finding_says(f,
	    "invoice %s is paid, and the ledger has no payment of it",
	    v->bought.first_paid);
}

static int
subscription_over(const struct evidence *v, struct finding *f)
{
	char ended[CLOCK_TEXT];

	if (v->bought.ended_at == 0)
		return 0;
	clock_text((time_t)v->bought.ended_at, ended);
	return finding_says(f,
	    "the last subscription ended on %s: nothing more will be paid",
	    ended);
}

static int
terms_over(const struct evidence *v, struct finding *f)
{
	const time_t first = (time_t)v->bought.first_paid_at;
	struct tm tm;

	if (!v->referred || v->referral.terms.months == 0 ||
	    v->bought.paid == 0 || gmtime_r(&first, &tm) == NULL)
		return 0;
	tm.tm_mon += v->referral.terms.months;
	return v->now >= (int64_t)timegm(&tm) && finding_says(f,
	    "the terms of the day of the signup give a share for %d months,"
	    " which are over", v->referral.terms.months);
}

/* --- what is left to Cello --- */

/* Since the first payment; -1: Cello has no reason to act. */
static int64_t
cello_has_s(const struct evidence *v)
{
	return v->bought.paid > 0 && (v->referred ||
	    v->customer.ucc[0] != '\0') ? v->now - v->bought.first_paid_at :
	    -1;
}

static int
cello_works(const struct evidence *v, struct finding *f)
{
	const int64_t s = cello_has_s(v);

	return s != -1 && s < PROCESSING_S && finding_says(f,
	    "the first payment is not a day old: Cello takes 24 hours and more"
	    " for a reward");
}

static int
cello_reviews(const struct evidence *v, struct finding *f)
{
	const int64_t s = cello_has_s(v);

	return s != -1 && s < REVIEW_S && finding_says(f,
	    "the first payment is not 30 days old: so long Cello may hold a"
	    " reward to look for fraud and for people who refer themselves");
}

static int
cello_webhook(const struct evidence *v, struct finding *f)
{
	return cello_has_s(v) != -1 && cello_looks_at_stripe(&v->conf->cello)
	    && finding_says(f,
	    "whether Cello's endpoint at Stripe gets all ten events,"
	    " invoice.paid among them, and whether Cello has its signing"
	    " secret, for this mode");
}

static int
cello_campaign(const struct evidence *v, struct finding *f)
{
	return cello_has_s(v) != -1 && finding_says(f,
	    "what the campaign says: its rules, its cap for a referral, and"
	    " whether the program is launched; before that nothing is paid"
	    " out");
}

static int
cello_referrer(const struct evidence *v, struct finding *f)
{
	return cello_has_s(v) != -1 && finding_says(f,
	    "whether the referrer can be paid: in a country that is supported,"
	    " with a way to be paid");
}

const struct explain_rule explain_paid[] = {
	{ "invoice_unread", FINDING_WRONG, "invoice", invoice_unread,
	    "\"endpin objects show ID\" says more, \"endpin objects retry ID\""
	    " reads it again" },
	{ "nothing_bought", FINDING_WAIT, "invoice", nothing_bought,
	    "a reward comes of a payment: wait for one" },
	{ "on_trial", FINDING_WAIT, "invoice", on_trial,
	    "wait for the end of the trial" },
	{ "payment_owed", FINDING_WRONG, "invoice.status", payment_owed,
	    "it is to be paid first: their account page leads to the invoice" },
	{ "invoice_zero", FINDING_WAIT, "invoice.amount_paid", invoice_zero,
	    "wait for one that costs something, or change the coupon" },
	{ "disputed", FINDING_WRONG, "invoice", disputed,
	    "win the dispute at Stripe; what comes back is booked by itself" },
	{ "paid_back", FINDING_WRONG, "invoice", paid_back,
	    "nothing: what was paid back is nobody's reward" },
	{ "ledger_missing", FINDING_WRONG, "ledger", ledger_missing,
	    "\"endpin objects read INVOICE\"; \"endpin ledger check\" finds all"
	    " of these" },
	{ "subscription_over", FINDING_WAIT, "subscription", subscription_over,
	    "nothing: what was paid before counts as ever" },
	{ "terms_over", FINDING_WAIT, "referral.reward_months", terms_over,
	    "compare [cello] reward_months with the campaign in Cello's"
	    " portal" },
	{ "cello_works", FINDING_WAIT, NULL, cello_works, "ask again"
	    " tomorrow" },
	{ "cello_reviews", FINDING_WAIT, NULL, cello_reviews,
	    "look at Review Referrals in Cello's portal" },
	{ "cello_webhook", FINDING_UNSEEN, NULL, cello_webhook,
	    "\"endpin stripe endpoint check\" asks Stripe; Cello's portal shows"
	    " in its Event Feed what came" },
	{ "cello_campaign", FINDING_UNSEEN, NULL, cello_campaign,
	    "look at the campaign in Cello's portal" },
	{ "cello_referrer", FINDING_UNSEEN, NULL, cello_referrer,
	    "look for the referrer in Cello's portal" },
	{ .cause = NULL }
};
