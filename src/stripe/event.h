/* SPDX-License-Identifier: MIT */
#ifndef STRIPE_EVENT_H
#define STRIPE_EVENT_H

/*
 * A Stripe event says that an object may have changed, and that is all it is
 * believed for.  https://docs.stripe.com/api/events/object
 *
 * What is signed is Stripe's whatever it looks like: an event that is refused
 * comes again for days, and then Stripe disables the endpoint and every other
 * event is lost with it.  So nothing here refuses.
 */

#include <stddef.h>

#include "stripe/kind.h"

struct event {
	char	 id[STRIPE_ID];		/* never "" */
	char	 type[STRIPE_ID];	/* "": it has none that is usable */
	char	 api_version[64];
	char	 object_kind[64];	/* data.object.object; "" if none */
	char	 object_id[STRIPE_ID];	/* data.object.id; "" if none */
	char	 created[24];		/* whole seconds, digits; "" if none */
	int	 livemode;		/* -1: it does not say */
	char	 account[STRIPE_ID];	/* a connected one; "": it names none */
	int	 is_thin;
	int	 is_foreign;		/* said by who knows whose we are */
	const char *odd;		/* what is wrong with it; NULL: nothing */
};

/*
 * Read the few members that count out of a body whose signature was good; the
 * rest of it may be anything.  A thin event (v2.core.event) names its object
 * elsewhere and is as good; if it is the twin of a snapshot it has the
 * snapshot's id, for the two are one event.  That Stripe did not generate an
 * event is told by one that names no object: then it is its own object, and
 * whoever reads it learns what it is about (docs.stripe.com/webhooks/
 * handle-irrecoverable-events).  Without a usable id the event's is made of the
 * body's digest, so that the same body is still the same event.
 */
void event_read(const char *body, size_t len, struct event *ret_event);

/* Does it name an object of ours that is followed here? */
int event_followed(const struct event *e);

#endif /* !STRIPE_EVENT_H */
