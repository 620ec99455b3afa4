/* SPDX-License-Identifier: MIT */

/* What the findings come to: a word for each part, and the next step. */

#include <stdio.h>

#include "base/clock.h"
#include "base/text.h"

#include "app/config.h"

#include "app/doctor.h"

#define AGO	(CLOCK_SPAN + 4)	/* " ago" */

const char *
doctor_status_name(enum doctor_status s)
{
	static const char *const names[] = {
		[DOCTOR_CONNECTED] = "connected",
		[DOCTOR_WARNINGS] = "connectedWithWarnings",
		[DOCTOR_NOT_CONNECTED] = "notConnected"
	};

	return names[s];
}

const char *
step_state_name(enum step_state s)
{
	static const char *const names[] = { [STEP_DONE] = "done",
	    [STEP_NEXT] = "next", [STEP_LATER] = "later" };

	return names[s];
}

/* --- the parts --- */

static enum doctor_status
status_of(const struct doctor_section *s, int seen)
{
	enum doctor_status status = seen ? DOCTOR_CONNECTED :
	    DOCTOR_NOT_CONNECTED;
	size_t i;

	for (i = 0; i < s->findings; i++)
		if (s->finding[i].kind == FINDING_WRONG)
			status = DOCTOR_NOT_CONNECTED;
		else if (s->finding[i].kind == FINDING_WARNING &&
		    status == DOCTOR_CONNECTED)
			status = DOCTOR_WARNINGS;
	return status;
}

static const char *
ago_or_never(const struct doctor_evidence *d, int64_t at, char ret[AGO])
{
	char span[CLOCK_SPAN];

	if (at == 0)
		return "never";
	(void)snprintf(ret, AGO, "%s ago", doctor_ago(d, at, span));
	return ret;
}

static void
say_component(const struct doctor_evidence *d, struct doctor_section *s)
{
	char token[AGO], boot[AGO];

	s->name = "component";
	/* Pages of others need not say that it has booted. */
	s->seen_at = d->seen_at[SIGHT_DONE];
	if (s->seen_at == 0 && !d->conf->server.pages)
		s->seen_at = d->seen_at[SIGHT_TOKEN];
	(void)snprintf(s->evidence, sizeof(s->evidence), "a token was given"
	    " out %s, the component booted in a browser %s", ago_or_never(d,
	    d->seen_at[SIGHT_TOKEN], token), ago_or_never(d,
	    d->seen_at[SIGHT_DONE], boot));
}

static void
say_attribution(const struct doctor_evidence *d, struct doctor_section *s)
{
	char last[AGO];

	s->name = "attribution";
	s->seen_at = d->referrals.last_at;
	(void)snprintf(s->evidence, sizeof(s->evidence), "%lld of %lld"
	    " accounts came by a referral link, %lld of them in %d days, the"
	    " last %s", (long long)d->referrals.all, (long long)d->accounts.all,
	    (long long)d->referrals.recent, TALLY_DAYS, ago_or_never(d,
	    d->referrals.last_at, last));
}

#define PORTAL " in Cello's portal, Integration Status; where it cannot be" \
	" changed, as in production, Cello's support does it"

static void
say_told(const struct doctor_evidence *d, struct doctor_section *s,
    const struct fact_news *n)
{
	char last[AGO];

	s->source = "api";
	s->seen_at = n->told_at;
	(void)snprintf(s->evidence, sizeof(s->evidence), "Cello's API (%s) was"
	    " told of %lld%s, the last %s; %lld wait",
	    d->conf->cello.events_api, (long long)n->told,
	    n->told < FACT_NEWS_TOLD ? "" : " and more",
	    ago_or_never(d, n->told_at, last), (long long)n->waiting);
}

static void
say_signups(const struct doctor_evidence *d, struct doctor_section *s)
{
	int wrong = 0;
	size_t i;

	s->name = "signups";
	if (cello_signups_by_api(&d->conf->cello)) {
		say_told(d, s, &d->news[CELLO_NEW_SIGNUP]);
		s->source_how = "set the signup source to Cello API" PORTAL;
		return;
	}
	s->seen_at = d->told_at;
	s->source = "stripe";
	s->source_how = "set the signup source to Stripe Webhook" PORTAL;
	for (i = 0; i < d->causes; i++)
		if (d->cause[i].part == DOCTOR_SIGNUPS &&
		    d->cause[i].finding.kind == FINDING_WRONG &&
		    d->cause[i].count > wrong)
			wrong = d->cause[i].count;
	(void)snprintf(s->evidence, sizeof(s->evidence), "of the last %d who"
	    " were referred, %d have a customer at Stripe whose metadata say"
	    " so", d->looked, d->looked - wrong);
}

static void
say_purchases(const struct doctor_evidence *d, struct doctor_section *s)
{
	char last[AGO], heard[AGO];

	s->name = "purchases";
	if (cello_purchases_by_api(&d->conf->cello)) {
		say_told(d, s, &d->news[CELLO_INVOICE_PAID]);
		s->source_how = "set the purchase source to Cello API" PORTAL;
		return;
	}
	s->seen_at = d->payments.last_at;
	s->source = "stripe";
	s->source_how = "set the purchase source to Stripe Webhook" PORTAL;
	(void)snprintf(s->evidence, sizeof(s->evidence), "%lld payments of"
	    " those who were referred are in the ledger, the last of %s; an"
	    " invoice.paid of anybody came %s", (long long)d->payments.all,
	    ago_or_never(d, d->payments.last_at, last), ago_or_never(d,
	    d->invoice_at, heard));
}

static void
say_environment(const struct doctor_evidence *d, struct doctor_section *s)
{
	char heard[AGO];

	s->name = "environment";
	s->seen_at = d->heard_at;
	(void)snprintf(s->evidence, sizeof(s->evidence), "Cello is %s, product"
	    " %s; Stripe's key is %s; the last event of Stripe's came %s%s",
	    d->conf->cello.environment, d->conf->cello.product_id,
	    d->has_key ? d->is_live ? "live" : "of test mode" :
	    d->reach == DOCTOR_ROWS ? "not known to the rows" : "not there",
	    ago_or_never(d, d->heard_at, heard), d->reach == DOCTOR_ALL ? "" :
	    "; nobody was asked (--offline)");
}

/* --- the steps --- */

static int
has_finding(const struct doctor_section *s, const char *cause)
{
	size_t i;

	for (i = 0; i < s->findings; i++)
		if (text_equal(s->finding[i].cause, cause))
			return 1;
	return 0;
}

static int
keys_done(const struct doctor_report *r)
{
	const struct doctor_evidence *d = &r->evidence;
	const struct doctor_section *s = &r->section[DOCTOR_ENVIRONMENT];

	return d->has_key && d->has_secret && !d->secret_odd &&
	    !has_finding(s, "real_money") && !has_finding(s, "other_hosts") &&
	    !has_finding(s, "clock") && !has_finding(s, "cello_clock");
}

static int
webhook_done(const struct doctor_report *r)
{
	return r->evidence.heard_at != 0 &&
	    !has_finding(&r->section[DOCTOR_ENVIRONMENT], "our_endpoint");
}

/* Offline nobody knows, but for what came of it. */
static int
cello_webhook_done(const struct doctor_report *r)
{
	const struct doctor_evidence *d = &r->evidence;

	return d->asked ? !has_finding(&r->section[DOCTOR_PURCHASES],
	    "cello_endpoint") : d->payments.all > 0;
}

static int
attribution_done(const struct doctor_report *r)
{
	return r->section[DOCTOR_ATTRIBUTION].status != DOCTOR_NOT_CONNECTED;
}

static int
component_done(const struct doctor_report *r)
{
	return r->section[DOCTOR_COMPONENT].status != DOCTOR_NOT_CONNECTED;
}

static int
signup_done(const struct doctor_report *r)
{
	return r->section[DOCTOR_SIGNUPS].status != DOCTOR_NOT_CONNECTED;
}

static int
purchase_done(const struct doctor_report *r)
{
	return r->section[DOCTOR_PURCHASES].status != DOCTOR_NOT_CONNECTED;
}

static int
launch_done(const struct doctor_report *r)
{
	return r->evidence.launched;	/* only a person knows */
}

static const struct {
	const char	*name;
	const char	*title;
	int		(*done)(const struct doctor_report *r);
	const char	*what;
} steps[DOCTOR_STEPS] = {
	{ "keys", "The keys of one environment", keys_done,
	    "put the product id and the product secret of Cello's portal,"
	    " Access Keys, into [cello], with the environment that they are of,"
	    " and a key of Stripe's of the same kind into [stripe]; test mode"
	    " goes with Cello's sandbox" },
	{ "webhook", "Stripe tells endpin", webhook_done,
	    "\"endpin stripe endpoint create\" makes the endpoint, whose first"
	    " event is this step; on a machine that the Internet cannot reach,"
	    " \"stripe listen\" brings events" },
	{ "cello_webhook", "Stripe tells Cello the ten events",
	    cello_webhook_done,
	    "\"endpin stripe endpoint create cello --url URL\", with the URL of"
	    " Cello's portal, Webhooks; then paste the secret that it prints"
	    " there" },
	{ "component", "Members see the Referral Component", component_done,
	    "log in and open the account page: the component shows your own"
	    " link; that it booted is noted here" },
	{ "attribution", "A link is remembered up to the signup",
	    attribution_done,
	    "open the pages with ?productId=test&ucc=test and see the cookie"
	    " cello-referral; then follow your own link in a private window and"
	    " sign up as somebody else" },
	{ "signup", "A signup is told", signup_done,
	    "wait a moment for the customer at Stripe of the one who signed up"
	    " by your link: \"endpin explain ADDRESS\" says what is missing" },
	{ "purchase", "A purchase is told", purchase_done,
	    "as that one, buy a plan; in test mode with the card 4242 4242 4242"
	    " 4242" },
	{ "launch", "Launch", launch_done,
	    "look at Cello's portal, Integration Status and Event Feed, for the"
	    " same; go through \"endpin doctor --checklist\", and have Cello"
	    " launch the program; then \"endpin doctor --tick launched\"" }
};

static void
take_steps(struct doctor_report *r)
{
	int open = 0;
	size_t i;

	for (i = 0; i < NELEM(steps); i++) {
		r->step[i].name = steps[i].name;
		r->step[i].title = steps[i].title;
		text_cut(steps[i].what, r->step[i].what,
		    sizeof(r->step[i].what));
		if (steps[i].done(r))
			r->step[i].state = STEP_DONE;
		else
			r->step[i].state = open++ == 0 ? STEP_NEXT : STEP_LATER;
	}
}

void
doctor_settle(struct doctor_report *r)
{
	const struct doctor_evidence *d = &r->evidence;
	size_t i;

	say_component(d, &r->section[DOCTOR_COMPONENT]);
	say_attribution(d, &r->section[DOCTOR_ATTRIBUTION]);
	say_signups(d, &r->section[DOCTOR_SIGNUPS]);
	say_purchases(d, &r->section[DOCTOR_PURCHASES]);
	say_environment(d, &r->section[DOCTOR_ENVIRONMENT]);
	for (i = 0; i < DOCTOR_PARTS; i++) {
		struct doctor_section *s = &r->section[i];

		s->status = status_of(s, i >= DOCTOR_COMPONENTS ||
		    s->seen_at != 0);
		r->connected += i < DOCTOR_COMPONENTS &&
		    s->status != DOCTOR_NOT_CONNECTED;
	}
	take_steps(r);
}
