/* SPDX-License-Identifier: MIT */
#ifndef STRIPE_EVENT_H
#define STRIPE_EVENT_H

/*
 * A Stripe event says that an object may have changed, and that is all it is
 * believed for.  https://docs.stripe.com/api/events/object
 */

#include <stddef.h>

#include "base/err.h"
#include "stripe/kind.h"

struct event {
	char	 id[STRIPE_ID];
	char	 type[STRIPE_ID];
	char	 api_version[64];
	char	 object_kind[64];	/* data.object.object; "" if none */
	char	 object_id[STRIPE_ID];	/* data.object.id; "" if none */
	char	 created[24];		/* seconds, digits */
	int	 livemode;
};

/*
 * Read the few members that count, without a tree.  ERR_INPUT: not a snapshot
 * event (a thin one, another object, or not JSON); logged.
 */
MUST_USE enum err event_read(const char *body, size_t len,
    struct event *ret_event);

#endif /* !STRIPE_EVENT_H */
