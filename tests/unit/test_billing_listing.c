/* SPDX-License-Identifier: MIT */

/* A page of Stripe's lists, held against rows of a real database. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "applied.h"
#include "base/buf.h"
#include "base/text.h"
#include "billing/listing.h"
#include "billing/object.h"
#include "rows.h"

static int
clean(void **state)
{
	(void)state;
	sql("DELETE FROM subscription_item", NULL, NULL);
	sql("DELETE FROM subscription", NULL, NULL);
	sql("DELETE FROM invoice", NULL, NULL);
	sql("DELETE FROM payback", NULL, NULL);
	sql("DELETE FROM customer", NULL, NULL);
	sql("DELETE FROM stripe_object", NULL, NULL);
	return link_to("cus_1", new_account()) != ERR_OK;
}

/* Which objects of a page are to be read?  "id id". */
static const char *
compared(listing_compare *compare, const char *objects)
{
	static struct differing d;
	static struct buf said;
	struct buf page;
	struct json *j;
	size_t i;

	buf_init(&page, 1u << 20);
	buf_format(&page, "{\"object\":\"list\",\"data\":[%s]}", objects);
	j = json(page.data);
	assert_int_equal(compare(db, j, &d), ERR_OK);
	json_free(j);
	buf_done(&page);

	buf_done(&said);
	buf_init(&said, 1u << 20);
	for (i = 0; i < d.count; i++)
		buf_format(&said, "%s%s", i == 0 ? "" : " ", d.id[i]);
	return said.data;
}

#define SUBS(objects)		compared(subscription_compare, objects)
#define INVOICES(objects)	compared(invoice_compare, objects)

#define MANY(start, end, quantity)					\
	"{\"id\":\"si_1\",\"object\":\"subscription_item\","		\
	"\"quantity\":" quantity ",\"price\":{\"id\":\"price_pro\"},"	\
	"\"current_period_start\":" start ",\"current_period_end\":" end "}"

static void
what_is_as_listed_is_not_read(void **state)
{
	static const char *const differing[] = {
		SUB("past_due", "", PRO),
		SUB("canceled", "", PRO),
		SUB("active", "\"cancel_at\":2500,", PRO),
		SUB("active", "\"cancel_at_period_end\":true,", PRO),
		SUB("active", "\"pause_collection\":{\"behavior\":\"void\"},",
		    PRO),
		SUB("active", "", SEAT),
		SUB("active", "", MANY("2000", "3000", "3")),
		SUB("active", "", MANY("2000", "3001", "2")),
		SUB("active", "", ITEM("si_1", "price_new", "2000", "3000")),
	};
	size_t i;

	(void)state;
	assert_string_equal(SUBS(""), "");
	assert_string_equal(SUBS(SUB("active", "", PRO)), "sub_1");
	assert_int_equal(apply_subscription(SUB("active", "", PRO)), ERR_OK);
	assert_string_equal(SUBS(SUB("active", "", PRO)), "");
	for (i = 0; i < NELEM(differing); i++)
		if (strcmp(SUBS(differing[i]), "sub_1") != 0)
			fail_msg("not read: %s", differing[i]);

	/* Metered: no quantity is as good as none. */
	assert_int_equal(apply_subscription(SUB("active", "", "{\"id\":"
	    "\"si_9\",\"price\":\"price_pro\",\"current_period_end\":"
	    "3000}")), ERR_OK);
	assert_string_equal(SUBS(SUB("active", "", "{\"id\":\"si_9\","
	    "\"price\":\"price_pro\",\"current_period_end\":3000}")), "");
	assert_string_equal(SUBS(SUB("active", "", PRO)), "sub_1");
}

/* A page shows the first items; of more there are, those must be the same. */
static void
items_are_compared_as_far_as_they_are_shown(void **state)
{
#define SHOWN(items, more)						\
	"{\"object\":\"list\",\"has_more\":" more ",\"data\":[" items "]}"
#define WITH(list)							\
	"{\"id\":\"sub_1\",\"object\":\"subscription\","		\
	"\"customer\":\"cus_1\",\"status\":\"active\","			\
	"\"livemode\":false,\"created\":1000,\"items\":" list "}"
#define ONE	ITEM("si_1", "price_pro", "2000", "3000")
#define TWO	ITEM("si_2", "price_seat", "2000", "4000")
#define OTHER	ITEM("si_3", "price_seat", "2000", "4000")
	struct json *sub = json(WITH(SHOWN(ONE, "true")));
	struct json *items = json(SHOWN(ONE "," TWO, "false"));
	char customer[STRIPE_ID];

	(void)state;
	assert_true(subscription_has_more(sub));
	assert_int_equal(subscription_apply_with(db, sub, items, customer),
	    ERR_OK);
	json_free(sub);
	json_free(items);
	assert_string_equal(sql("SELECT string_agg(t.id, ' ' ORDER BY"
	    " position) || ' ' || extract(epoch FROM"
	    " s.current_period_end)::bigint FROM subscription s"
	    " JOIN subscription_item t ON t.subscription_id = s.id"
	    " GROUP BY s.id", NULL, NULL), "si_1 si_2 4000");

	assert_string_equal(SUBS(WITH(SHOWN(ONE, "true"))), "");
	assert_string_equal(SUBS(WITH(SHOWN(ONE "," TWO, "false"))), "");
	assert_string_equal(SUBS(WITH(SHOWN(ONE, "false"))), "sub_1");
	assert_string_equal(SUBS(WITH(SHOWN(TWO, "true"))), "sub_1");
	assert_string_equal(SUBS(WITH(SHOWN(ONE "," OTHER, "false"))),
	    "sub_1");
	assert_string_equal(SUBS(WITH(SHOWN(ONE "," TWO "," OTHER, "false"))),
	    "sub_1");
}

static void
what_has_ended_is_not_read_again(void **state)
{
	(void)state;
	assert_int_equal(apply_subscription(SUB("canceled", "", PRO)),
	    ERR_OK);
	assert_string_equal(SUBS(SUB("active", "", SEAT)), "");
	sql("UPDATE subscription SET status = 'incomplete_expired'", NULL,
	    NULL);
	assert_string_equal(SUBS(SUB("active", "", SEAT)), "");
	sql("UPDATE subscription SET status = 'paused'", NULL, NULL);
	assert_string_equal(SUBS(SUB("active", "", SEAT)), "sub_1");
}

/* Its errand says already what is to be done, or that somebody must look. */
static void
what_is_known_is_left_alone(void **state)
{
	static const struct {
		const char	*state;
		const char	*want;
	} states[] = {
		{ "waiting", "" }, { "parked", "" }, { "dead", "" },
		{ "dropped", "" }, { "done", "sub_1" }
	};
	size_t i;

	(void)state;
	assert_int_equal(object_hear(db, STRIPE_SUBSCRIPTION, "sub_1"),
	    ERR_OK);
	for (i = 0; i < NELEM(states); i++) {
		sql("UPDATE stripe_object SET state = $1", states[i].state,
		    NULL);
		if (strcmp(SUBS(SUB("active", "", PRO)), states[i].want) != 0)
			fail_msg("%s: wanted %s", states[i].state,
			    states[i].want);
	}
	/* What a program of before did not know, this one reads. */
	sql("UPDATE stripe_object SET state = 'dead', last_error = $1",
	    OBJECT_UNKNOWN, NULL);
	assert_string_equal(SUBS(SUB("active", "", PRO)), "sub_1");
	/* Another's errand is not its. */
	sql("UPDATE stripe_object SET id = 'sub_2', state = 'waiting'", NULL,
	    NULL);
	assert_string_equal(SUBS(SUB("active", "", PRO)), "sub_1");
}

static void
what_cannot_be_read_is_passed_over(void **state)
{
	(void)state;
	assert_string_equal(SUBS("{\"id\":\"sub_0\"},null,7,"
	    SUB("active", "", PRO) ",{}"), "sub_1");
	assert_string_equal(INVOICES("{\"id\":\"in_0\"},null"), "");
}

/* Ids are whatever Stripe says: each has its place in the array. */
static void
odd_ids_are_told_apart(void **state)
{
	const char *said;

	(void)state;
	said = SUBS("{\"id\":\"a\\\"b,{NULL}\\\\\",\"customer\":"
	    "\"cus_1\",\"created\":1,\"livemode\":false,\"status\":\"a,b\","
	    "\"items\":{\"data\":[" PRO "]}}," SUB("active", "", PRO));
	/* In whatever order PostgreSQL joins them. */
	assert_true(strcmp(said, "a\"b,{NULL}\\ sub_1") == 0 ||
	    strcmp(said, "sub_1 a\"b,{NULL}\\") == 0);
}

#define INVOICE_OF(id, status, due, paid, total)			\
	"{\"id\":\"" id "\",\"object\":\"invoice\","			\
	"\"customer\":\"cus_1\",\"status\":\"" status "\","		\
	"\"currency\":\"eur\",\"amount_due\":" due ","			\
	"\"amount_paid\":" paid ",\"total\":" total ",\"created\":1000,"\
	"\"livemode\":false}"
#define PAID	INVOICE_OF("in_1", "paid", "500", "500", "600")

static enum err
keep_invoice(struct db *conn, void *arg)
{
	char customer[STRIPE_ID];
	struct json *j = json(PAID);
	enum err e = invoice_apply(conn, j, customer);

	(void)arg;
	json_free(j);
	return e;
}

static void
invoices_are_compared(void **state)
{
	static const char *const differing[] = {
		INVOICE_OF("in_1", "void", "500", "500", "600"),
		INVOICE_OF("in_1", "paid", "501", "500", "600"),
		INVOICE_OF("in_1", "paid", "500", "0", "600"),
		INVOICE_OF("in_1", "paid", "500", "500", "-600"),
	};
	size_t i;

	(void)state;
	assert_string_equal(INVOICES(PAID), "in_1");
	assert_int_equal(db_transaction(db, keep_invoice, NULL), ERR_OK);
	assert_string_equal(INVOICES(PAID), "");
	assert_string_equal(INVOICES(PAID ","
	    INVOICE_OF("in_2", "open", "1", "0", "1")), "in_2");
	for (i = 0; i < NELEM(differing); i++)
		if (strcmp(INVOICES(differing[i]), "in_1") != 0)
			fail_msg("not read: %s", differing[i]);
	assert_int_equal(object_hear(db, STRIPE_INVOICE, "in_1"), ERR_OK);
	assert_string_equal(INVOICES(differing[0]), "");
}

static void
a_page_has_an_end(void **state)
{
	const char *said;
	struct buf objects;
	size_t count = 1, i;

	(void)state;
	buf_init(&objects, 1u << 20);
	for (i = 0; i < LISTING_PAGE + 20; i++)
		buf_format(&objects, "%s{\"id\":\"in_%zu\",\"customer\":"
		    "\"cus_1\",\"status\":\"paid\",\"currency\":\"eur\","
		    "\"amount_due\":1,\"amount_paid\":1,\"total\":1,"
		    "\"created\":1,\"livemode\":false}", i == 0 ? "" : ",", i);
	said = INVOICES(objects.data);
	for (i = 0; said[i] != '\0'; i++)
		count += said[i] == ' ';
	assert_int_equal(count, LISTING_PAGE);
	buf_done(&objects);
}

static void
subscriptions_that_should_have_renewed_are_overdue(void **state)
{
	struct differing d;

	(void)state;
	sql("INSERT INTO subscription (id, customer_id, status, created,"
	    " livemode, current_period_end, seen_at, paid_until)"
	    " SELECT 'sub_' || n,"
	    " 'cus_1', s, now(), false, now() - p * interval '1 min',"
	    " now() - a * interval '1 min', now() FROM (VALUES"
	    " (1, 'active', 11, 90), (2, 'past_due', 11, 90),"
	    " (3, 'active', 9, 90), (4, 'active', 20, 9),"
	    " (5, 'canceled', 61, 90), (6, 'incomplete_expired', 61, 90),"
	    " (7, 'trialing', 9999, 5010), (8, 'active', 9999, 4990),"
	    " (9, 'gone', 61, 90)) AS v (n, s, p, a)", NULL, NULL);
	assert_int_equal(subscription_overdue(db, "", &d), ERR_OK);
	assert_int_equal(d.count, 3);
	assert_string_equal(d.id[0], "sub_1");
	assert_string_equal(d.id[1], "sub_2");
	assert_string_equal(d.id[2], "sub_7");
	assert_int_equal(subscription_overdue(db, "sub_2", &d), ERR_OK);
	assert_int_equal(d.count, 1);
	assert_string_equal(d.id[0], "sub_7");
	/* One that a program of before wrote, which read less. */
	sql("UPDATE subscription SET paid_until = NULL WHERE id = 'sub_8'",
	    NULL, NULL);
	assert_int_equal(subscription_overdue(db, "sub_7", &d), ERR_OK);
	assert_int_equal(d.count, 1);
	assert_string_equal(d.id[0], "sub_8");
	sql("UPDATE subscription SET latest_invoice = 'in_1'"
	    " WHERE id = 'sub_8'", NULL, NULL);
	assert_int_equal(subscription_overdue(db, "sub_7", &d), ERR_OK);
	assert_int_equal(d.count, 0);
}

static void
invoices_that_nobody_looked_at_are_overdue(void **state)
{
	struct differing d;

	(void)state;
	sql("INSERT INTO invoice (id, customer_id, status, created, livemode,"
	    " amount_due, amount_paid, total, currency, seen_at)"
	    " SELECT 'in_' || n, 'cus_1', s,"
	    " now() - c * interval '1 day', false, 0, 0, 0, 'eur',"
	    " now() - a * interval '1 hour' FROM (VALUES"
	    " (1, 'open', 90, 25), (2, 'draft', 1, 25), (3, 'paid', 90, 25),"
	    " (4, 'open', 90, 23), (5, 'open', 401, 25),"
	    " (6, 'void', 90, 25)) AS v (n, s, c, a)", NULL, NULL);
	assert_int_equal(invoice_overdue(db, "", &d), ERR_OK);
	assert_int_equal(d.count, 2);
	assert_string_equal(d.id[0], "in_1");
	assert_string_equal(d.id[1], "in_2");
	assert_int_equal(invoice_overdue(db, "in_1", &d), ERR_OK);
	assert_int_equal(d.count, 1);
}

#define PAID_100	"{\"id\":\"in_1\",\"amount_paid\":100}"

/* What is paid and is in no ledger: at once, if nobody has looked yet. */
static void
invoices_that_are_not_booked_are_overdue(void **state)
{
	struct json *read = json(PAID_100);
	struct differing d;

	(void)state;
	sql("INSERT INTO invoice (id, customer_id, status, created, livemode,"
	    " amount_due, amount_paid, total, currency) VALUES ('in_1',"
	    " 'cus_1', 'paid', now(), false, 100, 100, 100, 'eur')", NULL,
	    NULL);
	assert_int_equal(invoice_overdue(db, "", &d), ERR_OK);
	assert_int_equal(d.count, 1);
	/* Its payments were behind, as it was read. */
	sql("UPDATE invoice SET booked = 100", NULL, NULL);
	assert_int_equal(invoice_overdue(db, "", &d), ERR_OK);
	assert_int_equal(d.count, 0);
	assert_int_equal(invoice_booked(db, read, 60), ERR_OK);
	assert_int_equal(invoice_overdue(db, "", &d), ERR_OK);
	assert_int_equal(d.count, 1);
	/* Not for ever. */
	sql("UPDATE invoice SET booked = 100,"
	    " paid_at = now() - interval '49 hours'", NULL, NULL);
	assert_int_equal(invoice_booked(db, read, 60), ERR_OK);
	assert_int_equal(invoice_overdue(db, "", &d), ERR_OK);
	assert_int_equal(d.count, 0);
	json_free(read);
}

/* How often was this index looked into, as far as is known by now? */
static int
scans_of(const char *index)
{
	static const struct stmt flush = { .name = "flush",
	    .text = "SELECT pg_stat_force_next_flush()" };

	assert_int_equal(db_query(db, &flush, NULL, 0, NULL), ERR_OK);
	return atoi(sql("SELECT pg_stat_get_numscans($1::text::regclass)",
	    index, NULL));
}

/* A year's settled rows are not gone through for the few that are not. */
static void
what_is_settled_is_not_looked_at(void **state)
{
	const int invoices = scans_of("invoice_unsettled"),
	    paybacks = scans_of("payback_unsettled");
	struct differing d;

	(void)state;
	sql("INSERT INTO invoice (id, customer_id, status, created, livemode,"
	    " amount_due, amount_paid, total, currency, booked)"
	    " SELECT 'in_' || n, 'cus_1', 'paid', now(), false, 1, 1, 1, 'eur',"
	    " 1 FROM generate_series(1, 5000) n", NULL, NULL);
	sql("INSERT INTO payback (id, kind, status, currency, amount, moves,"
	    " created) SELECT 're_' || n, 'refund', 'succeeded', 'eur', 1, 1, now()"
	    " FROM generate_series(1, 5000) n", NULL, NULL);
	sql("ANALYZE invoice", NULL, NULL);
	sql("ANALYZE payback", NULL, NULL);
	assert_int_equal(invoice_overdue(db, "", &d), ERR_OK);
	assert_int_equal(d.count, 0);
	assert_int_equal(refund_overdue(db, "", &d), ERR_OK);
	assert_int_equal(d.count, 0);
	assert_int_equal(scans_of("invoice_unsettled"), invoices + 1);
	assert_int_equal(scans_of("payback_unsettled"), paybacks + 1);
}

/* Whose errand says already what is to be done, is not overdue as well. */
static void
what_is_known_is_not_overdue(void **state)
{
	static const char *const states[] = {
		"waiting", "parked", "dead", "dropped"
	};
	struct differing d;
	size_t i;

	(void)state;
	sql("INSERT INTO subscription (id, customer_id, status, created,"
	    " livemode, current_period_end, seen_at) VALUES ('sub_1', 'cus_1',"
	    " 'active', now(), false, now() - interval '2 hours',"
	    " now() - interval '1 day')", NULL, NULL);
	assert_int_equal(object_hear(db, STRIPE_SUBSCRIPTION, "sub_1"),
	    ERR_OK);
	for (i = 0; i < NELEM(states); i++) {
		sql("UPDATE stripe_object SET state = $1", states[i], NULL);
		assert_int_equal(subscription_overdue(db, "", &d), ERR_OK);
		assert_int_equal(d.count, 0);
	}
	sql("UPDATE stripe_object SET state = 'done'", NULL, NULL);
	assert_int_equal(subscription_overdue(db, "", &d), ERR_OK);
	assert_int_equal(d.count, 1);
}

#define CLEAN(f)	cmocka_unit_test_setup(f, clean)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CLEAN(what_is_as_listed_is_not_read),
		CLEAN(items_are_compared_as_far_as_they_are_shown),
		CLEAN(what_has_ended_is_not_read_again),
		CLEAN(what_is_known_is_left_alone),
		CLEAN(what_cannot_be_read_is_passed_over),
		CLEAN(odd_ids_are_told_apart),
		CLEAN(invoices_are_compared),
		CLEAN(a_page_has_an_end),
		CLEAN(subscriptions_that_should_have_renewed_are_overdue),
		CLEAN(invoices_that_nobody_looked_at_are_overdue),
		CLEAN(invoices_that_are_not_booked_are_overdue),
		CLEAN(what_is_settled_is_not_looked_at),
		CLEAN(what_is_known_is_not_overdue),
	};
	int failed;

	if (!rows_open())
		return SKIPPED;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	rows_close();
	return failed;
}
