/* SPDX-License-Identifier: MIT */

/* Does Cello's component boot, in the pages of members? */

#include "base/clock.h"
#include "cello/script.h"

#include "app/config.h"
#include "app/doctor.h"

#include "app/doctor_judge.h"

#define MINUTE_S	60

/* So many log-ins without a page that asks for a token are no chance. */
#define MEMBERS		5

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
	return d->secret_odd && finding_says(f,
	    "what is in the file of product_secret_file begins as a secret of"
	    " Stripe's or of endpin's does, not as one of Cello's: each boot is"
	    " refused");
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

	return at != 0 && d->seen_at[SIGHT_TOKEN] <= at + MINUTE_S &&
	    doctor_is_quiet(d, f, at, "no member has come");
}

const struct doctor_rule doctor_component[] = {
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
	{ .cause = NULL }
};
