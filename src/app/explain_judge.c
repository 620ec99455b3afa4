/* SPDX-License-Identifier: MIT */

#include "base/clock.h"
#include "base/text.h"
#include "cello/ucc.h"

#include "app/attribute_to.h"
#include "app/config.h"

#include "app/explain.h"

/* Longer than an errand that nothing is wrong with waits. */
#define SOON_S		300

/* Cello's: a reward is worked out, looked at, and attributed by hand. */
#define PROCESSING_S	CLOCK_DAY_S
#define REVIEW_S	(30 * CLOCK_DAY_S)

#define RESEND	"resend the invoice.paid events that are less than 30 days" \
	" old to Cello's endpoint, at Stripe, Webhooks; older ones are for" \
	" Cello's support"
#define ATTRIBUTE "set cello_ucc and new_user_id in the metadata of their" \
	" customer at Stripe, then " RESEND

#define TWO_PEOPLE "if they are two people, \"endpin cello trust EMAIL\" has" \
	" it bring its discount, and Review Referrals of Cello's portal its" \
	" reward; until then it brings none"

/* --- who came, and whose customer it is --- */

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
	    "Cello does not know the code %s, or it is not valid any"
	    " more", v->referral.ucc);
}

static int
own_code(const struct evidence *v, struct finding *f)
{
	return v->doubt == DOUBT_OWN && finding_says(f,
	    "%s is their own code: nobody is rewarded for referring"
	    " themselves", v->referral.ucc);
}

static int
same_person(const struct evidence *v, struct finding *f)
{
	return v->doubt == DOUBT_PERSON && finding_says(f,
	    "the address of whoever has the code %s leads to the same mailbox:"
	    " Cello is likely to see somebody who refers"
	    " themselves", v->referral.ucc);
}

static int
same_customer(const struct evidence *v, struct finding *f)
{
	return v->doubt == DOUBT_CUSTOMER && finding_says(f,
	    "one customer at Stripe is theirs here and says new_user_id of"
	    " whoever has the code %s, or the other way"
	    " round", v->referral.ucc);
}

static int
same_card(const struct evidence *v, struct finding *f)
{
	return v->doubt == DOUBT_CARD && finding_says(f,
	    "they pay with a card with which whoever has the code %s has paid:"
	    " Cello is likely to see somebody who refers"
	    " themselves", v->referral.ucc);
}

static int
welcome_refused(const struct evidence *v, struct finding *f)
{
	const struct welcome *w = &v->welcome;

	if (w->outcome != WELCOME_CURRENCY && w->outcome != WELCOME_DOUBT)
		return 0;
	return finding_says(f,
	    "the credit of %lld %s that they were promised was not given:"
	    " %s", (long long)w->value, w->currency,
	    w->outcome == WELCOME_CURRENCY ? "they have paid in another"
	    " currency" : "when they paid, something spoke against the"
	    " referral");
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
	    finding_says(f, "Stripe did not make the customer: %s",
	    text_empty(v->call.last_error) ? v->call.state :
	    v->call.last_error);
}

static int
customer_waits(const struct evidence *v, struct finding *f)
{
	if (v->customer.id[0] != '\0' ||
	    !text_equal(v->call.state, "waiting"))
		return 0;
	if (v->call.attempts == 0 && v->now - v->call.written_at < SOON_S) {
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

/* --- what it says, which is all that Cello hears of a signup --- */

static int
is_read(const struct evidence *v)
{
	return v->customer.id[0] != '\0' && !v->customer.deleted &&
	    v->customer.told_at != 0;
}

/* And Cello goes by it: it is not told by its API. */
static int
counts(const struct evidence *v)
{
	return is_read(v) && cello_looks_at_stripe(&v->conf->cello);
}

static int
ucc_missing(const struct evidence *v, struct finding *f)
{
	return counts(v) && v->referred && v->customer.ucc[0] == '\0' &&
	    finding_says(f, "customer %s has no cello_ucc in its metadata; the"
	    " account's is %s", v->customer.id, v->referral.ucc);
}

static int
ucc_malformed(const struct evidence *v, struct finding *f)
{
	return is_read(v) && v->customer.ucc[0] != '\0' &&
	    !ucc_ok(v->customer.ucc) && finding_says(f,
	    "the cello_ucc of customer %s is \"%s\", which is not a code of 11"
	    " letters and digits: Cello's Event Feed calls it"
	    " Invalid", v->customer.id, v->customer.ucc);
}

static int
ucc_differs(const struct evidence *v, struct finding *f)
{
	return counts(v) && v->referred && ucc_ok(v->customer.ucc) &&
	    !text_equal(v->customer.ucc, v->referral.ucc) &&
	    finding_says(f,
	    "the cello_ucc of customer %s is %s, the account's is %s",
	    v->customer.id, v->customer.ucc, v->referral.ucc);
}

static int
user_missing(const struct evidence *v, struct finding *f)
{
	return counts(v) && v->customer.user[0] == '\0' &&
	    finding_says(f,
	    "customer %s has no new_user_id in its metadata: Cello's Event Feed"
	    " says Required", v->customer.id);
}

static int
user_differs(const struct evidence *v, struct finding *f)
{
	return is_read(v) && v->customer.user[0] != '\0' &&
	    !text_equal(v->customer.user, v->account.id) &&
	    finding_says(f,
	    "the new_user_id of customer %s is \"%s\", the account's id is %s:"
	    " signup and purchase are of two people", v->customer.id,
	    v->customer.user, v->account.id);
}

/* Half wired: the component and the rows count organizations, and it does not. */
static int
organization_differs(const struct evidence *v, struct finding *f)
{
	const struct story_customer *c = &v->customer;

	return is_read(v) && v->organization[0] != '\0' &&
	    c->knows_organization && !text_equal(c->organization,
	    v->organization) && finding_says(f,
	    "the new_user_organization_id of customer %s is %s%s%s, and the"
	    " account is of organization %s: signup and purchase are of"
	    " two", c->id,
	    c->organization[0] == '\0' ? "not there" : "\"",
	    c->organization, c->organization[0] == '\0' ? "" : "\"",
	    v->organization);
}

/* --- what Cello is told by its API --- */

static int
signup_untold(const struct evidence *v, struct finding *f)
{
	return v->referred && cello_signups_by_api(&v->conf->cello) &&
	    v->signups_told == 0 && finding_says(f,
	    "signups are told by Cello's API, and this one was not written down"
	    " to be told");
}

static int
fact_refused(const struct evidence *v, struct finding *f)
{
	return text_equal(v->untold.state, "dead") && finding_says(f,
	    "Cello did not take %s: %s", v->untold.id, v->untold.last_error);
}

static int
fact_held(const struct evidence *v, struct finding *f)
{
	return text_equal(v->untold.state, "attended") && finding_says(f,
	    "nobody knows whether Cello has %s:"
	    " %s", v->untold.id, v->untold.last_error);
}

static int
fact_waits(const struct evidence *v, struct finding *f)
{
	if (!text_equal(v->untold.state, "waiting") &&
	    !text_equal(v->untold.state, "parked"))
		return 0;
	if (v->now - v->untold.written_at < SOON_S)
		f->kind = FINDING_WAIT;
	return finding_says(f,
	    "Cello was not told %s yet, after %d attempts%s%s",
	    v->untold.id, v->untold.attempts,
	    v->untold.last_error[0] == '\0' ? "" : ": ",
	    v->untold.last_error);
}

static int
fact_warned(const struct evidence *v, struct finding *f)
{
	return v->warned.id[0] != '\0' && finding_says(f,
	    "Cello has taken %s and had a word about it:"
	    " %s", v->warned.id, v->warned.warnings);
}

static int
email_missing(const struct evidence *v, struct finding *f)
{
	return counts(v) && !v->customer.email && finding_says(f,
	    "customer %s has no address: Cello wants one to tell fraud, and to"
	    " attribute by itself", v->customer.id);
}

static int
mode_differs(const struct evidence *v, struct finding *f)
{
	const int live = v->customer.livemode;

	return is_read(v) && live != -1 && v->conf->cello.enabled &&
	    live != cello_is_production(&v->conf->cello) &&
	    finding_says(f, "customer %s is in Stripe's %s mode, but [cello]"
	    " environment is %s", v->customer.id, live ? "live" : "test",
	    v->conf->cello.environment);
}

static int
metadata_late(const struct evidence *v, struct finding *f)
{
	char told[CLOCK_TEXT], paid[CLOCK_TEXT];

	if (!is_read(v) || cello_purchases_by_api(&v->conf->cello) ||
	    v->customer.ucc[0] == '\0' || v->bought.paid == 0 ||
	    v->customer.told_at <= v->bought.first_paid_at)
		return 0;
	clock_text((time_t)v->customer.told_at, told);
	clock_text((time_t)v->bought.first_paid_at, paid);
	return finding_says(f,
	    "customer %s says so only since %s; invoice %s was paid on %s,"
	    " before that%s", v->customer.id, told,
	    v->bought.first_paid, paid,
	    v->now - v->bought.first_paid_at > ATTRIBUTE_DAYS * CLOCK_DAY_S ?
	    ", and is too old to be imported" : "");
}

/* --- what was bought --- */

static int
invoice_unread(const struct evidence *v, struct finding *f)
{
	return v->unread[0] != '\0' && finding_says(f, "%s could not be read at"
	    " Stripe: %s", v->unread, v->unread_why);
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
	    "invoice %s is of nothing: no share of it is anything",
	    b->zero);
}

static int
disputed(const struct evidence *v, struct finding *f)
{
	return v->disputed < 0 && finding_says(f,
	    "the bank took %lld of %lld back in a dispute, in minor"
	    " units", (long long)-v->disputed,
	    (long long)v->came);
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
	    "the last subscription ended on %s: nothing more will be"
	    " paid", ended);
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
	    " which are over",
	    v->referral.terms.months);
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
	    && finding_says(f, "whether Cello's endpoint at"
	    " Stripe gets all ten events, invoice.paid among them, and whether"
	    " Cello has its signing secret, for this mode");
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

/*
 * In the order in which it is to be looked at: whoever mends the first may not
 * need the rest.
 */
static const struct {
	const char	*cause;
	enum finding_kind kind;		/* the judge may say otherwise */
	const char	*field;
	int		(*judge)(const struct evidence *v, struct finding *f);
	const char	*fix;
} judges[] = {
	{ "not_referred", FINDING_WRONG, "referral.ucc", not_referred,
	    "if somebody did refer them: \"endpin cello attribute EMAIL UCC\""
	    " says so here and at Stripe; then " RESEND },
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
	{ "ucc_missing", FINDING_WRONG, "metadata.cello_ucc", ucc_missing,
	    "\"endpin cello attribute EMAIL UCC\" tells Stripe; then " RESEND },
	{ "ucc_malformed", FINDING_WRONG, "metadata.cello_ucc", ucc_malformed,
	    ATTRIBUTE },
	{ "ucc_differs", FINDING_WRONG, "metadata.cello_ucc", ucc_differs,
	    "find out who changed it at Stripe: Cello goes by what the customer"
	    " says" },
	{ "user_missing", FINDING_WRONG, "metadata.new_user_id", user_missing,
	    ATTRIBUTE },
	{ "user_differs", FINDING_WRONG, "metadata.new_user_id", user_differs,
	    ATTRIBUTE },
	{ "organization_differs", FINDING_WRONG,
	    "metadata.new_user_organization_id", organization_differs,
	    "\"endpin stripe adopt\" writes it; then " RESEND },
	{ "signup_untold", FINDING_WRONG, "new-signup", signup_untold,
	    "\"endpin cello attribute EMAIL UCC\" writes it down once more" },
	{ "fact_refused", FINDING_WRONG, "event", fact_refused,
	    "mend what Cello names, then \"endpin errands retry fact ID\"" },
	{ "fact_held", FINDING_WRONG, "event", fact_held,
	    "look into the Event Feed of Cello's portal, then \"endpin cello"
	    " resolve ID told\", or again" },
	{ "fact_waits", FINDING_WRONG, "event", fact_waits,
	    "\"endpin check\" says whether couriers run and Cello answers" },
	{ "fact_warned", FINDING_WARNING, "event", fact_warned,
	    "look into the Event Feed of Cello's portal" },
	{ "email_missing", FINDING_WARNING, "email", email_missing,
	    "set the address of the customer at Stripe" },
	{ "mode_differs", FINDING_WRONG, "livemode", mode_differs,
	    "let [cello] environment, the product secret and the key of Stripe"
	    " be of one environment" },
	{ "metadata_late", FINDING_WRONG, "metadata", metadata_late,
	    RESEND },
	{ "own_code", FINDING_WRONG, "referral.ucc", own_code,
	    "nothing: it brings no discount either" },
	{ "same_person", FINDING_WARNING, "email", same_person,
	    TWO_PEOPLE },
	{ "same_customer", FINDING_WARNING, "metadata.new_user_id",
	    same_customer,
	    "find out who wrote that at Stripe; " TWO_PEOPLE },
	{ "same_card", FINDING_WARNING, "card.fingerprint", same_card,
	    TWO_PEOPLE },
	{ "welcome_refused", FINDING_WARNING, "credit", welcome_refused,
	    "if they are to have it all the same: Invoice balance of their"
	    " customer, in Stripe's dashboard" },
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
	    "look for the referrer in Cello's portal" }
};

void
explain_judge(const struct evidence *v, struct finding ret[FINDINGS],
    size_t *ret_count)
{
	size_t i, n = 0;

	for (i = 0; i < NELEM(judges) && n < FINDINGS; i++) {
		struct finding *f = &ret[n];

		finding_begin(f, judges[i].kind, judges[i].cause,
		    judges[i].fix);
		f->field = judges[i].field;
		if (judges[i].judge(v, f))
			n++;
	}
	*ret_count = n;
}
