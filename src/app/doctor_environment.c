/* SPDX-License-Identifier: MIT */

/* Is all of it of one environment, and does each hear of the other? */

#include "cello/script.h"

#include "app/config.h"
#include "app/doctor.h"

#include "app/doctor_judge.h"

static int
key_missing(const struct doctor_evidence *d, struct finding *f)
{
	return !d->has_key && d->reach != DOCTOR_ROWS && finding_says(f,
	    "the key for Stripe cannot be read");
}

static int
real_money(const struct doctor_evidence *d, struct finding *f)
{
	return d->conf->cello.enabled && d->has_key && d->is_live &&
	    !cello_is_production(&d->conf->cello) && finding_says(f,
	    "people pay real money at Stripe (live mode), and Cello is its"
	    " sandbox: nobody gets a reward for it");
}

static int
before_launch(const struct doctor_evidence *d, struct finding *f)
{
	return d->conf->cello.enabled && d->has_key && !d->is_live &&
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

	return d->conf->cello.enabled && ((api != -1 && api != here) ||
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

const struct doctor_rule doctor_environment[] = {
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
	    " \"endpin stripe endpoint check\" looks at it" },
	{ .cause = NULL }
};
