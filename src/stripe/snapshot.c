/* SPDX-License-Identifier: MIT */

#include <stddef.h>
#include <stdio.h>

#include "base/json.h"
#include "base/text.h"

#include "stripe/client.h"
#include "stripe/field.h"
#include "stripe/snapshot.h"

#define MEMBERS	10

/* What is kept of each kind; first what any API version has at this place. */
static const char *const members[STRIPE_KINDS][MEMBERS] = {
	[STRIPE_CUSTOMER] = { "deleted" },
	[STRIPE_SUBSCRIPTION] = { "status", "cancel_at",
	    "cancel_at_period_end", "pause_collection.behavior",
	    "items.data[0].id", "items.data[0].price.id",
	    "items.data[0].quantity", "items.data[0].current_period_end" },
	[STRIPE_INVOICE] = { "status", "amount_due", "amount_paid", "total" },
	[STRIPE_CHECKOUT_SESSION] = { "status", "payment_status" },
	[STRIPE_REFUND] = { "status" },
	[STRIPE_DISPUTE] = { "status" },
	[STRIPE_CREDIT_NOTE] = { "status" }
};

static int
one_agrees(enum stripe_kind kind, const struct json *event,
    const struct json *read)
{
	const struct json *then = json_at(event, "data.object");
	const char *type = json_text(event, "type");
	const char *what = json_text(then, "object");
	size_t i, most;

	/* A part of it, such as its schedule, shows nothing of it. */
	if (what != NULL && !text_equal(what, stripe_kind_name(kind)))
		return 1;
	/* What was deleted is shown as it was, and read as a stub. */
	if (text_equal(type, "customer.deleted") ||
	    text_equal(type, "invoice.deleted"))
		return 0;
	if (!json_has(then, members[kind][0]))
		return 1;
	most = text_equal(json_text(event, "api_version"), STRIPE_VERSION) ?
	    MEMBERS : 1;
	for (i = 0; i < most && members[kind][i] != NULL; i++)
		if (!json_same(json_at(then, members[kind][i]),
		    json_at(read, members[kind][i])))
			return 0;
	return 1;
}

int
snapshot_agrees(enum stripe_kind kind, const struct json *events,
    const struct json *read)
{
	const int enough = kind == STRIPE_INVOICE;
	size_t count = json_count(events, NULL), i;

	if (kind == STRIPE_KINDS || count == 0 || field_deleted(read))
		return 1;
	for (i = 0; i < count; i++)
		if (one_agrees(kind, json_item(events, NULL, i), read) ==
		    enough)
			return enough;
	return !enough;
}

/* First where the pinned API version has it. */
static const char *const times[STRIPE_KINDS][2] = {
	[STRIPE_SUBSCRIPTION] = {
	    "data.object.items.data[0].current_period_start",
	    "data.object.current_period_start" },
	[STRIPE_INVOICE] = { "data.object.created" }
};

int64_t
snapshot_time(enum stripe_kind kind, const struct json *event)
{
	int64_t at = 0;
	size_t i;

	for (i = 0; i < 2 && times[kind][i] != NULL; i++)
		if (json_int(event, times[kind][i], &at) == ERR_OK && at > 0)
			return at;
	return 0;
}
