/* SPDX-License-Identifier: MIT */

#include <assert.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "net/form.h"

#include "stripe/kind.h"

#define EXPANDED	4	/* members, and NULL behind them */

static const struct {
	const char	*name;
	const char	*path;
	const char	*expand[EXPANDED];	/* read whole with it */
	const char	*all;		/* of a list, that none is missing */
	const char	*time;		/* what it is swept by; NULL: it is not */
} kinds[STRIPE_KINDS] = {
	[STRIPE_CUSTOMER] = { .name = "customer",
	    .path = STRIPE_PATH_CUSTOMERS },
	/*
	 * Whether it is paid stands in its invoice, and what is planned for it
	 * in its schedule: one answer, one moment.
	 */
	[STRIPE_SUBSCRIPTION] = { .name = "subscription",
	    .path = "/v1/subscriptions",
	    .expand = { STRIPE_SUBSCRIPTION_INVOICE, "schedule" },
	    .all = "status=all&", .time = "current_period_start" },
	[STRIPE_INVOICE] = { .name = "invoice", .path = "/v1/invoices",
	    .expand = { "payments" }, .time = "created" },
	[STRIPE_CHECKOUT_SESSION] = { .name = "checkout.session",
	    .path = STRIPE_PATH_SESSIONS },
	/* Whose it is stands in the charge. */
	[STRIPE_REFUND] = { .name = "refund", .path = "/v1/refunds",
	    .expand = { "charge", "failure_balance_transaction" } },
	[STRIPE_DISPUTE] = { .name = "dispute", .path = "/v1/disputes",
	    .expand = { "charge" } },
	[STRIPE_CREDIT_NOTE] = { .name = "credit_note",
	    .path = "/v1/credit_notes" },
	[STRIPE_NOTICE] = { .name = "v2.core.event",
	    .path = "/v2/core/events" }
};

const char *const stripe_events[] = {
	"checkout.session.completed", "checkout.session.expired",
	"checkout.session.async_payment_succeeded",
	"checkout.session.async_payment_failed", "customer.created",
	"customer.updated", "customer.deleted",
	"customer.subscription.created", "customer.subscription.updated",
	"customer.subscription.deleted", "customer.subscription.paused",
	"customer.subscription.resumed",
	"customer.subscription.pending_update_applied",
	"customer.subscription.pending_update_expired",
	"entitlements.active_entitlement_summary.updated", "invoice.created",
	"invoice.finalized", "invoice.paid", "invoice.payment_failed",
	"invoice.payment_action_required", "invoice.voided",
	"invoice.marked_uncollectible", "invoice.updated", "invoice.deleted",
	"refund.created", "refund.updated", "refund.failed",
	"charge.dispute.created", "charge.dispute.updated",
	"charge.dispute.closed", "charge.dispute.funds_withdrawn",
	"charge.dispute.funds_reinstated", "credit_note.created",
	"credit_note.updated", "credit_note.voided",
	"subscription_schedule.created", "subscription_schedule.updated",
	"subscription_schedule.released", "subscription_schedule.canceled",
	"subscription_schedule.completed", "subscription_schedule.aborted",
	NULL
};

enum stripe_kind
stripe_kind(const char *name)
{
	enum stripe_kind k;

	for (k = 0; k < STRIPE_KINDS; k++)
		if (text_equal(kinds[k].name, name))
			break;
	return k;
}

enum stripe_kind
stripe_kind_of_id(const char *id)
{
	static const char *const begins[STRIPE_KINDS] = {
		[STRIPE_CUSTOMER] = "cus_",
		[STRIPE_SUBSCRIPTION] = "sub_",
		[STRIPE_INVOICE] = "in_",
		[STRIPE_CHECKOUT_SESSION] = "cs_",
		[STRIPE_REFUND] = "re_",
		[STRIPE_DISPUTE] = "du_",
		[STRIPE_CREDIT_NOTE] = "cn_"
	};
	enum stripe_kind k;

	for (k = 0; k < STRIPE_KINDS; k++)
		if (begins[k] != NULL && text_begins(id, begins[k]))
			break;
	return k;
}

const char *
stripe_kind_name(enum stripe_kind kind)
{
	return kinds[kind].name;
}

int
stripe_id_ok(const char *id)
{
	return id[0] != '\0' && !text_begins(id, "upcoming_in");
}

void
stripe_path(enum stripe_kind kind, const char *id, struct buf *out)
{
	const char *const *member = kinds[kind].expand;
	char mark = '?';

	buf_format(out, "%s/", kinds[kind].path);
	form_escape(out, id);
	for (; *member != NULL; member++, mark = '&')
		buf_format(out, "%cexpand[]=%s", mark, *member);
}

#define LIMIT	"limit=100"	/* Stripe takes no more */
#define LESS	"limit=10"

static void
begin_list(enum stripe_kind kind, struct buf *out)
{
	const char *all = kinds[kind].all;

	buf_format(out, "%s?%s" LIMIT, kinds[kind].path,
	    all == NULL ? "" : all);
}

void
stripe_path_less(const char *list, struct buf *out)
{
	const char *at = strstr(list, LIMIT);

	assert(at != NULL);
	buf_format(out, "%.*s" LESS "%s", (int)(at - list), list,
	    at + strlen(LIMIT));
}

void
stripe_path_behind(const char *after, struct buf *out)
{
	if (after[0] == '\0')
		return;
	buf_text(out, "&starting_after=");
	form_escape(out, after);
}

void
stripe_path_list(enum stripe_kind kind, int64_t since, struct buf *out)
{
	begin_list(kind, out);
	if (since > 0)
		buf_format(out, "&created[gte]=%lld", (long long)since);
}

int
stripe_is_swept(enum stripe_kind kind)
{
	return kind != STRIPE_KINDS && kinds[kind].time != NULL;
}

/* What comes with each object of a page is as whole as if it were read. */
static void
expand_page(enum stripe_kind kind, const char *at, struct buf *out)
{
	const char *const *member = kinds[kind].expand;

	for (; *member != NULL; member++)
		buf_format(out, "&expand[]=%s.%s", at, *member);
	if (kind == STRIPE_SUBSCRIPTION)
		expand_page(STRIPE_INVOICE, "data." STRIPE_SUBSCRIPTION_INVOICE,
		    out);
}

void
stripe_path_whole(enum stripe_kind kind, int64_t since, struct buf *out)
{
	stripe_path_list(kind, since, out);
	expand_page(kind, "data", out);
}

void
stripe_path_sweep(enum stripe_kind kind, int64_t since, int64_t until,
    struct buf *out)
{
	begin_list(kind, out);
	buf_format(out, "&%s[gte]=%lld&%s[lt]=%lld", kinds[kind].time,
	    (long long)since, kinds[kind].time, (long long)until);
	expand_page(kind, "data", out);
}

void
stripe_path_owned(enum stripe_kind kind, const char *customer_id,
    struct buf *out)
{
	stripe_path_list(kind, 0, out);
	buf_text(out, "&customer=");
	form_escape(out, customer_id);
}

void
stripe_path_items(const char *subscription_id, struct buf *out)
{
	buf_text(out, "/v1/subscription_items?" LIMIT "&subscription=");
	form_escape(out, subscription_id);
}

void
stripe_path_payments(const char *invoice_id, struct buf *out)
{
	buf_text(out, "/v1/invoice_payments?" LIMIT "&invoice=");
	form_escape(out, invoice_id);
}

void
stripe_path_expire(const char *session_id, struct buf *out)
{
	buf_text(out, STRIPE_PATH_SESSIONS "/");
	form_escape(out, session_id);
	buf_text(out, "/expire");
}

void
stripe_path_subscription(const char *id, struct buf *out)
{
	buf_format(out, "%s/", kinds[STRIPE_SUBSCRIPTION].path);
	form_escape(out, id);
}

void
stripe_path_balance(const char *customer_id, struct buf *out)
{
	buf_text(out, STRIPE_PATH_CUSTOMERS "/");
	form_escape(out, customer_id);
	buf_text(out, "/balance_transactions");
}

void
stripe_path_schedule(const char *id, struct buf *out)
{
	buf_text(out, STRIPE_PATH_SCHEDULES "/");
	form_escape(out, id);
}

void
stripe_path_release(const char *id, struct buf *out)
{
	stripe_path_schedule(id, out);
	buf_text(out, "/release");
}

void
stripe_path_resume(const char *subscription_id, struct buf *out)
{
	stripe_path_subscription(subscription_id, out);
	buf_text(out, "/resume");
}

void
stripe_path_cards(const char *customer_id, struct buf *out)
{
	buf_text(out, STRIPE_PATH_CUSTOMERS "/");
	form_escape(out, customer_id);
	buf_text(out, "/payment_methods?" LIMIT "&type=card");
}

void
stripe_path_granted(const char *customer_id, struct buf *out)
{
	buf_text(out, "/v1/entitlements/active_entitlements?" LIMIT
	    "&customer=");
	form_escape(out, customer_id);
}
