/* SPDX-License-Identifier: MIT */

/*
 * Customers, subscriptions and invoices as read from Stripe, and what follows
 * from them, against a real database.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/config.h"
#include "base/json.h"
#include "base/text.h"
#include "billing/customer.h"
#include "billing/invoice.h"
#include "billing/object.h"
#include "billing/subscription.h"
#include "rows.h"

static struct config conf;

static struct json *
json(const char *text)
{
	struct json *j = NULL;

	if (json_parse(text, strlen(text), &j) != ERR_OK)
		fail_msg("not JSON: %s", text);
	return j;
}

static int
clean(void **state)
{
	(void)state;
	sql("DELETE FROM subscription_item", NULL, NULL);
	sql("DELETE FROM subscription", NULL, NULL);
	sql("DELETE FROM invoice", NULL, NULL);
	sql("DELETE FROM customer", NULL, NULL);
	sql("DELETE FROM stripe_object", NULL, NULL);
	return 0;
}

/* Work on one object inside a transaction. */
struct work {
	enum { LINK, CUSTOMER, SUBSCRIPTION, INVOICE } kind;
	const char	*id;
	const char	*account;
	struct json	*read;
	char		 customer[256];
};

static enum err
work(struct db *conn, void *arg)
{
	struct work *w = arg;

	switch (w->kind) {
	case LINK:
		return customer_link(conn, w->id, w->account);
	case CUSTOMER:
		return customer_apply(conn, w->id, w->read);
	case SUBSCRIPTION:
		return subscription_apply(conn, &conf, w->read, w->customer);
	default:
		return invoice_apply(conn, w->read, w->customer);
	}
}

static enum err
link_to(const char *id, const char *account)
{
	struct work w = { .kind = LINK, .id = id, .account = account };

	return db_transaction(db, work, &w);
}

static enum err
apply_customer(const char *id, const char *text)
{
	struct work w = { .kind = CUSTOMER, .id = id, .read = json(text) };
	enum err e = db_transaction(db, work, &w);

	json_free(w.read);
	return e;
}

static enum err
apply_subscription(const char *text)
{
	struct work w = { .kind = SUBSCRIPTION, .read = json(text) };
	enum err e = db_transaction(db, work, &w);

	json_free(w.read);
	return e;
}

static const char *
owner_of(const char *id)
{
	return sql("SELECT account_id FROM customer WHERE id = $1", id, NULL);
}

static void
a_customer_is_linked_once(void **state)
{
	const char *ada = new_account(), *bob = new_account();
	char id[CUSTOMER_ID], nobody[TEXT_UUID];

	(void)state;
	random_uuid(nobody);
	assert_int_equal(customer_of(db, ada, id), ERR_NOTFOUND);
	assert_int_equal(link_to("cus_1", ada), ERR_OK);
	assert_int_equal(link_to("cus_1", ada), ERR_OK);
	assert_int_equal(customer_of(db, ada, id), ERR_OK);
	assert_string_equal(id, "cus_1");
	assert_int_equal(link_to("cus_1", bob), ERR_CONFLICT);
	assert_int_equal(link_to("cus_2", ada), ERR_CONFLICT);
	assert_int_equal(link_to("cus_3", nobody), ERR_NOTFOUND);
	assert_string_equal(owner_of("cus_1"), ada);
	assert_int_equal(customer_of(db, bob, id), ERR_NOTFOUND);
}

static void
a_customer_is_known_by_our_id_only(void **state)
{
	const char *ada = new_account(), *bob = new_account();
	char text[512];

	(void)state;
	snprintf(text, sizeof(text), "{\"id\":\"cus_1\",\"livemode\":false,"
	    "\"metadata\":{\"new_user_id\":\"%s\"}}", ada);
	assert_int_equal(object_hear(db, "invoice", "in_1"), ERR_OK);
	sql("UPDATE stripe_object SET state = 'parked',"
	    " customer_id = 'cus_1'", NULL, NULL);
	assert_int_equal(apply_customer("cus_1", text), ERR_OK);
	assert_string_equal(owner_of("cus_1"), ada);
	assert_string_equal(sql("SELECT state FROM stripe_object", NULL,
	    NULL), "live");

	/* Another one for the same account, and another account for it. */
	assert_int_equal(apply_customer("cus_2", text), ERR_OK);
	assert_string_equal(owner_of("cus_2"), "null");
	snprintf(text, sizeof(text), "{\"id\":\"cus_1\",\"livemode\":false,"
	    "\"metadata\":{\"new_user_id\":\"%s\"}}", bob);
	assert_int_equal(apply_customer("cus_1", text), ERR_OK);
	assert_string_equal(owner_of("cus_1"), ada);

	/* Of nobody here. */
	assert_int_equal(apply_customer("cus_3", "{\"id\":\"cus_3\","
	    "\"livemode\":false,\"email\":\"ada@example.com\","
	    "\"metadata\":{\"new_user_id\":\"user 1\"}}"), ERR_OK);
	assert_string_equal(owner_of("cus_3"), "null");
	assert_int_equal(apply_customer("cus_4", "{\"id\":\"cus_4\","
	    "\"livemode\":true,\"metadata\":{\"new_user_id\":"
	    "\"00000000-0000-4000-8000-000000000000\"}}"), ERR_OK);
	assert_string_equal(owner_of("cus_4"), "null");
	assert_int_equal(apply_customer("cus_5", "{\"id\":\"cus_5\"}"),
	    ERR_INPUT);
}

static void
a_deleted_customer_makes_room(void **state)
{
	const char *ada = new_account(), *bob = new_account();
	char id[CUSTOMER_ID], owner[TEXT_UUID];

	(void)state;
	sql("INSERT INTO stripe_call (id, account_id, kind, lane, path, form,"
	    " state, object_id) VALUES (gen_random_uuid(), $1::uuid,"
	    " 'customer', 1, '/', '', 'done', 'cus_1')", ada, NULL);
	assert_int_equal(link_to("cus_1", ada), ERR_OK);
	assert_int_equal(apply_customer("cus_1", "{\"id\":\"cus_1\","
	    "\"deleted\":true}"), ERR_OK);
	assert_int_equal(apply_customer("cus_1", "{\"id\":\"cus_1\","
	    "\"deleted\":true}"), ERR_OK);
	assert_int_equal(customer_of(db, ada, id), ERR_NOTFOUND);
	assert_string_equal(sql("SELECT state FROM stripe_call"
	    " WHERE account_id = $1::uuid", ada, NULL), "replaced");

	/* What is still heard of it need not park: it is known whose it was. */
	assert_int_equal(customer_anchor(db, "cus_1", owner), ERR_OK);
	assert_string_equal(owner, ada);
	assert_int_equal(link_to("cus_1", bob), ERR_CONFLICT);

	assert_int_equal(link_to("cus_2", ada), ERR_OK);
	assert_int_equal(customer_of(db, ada, id), ERR_OK);
	assert_string_equal(id, "cus_2");

	/* Linked too late: it was gone before. */
	assert_int_equal(apply_customer("cus_3", "{\"deleted\":true}"),
	    ERR_OK);
	assert_int_equal(link_to("cus_3", bob), ERR_OK);
	assert_int_equal(customer_of(db, bob, id), ERR_NOTFOUND);
	assert_int_equal(customer_anchor(db, "cus_3", owner), ERR_OK);
	assert_string_equal(owner, bob);
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

static const struct {
	const char	*what;
	const char	*read;
	enum err	 want;
	const char	*row;		/* NULL: whatever */
} subscriptions[] = {
	{ "plain", SUB("active", "", PRO), ERR_OK,
	    "active pro price_pro 2 2000-3000 - - -" },
	{ "a customer that is expanded", "{\"id\":\"sub_1\",\"customer\":"
	    "{\"id\":\"cus_1\",\"object\":\"customer\"},\"created\":1000,"
	    "\"livemode\":true,\"status\":\"active\",\"items\":{\"data\":["
	    PRO "]}}", ERR_OK, "active pro price_pro 2 2000-3000 - - -" },
	{ "a customer that is deleted", "{\"id\":\"sub_1\",\"customer\":"
	    "{\"id\":\"cus_1\",\"deleted\":true},\"created\":1000,"
	    "\"livemode\":true,\"status\":\"active\",\"items\":{\"data\":["
	    PRO "]}}", ERR_OK, "active pro price_pro 2 2000-3000 - - -" },
	{ "the first known price decides, the last period ends it",
	    SUB("active", "", SEAT "," PRO), ERR_OK,
	    "active pro price_pro 2 2000-9000 - - -" },
	{ "no known price", SUB("active", "", SEAT), ERR_OK,
	    "active - price_seat 2 1500-9000 - - -" },
	{ "a metered item", SUB("active", "", "{\"id\":\"si_9\",\"price\":"
	    "\"price_pro\",\"current_period_end\":3000}"), ERR_OK,
	    "active pro price_pro - --3000 - - -" },
	{ "one item without a period", SUB("active", "",
	    "{\"id\":\"si_9\",\"price\":{\"id\":\"price_pro\"}}," SEAT),
	    ERR_OK, "active pro price_pro - 1500-9000 - - -" },
	{ "cancelled by the portal, flexible", SUB("active",
	    "\"cancel_at\":3000,\"cancel_at_period_end\":false,", PRO),
	    ERR_OK, "active pro price_pro 2 2000-3000 3000 - -" },
	{ "cancelled in the dashboard", SUB("active",
	    "\"cancel_at\":null,\"cancel_at_period_end\":true,", PRO), ERR_OK,
	    "active pro price_pro 2 2000-3000 3000 - -" },
	{ "cancelled, both are there", SUB("active",
	    "\"cancel_at\":2500,\"cancel_at_period_end\":true,", PRO), ERR_OK,
	    "active pro price_pro 2 2000-3000 2500 - -" },
	{ "a trial", SUB("trialing", "\"trial_end\":3000,", PRO), ERR_OK,
	    "trialing pro price_pro 2 2000-3000 - 3000 -" },
	{ "ended", SUB("canceled", "\"ended_at\":2100,", PRO), ERR_OK,
	    "canceled pro price_pro 2 2000-3000 - - 2100" },
	{ "a status that is new to us", SUB("hibernating", "", PRO), ERR_OK,
	    "hibernating pro price_pro 2 2000-3000 - - -" },

	{ "no periods at all", SUB("active",
	    "\"current_period_end\":3000,",
	    "{\"id\":\"si_1\",\"price\":{\"id\":\"price_pro\"}}"), ERR_INPUT,
	    NULL },
	{ "no items", SUB("active", "", ""), ERR_INPUT, NULL },
	{ "no customer", "{\"id\":\"sub_1\",\"customer\":null,\"created\":1,"
	    "\"livemode\":true,\"status\":\"active\",\"items\":{\"data\":["
	    PRO "]}}", ERR_INPUT, NULL },
	{ "a time that is text", SUB("active", "\"cancel_at\":\"soon\",",
	    PRO), ERR_INPUT, NULL },
	{ "a time beyond all calendars", SUB("active",
	    "\"cancel_at\":999999999999999,", PRO), ERR_INPUT, NULL },
	{ "a flag that is a number", SUB("active",
	    "\"cancel_at_period_end\":1,", PRO), ERR_INPUT, NULL },
	{ "an item without a price", SUB("active", "", "{\"id\":\"si_1\","
	    "\"current_period_end\":3000}"), ERR_INPUT, NULL },
	{ "an item that is none", SUB("active", "", "null"), ERR_INPUT,
	    NULL },
};

#define EPOCH(c)	"coalesce(extract(epoch FROM " c ")::bigint::text, '-')"

static const char *
subscription_row(void)
{
	return sql("SELECT concat_ws(' ', status, coalesce(plan, '-'), price,"
	    " coalesce(quantity::text, '-'), "
	    EPOCH("current_period_start") " || '-' || "
	    EPOCH("current_period_end") ", " EPOCH("cancel_at") ", "
	    EPOCH("trial_end") ", " EPOCH("ended_at") ")"
	    " FROM subscription WHERE id = 'sub_1'", NULL, NULL);
}

static void
subscriptions_are_read(void **state)
{
	size_t i;

	for (i = 0; i < NELEM(subscriptions); i++) {
		clean(state);
		assert_int_equal(link_to("cus_1", new_account()), ERR_OK);
		if (apply_subscription(subscriptions[i].read) !=
		    subscriptions[i].want)
			fail_msg("%s: wanted %s", subscriptions[i].what,
			    err_name(subscriptions[i].want));
		if (subscriptions[i].row != NULL &&
		    strcmp(subscription_row(), subscriptions[i].row) != 0)
			fail_msg("%s: %s", subscriptions[i].what,
			    subscription_row());
	}
}

static void
items_are_replaced(void **state)
{
	const char *items = "SELECT string_agg(id || ' ' || price, ', '"
	    " ORDER BY id) FROM subscription_item"
	    " WHERE subscription_id = 'sub_1'";

	(void)state;
	assert_int_equal(link_to("cus_1", new_account()), ERR_OK);
	assert_int_equal(apply_subscription(SUB("active", "", PRO "," SEAT)),
	    ERR_OK);
	assert_string_equal(sql(items, NULL, NULL),
	    "si_1 price_pro, si_2 price_seat");
	assert_int_equal(apply_subscription(SUB("active", "",
	    ITEM("si_3", "price_new", "1", "2") "," SEAT)), ERR_OK);
	assert_string_equal(sql(items, NULL, NULL),
	    "si_2 price_seat, si_3 price_new");
}

static void
what_has_ended_stays_ended(void **state)
{
	(void)state;
	assert_int_equal(link_to("cus_1", new_account()), ERR_OK);
	assert_int_equal(apply_subscription(SUB("canceled", "", PRO)),
	    ERR_OK);
	assert_int_equal(apply_subscription(SUB("active", "", SEAT)), ERR_OK);
	assert_string_equal(subscription_row(),
	    "canceled pro price_pro 2 2000-3000 - - -");
	assert_string_equal(sql("SELECT id FROM subscription_item", NULL,
	    NULL), "si_1");
	assert_int_equal(apply_subscription(SUB("canceled",
	    "\"ended_at\":2222,", PRO)), ERR_OK);
	assert_string_equal(subscription_row(),
	    "canceled pro price_pro 2 2000-3000 - - 2222");

	/* The other end, that of a first payment which never came. */
	sql("UPDATE subscription SET status = 'incomplete_expired'", NULL,
	    NULL);
	assert_int_equal(apply_subscription(SUB("active", "", PRO)), ERR_OK);
	assert_string_equal(sql("SELECT status FROM subscription", NULL, NULL),
	    "incomplete_expired");
}

static void
a_stranger_s_subscription_is_not_kept(void **state)
{
	struct work w = { .kind = SUBSCRIPTION };

	(void)state;
	w.read = json(SUB("active", "", PRO));
	assert_int_equal(db_transaction(db, work, &w), ERR_NOTFOUND);
	assert_string_equal(w.customer, "cus_1");
	assert_string_equal(subscription_row(), "none");
	json_free(w.read);
}

#define INVOICE_IN(status, more)					\
	"{\"id\":\"in_1\",\"object\":\"invoice\","			\
	"\"customer\":\"cus_1\",\"status\":\"" status "\","		\
	"\"currency\":\"jpy\",\"amount_due\":500,"			\
	"\"amount_paid\":500,\"total\":-20,\"created\":1000,"		\
	"\"livemode\":false" more "}"
#define INVOICE_OF(more)	INVOICE_IN("paid", more)

static void
invoices_are_read(void **state)
{
	struct work w = { .kind = INVOICE };
	const char *row = "SELECT concat_ws(' ', status, currency,"
	    " amount_due, amount_paid, total, coalesce(subscription_id, '-'),"
	    " coalesce(billing_reason, '-'), " EPOCH("paid_at") ")"
	    " FROM invoice WHERE id = 'in_1'";

	(void)state;
	w.read = json(INVOICE_OF(""));
	assert_int_equal(db_transaction(db, work, &w), ERR_NOTFOUND);
	assert_string_equal(w.customer, "cus_1");
	assert_int_equal(link_to("cus_1", new_account()), ERR_OK);
	assert_int_equal(db_transaction(db, work, &w), ERR_OK);
	json_free(w.read);
	assert_string_equal(sql(row, NULL, NULL),
	    "paid jpy 500 500 -20 - - -");

	w.read = json(INVOICE_OF(",\"billing_reason\":\"subscription_create\","
	    "\"parent\":{\"subscription_details\":{\"subscription\":"
	    "\"sub_1\"}},\"status_transitions\":{\"paid_at\":1234}"));
	assert_int_equal(db_transaction(db, work, &w), ERR_OK);
	json_free(w.read);
	assert_string_equal(sql(row, NULL, NULL),
	    "paid jpy 500 500 -20 sub_1 subscription_create 1234");

	w.read = json(INVOICE_IN("void", ""));
	assert_int_equal(db_transaction(db, work, &w), ERR_OK);
	json_free(w.read);
	assert_string_equal(sql(row, NULL, NULL),
	    "void jpy 500 500 -20 - - -");

	w.read = json("{\"id\":\"in_1\",\"customer\":\"cus_1\"}");
	assert_int_equal(db_transaction(db, work, &w), ERR_INPUT);
	json_free(w.read);
}

/* Times are hours from now; 0 is NULL.  The grace is 48 hours. */
static const struct {
	const char	*what;
	const char	*status;
	const char	*start;
	const char	*end;
	const char	*cancel;
	int		 want;
} entitlements[] = {
	{ "active",			"active",	"-1", "9", "0", 1 },
	{ "trialing",			"trialing",	"-1", "9", "0", 1 },
	{ "active, last hour of grace",	"active",  "-99", "-47", "0", 1 },
	{ "active, grace is over",	"active",  "-99", "-49", "0", 0 },
	{ "trialing, grace is over",	"trialing", "-99", "-49", "0", 0 },
	{ "active, no period known",	"active",	"0", "0", "0", 0 },
	{ "active, ends later",		"active",	"-1", "9", "9", 1 },
	{ "active, ends in an hour",	"active",	"-1", "9", "1", 1 },
	{ "active, ended an hour ago",	"active",	"-1", "9", "-1", 0 },
	{ "trialing, ended",		"trialing",	"-1", "9", "-1", 0 },
	{ "past due, within grace",	"past_due",	"-47", "9", "0", 1 },
	{ "past due, grace is over",	"past_due",	"-49", "9", "0", 0 },
	{ "past due, start unknown",	"past_due",	"0", "9", "0", 0 },
	{ "past due, ended",		"past_due",	"-1", "9", "-1", 0 },
	{ "incomplete",			"incomplete",	"-1", "9", "0", 0 },
	{ "incomplete_expired",	"incomplete_expired",	"-1", "9", "0", 0 },
	{ "unpaid",			"unpaid",	"-1", "9", "0", 0 },
	{ "paused",			"paused",	"-1", "9", "0", 0 },
	{ "canceled",			"canceled",	"-1", "9", "0", 0 },
	{ "a status that is new",	"hibernating",	"-1", "9", "0", 0 },
};

static void
set_hours(const char *column, const char *hours)
{
	char text[256];

	snprintf(text, sizeof(text), "UPDATE subscription SET %s ="
	    " now() + nullif($1::int, 0) * interval '1 hour'"
	    " WHERE id = 'sub_1'", column);
	sql(text, hours, NULL);
}

static void
entitlement_follows_rows_and_clock(void **state)
{
	/* As account/ would write it, which billing/ does not know. */
	static const char hash[] = "\\xada0";
	const char *ada = new_account();
	struct subscription s;
	struct access a;
	size_t i;

	(void)state;
	sql("DELETE FROM session WHERE token_hash = $1::bytea", hash, NULL);
	sql("INSERT INTO session (token_hash, account_id, ends_at)"
	    " VALUES ($1::bytea, $2::uuid, now() + interval '2 days')", hash,
	    ada);
	assert_int_equal(subscription_find(db, ada, 48, &s), ERR_NOTFOUND);
	assert_int_equal(access_find(db, hash, 20, 48, &a), ERR_OK);
	assert_int_equal(a.entitled, 0);
	assert_string_equal(a.account_id, ada);

	assert_int_equal(link_to("cus_1", ada), ERR_OK);
	assert_int_equal(apply_subscription(SUB("active", "", PRO)), ERR_OK);
	for (i = 0; i < NELEM(entitlements); i++) {
		sql("UPDATE subscription SET status = $1",
		    entitlements[i].status, NULL);
		set_hours("current_period_start", entitlements[i].start);
		set_hours("current_period_end", entitlements[i].end);
		set_hours("cancel_at", entitlements[i].cancel);
		assert_int_equal(subscription_find(db, ada, 48, &s), ERR_OK);
		assert_int_equal(access_find(db, hash, 20, 48, &a), ERR_OK);
		if (s.entitled != entitlements[i].want ||
		    a.entitled != entitlements[i].want)
			fail_msg("%s: wanted %d", entitlements[i].what,
			    entitlements[i].want);
		assert_string_equal(s.status, entitlements[i].status);
		assert_string_equal(s.plan, "pro");
		assert_string_equal(a.plan, a.entitled ? "pro" : "");
	}
	assert_int_equal(access_find(db, "\\x00", 20, 48, &a), ERR_NOTFOUND);
}

static const struct {
	const char	*what;
	const char	*idle;		/* for so long; the limit is 20 hours */
	const char	*left;
	enum err	 want;
	int		 touch;
} visits[] = {
	{ "just used",		"1 min",	"1 day",	ERR_OK, 0 },
	{ "almost a twentieth",	"59 min",	"1 day",	ERR_OK, 0 },
	{ "a twentieth",	"61 min",	"1 day",	ERR_OK, 1 },
	{ "almost idle",	"1199 min",	"1 day",	ERR_OK, 1 },
	{ "idle",		"1201 min",	"1 day",   ERR_NOTFOUND, 0 },
	{ "almost over",	"1 min",	"1 min",	ERR_OK, 0 },
	{ "over",		"1 min",	"-1 min",  ERR_NOTFOUND, 0 },
};

/* The same as account/ asks of a session; what stands twice is tested twice. */
static void
access_ends_with_the_session(void **state)
{
	static const char hash[] = "\\xada1";
	const char *ada = new_account();
	struct access a;
	enum err e;
	size_t i;

	(void)state;
	sql("INSERT INTO session (token_hash, account_id, ends_at)"
	    " VALUES ($1::bytea, $2::uuid, now())", hash, ada);
	for (i = 0; i < NELEM(visits); i++) {
		sql("UPDATE session SET used_at = now() - $1::interval,"
		    " ends_at = now() + $2::interval"
		    " WHERE token_hash = '\\xada1'", visits[i].idle,
		    visits[i].left);
		a.touch = 0;
		e = access_find(db, hash, 20, 48, &a);
		if (e != visits[i].want || a.touch != visits[i].touch)
			fail_msg("%s: %s, touch %d", visits[i].what,
			    err_name(e), a.touch);
	}
	sql("DELETE FROM session WHERE token_hash = $1::bytea", hash, NULL);
}

static void
the_subscription_that_counts(void **state)
{
	const char *ada = new_account();
	struct subscription s;
	int live, tried;

	(void)state;
	assert_int_equal(link_to("cus_1", ada), ERR_OK);
	assert_int_equal(subscription_live(db, ada, &live), ERR_OK);
	assert_int_equal(live, 0);
	assert_int_equal(apply_subscription(SUB("incomplete_expired", "",
	    PRO)), ERR_OK);
	assert_int_equal(subscription_live(db, ada, &live), ERR_OK);
	assert_int_equal(live, 0);

	assert_int_equal(subscription_tried(db, ada, &tried), ERR_OK);
	assert_int_equal(tried, 0);

	/* Older, but entitled; and newer, but not. */
	sql("INSERT INTO subscription (id, customer_id, status, created,"
	    " current_period_end, livemode, trial_end, cancel_at, quantity)"
	    " VALUES ('sub_2', 'cus_1', 'active', to_timestamp(500),"
	    " to_timestamp(4102444800), false, to_timestamp(4102444700),"
	    " to_timestamp(4102444800), 7), ('sub_3', 'cus_1', 'canceled',"
	    " now(), now() + interval '1 day', false, NULL, NULL, 1)", NULL,
	    NULL);
	assert_int_equal(subscription_find(db, ada, 48, &s), ERR_OK);
	assert_string_equal(s.id, "sub_2");
	assert_int_equal(s.entitled, 1);
	assert_int_equal(s.quantity, 7);
	assert_int_equal(s.current_period_end, 4102444800);
	assert_int_equal(s.cancel_at, 4102444800);
	assert_int_equal(s.trial_end, 4102444700);
	assert_int_equal(subscription_live(db, ada, &live), ERR_OK);
	assert_int_equal(live, 1);

	/* Another product beside it, newer and of no plan. */
	sql("UPDATE subscription SET plan = 'pro' WHERE id <> 'sub_1'", NULL,
	    NULL);
	sql("INSERT INTO subscription (id, customer_id, status, created,"
	    " current_period_end, livemode) VALUES ('sub_4', 'cus_1',"
	    " 'active', now(), now() + interval '1 day', false)", NULL, NULL);
	assert_int_equal(subscription_find(db, ada, 48, &s), ERR_OK);
	assert_string_equal(s.id, "sub_2");
	sql("DELETE FROM subscription WHERE id = 'sub_4'", NULL, NULL);

	/* Nothing lasts longer than its customer, but it stays to be seen. */
	assert_int_equal(apply_customer("cus_1", "{\"deleted\":true}"),
	    ERR_OK);
	assert_int_equal(subscription_find(db, ada, 48, &s), ERR_OK);
	assert_string_equal(s.id, "sub_3");
	assert_int_equal(s.entitled, 0);
	assert_int_equal(subscription_live(db, ada, &live), ERR_OK);
	assert_int_equal(live, 0);
	assert_int_equal(apply_subscription(SUB("incomplete_expired",
	    "\"ended_at\":2222,", PRO)), ERR_OK);

	/* Nor is a trial forgotten with it. */
	assert_int_equal(subscription_tried(db, ada, &tried), ERR_OK);
	assert_int_equal(tried, 1);
}

#define CLEAN(f)	cmocka_unit_test_setup(f, clean)

int
main(void)
{
	static char pro[] = "pro", price[] = "price_pro";
	const struct CMUnitTest tests[] = {
		CLEAN(a_customer_is_linked_once),
		CLEAN(a_customer_is_known_by_our_id_only),
		CLEAN(a_deleted_customer_makes_room),
		CLEAN(subscriptions_are_read),
		CLEAN(items_are_replaced),
		CLEAN(what_has_ended_stays_ended),
		CLEAN(a_stranger_s_subscription_is_not_kept),
		CLEAN(invoices_are_read),
		CLEAN(entitlement_follows_rows_and_clock),
		CLEAN(access_ends_with_the_session),
		CLEAN(the_subscription_that_counts),
	};
	int failed;

	conf.plan[0].name = pro;
	conf.plan[0].price = price;
	conf.plans = 1;
	if (!rows_open())
		return SKIPPED;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	rows_close();
	return failed;
}
