/* SPDX-License-Identifier: MIT */

/* What Cello hears of the signup: by the customer at Stripe, or by its API. */

#include "base/clock.h"
#include "base/text.h"
#include "cello/ucc.h"

#include "app/attribute_to.h"
#include "app/config.h"
#include "app/explain.h"

#include "app/explain_judge.h"

#define ATTRIBUTE "set cello_ucc and new_user_id in the metadata of their" \
	" customer at Stripe, then " EXPLAIN_RESEND

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
	    finding_says(f,
	    "customer %s has no cello_ucc in its metadata; the account's is %s",
	    v->customer.id, v->referral.ucc);
}

static int
ucc_malformed(const struct evidence *v, struct finding *f)
{
	return is_read(v) && v->customer.ucc[0] != '\0' &&
	    !ucc_ok(v->customer.ucc) && finding_says(f,
	    "the cello_ucc of customer %s is \"%s\", which is not a code of 11"
	    " letters and digits: Cello's Event Feed calls it Invalid",
	    v->customer.id, v->customer.ucc);
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
	    "nobody knows whether Cello has %s: %s", v->untold.id,
	    v->untold.last_error);
}

static int
fact_waits(const struct evidence *v, struct finding *f)
{
	if (!text_equal(v->untold.state, "waiting") &&
	    !text_equal(v->untold.state, "parked"))
		return 0;
	if (v->now - v->untold.written_at < EXPLAIN_SOON_S)
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
	    "Cello has taken %s and had a word about it: %s", v->warned.id,
	    v->warned.warnings);
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

const struct explain_rule explain_told[] = {
	{ "ucc_missing", FINDING_WRONG, "metadata.cello_ucc", ucc_missing,
	    "\"endpin cello attribute EMAIL UCC\" tells Stripe; then "
	    EXPLAIN_RESEND },
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
	    "\"endpin stripe adopt\" writes it; then " EXPLAIN_RESEND },
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
	    EXPLAIN_RESEND },
	{ .cause = NULL }
};
