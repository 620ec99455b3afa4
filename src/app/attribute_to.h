/* SPDX-License-Identifier: MIT */
#ifndef APP_ATTRIBUTE_TO_H
#define APP_ATTRIBUTE_TO_H

/*
 * An operator says who referred an account, as Cello's guide to manual
 * attribution has it: it is written here, and the customer at Stripe is told.
 * What was paid before that Cello has to be told again, by hand.
 */

#include <stddef.h>
#include <stdint.h>

#include "app/adopt.h"
#include "base/err.h"
#include "cello/ucc.h"
#include "stripe/kind.h"

struct app;

enum attributed {
	ATTRIBUTED,		/* now, or before */
	ATTRIBUTED_BY_API,	/* which Cello hears all of it by */
	ATTRIBUTED_HERE,	/* there is no customer to be told yet */
	ATTRIBUTE_NOBODY,	/* there is no such account */
	ATTRIBUTE_OTHERWISE,	/* `ucc` referred it */
	ATTRIBUTE_NOT_TOLD	/* `adoption` says why */
};

/* Cello takes what was paid so lately. */
#define ATTRIBUTE_DAYS	30

struct attribution_told {
	enum attributed	 how;
	char		 account[TEXT_UUID];
	char		 ucc[UCC];
	struct adoption	 adoption;
};

/* ERR_LATER: Stripe or the database could not be asked; run it again. */
MUST_USE enum err attribute_to(struct app *a, const char *email,
    const char *ucc, struct attribution_told *ret_told);

/* What was paid in time to be told again: an event of each, newest first. */
typedef void attribute_each(const char *event_id, const char *invoice_id,
    void *arg);
MUST_USE enum err attribute_events(struct app *a, const char *account_id,
    attribute_each *each, void *arg);

#endif /* !APP_ATTRIBUTE_TO_H */
