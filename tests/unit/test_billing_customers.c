/* SPDX-License-Identifier: MIT */

/*
 * Customers, subscriptions and invoices as read from Stripe, against a real
 * database.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "applied.h"
#include "base/text.h"
#include "billing/granted.h"
#include "billing/object.h"
#include "rows.h"

static int
clean(void **state)
{
	(void)state;
	sql("DELETE FROM subscription_item", NULL, NULL);
	sql("DELETE FROM subscription", NULL, NULL);
	sql("DELETE FROM invoice", NULL, NULL);
	sql("DELETE FROM customer", NULL, NULL);
	sql("DELETE FROM entitlement", NULL, NULL);
	sql("DELETE FROM stripe_object", NULL, NULL);
	return 0;
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
	char id[STRIPE_ID], nobody[TEXT_UUID];

	(void)state;
	random_uuid(nobody);
	assert_int_equal(customer_of(db, ada, id), ERR_NOTFOUND);
	assert_int_equal(link_to("cus_1", ada), ERR_OK);
	assert_int_equal(link_to("cus_1", ada), ERR_OK);
	assert_int_equal(customer_of(db, ada, id), ERR_OK);
	assert_string_equal(id, "cus_1");
	assert_int_equal(link_to("cus_1", bob), ERR_CONFLICT);
	assert_int_equal(link_to("cus_2", ada), ERR_CONFLICT);
	assert_int_equal(link_to("cus_3", nobody), ERR_CONFLICT);
	assert_string_equal(owner_of("cus_3"), "none");
	assert_string_equal(owner_of("cus_1"), ada);
	assert_int_equal(customer_of(db, bob, id), ERR_NOTFOUND);
}

#define ALIVE	"{\"id\":\"cus_1\",\"livemode\":false}"

/* Scenario 30: not by an address. */
static void
a_customer_is_known_by_our_id_only(void **state)
{
	const char *ada = new_account(), *bob = new_account();

	(void)state;
	assert_int_equal(object_hear(db, STRIPE_INVOICE, "in_1"), ERR_OK);
	sql("UPDATE stripe_object SET state = 'parked',"
	    " customer_id = 'cus_1'", NULL, NULL);
	assert_int_equal(apply_customer("cus_1", ALIVE, ada), ERR_OK);
	assert_string_equal(owner_of("cus_1"), ada);
	assert_string_equal(sql("SELECT state FROM stripe_object", NULL,
	    NULL), "waiting");

	/* Another one for the same account, and another account for it. */
	assert_int_equal(apply_customer("cus_2", ALIVE, ada), ERR_CONFLICT);
	assert_string_equal(owner_of("cus_2"), "none");
	assert_int_equal(apply_customer("cus_1", ALIVE, bob), ERR_CONFLICT);
	assert_string_equal(owner_of("cus_1"), ada);

	/* Of nobody here. */
	assert_int_equal(apply_customer("cus_3", "{\"id\":\"cus_3\","
	    "\"livemode\":true,\"email\":\"ada@example.com\"}", NULL),
	    ERR_OK);
	assert_string_equal(owner_of("cus_3"), "null");
	assert_string_equal(sql("SELECT livemode FROM customer"
	    " WHERE id = 'cus_3'", NULL, NULL), "t");
	assert_int_equal(apply_customer("cus_5", "{\"id\":\"cus_5\"}", NULL),
	    ERR_INPUT);
}

/* Scenario 13. */
static void
a_deleted_customer_makes_room(void **state)
{
	const char *ada = new_account(), *bob = new_account();
	char id[STRIPE_ID], owner[TEXT_UUID];

	(void)state;
	sql("INSERT INTO stripe_call (lane, id, account_id, kind, path, form,"
	    " state, outcome, object_id) VALUES (get_byte(sha256(convert_to($1,"
	    " 'UTF8')), 0), gen_random_uuid(), $1::uuid, 'customer', '/', '',"
	    " 'done', 'made', 'cus_1')", ada, NULL);
	assert_int_equal(link_to("cus_1", ada), ERR_OK);
	assert_int_equal(apply_customer("cus_1", "{\"id\":\"cus_1\","
	    "\"deleted\":true}", NULL), ERR_OK);
	assert_int_equal(apply_customer("cus_1", "{\"id\":\"cus_1\","
	    "\"deleted\":true}", NULL), ERR_OK);
	assert_int_equal(customer_of(db, ada, id), ERR_NOTFOUND);
	assert_string_equal(sql("SELECT outcome FROM stripe_call"
	    " WHERE account_id = $1::uuid", ada, NULL), "replaced");

	/* What is still heard of it need not park: it is known whose it was. */
	assert_int_equal(customer_anchor(db, "cus_1", owner), ERR_OK);
	assert_string_equal(owner, ada);
	assert_int_equal(link_to("cus_1", bob), ERR_CONFLICT);

	assert_int_equal(link_to("cus_2", ada), ERR_OK);
	assert_int_equal(customer_of(db, ada, id), ERR_OK);
	assert_string_equal(id, "cus_2");

	/* Linked too late: it was gone before. */
	assert_int_equal(apply_customer("cus_3", "{\"deleted\":true}", NULL),
	    ERR_OK);
	assert_int_equal(link_to("cus_3", bob), ERR_OK);
	assert_int_equal(customer_of(db, bob, id), ERR_NOTFOUND);
	assert_int_equal(customer_anchor(db, "cus_3", owner), ERR_OK);
	assert_string_equal(owner, bob);
}

/* Stripe said 404, and then it was there after all. */
static void
a_customer_that_was_only_missing_comes_back(void **state)
{
	const char *ada = new_account();
	char id[STRIPE_ID];

	(void)state;
	assert_int_equal(link_to("cus_1", ada), ERR_OK);
	assert_int_equal(customer_lost(db, "cus_1"), ERR_OK);
	assert_int_equal(customer_of(db, ada, id), ERR_NOTFOUND);
	assert_int_equal(apply_customer("cus_1", ALIVE, ada), ERR_OK);
	assert_int_equal(customer_of(db, ada, id), ERR_OK);
	assert_string_equal(id, "cus_1");

	/* Unless another has taken its place. */
	assert_int_equal(customer_lost(db, "cus_1"), ERR_OK);
	assert_int_equal(link_to("cus_2", ada), ERR_OK);
	assert_int_equal(apply_customer("cus_1", ALIVE, ada), ERR_CONFLICT);
	assert_int_equal(customer_of(db, ada, id), ERR_OK);
	assert_string_equal(id, "cus_2");
}

/* Others' customers at the same Stripe account are not kept for ever. */
static void
nobody_s_customers_go_away(void **state)
{
	const char *ada = new_account(), *bob = new_account();
	char owner[TEXT_UUID];
	int deleted;

	(void)state;
	assert_int_equal(link_to("cus_1", ada), ERR_OK);
	assert_int_equal(link_to("cus_2", bob), ERR_OK);
	assert_int_equal(customer_lost(db, "cus_2"), ERR_OK);
	assert_int_equal(customer_anchor(db, "cus_3", owner), ERR_OK);
	assert_int_equal(customer_anchor(db, "cus_4", owner), ERR_OK);
	sql("UPDATE customer SET anchored_at = now() - interval '31 days',"
	    " seen_at = now() - interval '31 days'", NULL, NULL);
	assert_int_equal(apply_customer("cus_4", ALIVE, NULL), ERR_OK);
	assert_int_equal(customer_tidy(db, 32, 10, &deleted), ERR_OK);
	assert_int_equal(deleted, 0);
	assert_int_equal(customer_tidy(db, 30, 10, &deleted), ERR_OK);
	assert_int_equal(deleted, 1);
	assert_string_equal(sql("SELECT string_agg(id, ' ' ORDER BY id)"
	    " FROM customer", NULL, NULL), "cus_1 cus_2 cus_4");
}

static const struct {
	const char	*what;
	const char	*read;
	enum err	 want;
	const char	*row;		/* NULL: whatever */
} subscriptions[] = {
	{ "plain", SUB("active", "", PRO), ERR_OK,
	    "active price_pro 2 2000-3000 - - -" },
	{ "a customer that is expanded", "{\"id\":\"sub_1\",\"customer\":"
	    "{\"id\":\"cus_1\",\"object\":\"customer\"},\"created\":1000,"
	    "\"livemode\":true,\"status\":\"active\",\"items\":{\"data\":["
	    PRO "]}}", ERR_OK, "active price_pro 2 2000-3000 - - -" },
	{ "a customer that is deleted", "{\"id\":\"sub_1\",\"customer\":"
	    "{\"id\":\"cus_1\",\"deleted\":true},\"created\":1000,"
	    "\"livemode\":true,\"status\":\"active\",\"items\":{\"data\":["
	    PRO "]}}", ERR_OK, "active price_pro 2 2000-3000 - - -" },
	{ "the first price is kept, the last period ends it",
	    SUB("active", "", SEAT "," PRO), ERR_OK,
	    "active price_seat 2 2000-9000 - - -" },
	{ "no known price", SUB("active", "", SEAT), ERR_OK,
	    "active price_seat 2 1500-9000 - - -" },
	{ "a metered item", SUB("active", "", "{\"id\":\"si_9\",\"price\":"
	    "\"price_pro\",\"current_period_end\":3000}"), ERR_OK,
	    "active price_pro - --3000 - - -" },
	{ "one item without a period", SUB("active", "",
	    "{\"id\":\"si_9\",\"price\":{\"id\":\"price_pro\"}}," SEAT),
	    ERR_OK, "active price_pro - 1500-9000 - - -" },
	{ "cancelled by the portal, flexible", SUB("active",
	    "\"cancel_at\":3000,\"cancel_at_period_end\":false,", PRO),
	    ERR_OK, "active price_pro 2 2000-3000 3000 - -" },
	{ "cancelled in the dashboard", SUB("active",
	    "\"cancel_at\":null,\"cancel_at_period_end\":true,", PRO), ERR_OK,
	    "active price_pro 2 2000-3000 3000 - -" },
	{ "cancelled in the dashboard, the first of two periods ends it",
	    SUB("active", "\"cancel_at_period_end\":true,", SEAT "," PRO), ERR_OK,
	    "active price_seat 2 2000-9000 3000 - -" },
	{ "cancelled, both are there", SUB("active",
	    "\"cancel_at\":2500,\"cancel_at_period_end\":true,", PRO), ERR_OK,
	    "active price_pro 2 2000-3000 2500 - -" },
	{ "a trial", SUB("trialing", "\"trial_end\":3000,", PRO), ERR_OK,
	    "trialing price_pro 2 2000-3000 - 3000 -" },
	{ "ended", SUB("canceled", "\"ended_at\":2100,", PRO), ERR_OK,
	    "canceled price_pro 2 2000-3000 - - 2100" },
	{ "a status that is new to us", SUB("hibernating", "", PRO), ERR_OK,
	    "hibernating price_pro 2 2000-3000 - - -" },

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
	return sql("SELECT concat_ws(' ', status, price,"
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

/* Its latest invoice, as it is read along. */
#define INV(status, reason)						\
	"\"latest_invoice\":{\"id\":\"in_1\",\"status\":\"" status "\","	\
	"\"billing_reason\":\"" reason "\",\"hosted_invoice_url\":"	\
	"\"https://pay\",\"status_transitions\":{\"finalized_at\":2400}},"
#define NEXT	ITEM("si_1", "price_pro", "3000", "4000")
#define PAUSED	"\"pause_collection\":{\"behavior\":\"void\","		\
	"\"resumes_at\":5000},"

/*
 * One after the other: until when is it paid, since when is something owed, and
 * where can it be paid?
 */
static const struct {
	const char	*what;
	const char	*read;
	const char	*row;
} paid[] = {
	{ "the first payment is on its way",
	    SUB("active", INV("open", "subscription_create"), PRO),
	    "- - - -" },
	{ "an invoice is sent, and nobody charges it", SUB("active",
	    "\"collection_method\":\"send_invoice\","
	    INV("open", "subscription_create"), PRO), "- - https://pay -" },
	{ "it failed",
	    SUB("past_due", INV("open", "subscription_create"), PRO),
	    "- now https://pay -" },
	{ "it came",
	    SUB("active", INV("paid", "subscription_create"), PRO),
	    "3000 - - -" },
	{ "a change in mid-period is declined",
	    SUB("past_due", INV("open", "subscription_update"), PRO),
	    "3000 now https://pay -" },
	{ "and is still owed when something else changes",
	    SUB("past_due", "\"latest_invoice\":\"in_1\",", PRO),
	    "3000 now - -" },
	{ "it is given up",
	    SUB("active", INV("void", "subscription_update"), PRO),
	    "3000 - - -" },
	{ "it renews, and the draft waits an hour",
	    SUB("active", INV("draft", "subscription_cycle"), NEXT),
	    "3000 - - -" },
	{ "it renews, and a debit takes days",
	    SUB("active", INV("open", "subscription_cycle"), NEXT),
	    "3000 - - -" },
	{ "it is paid",
	    SUB("active", INV("paid", "subscription_cycle"), NEXT),
	    "4000 - - -" },
	{ "paused",
	    SUB("active", PAUSED INV("void", "subscription_cycle"), NEXT),
	    "4000 - - void 5000" },
	{ "no more",
	    SUB("active", INV("void", "subscription_cycle"), NEXT),
	    "4000 - - -" },
	{ "nothing is ever billed",
	    SUB("active", "\"latest_invoice\":null,", PRO),
	    "3000 - - -" },
	{ "a trial",
	    SUB("trialing", INV("open", "subscription_create"), PRO),
	    "3000 - - -" },
};

static const char *
paid_row(void)
{
	return sql("SELECT concat_ws(' ', " EPOCH("paid_until") ", CASE WHEN"
	    " past_due_since > now() - interval '1 min' THEN 'now' ELSE "
	    EPOCH("past_due_since") " END, coalesce(pay_url, '-'),"
	    " coalesce(pause, '-'), extract(epoch FROM resumes_at)::bigint)"
	    " FROM subscription WHERE id = 'sub_1'", NULL, NULL);
}

static void
what_is_paid_is_known(void **state)
{
	size_t i;

	(void)state;
	assert_int_equal(link_to("cus_1", new_account()), ERR_OK);
	for (i = 0; i < NELEM(paid); i++) {
		assert_int_equal(apply_subscription(paid[i].read), ERR_OK);
		if (strcmp(paid_row(), paid[i].row) != 0)
			fail_msg("%s: %s", paid[i].what, paid_row());
	}

	/* A renewal that failed and is all that we ever heard of it. */
	sql("DELETE FROM subscription_item", NULL, NULL);
	sql("DELETE FROM subscription", NULL, NULL);
	assert_int_equal(apply_subscription(SUB("past_due",
	    INV("open", "subscription_cycle"), PRO)), ERR_OK);
	assert_string_equal(paid_row(), "2000 2400 https://pay -");
	/* The next one fails too: the debt and what was paid are no younger. */
	assert_int_equal(apply_subscription(SUB("past_due",
	    "\"latest_invoice\":{\"status\":\"open\",\"billing_reason\":"
	    "\"subscription_cycle\",\"status_transitions\":"
	    "{\"finalized_at\":3400}},", NEXT)), ERR_OK);
	assert_string_equal(paid_row(), "2000 2400 - -");

	/* Without a word of when: since now; and never in the future. */
	assert_int_equal(apply_subscription(SUB("active", "", PRO)), ERR_OK);
	assert_int_equal(apply_subscription(SUB("past_due", "", PRO)), ERR_OK);
	assert_string_equal(sql("SELECT past_due_since > now() -"
	    " interval '1 min' FROM subscription", NULL, NULL), "t");
	assert_int_equal(apply_subscription(SUB("active", "", PRO)), ERR_OK);
	assert_int_equal(apply_subscription(SUB("past_due",
	    "\"latest_invoice\":{\"status\":\"open\",\"status_transitions\":"
	    "{\"finalized_at\":4102444800}},", PRO)), ERR_OK);
	assert_string_equal(sql("SELECT past_due_since <= now()"
	    " FROM subscription", NULL, NULL), "t");
}

/* All test data was deleted, say: it is nothing, unless it is found again. */
static void
a_subscription_that_is_gone(void **state)
{
	(void)state;
	assert_int_equal(link_to("cus_1", new_account()), ERR_OK);
	assert_int_equal(subscription_lost(db, "sub_1"), ERR_OK);
	assert_string_equal(subscription_row(), "none");
	assert_int_equal(apply_subscription(SUB("active", "", PRO)), ERR_OK);
	assert_int_equal(subscription_lost(db, "sub_1"), ERR_OK);
	assert_string_equal(subscription_row(),
	    "gone price_pro 2 2000-3000 - - -");
	assert_int_equal(apply_subscription(SUB("active", "", PRO)), ERR_OK);
	assert_string_equal(subscription_row(),
	    "active price_pro 2 2000-3000 - - -");
	assert_int_equal(apply_subscription(SUB("canceled", "", PRO)), ERR_OK);
	assert_int_equal(subscription_lost(db, "sub_1"), ERR_OK);
	assert_string_equal(subscription_row(),
	    "canceled price_pro 2 2000-3000 - - -");
}

static void
items_are_replaced(void **state)
{
	const char *items = "SELECT string_agg(id || ' ' || price, ', '"
	    " ORDER BY position) FROM subscription_item"
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
	    "si_3 price_new, si_2 price_seat");
}

/* Scenario 10. */
static void
what_has_ended_stays_ended(void **state)
{
	(void)state;
	assert_int_equal(link_to("cus_1", new_account()), ERR_OK);
	assert_int_equal(apply_subscription(SUB("canceled", "", PRO)),
	    ERR_OK);
	assert_int_equal(apply_subscription(SUB("active", "", SEAT)), ERR_OK);
	assert_string_equal(subscription_row(),
	    "canceled price_pro 2 2000-3000 - - -");
	assert_string_equal(sql("SELECT id FROM subscription_item", NULL,
	    NULL), "si_1");
	assert_int_equal(apply_subscription(SUB("canceled",
	    "\"ended_at\":2222,", PRO)), ERR_OK);
	assert_string_equal(subscription_row(),
	    "canceled price_pro 2 2000-3000 - - 2222");

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

/*
 * Scenario 11: the event of its subscription may be lost: the money brings it
 * up.
 */
static void
a_paid_invoice_has_its_subscription_read(void **state)
{
	static const struct {
		const char	*what;
		const char	*status;
		const char	*paid_at;	/* seconds from now */
		const char	*row;		/* of the subscription */
		int		 want;
	} rows[] = {
		{ "it is not known here", "paid", "-1", NULL, 1 },
		{ "it was seen before", "paid", "-1",
		    "seen_at = now() - interval '1 day'", 1 },
		{ "it knows another", "paid", "-1",
		    "latest_invoice = 'in_0', latest_invoice_status = 'paid'",
		    1 },
		{ "it knows that it is open", "paid", "-1",
		    "latest_invoice = 'in_1', latest_invoice_status = 'open'",
		    1 },
		{ "it knows", "paid", "-1",
		    "latest_invoice = 'in_1', latest_invoice_status = 'paid'",
		    0 },
		{ "it was seen since", "paid", "-100", "seen_at = now()", 0 },
		{ "it is not paid", "open", "-1",
		    "seen_at = now() - interval '1 day'", 0 },
	};
	char text[1024], update[256];
	struct work w = { .kind = INVOICE };
	size_t i;

	for (i = 0; i < NELEM(rows); i++) {
		clean(state);
		assert_int_equal(link_to("cus_1", new_account()), ERR_OK);
		if (rows[i].row != NULL) {
			assert_int_equal(apply_subscription(SUB("past_due", "",
			    PRO)), ERR_OK);
			snprintf(update, sizeof(update), "UPDATE subscription"
			    " SET %s", rows[i].row);
			sql(update, NULL, NULL);
		}
		snprintf(text, sizeof(text), "{\"id\":\"in_1\",\"customer\":"
		    "\"cus_1\",\"status\":\"%s\",\"currency\":\"usd\","
		    "\"amount_due\":1,\"amount_paid\":1,\"total\":1,"
		    "\"created\":1,\"livemode\":false,\"parent\":"
		    "{\"subscription_details\":{\"subscription\":\"sub_1\"}},"
		    "\"status_transitions\":{\"paid_at\":%s}}", rows[i].status,
		    sql("SELECT extract(epoch FROM now())::bigint + $1::int",
		    rows[i].paid_at, NULL));
		w.read = json(text);
		assert_int_equal(db_transaction(db, work, &w), ERR_OK);
		json_free(w.read);
		if (strcmp(sql("SELECT count(*) FROM stripe_object WHERE id ="
		    " 'sub_1' AND state = 'waiting'", NULL, NULL),
		    rows[i].want ? "1" : "0") != 0)
			fail_msg("%s: wanted %d", rows[i].what, rows[i].want);
	}
}

/* Scenario 39: a draft that was deleted: the row says so. */
static void
an_invoice_that_is_deleted(void **state)
{
	struct work w = { .kind = INVOICE };

	(void)state;
	assert_int_equal(invoice_lost(db, "in_1"), ERR_OK);
	assert_int_equal(link_to("cus_1", new_account()), ERR_OK);
	w.read = json(INVOICE_IN("draft", ""));
	assert_int_equal(db_transaction(db, work, &w), ERR_OK);
	json_free(w.read);
	assert_int_equal(invoice_lost(db, "in_1"), ERR_OK);
	assert_string_equal(sql("SELECT status FROM invoice", NULL, NULL),
	    "deleted");
}

/* What a list grants; asked for now. */
static void
grant(struct granted *g, const char *page)
{
	struct json *j = json(page);

	granted_init(g);
	assert_int_equal(granted_begin(db, g), ERR_OK);
	granted_add(g, "cus_1", j);
	granted_end(g);
	json_free(j);
}

#define KEY(name)	"{\"data\":[{\"id\":\"ent_1\",\"lookup_key\":\"" name \
    "\"}],\"has_more\":false}"
#define KEYS	"SELECT string_agg(lookup_key, ',') FROM entitlement"

static void
the_list_that_was_asked_for_last_wins(void **state)
{
	struct granted older, newer;

	(void)state;
	assert_int_equal(link_to("cus_1", new_account()), ERR_OK);
	grant(&older, KEY("export"));
	grant(&newer, KEY("sharing"));
	assert_int_equal(granted_keep(db, "cus_1", &older), ERR_OK);
	assert_string_equal(sql(KEYS, NULL, NULL), "export");
	assert_int_equal(granted_keep(db, "cus_1", &newer), ERR_OK);
	assert_string_equal(sql(KEYS, NULL, NULL), "sharing");
	/* Whoever read it was slow. */
	assert_int_equal(granted_keep(db, "cus_1", &older), ERR_OK);
	assert_string_equal(sql(KEYS, NULL, NULL), "sharing");
	granted_done(&older);
	granted_done(&newer);
}

static void
what_nobody_s_customer_may_use_is_not_kept(void **state)
{
	struct granted g;

	(void)state;
	assert_int_equal(apply_customer("cus_1", ALIVE, NULL), ERR_OK);
	grant(&g, KEY("export"));
	assert_int_equal(granted_keep(db, "cus_1", &g), ERR_OK);
	assert_string_equal(sql(KEYS, NULL, NULL), "null");
	granted_done(&g);
}

#define CLEAN(f)	cmocka_unit_test_setup(f, clean)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CLEAN(a_customer_is_linked_once),
		CLEAN(a_customer_is_known_by_our_id_only),
		CLEAN(a_deleted_customer_makes_room),
		CLEAN(a_customer_that_was_only_missing_comes_back),
		CLEAN(nobody_s_customers_go_away),
		CLEAN(subscriptions_are_read),
		CLEAN(items_are_replaced),
		CLEAN(what_has_ended_stays_ended),
		CLEAN(a_stranger_s_subscription_is_not_kept),
		CLEAN(invoices_are_read),
		CLEAN(what_is_paid_is_known),
		CLEAN(a_subscription_that_is_gone),
		CLEAN(a_paid_invoice_has_its_subscription_read),
		CLEAN(an_invoice_that_is_deleted),
		CLEAN(the_list_that_was_asked_for_last_wins),
		CLEAN(what_nobody_s_customer_may_use_is_not_kept),
	};
	int failed;

	if (!rows_open())
		return SKIPPED;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	rows_close();
	return failed;
}
