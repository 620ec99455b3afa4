/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/text.h"
#include "ledger/ledger.h"
#include "ledger/report.h"
#include "rows.h"

#define INVOICE(more)							\
	"{\"id\":\"in_1\",\"object\":\"invoice\",\"currency\":\"eur\"," \
	"\"status\":\"paid\",\"total\":11900,\"total_excluding_tax\":10000," \
	"\"status_transitions\":{\"paid_at\":1700000009}," more "}"

#define PAID(id, amount, by)						\
	"{\"id\":\"" id "\",\"object\":\"invoice_payment\","		\
	"\"status\":\"paid\",\"currency\":\"eur\",\"amount_paid\":" amount \
	",\"status_transitions\":{\"paid_at\":1700000001},"		\
	"\"payment\":{" by "}}"

#define BY_INTENT(id)	"\"type\":\"payment_intent\",\"payment_intent\":\"" \
	id "\""

/* What an object says, and its entries: "kind source payment amount", in lines. */
static const struct {
	const char		*what;
	enum stripe_kind	 kind;
	const char		*json;
	const char		*want;
} objects[] = {
	{ "one payment", STRIPE_INVOICE,
	    INVOICE("\"payments\":{\"data\":["
	    PAID("inpay_1", "11900", BY_INTENT("pi_1")) "]}"),
	    "payment inpay_1 pi_1 11900\n" },
	{ "two, one of them by a charge, and one that is open",
	    STRIPE_INVOICE, INVOICE("\"payments\":{\"data\":["
	    PAID("inpay_1", "900", BY_INTENT("pi_1")) ","
	    PAID("inpay_2", "11000", "\"charge\":\"ch_2\"") ","
	    "{\"id\":\"inpay_3\",\"status\":\"open\"}]}"),
	    "payment inpay_1 pi_1 900\npayment inpay_2 ch_2 11000\n" },
	{ "nothing to pay", STRIPE_INVOICE,
	    INVOICE("\"payments\":{\"data\":[]}"), "" },
	{ "paid elsewhere", STRIPE_INVOICE,
	    INVOICE("\"amount_paid_off_stripe\":11900,"
	    "\"payments\":{\"data\":[]}"), "payment in_1 - 11900\n" },
	{ "paid elsewhere, of which Stripe keeps a record", STRIPE_INVOICE,
	    INVOICE("\"amount_paid_off_stripe\":11900,\"payments\":{\"data\":["
	    PAID("inpay_1", "11900", "\"payment_record\":\"pr_1\"") "]}"),
	    "payment inpay_1 - 11900\n" },
	{ "a refund that is on its way", STRIPE_REFUND,
	    "{\"id\":\"re_1\",\"amount\":5,\"currency\":\"eur\","
	    "\"status\":\"pending\",\"balance_transaction\":null,"
	    "\"created\":1,\"payment_intent\":\"pi_1\"}", "" },
	{ "one that has moved, of a charge without an intent", STRIPE_REFUND,
	    "{\"id\":\"re_1\",\"amount\":5,\"currency\":\"eur\","
	    "\"balance_transaction\":\"txn_1\",\"created\":1,"
	    "\"payment_intent\":null,\"charge\":{\"id\":\"ch_1\"}}",
	    "refund re_1 ch_1 -5\n" },
	{ "one that came back", STRIPE_REFUND,
	    "{\"id\":\"re_1\",\"amount\":5,\"currency\":\"eur\","
	    "\"balance_transaction\":\"txn_1\",\"created\":1,"
	    "\"failure_balance_transaction\":{\"id\":\"txn_2\","
	    "\"created\":7},\"payment_intent\":\"pi_1\"}",
	    "refund re_1 pi_1 -5\nrefund_failed re_1 pi_1 5\n" },
	{ "a dispute that took it all and gave back a part", STRIPE_DISPUTE,
	    "{\"id\":\"du_1\",\"amount\":100,\"currency\":\"eur\","
	    "\"payment_intent\":\"pi_1\",\"balance_transactions\":["
	    "{\"id\":\"txn_1\",\"amount\":-100,\"currency\":\"eur\","
	    "\"created\":1},{\"id\":\"txn_2\",\"amount\":60,"
	    "\"currency\":\"eur\",\"created\":2}]}",
	    "dispute txn_1 pi_1 -100\ndispute txn_2 pi_1 60\n" },
	{ "one that is told in another currency", STRIPE_DISPUTE,
	    "{\"id\":\"du_1\",\"amount\":100,\"currency\":\"gbp\","
	    "\"charge\":\"ch_1\",\"balance_transactions\":["
	    "{\"id\":\"txn_1\",\"amount\":-117,\"currency\":\"eur\","
	    "\"created\":1}]}", "dispute txn_1 ch_1 -100\n" },
	{ "an inquiry", STRIPE_DISPUTE,
	    "{\"id\":\"du_1\",\"amount\":100,\"currency\":\"gbp\","
	    "\"charge\":\"ch_1\",\"balance_transactions\":[]}", "" },
	{ "a note of which a part was paid back elsewhere",
	    STRIPE_CREDIT_NOTE,
	    "{\"id\":\"cn_1\",\"invoice\":\"in_1\",\"currency\":\"eur\","
	    "\"created\":1,\"status\":\"issued\",\"amount\":90,"
	    "\"out_of_band_amount\":40}", "credit_note cn_1 - -40\n" },
	{ "a note that was void", STRIPE_CREDIT_NOTE,
	    "{\"id\":\"cn_1\",\"invoice\":\"in_1\",\"currency\":\"eur\","
	    "\"created\":1,\"status\":\"void\",\"amount\":90,"
	    "\"out_of_band_amount\":40}", "" },
	{ "what moves no money", STRIPE_CUSTOMER, "{\"id\":\"cus_1\"}", "" }
};

static struct json *
json(const char *text)
{
	struct json *j = NULL;

	if (json_parse(text, strlen(text), &j) != ERR_OK)
		fail_msg("not JSON: %s", text);
	return j;
}

/* Scenarios 41, 42. */
static void
an_object_has_its_entries(void **state)
{
	struct ledger_entry entry[LEDGER_MOST];
	char got[512];
	struct json *j;
	size_t count, i, n;

	(void)state;
	for (i = 0; i < NELEM(objects); i++) {
		j = json(objects[i].json);
		assert_int_equal(ledger_entries(objects[i].kind, j, NULL,
		    entry, &count), ERR_OK);
		got[0] = '\0';
		for (n = 0; n < count; n++)
			snprintf(got + strlen(got), sizeof(got) - strlen(got),
			    "%s %s %s %lld\n", entry[n].kind, entry[n].source,
			    entry[n].payment == NULL ? "-" : entry[n].payment,
			    (long long)entry[n].amount);
		if (strcmp(got, objects[i].want) != 0)
			fail_msg("%s: %s instead of %s", objects[i].what, got,
			    objects[i].want);
		json_free(j);
	}
}

static void
what_cannot_be_read_has_none(void **state)
{
	struct ledger_entry entry[LEDGER_MOST];
	struct json *j = json("{\"id\":\"re_1\",\"object\":\"refund\","
	    "\"balance_transaction\":\"txn_1\",\"currency\":\"eur\","
	    "\"amount\":\"5\",\"created\":1}");
	size_t count;

	(void)state;
	assert_int_equal(ledger_entries(STRIPE_REFUND, j, NULL, entry,
	    &count), ERR_INPUT);
	assert_int_equal(count, 0);
	json_free(j);
}

struct net {
	char	 text[256];
};

static void
add_net(const struct ledger_row *x, void *arg)
{
	struct net *n = arg;

	snprintf(n->text + strlen(n->text), sizeof(n->text) - strlen(n->text),
	    "%s %lld %lld ", x->kind, (long long)x->net,
	    (long long)x->earned);
}

/* 19 % of tax in it; two entries are of one moment, and one is written twice. */
static void
what_is_left_of_an_invoice_has_no_tax_and_no_cent_too_many(void **state)
{
	char id[TEXT_UUID];
	struct ledger_owner o = { "cus_l", id, "pNRB1aYqArN", 20, 1 };
	struct ledger_entry in = { "payment", id, "in_l", "pi_l", "eur",
	    11900, 11900, 1900, 1700000000 };
	struct ledger_entry out = { "refund", "re_l1", NULL, "pi_l", "eur",
	    -333, 0, 0, 1700000010 };
	const struct ledger_wish w = { .account_id = id };
	struct net n = { "" };

	(void)state;
	memcpy(id, new_account(), sizeof(id));
	assert_int_equal(ledger_book(db, &in, &o), ERR_OK);
	assert_int_equal(ledger_book(db, &in, &o), ERR_OK);
	assert_int_equal(ledger_book(db, &out, &o), ERR_OK);
	out.source = "re_l2";
	assert_int_equal(ledger_book(db, &out, &o), ERR_OK);
	assert_int_equal(ledger_find(db, &out), ERR_OK);
	out.amount++;
	assert_int_equal(ledger_find(db, &out), ERR_NOTFOUND);
	out.source = "re_l3";
	out.amount = -11900 + 2 * 333;
	assert_int_equal(ledger_book(db, &out, &o), ERR_OK);
	/* A month later the referrer's time is over. */
	in.source = in.invoice = in.payment = "in_l2";
	in.booked_at += 32 * 86400;
	assert_int_equal(ledger_book(db, &in, &o), ERR_OK);
	assert_int_equal(ledger_list(db, &w, add_net, &n), ERR_OK);
	assert_string_equal(n.text, "payment 10000 2000 refund -280 -56"
	    " refund -280 -56 refund -9440 -1888 payment 10000 0 ");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_object_has_its_entries),
		cmocka_unit_test(what_cannot_be_read_has_none),
		cmocka_unit_test(
		    what_is_left_of_an_invoice_has_no_tax_and_no_cent_too_many)
	};
	int failed;

	if (!rows_open())
		return SKIPPED;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	rows_close();
	return failed;
}
