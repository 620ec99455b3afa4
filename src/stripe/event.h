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
	const char *odd;		/* what is wrong with it; NULL: nothing */
};

/*
 * Read the few members that count out of a body whose signature was good; the
 * rest of it may be anything.  A thin event (v2.core.event) names its object
 * elsewhere and is as good.  Without a usable id the event's is made of the
 * body's digest, so that the same body is still the same event.
 */
void event_read(const char *body, size_t len, struct event *ret_event);

/* Does it name an object that is followed here? */
int event_followed(const struct event *e);

#endif /* !STRIPE_EVENT_H */
