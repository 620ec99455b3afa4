/* SPDX-License-Identifier: MIT */
#ifndef STRIPE_KIND_H
#define STRIPE_KIND_H

/*
 * The kinds of Stripe's objects that are followed here: heard of by events,
 * then read; and under which path what is asked for.  Whoever has something for
 * each kind has an array of STRIPE_KINDS.
 */

#include <stdint.h>

struct buf;

#define STRIPE_ID	256	/* ids have at most 255 characters */

enum stripe_kind {
	STRIPE_CUSTOMER,
	STRIPE_SUBSCRIPTION,
	STRIPE_INVOICE,
	STRIPE_CHECKOUT_SESSION,
	STRIPE_REFUND,
	STRIPE_DISPUTE,
	STRIPE_CREDIT_NOTE,
	STRIPE_NOTICE,		/* a thin event that has to be read itself */
	STRIPE_KINDS		/* any other: not followed */
};

/* From an object's own "object" member: "customer", "checkout.session". */
enum stripe_kind stripe_kind(const char *name);
const char *stripe_kind_name(enum stripe_kind kind);

/* By how ids begin: "cus_1", "sub_1". */
enum stripe_kind stripe_kind_of_id(const char *id);

/*
 * The events that our webhook endpoint at Stripe has to send, NULL at the end:
 * what is read of these objects hangs on them.
 */
extern const char *const stripe_events[];

/*
 * Can an object be read that has this id?  Previews of invoices have none that
 * is one: "" or "upcoming_in...".
 */
int stripe_id_ok(const char *id);

/* Where one is made, and whose key it is. */
#define STRIPE_PATH_CUSTOMERS	"/v1/customers"
#define STRIPE_PATH_SESSIONS	"/v1/checkout/sessions"
#define STRIPE_PATH_PORTAL	"/v1/billing_portal/sessions"
#define STRIPE_PATH_ACCOUNT	"/v1/account"
#define STRIPE_PATH_PREVIEW	"/v1/invoices/create_preview"
#define STRIPE_PATH_REFUNDS	"/v1/refunds"
#define STRIPE_PATH_SCHEDULES	"/v1/subscription_schedules"
#define STRIPE_PATH_METHODS	"/v1/payment_methods"

/*
 * The others are appended to `out`, ids escaped.  They are whole: they may end
 * with a query, as that of a subscription does, so nothing may be appended.
 */
#define STRIPE_PATH		2048	/* room for any of them */

/* The invoice that comes with a subscription, whole. */
#define STRIPE_SUBSCRIPTION_INVOICE	"latest_invoice"

/* One object: "/v1/customers/cus_1". */
void stripe_path(enum stripe_kind kind, const char *id, struct buf *out);

/*
 * The first page of all of a kind, in whatever state, newest first: those made
 * since `since`, 0: all.
 */
void stripe_path_list(enum stripe_kind kind, int64_t since, struct buf *out);

/* The same, each as whole as stripe_path() reads one. */
void stripe_path_whole(enum stripe_kind kind, int64_t since, struct buf *out);

/* The same of those that are one customer's. */
void stripe_path_owned(enum stripe_kind kind, const char *customer_id,
    struct buf *out);

/*
 * To be appended to the path of a list: the page behind the object `after`; "":
 * the first.
 */
void stripe_path_behind(const char *after, struct buf *out);

/* The same list in pages of ten: what is too much of it in one piece. */
void stripe_path_less(const char *list, struct buf *out);

/*
 * Can what happened to many of a kind at about the same time be read by listing
 * it?  Subscriptions by when their latest period began, each with its latest
 * invoice; invoices by when they were made.
 */
int stripe_is_swept(enum stripe_kind kind);

/* Those whose time is `since` or later, before `until`.  Only what is swept. */
void stripe_path_sweep(enum stripe_kind kind, int64_t since, int64_t until,
    struct buf *out);

/* All items of a subscription: Stripe allows fewer than a page has. */
void stripe_path_items(const char *subscription_id, struct buf *out);

/* The payments of an invoice. */
void stripe_path_payments(const char *invoice_id, struct buf *out);

/* Where one is changed: with nothing behind it. */
void stripe_path_subscription(const char *id, struct buf *out);

/* What changes a customer's balance; the list of what has. */
void stripe_path_balance(const char *customer_id, struct buf *out);

/* A schedule, and where it lets its subscription go. */
void stripe_path_schedule(const char *id, struct buf *out);
void stripe_path_release(const char *id, struct buf *out);

/* Has a subscription go on that is paused. */
void stripe_path_resume(const char *subscription_id, struct buf *out);

/* The cards that are a customer's. */
void stripe_path_cards(const char *customer_id, struct buf *out);

/* What Stripe Entitlements grant a customer. */
void stripe_path_granted(const char *customer_id, struct buf *out);

/* Closes a page of Checkout. */
void stripe_path_expire(const char *session_id, struct buf *out);

#endif /* !STRIPE_KIND_H */
