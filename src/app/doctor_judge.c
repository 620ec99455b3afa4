/* SPDX-License-Identifier: MIT */

#include <stdio.h>

#include "base/clock.h"
#include "cello/script.h"

#include "app/config.h"

#include "app/doctor.h"

#define MINUTE_S	60
#define LATE_S		900	/* of what is told at once */

/* So many in a row, the newest, are how it is now. */
#define RUN		3

/* So many log-ins without a page that asks for a token are no chance. */
#define MEMBERS		5

/*
 * Had it gone on as before, so many would have come by now: that none has is
 * one chance in 150 (Poisson).  What is only rare is never called broken.
 */
#define EXPECTED	5

/* `seen` came of `of`, and then none of `since` more. */
static int
is_silent(int64_t seen, int64_t of, int64_t since)
{
	return of > 0 && seen * since >= EXPECTED * of;
}

/* --- the component --- */

static int
is_on(const struct doctor_evidence *d)
{
	return d->conf->cello.enabled;
}

static int
cello_off(const struct doctor_evidence *d, struct finding *f)
{
	return !is_on(d) && finding_says(f,
	    "enabled of [cello] is no: no page gets a token");
}

static int
secret_missing(const struct doctor_evidence *d, struct finding *f)
{
	return is_on(d) && !d->has_secret && finding_says(f,
	    "the product secret cannot be read: nobody gets a token");
}

static int
secret_swapped(const struct doctor_evidence *d, struct finding *f)
{
	return d->secret_odd && finding_says(f, "what is in the file of"
	    " product_secret_file begins as a secret of Stripe's or of"
	    " endpin's does, not as one of Cello's: each boot is refused");
}

/* The failure of after the last good boot; SIGHTS: there is none. */
static enum boot_sight
failure(const struct doctor_evidence *d)
{
	enum boot_sight s, last = SIGHTS;
	int64_t at = d->seen_at[SIGHT_DONE];

	for (s = SIGHT_TENANT; s < SIGHTS; s++)
		if (d->seen_at[s] > at) {
			at = d->seen_at[s];
			last = s;
		}
	return last;
}

static const char *const failures[SIGHTS] = {
	[SIGHT_TENANT] = "Cello's script, the product id and the product secret"
	    " are not of one environment (Error 1200: Invalid Tenant)",
	[SIGHT_JWT] = "Cello refuses the token: the product secret is not (any"
	    " more) the one of this product and environment, or this machine's"
	    " clock is off (Error 1100: Invalid JWT token)",
	[SIGHT_UNAUTHORIZED] = "Cello refuses the token (401): the product"
	    " secret was rolled or is of another product, the product id is"
	    " wrong, or this machine's clock is off",
	[SIGHT_INSECURE] = "the page loads cello.js by http:// and not by"
	    " https://",
	[SIGHT_BLOCKED] = "cello.js did not load in a browser",
	[SIGHT_SLOW] = "Cello did not answer a browser in 12 seconds",
	[SIGHT_OTHER] = "it did not boot, with a message that is in no table"
};

static int
boot_refused(const struct doctor_evidence *d, struct finding *f)
{
	const enum boot_sight s = failure(d);
	char span[CLOCK_SPAN];

	if (s == SIGHTS || s == SIGHT_BLOCKED || s == SIGHT_SLOW)
		return 0;
	f->cause = boot_name(s);
	return finding_says(f,
	    "%s; %s ago, and it has not booted since", failures[s],
	    doctor_ago(d, d->seen_at[s], span));
}

/* Somebody's content blocker, until it is everybody's. */
static int
boot_blocked(const struct doctor_evidence *d, struct finding *f)
{
	const enum boot_sight s = failure(d);
	char span[CLOCK_SPAN];

	if (s != SIGHT_BLOCKED && s != SIGHT_SLOW)
		return 0;
	f->cause = boot_name(s);
	return finding_says(f,
	    "%s, %s ago, and none has booted it since", failures[s],
	    doctor_ago(d, d->seen_at[s], span));
}

/* The token of a minute ago may be of a page that still loads. */
static int
never_booted(const struct doctor_evidence *d, struct finding *f)
{
	const int64_t token = d->seen_at[SIGHT_TOKEN];
	char span[CLOCK_SPAN];

	return token != 0 && d->now - token > MINUTE_S &&
	    failure(d) == SIGHTS &&
	    token - d->seen_at[SIGHT_DONE] > doctor_window_s(d->conf) &&
	    finding_says(f,
	    "a page got a token %s ago, and no page has said%s that the"
	    " component booted", doctor_ago(d, token, span),
	    d->seen_at[SIGHT_DONE] == 0 ? "" : " for long");
}

static int
no_token(const struct doctor_evidence *d, struct finding *f)
{
	if (!is_on(d) || d->seen_at[SIGHT_TOKEN] != 0 || d->accounts.all == 0)
		return 0;
	/* Or the operator has few of them refer anybody. */
	if (d->accounts.all < MEMBERS || d->conf->referral.hide_from_referred ||
	    d->conf->referral.min_account_days > 0)
		f->kind = FINDING_WAIT;
	return finding_says(f,
	    "%lld people have an account, and no page of theirs has asked for a"
	    " token", (long long)d->accounts.all);
}

static int
no_member(const struct doctor_evidence *d, struct finding *f)
{
	return is_on(d) && d->accounts.all == 0 &&
	    d->seen_at[SIGHT_TOKEN] == 0 && finding_says(f,
	    "nobody has an account yet, so nobody has seen the component");
}

static int
component_quiet(const struct doctor_evidence *d, struct finding *f)
{
	const int64_t at = d->seen_at[SIGHT_DONE];
	char span[CLOCK_SPAN];

	return at != 0 && d->now - at > doctor_window_s(d->conf) &&
	    d->seen_at[SIGHT_TOKEN] <= at + MINUTE_S && finding_says(f,
	    "no member has come for %s: it is quiet, not"
	    " broken", doctor_ago(d, at, span));
}

/* --- attribution --- */

static int
codes_stopped(const struct doctor_evidence *d, struct finding *f)
{
	char span[CLOCK_SPAN];

	return is_silent(d->referrals.all, d->accounts.all - d->after_referral,
	    d->after_referral) && finding_says(f,
	    "%lld of %lld accounts came by a link, and of the %lld since then,"
	    " for %s, none", (long long)
	    d->referrals.all, (long long)(d->accounts.all -
	    d->after_referral), (long long)d->after_referral,
	    doctor_ago(d, d->referrals.last_at, span));
}

static int
no_code(const struct doctor_evidence *d, struct finding *f)
{
	return d->referrals.all == 0 && finding_says(f,
	    "%lld people have signed up, and none has come by a link so"
	    " far", (long long)d->accounts.all);
}

static int
attribution_quiet(const struct doctor_evidence *d, struct finding *f)
{
	char span[CLOCK_SPAN];

	return d->referrals.all > 0 && d->now - d->referrals.last_at >
	    doctor_window_s(d->conf) && finding_says(f,
	    "nobody has come by a link for %s: it is quiet, not"
	    " broken", doctor_ago(d, d->referrals.last_at,
	    span));
}

/* --- signups --- */

static int
no_referred(const struct doctor_evidence *d, struct finding *f)
{
	return d->looked == 0 && finding_says(f,
	    "nobody who was referred has signed up yet");
}

static int
signups_quiet(const struct doctor_evidence *d, struct finding *f)
{
	char span[CLOCK_SPAN];

	return d->told_at != 0 && d->now - d->referrals.last_at >
	    doctor_window_s(d->conf) && finding_says(f,
	    "nobody who was referred has signed up for %s: it is quiet, not"
	    " broken", doctor_ago(d,
	    d->referrals.last_at, span));
}

/* --- what goes by the API --- */

static int
say_dead(const struct fact_news *n, struct finding *f)
{
	return n->dead > 0 && finding_says(f, "%lld were given up: %s",
	    (long long)n->dead, n->why);
}

static int
say_held(const struct fact_news *n, struct finding *f)
{
	return n->held > 0 && finding_says(f,
	    "whether Cello has been told of %lld is not known, and what comes"
	    " after them waits",
	    (long long)n->held);
}

static int
say_late(const struct fact_news *n, struct finding *f)
{
	char span[CLOCK_SPAN];

	return n->waiting > 0 && n->waits_s > LATE_S && finding_says(f,
	    "%lld wait to be told, the oldest for %s", (long long)n->waiting,
	    clock_span(n->waits_s, span));
}

static int
signups_dead(const struct doctor_evidence *d, struct finding *f)
{
	return say_dead(&d->news[CELLO_NEW_SIGNUP], f);
}

static int
signups_held(const struct doctor_evidence *d, struct finding *f)
{
	return say_held(&d->news[CELLO_NEW_SIGNUP], f);
}

static int
signups_late(const struct doctor_evidence *d, struct finding *f)
{
	return say_late(&d->news[CELLO_NEW_SIGNUP], f);
}

static int
purchases_dead(const struct doctor_evidence *d, struct finding *f)
{
	return say_dead(&d->news[CELLO_INVOICE_PAID], f) ||
	    say_dead(&d->news[CELLO_CHARGE_REFUNDED], f);
}

static int
purchases_held(const struct doctor_evidence *d, struct finding *f)
{
	return say_held(&d->news[CELLO_INVOICE_PAID], f) ||
	    say_held(&d->news[CELLO_CHARGE_REFUNDED], f);
}

static int
purchases_late(const struct doctor_evidence *d, struct finding *f)
{
	return say_late(&d->news[CELLO_INVOICE_PAID], f) ||
	    say_late(&d->news[CELLO_CHARGE_REFUNDED], f);
}

/* --- purchases --- */

static int
no_purchase(const struct doctor_evidence *d, struct finding *f)
{
	return d->payments.all == 0 && finding_says(f,
	    "nobody who was referred has paid yet");
}

static int
events_untaken(const struct doctor_evidence *d, struct finding *f)
{
	char span[CLOCK_SPAN];

	if (d->untaken == 0)
		return 0;
	if (d->untaken < RUN)
		f->kind = FINDING_WARNING;
	return finding_says(f,
	    "of the last %d events of signups and payments that endpin has,"
	    " another endpoint at Stripe has not taken the last %d, for %s:"
	    " Cello refuses them or cannot be reached", d->took,
	    d->untaken, doctor_ago(d, d->untaken_since, span));
}

static int
payments_stopped(const struct doctor_evidence *d, struct finding *f)
{
	char span[CLOCK_SPAN];

	return is_silent(d->payments.recent, TALLY_DAYS * CLOCK_DAY_S,
	    d->now - d->payments.last_at) && finding_says(f,
	    "%lld payments came in %d days, and none for"
	    " %s", (long long)d->payments.recent,
	    TALLY_DAYS, doctor_ago(d, d->payments.last_at, span));
}

static int
purchases_quiet(const struct doctor_evidence *d, struct finding *f)
{
	char span[CLOCK_SPAN];

	return d->payments.all > 0 && d->now - d->payments.last_at >
	    doctor_window_s(d->conf) && finding_says(f,
	    "nobody who was referred has paid for %s: it is quiet, not"
	    " broken", doctor_ago(d,
	    d->payments.last_at, span));
}

/* --- the environment --- */

static int
key_missing(const struct doctor_evidence *d, struct finding *f)
{
	return !d->has_key && d->reach != DOCTOR_ROWS && finding_says(f,
	    "the key for Stripe cannot be read");
}

static int
real_money(const struct doctor_evidence *d, struct finding *f)
{
	return is_on(d) && d->has_key && d->is_live &&
	    !cello_is_production(&d->conf->cello) && finding_says(f,
	    "people pay real money at Stripe (live mode), and Cello is its"
	    " sandbox: nobody gets a reward for it");
}

static int
before_launch(const struct doctor_evidence *d, struct finding *f)
{
	return is_on(d) && d->has_key && !d->is_live &&
	    cello_is_production(&d->conf->cello) &&
	    finding_says(f,
	    "Cello is production and Stripe is in test mode: right before the"
	    " launch, wrong after it");
}

static int
api_refused(const struct doctor_evidence *d, struct finding *f)
{
	return d->has_api && (d->api == ERR_INTERNAL || d->api == ERR_DENIED)
	    && finding_says(f,
	    "Cello's API refuses the access keys, or they cannot be read:"
	    " nothing can be told by it or asked");
}

static int
api_away(const struct doctor_evidence *d, struct finding *f)
{
	return d->has_api && d->api == ERR_LATER && finding_says(f,
	    "Cello's API did not answer: what is to be told waits");
}

static int
other_hosts(const struct doctor_evidence *d, struct finding *f)
{
	const struct cello_config *c = &d->conf->cello;
	const int api = script_is_sandbox(c->api_base);
	const int assets = script_is_sandbox(c->assets_base);
	const int here = !cello_is_production(c);

	return is_on(d) && ((api != -1 && api != here) ||
	    (assets != -1 && assets != here)) && finding_says(f,
	    "environment of [cello] is %s, and api_base is %s, assets_base %s",
	    c->environment, c->api_base, c->assets_base);
}

static int
no_events(const struct doctor_evidence *d, struct finding *f)
{
	return d->told_at != 0 && d->heard_at == 0 && finding_says(f,
	    "customers are made at Stripe, and no event of Stripe's has ever"
	    " come");
}

#define DEAD	"\"endpin errands --state dead\" lists them; mend what Cello" \
	" refuses, then \"endpin errands retry --all\""
#define HELD	"\"endpin cello held\" lists them: look for each in the event" \
	" feed of Cello's portal, then \"endpin cello resolve\""
#define LATE	"\"endpin check\" says whether couriers run, and what the" \
	" last error was"

/* In the order in which it is to be looked at. */
static const struct {
	enum doctor_part	 part;
	const char		*cause;
	enum finding_kind	 kind;	/* the judge may say otherwise */
	int			(*judge)(const struct doctor_evidence *d,
				    struct finding *f);
	const char		*fix;
} judges[] = {
	{ DOCTOR_COMPONENT, "cello_off", FINDING_WRONG, cello_off,
	    "set enabled of [cello] to yes, with product_id and"
	    " product_secret_file from Cello's portal, Access Keys" },
	{ DOCTOR_COMPONENT, "secret_missing", FINDING_WRONG, secret_missing,
	    "\"endpin check\" says why" },
	{ DOCTOR_COMPONENT, "secret_swapped", FINDING_WRONG, secret_swapped,
	    "put the product secret there, from Cello's portal, Access Keys;"
	    " then \"systemctl reload endpind\"" },
	{ DOCTOR_COMPONENT, "boot_failed", FINDING_WRONG, boot_refused,
	    "compare product_id, product_secret_file and environment of [cello]"
	    " with Cello's portal, Access Keys, of that environment; then"
	    " \"systemctl reload endpind\", and load the account page again" },
	{ DOCTOR_COMPONENT, "script_blocked", FINDING_WARNING, boot_blocked,
	    "open the account page without a content blocker and look at the"
	    " browser's console: a policy (CSP) of yours must allow *.cello.so"
	    " in script-src, connect-src, img-src, style-src, font-src and"
	    " frame-src" },
	{ DOCTOR_COMPONENT, "never_booted", FINDING_WARNING, never_booted,
	    "open the account page and look at the browser's console; pages of"
	    " your own POST api/cello/boot after cello.boot(), as doc/pages.md"
	    " says" },
	{ DOCTOR_COMPONENT, "no_token", FINDING_WRONG, no_token,
	    "have the pages for members ask GET api/cello/token and boot the"
	    " component, as doc/pages.md says; or log in and open the account"
	    " page once" },
	{ DOCTOR_COMPONENT, "no_member", FINDING_WAIT, no_member,
	    "sign up and open the account page" },
	{ DOCTOR_COMPONENT, "quiet", FINDING_WAIT, component_quiet,
	    "nothing" },

	{ DOCTOR_ATTRIBUTION, "codes_stopped", FINDING_WARNING, codes_stopped,
	    "follow a referral link in a private window up to the signup: does"
	    " the address there still have its ucc, or the browser the cookie"
	    " cello-referral?  A new landing page or another host between loses"
	    " it, unless it passes on productId, ucc and celloN" },
	{ DOCTOR_ATTRIBUTION, "no_code", FINDING_WAIT, no_code,
	    "follow a referral link of your own in a private window and sign"
	    " up as somebody else" },
	{ DOCTOR_ATTRIBUTION, "quiet", FINDING_WAIT, attribution_quiet,
	    "nothing" },

	{ DOCTOR_SIGNUPS, "no_referred", FINDING_WAIT, no_referred,
	    "follow a referral link of your own in a private window and sign"
	    " up as somebody else" },
	{ DOCTOR_SIGNUPS, "facts_dead", FINDING_WRONG, signups_dead, DEAD },
	{ DOCTOR_SIGNUPS, "facts_held", FINDING_WARNING, signups_held, HELD },
	{ DOCTOR_SIGNUPS, "facts_late", FINDING_WARNING, signups_late, LATE },
	{ DOCTOR_SIGNUPS, "quiet", FINDING_WAIT, signups_quiet, "nothing" },

	{ DOCTOR_PURCHASES, "events_untaken", FINDING_WRONG, events_untaken,
	    "paste the signing secret (whsec_...) of Cello's endpoint, of this"
	    " mode, into Cello's portal, Webhooks; Stripe's dashboard,"
	    " Webhooks, shows what it answers; then resend the events that"
	    " failed" },
	{ DOCTOR_PURCHASES, "facts_dead", FINDING_WRONG, purchases_dead,
	    DEAD },
	{ DOCTOR_PURCHASES, "facts_held", FINDING_WARNING, purchases_held,
	    HELD },
	{ DOCTOR_PURCHASES, "facts_late", FINDING_WARNING, purchases_late,
	    LATE },
	{ DOCTOR_PURCHASES, "payments_stopped", FINDING_WARNING,
	    payments_stopped, "\"endpin ledger check\" finds what was paid and"
	    " is not here; did a campaign end, or a price change?" },
	{ DOCTOR_PURCHASES, "no_purchase", FINDING_WAIT, no_purchase,
	    "as the one who signed up by your link, buy a plan; in test mode"
	    " with the card 4242 4242 4242 4242" },
	{ DOCTOR_PURCHASES, "quiet", FINDING_WAIT, purchases_quiet,
	    "nothing" },

	{ DOCTOR_ENVIRONMENT, "key_missing", FINDING_WRONG, key_missing,
	    "\"endpin check\" says why" },
	{ DOCTOR_ENVIRONMENT, "api_refused", FINDING_WRONG, api_refused,
	    "access_key_id and secret_access_key_file of [cello] are a pair of"
	    " Cello's portal, Access Keys, another one than the product id and"
	    " its secret, and of the same environment" },
	{ DOCTOR_ENVIRONMENT, "api_away", FINDING_WARNING, api_away,
	    "run this again; look at api_base of [cello] and the network" },
	{ DOCTOR_ENVIRONMENT, "real_money", FINDING_WRONG, real_money,
	    "set environment, product_id and product_secret_file of [cello] to"
	    " those of production; or Stripe's key to one of test mode" },
	{ DOCTOR_ENVIRONMENT, "before_launch", FINDING_WAIT, before_launch,
	    "with the launch, set Stripe's key to the live one, and make both"
	    " webhook endpoints in live mode" },
	{ DOCTOR_ENVIRONMENT, "other_hosts", FINDING_WRONG, other_hosts,
	    "leave out api_base and assets_base: they follow environment" },
	{ DOCTOR_ENVIRONMENT, "no_events", FINDING_WRONG, no_events,
	    "\"endpin stripe endpoint create\" makes the endpoint, and"
	    " \"endpin stripe endpoint check\" looks at it" }
};

/* What was found of single people, if it is more than theirs. */
static void
judge_causes(struct doctor_report *r)
{
	const struct doctor_evidence *d = &r->evidence;
	const int run = d->looked < RUN ? d->looked : RUN;
	struct finding f;
	size_t i;

	for (i = 0; i < d->causes; i++) {
		const struct doctor_cause *c = &d->cause[i];

		finding_begin(&f, c->finding.kind == FINDING_WRONG &&
		    c->run >= run ? FINDING_WRONG : FINDING_WARNING,
		    c->finding.cause, "");
		(void)finding_says(&f,
		    "%d of the last %d who were referred, account"
		    " %s among them: %s", c->count, d->looked, c->account,
		    c->finding.says);
		(void)snprintf(f.fix, sizeof(f.fix), "%s; \"endpin explain"
		    " %s\" says more", c->finding.fix, c->account);
		/* Then customers are looked at for what they buy. */
		doctor_add(r, c->part == DOCTOR_SIGNUPS &&
		    cello_signups_by_api(&d->conf->cello) ? DOCTOR_PURCHASES :
		    c->part, &f);
	}
}

void
doctor_judge(struct doctor_report *r)
{
	struct finding f;
	size_t i;

	judge_causes(r);
	for (i = 0; i < NELEM(judges); i++) {
		finding_begin(&f, judges[i].kind, judges[i].cause,
		    judges[i].fix);
		if (judges[i].judge(&r->evidence, &f))
			doctor_add(r, judges[i].part, &f);
	}
}
