/* SPDX-License-Identifier: MIT */
#ifndef TESTS_APPLIED_H
#define TESTS_APPLIED_H

/* What was read from Stripe, applied in a transaction: billing's tests. */

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "billing/customer.h"
#include "billing/invoice.h"
#include "billing/subscription.h"
#include "rows.h"

static inline struct json *
json(const char *text)
{
	struct json *j = NULL;

	if (json_parse(text, strlen(text), &j) != ERR_OK)
		fail_msg("not JSON: %s", text);
	return j;
}

/* Work on one object inside a transaction. */
struct work {
	enum { LINK, CUSTOMER, SUBSCRIPTION, INVOICE } kind;
	const char	*id;
	const char	*account;
	struct json	*read;
	char		 customer[STRIPE_ID];
};

static inline enum err
work(struct db *conn, void *arg)
{
	struct work *w = arg;

	switch (w->kind) {
	case LINK:
		return customer_link(conn, w->id, w->account);
	case CUSTOMER:
		return customer_apply(conn, w->id, w->read, w->account);
	case SUBSCRIPTION:
		return subscription_apply(conn, w->read, w->customer);
	default:
		return invoice_apply(conn, w->read, w->customer);
	}
}

static inline enum err
link_to(const char *id, const char *account)
{
	struct work w = { .kind = LINK, .id = id, .account = account };

	return db_transaction(db, work, &w);
}

/* As read; its metadata names the account, or NULL. */
static inline enum err
apply_customer(const char *id, const char *text, const char *account)
{
	struct work w = { .kind = CUSTOMER, .id = id, .account = account,
	    .read = json(text) };
	enum err e = db_transaction(db, work, &w);

	json_free(w.read);
	return e;
}

static inline enum err
apply_subscription(const char *text)
{
	struct work w = { .kind = SUBSCRIPTION, .read = json(text) };
	enum err e = db_transaction(db, work, &w);

	json_free(w.read);
	return e;
}

/* The template of a subscription: status, then more members, then items. */
#define SUB(status, more, items)					\
	"{\"id\":\"sub_1\",\"object\":\"subscription\","		\
	"\"customer\":\"cus_1\",\"created\":1000,\"livemode\":false,"	\
	"\"status\":\"" status "\"," more \
	"\"items\":{\"object\":\"list\",\"data\":[" items "]}}"
#define ITEM(id, price, start, end)					\
	"{\"id\":\"" id "\",\"object\":\"subscription_item\","		\
	"\"quantity\":2,\"price\":{\"id\":\"" price "\"},"		\
	"\"current_period_start\":" start ",\"current_period_end\":" end "}"
#define PRO	ITEM("si_1", "price_pro", "2000", "3000")
#define SEAT	ITEM("si_2", "price_seat", "1500", "9000")

#endif /* !TESTS_APPLIED_H */
