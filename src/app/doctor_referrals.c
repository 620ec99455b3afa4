/* SPDX-License-Identifier: MIT */

/* Do people come by links, and does Cello hear of them and of what they pay? */

#include "base/clock.h"

#include "app/config.h"
#include "app/doctor.h"

#include "app/doctor_judge.h"

#define LATE_S		900	/* of what is told at once */

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

/* --- attribution --- */

static int
codes_stopped(const struct doctor_evidence *d, struct finding *f)
{
	char span[CLOCK_SPAN];

	return is_silent(d->referrals.all, d->accounts.all - d->after_referral,
	    d->after_referral) && finding_says(f,
	    "%lld of %lld accounts came by a link, and of the %lld since then,"
	    " for %s, none", (long long)d->referrals.all,
	    (long long)(d->accounts.all - d->after_referral),
	    (long long)d->after_referral, doctor_ago(d, d->referrals.last_at,
	    span));
}

static int
no_code(const struct doctor_evidence *d, struct finding *f)
{
	return d->referrals.all == 0 && finding_says(f,
	    "%lld people have signed up, and none has come by a link so far",
	    (long long)d->accounts.all);
}

static int
attribution_quiet(const struct doctor_evidence *d, struct finding *f)
{
	return d->referrals.all > 0 && doctor_is_quiet(d, f,
	    d->referrals.last_at, "nobody has come by a link");
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
	return d->told_at != 0 && doctor_is_quiet(d, f,
	    d->referrals.last_at, "nobody who was referred has signed up");
}

/* --- what goes by the API --- */

static int
say_dead(const struct fact_news *n, struct finding *f)
{
	return n->dead > 0 && finding_says(f,
	    "%lld were given up: %s", (long long)n->dead, n->why);
}

static int
say_held(const struct fact_news *n, struct finding *f)
{
	return n->held > 0 && finding_says(f,
	    "whether Cello has been told of %lld is not known, and what comes"
	    " after them waits", (long long)n->held);
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
	if (d->untaken < DOCTOR_RUN)
		f->kind = FINDING_WARNING;
	return finding_says(f,
	    "of the last %d events of signups and payments that endpin has,"
	    " another endpoint at Stripe has not taken the last %d, for %s:"
	    " Cello refuses them or cannot be reached", d->took, d->untaken,
	    doctor_ago(d, d->untaken_since, span));
}

static int
payments_stopped(const struct doctor_evidence *d, struct finding *f)
{
	char span[CLOCK_SPAN];

	return is_silent(d->payments.recent, TALLY_DAYS * CLOCK_DAY_S,
	    d->now - d->payments.last_at) && finding_says(f,
	    "%lld payments came in %d days, and none for %s",
	    (long long)d->payments.recent, TALLY_DAYS, doctor_ago(d,
	    d->payments.last_at, span));
}

static int
purchases_quiet(const struct doctor_evidence *d, struct finding *f)
{
	return d->payments.all > 0 && doctor_is_quiet(d, f,
	    d->payments.last_at, "nobody who was referred has paid");
}

#define DEAD	"\"endpin errands --state dead\" lists them; mend what Cello" \
	" refuses, then \"endpin errands retry --all\""
#define HELD	"\"endpin cello held\" lists them: look for each in the event" \
	" feed of Cello's portal, then \"endpin cello resolve\""
#define LATE	"\"endpin check\" says whether couriers run, and what the" \
	" last error was"

const struct doctor_rule doctor_referrals[] = {
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
	{ .cause = NULL }
};
