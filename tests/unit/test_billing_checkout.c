/* SPDX-License-Identifier: MIT */

/* Checkout Sessions, against a real database. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/text.h"
#include "billing/call.h"
#include "billing/checkout.h"
#include "billing/listing.h"
#include "billing/object.h"
#include "rows.h"

static char ada[TEXT_UUID];

static int
clean(void **state)
{
	(void)state;
	sql("DELETE FROM checkout_session", NULL, NULL);
	sql("DELETE FROM subscription_item", NULL, NULL);
	sql("DELETE FROM subscription", NULL, NULL);
	sql("DELETE FROM stripe_object", NULL, NULL);
	sql("INSERT INTO customer (id) VALUES ('cus_1')"
	    " ON CONFLICT (id) DO UPDATE SET deleted = false", NULL, NULL);
	memcpy(ada, new_account(), sizeof(ada));
	return 0;
}

#define SESSION(id, status, url, more)					\
	"{\"id\":\"" id "\",\"object\":\"checkout.session\","		\
	"\"customer\":\"cus_1\",\"status\":\"" status "\","		\
	"\"url\":" url ",\"expires_at\":4102444800" more "}"
#define URL	"\"https://checkout.stripe.com/c/1\""

static enum err
keep(const char *text, struct checkout_session *ret_session)
{
	struct call c;
	struct json *j = NULL;
	enum err e;

	call_init(&c, ada, CALL_CHECKOUT, "/v1/checkout/sessions");
	snprintf(c.subject, sizeof(c.subject), "pro:1");
	assert_int_equal(json_parse(text, strlen(text), &j), ERR_OK);
	e = checkout_keep(db, &c, j, ret_session);
	json_free(j);
	return e;
}

static enum err
apply(const char *text)
{
	struct json *j = NULL;
	enum err e;

	assert_int_equal(json_parse(text, strlen(text), &j), ERR_OK);
	e = checkout_apply(db, j);
	json_free(j);
	return e;
}

static void
an_open_session_is_found_again(void **state)
{
	struct checkout_session s;
	int awaited = -1;

	(void)state;
	assert_int_equal(checkout_find_open(db, ada, &s), ERR_NOTFOUND);
	assert_int_equal(keep(SESSION("cs_1", "open", URL, ""), &s), ERR_OK);
	assert_string_equal(s.url, "https://checkout.stripe.com/c/1");
	memset(&s, 0, sizeof(s));
	assert_int_equal(checkout_find_open(db, ada, &s), ERR_OK);
	assert_string_equal(s.id, "cs_1");
	assert_string_equal(s.subject, "pro:1");
	assert_string_equal(s.url, "https://checkout.stripe.com/c/1");
	assert_int_equal(checkout_owned(db, ada, "cs_1", &awaited), ERR_OK);
	assert_int_equal(awaited, 1);
	assert_int_equal(checkout_owned(db, ada, "cs_2", &awaited),
	    ERR_NOTFOUND);
	assert_int_equal(checkout_owned(db, new_account(), "cs_1", &awaited),
	    ERR_NOTFOUND);

	/* Open, but not for long enough to be handed out again. */
	sql("UPDATE checkout_session SET expires_at = now() +"
	    " interval '14 minutes'", NULL, NULL);
	assert_int_equal(checkout_find_open(db, ada, &s), ERR_OK);
	assert_int_equal(s.lasting, 0);
	sql("UPDATE checkout_session SET expires_at = now() -"
	    " interval '1 second'", NULL, NULL);
	assert_int_equal(checkout_find_open(db, ada, &s), ERR_NOTFOUND);
	sql("UPDATE checkout_session SET expires_at = now() +"
	    " interval '16 minutes'", NULL, NULL);
	assert_int_equal(checkout_find_open(db, ada, &s), ERR_OK);
	assert_int_equal(s.lasting, 1);
	sql("UPDATE customer SET deleted = true WHERE id = 'cus_1'", NULL,
	    NULL);
	assert_int_equal(checkout_find_open(db, ada, &s), ERR_NOTFOUND);
	assert_int_equal(checkout_closed(db, "cs_1"), ERR_OK);
	assert_string_equal(sql("SELECT url FROM checkout_session", NULL,
	    NULL), "null");
}

static void
what_is_no_session_is_refused(void **state)
{
	struct checkout_session s;

	(void)state;
	assert_int_equal(keep("{}", &s), ERR_INPUT);
	assert_int_equal(keep("{\"object\":\"customer\",\"id\":\"cus_1\"}",
	    &s), ERR_INPUT);
	assert_int_equal(keep("{\"object\":\"checkout.session\",\"id\":"
	    "\"cs_1\",\"status\":\"open\",\"customer\":null}", &s), ERR_INPUT);
	assert_int_equal(keep(SESSION("cs_1", "complete", "null", ""), &s),
	    ERR_OK);
	assert_string_equal(s.url, "");
}

static void
a_session_is_applied(void **state)
{
	const char *row = "SELECT concat_ws(' ', status,"
	    " coalesce(subscription_id, '-'), coalesce(url, '-'))"
	    " FROM checkout_session WHERE id = 'cs_1'";
	struct checkout_session s;

	(void)state;
	assert_int_equal(apply(SESSION("cs_1", "complete", "null",
	    ",\"subscription\":\"sub_1\"")), ERR_OK);
	assert_string_equal(sql(row, NULL, NULL), "none");
	assert_string_equal(sql("SELECT count(*) FROM stripe_object", NULL,
	    NULL), "0");

	assert_int_equal(keep(SESSION("cs_1", "open", URL, ""), &s), ERR_OK);
	assert_int_equal(apply(SESSION("cs_1", "open", URL, "")), ERR_OK);
	assert_string_equal(sql(row, NULL, NULL),
	    "open - https://checkout.stripe.com/c/1");
	assert_int_equal(apply(SESSION("cs_1", "complete", "null",
	    ",\"subscription\":{\"id\":\"sub_1\"}")), ERR_OK);
	assert_string_equal(sql(row, NULL, NULL), "complete sub_1 -");
	assert_string_equal(sql("SELECT id || kind || heard"
	    " FROM stripe_object", NULL, NULL), "sub_1subscription1");

	/* Neither an old answer nor our own expiry opens or ends it. */
	assert_int_equal(apply(SESSION("cs_1", "open", URL, "")), ERR_OK);
	assert_int_equal(keep(SESSION("cs_1", "open", URL, ""), &s), ERR_OK);
	assert_int_equal(checkout_closed(db, "cs_1"), ERR_OK);
	assert_string_equal(sql(row, NULL, NULL), "complete sub_1 -");
	assert_int_equal(apply("{\"id\":\"cs_1\"}"), ERR_INPUT);
}

/* Paid on, and its subscription is not here yet. */
/* Whoever has read it, or will, read or reads it after it was made. */
static void
a_subscription_that_is_known_is_not_heard_of_again(void **state)
{
	static const char *const states[] = {
		"waiting", "parked", "done", "dead", "dropped"
	};
	struct checkout_session s;
	size_t i;

	(void)state;
	assert_int_equal(keep(SESSION("cs_1", "open", URL, ""), &s), ERR_OK);
	for (i = 0; i < NELEM(states); i++) {
		sql("DELETE FROM stripe_object", NULL, NULL);
		assert_int_equal(object_hear(db, STRIPE_SUBSCRIPTION, "sub_1"),
		    ERR_OK);
		sql("UPDATE stripe_object SET state = $1", states[i], NULL);
		assert_int_equal(apply(SESSION("cs_1", "complete", "null",
		    ",\"subscription\":\"sub_1\"")), ERR_OK);
		assert_string_equal(sql("SELECT state || ' ' || heard"
		    " FROM stripe_object", NULL, NULL), i == 0 ? "waiting 1" :
		    i == 1 ? "parked 1" : i == 2 ? "done 1" : "waiting 2");
	}
}

/* The money came days after the page: nobody else may say so. */
static void
a_page_that_is_paid_late_has_its_subscription_read(void **state)
{
	static const struct {
		const char	*payment, *paid_until, *want;
	} rows[] = {
		{ "paid", NULL, "waiting" }, { "unpaid", NULL, "done" },
		{ "paid", "tomorrow", "done" },
		{ "no_payment_required", NULL, "done" }
	};
	struct checkout_session s;
	char text[1024];
	size_t i;

	(void)state;
	assert_int_equal(keep(SESSION("cs_1", "open", URL, ""), &s), ERR_OK);
	sql("INSERT INTO subscription (id, customer_id, status, created,"
	    " livemode) VALUES ('sub_1', 'cus_1', 'active', now(), false)",
	    NULL, NULL);
	assert_int_equal(object_hear(db, STRIPE_SUBSCRIPTION, "sub_1"),
	    ERR_OK);
	for (i = 0; i < NELEM(rows); i++) {
		sql("UPDATE stripe_object SET state = 'done'", NULL, NULL);
		sql(rows[i].paid_until == NULL ?
		    "UPDATE subscription SET paid_until = NULL" :
		    "UPDATE subscription SET paid_until = 'tomorrow'", NULL,
		    NULL);
		snprintf(text, sizeof(text), SESSION("cs_1", "complete",
		    "null", ",\"subscription\":\"sub_1\","
		    "\"payment_status\":\"%s\""), rows[i].payment);
		assert_int_equal(apply(text), ERR_OK);
		if (strcmp(sql("SELECT state FROM stripe_object", NULL, NULL),
		    rows[i].want) != 0)
			fail_msg("%s, %s: wanted %s", rows[i].payment,
			    rows[i].paid_until, rows[i].want);
	}
}

static void
between_page_and_subscription_nothing_is_bought(void **state)
{
	struct checkout_session s;
	int pending;

	(void)state;
	assert_int_equal(checkout_pending(db, ada, &pending), ERR_OK);
	assert_int_equal(pending, 0);
	assert_int_equal(keep(SESSION("cs_1", "open", URL, ""), &s), ERR_OK);
	assert_int_equal(checkout_pending(db, ada, &pending), ERR_OK);
	assert_int_equal(pending, 0);
	assert_int_equal(apply(SESSION("cs_1", "complete", "null", "")),
	    ERR_OK);
	assert_int_equal(checkout_pending(db, ada, &pending), ERR_OK);
	assert_int_equal(pending, 1);
	assert_int_equal(apply(SESSION("cs_1", "complete", "null",
	    ",\"subscription\":\"sub_1\"")), ERR_OK);
	assert_int_equal(checkout_pending(db, ada, &pending), ERR_OK);
	assert_int_equal(pending, 1);
	assert_int_equal(checkout_pending(db, new_account(), &pending),
	    ERR_OK);
	assert_int_equal(pending, 0);

	/* It has come, or it is not on its way any more. */
	sql("UPDATE checkout_session SET created_at = now() -"
	    " interval '49 hours'", NULL, NULL);
	assert_int_equal(checkout_pending(db, ada, &pending), ERR_OK);
	assert_int_equal(pending, 0);
	sql("UPDATE checkout_session SET created_at = now() -"
	    " interval '47 hours'", NULL, NULL);
	assert_int_equal(checkout_pending(db, ada, &pending), ERR_OK);
	assert_int_equal(pending, 1);
	sql("INSERT INTO subscription (id, customer_id, status, created,"
	    " livemode) VALUES ('sub_1', 'cus_1', 'active', now(), false)",
	    NULL, NULL);
	assert_int_equal(checkout_pending(db, ada, &pending), ERR_OK);
	assert_int_equal(pending, 0);
}

/* What is over brings nothing, however often somebody asks. */
static void
only_what_may_change_is_awaited(void **state)
{
	struct checkout_session s;
	int awaited;

	(void)state;
	assert_int_equal(keep(SESSION("cs_1", "open", URL, ""), &s), ERR_OK);
	assert_int_equal(apply(SESSION("cs_1", "complete", "null",
	    ",\"subscription\":\"sub_1\"")), ERR_OK);
	assert_int_equal(checkout_owned(db, ada, "cs_1", &awaited), ERR_OK);
	assert_int_equal(awaited, 1);
	sql("UPDATE checkout_session SET created_at = now() -"
	    " interval '49 hours'", NULL, NULL);
	assert_int_equal(checkout_owned(db, ada, "cs_1", &awaited), ERR_OK);
	assert_int_equal(awaited, 0);
	sql("UPDATE checkout_session SET created_at = now()", NULL, NULL);
	sql("INSERT INTO subscription (id, customer_id, status, created,"
	    " livemode) VALUES ('sub_1', 'cus_1', 'active', now(), false)",
	    NULL, NULL);
	assert_int_equal(checkout_owned(db, ada, "cs_1", &awaited), ERR_OK);
	assert_int_equal(awaited, 0);
	sql("UPDATE checkout_session SET status = 'expired'", NULL, NULL);
	assert_int_equal(checkout_owned(db, ada, "cs_1", &awaited), ERR_OK);
	assert_int_equal(awaited, 0);
}

static void
pages_that_should_have_ended_are_overdue(void **state)
{
	struct checkout_session s;
	struct differing d;

	(void)state;
	assert_int_equal(keep(SESSION("cs_1", "open", URL, ""), &s), ERR_OK);
	assert_int_equal(keep(SESSION("cs_2", "open", URL, ""), &s), ERR_OK);
	assert_int_equal(keep(SESSION("cs_3", "complete", "null", ""), &s),
	    ERR_OK);
	assert_int_equal(checkout_overdue(db, "", &d), ERR_OK);
	assert_int_equal(d.count, 0);
	sql("UPDATE checkout_session SET expires_at = now() -"
	    " interval '59 minutes'", NULL, NULL);
	assert_int_equal(checkout_overdue(db, "", &d), ERR_OK);
	assert_int_equal(d.count, 0);
	sql("UPDATE checkout_session SET expires_at = now() -"
	    " interval '61 minutes'", NULL, NULL);
	assert_int_equal(checkout_overdue(db, "", &d), ERR_OK);
	assert_int_equal(d.count, 2);
	assert_string_equal(d.id[0], "cs_1");
	assert_int_equal(checkout_overdue(db, "cs_1", &d), ERR_OK);
	assert_int_equal(d.count, 1);
	assert_string_equal(d.id[0], "cs_2");
	assert_int_equal(checkout_overdue(db, "cs_2", &d), ERR_OK);
	assert_int_equal(d.count, 0);
}

static void
pages_go_away(void **state)
{
	struct checkout_session s;
	int deleted;

	(void)state;
	assert_int_equal(keep(SESSION("cs_1", "open", URL, ""), &s), ERR_OK);
	assert_int_equal(keep(SESSION("cs_2", "open", URL, ""), &s), ERR_OK);
	assert_int_equal(keep(SESSION("cs_3", "open", URL, ""), &s), ERR_OK);
	sql("UPDATE checkout_session SET expires_at = now() -"
	    " interval '91 days' WHERE id <> 'cs_3'", NULL, NULL);
	assert_int_equal(checkout_tidy(db, 92, 10, &deleted), ERR_OK);
	assert_int_equal(deleted, 0);
	assert_int_equal(checkout_tidy(db, 90, 1, &deleted), ERR_OK);
	assert_int_equal(deleted, 1);
	assert_int_equal(checkout_tidy(db, 90, 10, &deleted), ERR_OK);
	assert_int_equal(deleted, 1);
	assert_string_equal(sql("SELECT id FROM checkout_session", NULL,
	    NULL), "cs_3");
}

#define CLEAN(f)	cmocka_unit_test_setup(f, clean)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CLEAN(an_open_session_is_found_again),
		CLEAN(what_is_no_session_is_refused),
		CLEAN(a_session_is_applied),
		CLEAN(a_subscription_that_is_known_is_not_heard_of_again),
		CLEAN(a_page_that_is_paid_late_has_its_subscription_read),
		CLEAN(between_page_and_subscription_nothing_is_bought),
		CLEAN(only_what_may_change_is_awaited),
		CLEAN(pages_that_should_have_ended_are_overdue),
		CLEAN(pages_go_away),
	};
	int failed;

	if (!rows_open())
		return SKIPPED;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	rows_close();
	return failed;
}
