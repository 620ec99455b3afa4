/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "stripe/field.h"

#include "billing/subscription.h"

#include "billing/subscription_read.h"

enum err
subscription_item_read(const struct json *items, size_t i,
    struct subscription_item *ret_item)
{
	const struct json *at = json_item(items, "data", i);
	enum err e;

	if (at == NULL)
		return ERR_INPUT;
	if ((e = field_text(at, "id", &ret_item->id)) != ERR_OK ||
	    (e = field_id(at, "price", &ret_item->price)) != ERR_OK ||
	    (e = field_int_maybe(at, "quantity", ret_item->quantity)) !=
	    ERR_OK ||
	    (e = field_time_maybe(at, "current_period_start",
	    ret_item->start)) != ERR_OK)
		return e;
	return field_time_maybe(at, "current_period_end", ret_item->end);
}

/* Of digits without zeros in front, the longer are more. */
static int
is_later(const char *time, const char *other)
{
	size_t a = strlen(time), b = strlen(other);

	return a > b || (a == b && strcmp(time, other) > 0);
}

static void
later(char kept[TEXT_DIGITS], const char *other)
{
	if (is_later(other, kept))
		memcpy(kept, other, strlen(other) + 1);
}

static void
earlier(char kept[TEXT_DIGITS], const char *other)
{
	if (other[0] != '\0' && (kept[0] == '\0' || is_later(kept, other)))
		memcpy(kept, other, strlen(other) + 1);
}

/* Items may have different periods: the subscription's ends with the last. */
static enum err
items_read(const struct json *items, struct subscription_facts *f)
{
	size_t count = json_count(items, "data"), i;
	struct subscription_item item;
	enum err e;

	for (i = 0; i < count && count <= SUBSCRIPTION_ITEMS; i++) {
		if ((e = subscription_item_read(items, i, &item)) != ERR_OK)
			return e;
		later(f->start, item.start);
		later(f->end, item.end);
		earlier(f->first_end, item.end);
		if (i == 0)
			f->first = item;
	}
	if (count == 0 || count > SUBSCRIPTION_ITEMS || f->end[0] == '\0') {
		log_warn("object_unreadable", "subscription %s has %zu items"
		    " and %s period", f->id, count,
		    f->end[0] == '\0' ? "no" : "a");
		return ERR_INPUT;
	}
	return ERR_OK;
}

/*
 * A scheduled end is a time (flexible billing, the portal), or a flag that
 * means the period's end (classic billing, the dashboard), or both.  Of several
 * periods the flag means the one that ends first.
 */
static enum err
cancel_read(const struct json *read, struct subscription_facts *f)
{
	int at_end = 0;
	enum err e;

	if ((e = field_time_maybe(read, "cancel_at", f->cancel_at)) != ERR_OK)
		return e;
	e = json_bool(read, "cancel_at_period_end", &at_end);
	f->cancel_flag = e == ERR_OK && at_end;
	if (f->cancel_flag && f->cancel_at[0] == '\0')
		memcpy(f->cancel_at, f->first_end, sizeof(f->cancel_at));
	return e == ERR_NOTFOUND ? ERR_OK : e;
}

/*
 * Until when is it paid?  While it is active its period is, once its latest
 * invoice is: Stripe makes a subscription active, or its next period begin,
 * before a payment that takes days has arrived.  The invoice of a renewal says
 * that there was a period before this one.  What ended before it was first
 * read had been paid as well.
 */
static void
paid_read(const struct json *read, struct subscription_facts *f)
{
	const int is_paid = text_equal(f->invoice_status, "paid");

	f->confirmed = text_equal(f->status, "trialing") ||
	    (text_equal(f->status, "active") &&
	    (is_paid || f->invoice_status == NULL)) ||
	    (text_equal(f->status, "canceled") && is_paid);
	if (f->confirmed)
		memcpy(f->paid_until, f->end, sizeof(f->end));
	else if (text_equal(json_text(read, "latest_invoice.billing_reason"),
	    "subscription_cycle"))
		memcpy(f->paid_until, f->start, sizeof(f->start));
}

/*
 * An open invoice of what is active is being charged, unless it is sent, or a
 * change waits for it.
 */
static int
is_owed(const struct json *read, const struct subscription_facts *f)
{
	return text_equal(json_text(read, "collection_method"),
	    "send_invoice") || json_has(read, "pending_update") ||
	    (!text_equal(f->status, "active") &&
	    !text_equal(f->status, "trialing"));
}

/* What its latest invoice, which is read along with it, says of a debt. */
static enum err
invoice_read(const struct json *read, struct subscription_facts *f)
{
	const char *url = json_text(read, "latest_invoice.hosted_invoice_url");

	f->invoice = json_id(read, "latest_invoice");
	f->invoice_status = json_text(read, "latest_invoice.status");
	if (!text_equal(f->invoice_status, "open"))
		return ERR_OK;
	if (url != NULL && strlen(url) < SUBSCRIPTION_URL && is_owed(read, f))
		f->pay_url = url;
	return field_time_maybe(read,
	    "latest_invoice.status_transitions.finalized_at", f->failed_at);
}

enum err
subscription_read(const struct json *read, const struct json *items,
    struct subscription_facts *f)
{
	enum err e;

	memset(f, 0, sizeof(*f));
	f->pause = json_text(read, "pause_collection.behavior");
	f->schedule = json_id(read, "schedule");
	if ((e = field_text(read, "id", &f->id)) != ERR_OK ||
	    (e = field_id(read, "customer", &f->customer)) != ERR_OK ||
	    (e = field_text(read, "status", &f->status)) != ERR_OK ||
	    (e = field_flag(read, "livemode", &f->livemode)) != ERR_OK ||
	    (e = field_time(read, "created", f->created)) != ERR_OK ||
	    (e = field_time_maybe(read, "trial_end", f->trial_end)) !=
	    ERR_OK ||
	    (e = field_time_maybe(read, "ended_at", f->ended_at)) != ERR_OK ||
	    (e = field_time_maybe(read, "pause_collection.resumes_at",
	    f->resumes_at)) != ERR_OK ||
	    (e = items_read(items, f)) != ERR_OK ||
	    (e = invoice_read(read, f)) != ERR_OK)
		return e;
	paid_read(read, f);
	return cancel_read(read, f);
}
