/* SPDX-License-Identifier: MIT */

/* What the key is allowed: a person would be the first to see what it is not. */

#include "app/app.h"
#include "app/config.h"
#include "app/doubt.h"
#include "base/random.h"
#include "base/text.h"
#include "stripe/client.h"
#include "stripe/kind.h"

#include "app/check_stripe.h"

#define NOT_ALLOWED	403

/*
 * Stripe asks whether a key may do something before it looks at what it is to
 * do, so a form that is never one says which of the two: 400 or 403.
 */
#define NO_FORM		"endpin_check=1"

static const struct permission {
	const char	*what;
	const char	*path;
	int		 writes;
	const char	*why;
} permissions[] = {
	{ "write customers", STRIPE_PATH_CUSTOMERS, 1,
	    "nobody gets a customer, so nobody can buy" },
	{ "write Checkout sessions", STRIPE_PATH_SESSIONS, 1,
	    "nobody can buy" },
	{ "write customer portal sessions", STRIPE_PATH_PORTAL, 1,
	    "nobody gets to the billing portal" },
	{ "write subscriptions", "/v1/subscriptions", 1,
	    "nobody can change or cancel a plan here" },
	{ "write refunds", STRIPE_PATH_REFUNDS, 1,
	    "who has paid twice is not paid back" },
	{ "write subscription schedules", STRIPE_PATH_SCHEDULES, 1,
	    "nobody can change to a smaller plan here" },
	{ "preview invoices", STRIPE_PATH_PREVIEW, 1,
	    "nobody is told what a change of plan costs" },
	{ "read subscriptions", "/v1/subscriptions?limit=1", 0,
	    "nobody who pays is let in" },
	{ "read invoices", "/v1/invoices?limit=1", 0,
	    "invoices and what was paid on them are not known" },
	{ "read disputes", "/v1/disputes?limit=1", 0,
	    "what a bank takes back is missing in the ledger" },
	{ "read credit notes", "/v1/credit_notes?limit=1", 0,
	    "what is credited is missing in the ledger" },
	{ "read customers", STRIPE_PATH_CUSTOMERS "?limit=1", 0,
	    "nobody knows whose a subscription is" },
	{ "read Checkout sessions", STRIPE_PATH_SESSIONS "?limit=1", 0,
	    "who has just paid waits for the event" }
};

/* Only where cards are compared. */
static const struct permission of_cards = {
	"read payment methods", STRIPE_PATH_METHODS "?limit=1", 0,
	"nobody knows that who refers and who comes pay with one card"
};

/* ERR_LATER: Stripe is away; whoever asks next says so. */
static enum err
judge_permission(struct asking *q, const struct permission *p)
{
	struct stripe_reply r;
	char key[TEXT_UUID];
	enum err e;

	if (p->writes) {
		random_uuid(key);
		e = stripe_post(q->stripe, p->path, NO_FORM, key, &r);
	} else
		e = stripe_get(q->stripe, p->path, &r);
	if (r.status == NOT_ALLOWED)
		wrong(q, p->why, "give it this permission in the dashboard,"
		    " under Developers, API keys; README, step 3, lists all",
		    "the key may not %s", p->what);
	stripe_reply_done(&r);
	return e == ERR_LATER ? e : ERR_OK;
}

/* A key that is not restricted is allowed everything. */
void
check_permissions(struct asking *q, const struct config *conf)
{
	const int was = q->c->wrong;
	size_t i;

	if (!stripe_is_restricted(q->stripe))
		return;
	for (i = 0; i < NELEM(permissions); i++)
		if (judge_permission(q, &permissions[i]) != ERR_OK)
			return;
	if (doubt_compares_cards(conf) &&
	    judge_permission(q, &of_cards) != ERR_OK)
		return;
	if (q->c->wrong == was)
		well(q, "the key may do what is needed");
}
