/* SPDX-License-Identifier: MIT */
#ifndef BILLING_EVENT_H
#define BILLING_EVENT_H

/*
 * A Stripe event says that an object may have changed, and that is all it is
 * believed for.
 */

#include <stddef.h>

#include "base/err.h"

struct db;
struct stmt;

#define EVENT_ID	256	/* Stripe's ids are at most 255 characters */

struct event {
	char	 id[EVENT_ID];
	char	 type[EVENT_ID];
	char	 api_version[64];
	char	 object_kind[64];	/* data.object.object; "" if none */
	char	 object_id[EVENT_ID];	/* data.object.id; "" if none */
	char	 created[24];		/* seconds, digits */
	int	 livemode;
};

/*
 * Read the few members that count, without a tree.  ERR_INPUT: not a snapshot
 * event (a thin one, another object, or not JSON).
 */
MUST_USE enum err event_read(const char *body, size_t len,
    struct event *ret_event);

/*
 * Keep the event, and if it is new and names an object that is followed here
 * (customer, subscription, invoice, checkout.session) say that the object was
 * heard of: one statement, one round trip, one commit.  *ret_fresh: 0 if the
 * event was known.
 */
MUST_USE enum err event_record(struct db *db, const struct event *e,
    const char *payload, int *ret_fresh);

extern const struct stmt *const event_statements[];

#endif /* !BILLING_EVENT_H */
