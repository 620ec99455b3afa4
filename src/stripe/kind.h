/* SPDX-License-Identifier: MIT */
#ifndef STRIPE_KIND_H
#define STRIPE_KIND_H

/*
 * The kinds of Stripe's objects that are followed here: heard of by events,
 * then read.  Whoever has something for each kind has an array of STRIPE_KINDS.
 */

#include "base/err.h"

struct buf;

#define STRIPE_ID	256	/* ids have at most 255 characters */

enum stripe_kind {
	STRIPE_CUSTOMER,
	STRIPE_SUBSCRIPTION,
	STRIPE_INVOICE,
	STRIPE_CHECKOUT_SESSION,
	STRIPE_KINDS		/* any other: not followed */
};

/* From an object's own "object" member: "customer", "checkout.session". */
enum stripe_kind stripe_kind(const char *name);
const char *stripe_kind_name(enum stripe_kind kind);

/*
 * Can an object be read that has this id?  Previews of invoices have none that
 * is one: "" or "upcoming_in...".
 */
int stripe_id_ok(const char *id);

/* Append the path that reads it, "/v1/customers/cus_1", `id` escaped. */
void stripe_path(enum stripe_kind kind, const char *id, struct buf *out);

#endif /* !STRIPE_KIND_H */
