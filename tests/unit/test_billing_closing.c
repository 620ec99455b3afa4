/* SPDX-License-Identifier: MIT */

/* What an erased account has open is closed: calls, and what comes of them. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "applied.h"
#include "base/text.h"
#include "billing/closing.h"
#include "billing/send.h"
#include "rows.h"

static char ada[TEXT_UUID];

static int
clean(void **state)
{
	(void)state;
	sql("DELETE FROM stripe_call", NULL, NULL);
	sql("DELETE FROM stripe_object", NULL, NULL);
	sql("DELETE FROM checkout_session", NULL, NULL);
	sql("DELETE FROM customer WHERE id = 'cus_1'", NULL, NULL);
	memcpy(ada, new_account(), sizeof(ada));
	return 0;
}

static void
what_is_open_is_told(void **state)
{
	static const struct {
		enum closing	 what;
		const char	*shown;
		int		 due;
	} cases[] = {
		{ CLOSING_PAGE, "{\"status\":\"open\"}", 1 },
		{ CLOSING_PAGE, "{\"status\":\"complete\"}", 0 },
		{ CLOSING_PAGE, "{\"status\":\"expired\"}", 0 },
		{ CLOSING_PAGE, "{}", 0 },
		{ CLOSING_SUBSCRIPTION, "{\"status\":\"active\"}", 1 },
		{ CLOSING_SUBSCRIPTION, "{\"status\":\"trialing\"}", 1 },
		{ CLOSING_SUBSCRIPTION, "{\"status\":\"past_due\"}", 1 },
		{ CLOSING_SUBSCRIPTION, "{\"status\":\"unpaid\"}", 1 },
		{ CLOSING_SUBSCRIPTION, "{\"status\":\"paused\"}", 1 },
		{ CLOSING_SUBSCRIPTION, "{\"status\":\"incomplete\"}", 1 },
		{ CLOSING_SUBSCRIPTION, "{\"status\":\"of_2030\"}", 1 },
		{ CLOSING_SUBSCRIPTION, "{\"status\":\"canceled\"}", 0 },
		{ CLOSING_SUBSCRIPTION, "{\"status\":\"incomplete_expired\"}",
		    0 },
		{ CLOSING_CUSTOMER, "{}", 1 },
		{ CLOSING_CUSTOMER, "{\"deleted\":true}", 0 }
	};
	struct json *shown;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(cases); i++) {
		shown = json(cases[i].shown);
		if (closing_is_due(cases[i].what, shown) != cases[i].due)
			fail_msg("%d %s", (int)cases[i].what, cases[i].shown);
		json_free(shown);
	}
}

#define OF(column)	"SELECT " column " FROM stripe_call WHERE id = $1::uuid"
#define HEARD		"SELECT count(*) FROM stripe_object WHERE id = $1"

static struct call
begin(enum closing what, const char *id)
{
	struct call c = { .form = NULL };

	assert_int_equal(closing_begin(db, ada, what, id, &c), ERR_OK);
	return c;
}

static enum err
settle(const struct call *c, enum err came)
{
	const struct sending s = { .why = "no such thing" };

	return closing_settle(db, c, came, &s);
}

/* Whoever died with it: the next one goes on with the same call. */
static void
each_is_closed_by_one_call(void **state)
{
	static const struct {
		enum closing	 what;
		const char	*id, *kind, *path;
	} cases[] = {
		{ CLOSING_PAGE, "cs_1", "expire",
		    "/v1/checkout/sessions/cs_1/expire" },
		{ CLOSING_SUBSCRIPTION, "sub_1", "close",
		    "/v1/subscriptions/sub_1" },
		{ CLOSING_CUSTOMER, "cus_1", "delete", "/v1/customers/cus_1" }
	};
	struct call c, again;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(cases); i++) {
		c = begin(cases[i].what, cases[i].id);
		assert_string_equal(sql(OF("kind"), c.id, NULL),
		    cases[i].kind);
		assert_true(text_begins(sql(OF("path"), c.id, NULL),
		    cases[i].path));
		assert_string_equal(sql(OF("first_sent_at IS NOT NULL AND"
		    " state <> 'done'"), c.id, NULL), "t");
		sql("UPDATE stripe_call SET leased_until = NULL", NULL, NULL);
		again = begin(cases[i].what, cases[i].id);
		assert_string_equal(again.id, c.id);
		assert_true(again.sent);
		call_done(&again);
		call_done(&c);
	}
	c = begin(CLOSING_SUBSCRIPTION, "sub_2");
	assert_string_equal(sql("SELECT count(*) FROM stripe_call WHERE kind ="
	    " 'close' AND account_id = $1::uuid", ada, NULL), "2");
	call_done(&c);
}

static void
what_came_of_it_is_written_down(void **state)
{
	struct call c;

	(void)state;
	c = begin(CLOSING_SUBSCRIPTION, "sub_1");
	assert_int_equal(settle(&c, ERR_LATER), ERR_OK);
	assert_string_equal(sql(OF("state <> 'done'"), c.id, NULL), "t");
	assert_int_equal(settle(&c, ERR_OK), ERR_OK);
	assert_string_equal(sql(OF("state || outcome"), c.id, NULL),
	    "donemade");
	assert_string_equal(sql(HEARD, "sub_1", NULL), "1");
	call_done(&c);

	/* Refused for good: the next time is another call. */
	c = begin(CLOSING_SUBSCRIPTION, "sub_2");
	assert_int_equal(settle(&c, ERR_INPUT), ERR_OK);
	assert_string_equal(sql(OF("outcome"), c.id, NULL), "refused");
	assert_string_equal(sql(HEARD, "sub_2", NULL), "0");
	call_done(&c);

	/* A page that cannot be closed was paid on, perhaps. */
	c = begin(CLOSING_PAGE, "cs_1");
	assert_int_equal(settle(&c, ERR_INPUT), ERR_OK);
	assert_string_equal(sql(HEARD, "cs_1", NULL), "1");
	call_done(&c);
}

static void
a_page_that_was_closed_has_no_address(void **state)
{
	struct call c;

	(void)state;
	sql("INSERT INTO customer (id) VALUES ('cus_1')", NULL, NULL);
	sql("INSERT INTO checkout_session (id, account_id, customer_id,"
	    " subject, status, url, expires_at) VALUES ('cs_1', $1::uuid,"
	    " 'cus_1', 'solo:1', 'open', 'https://x', now())", ada, NULL);
	c = begin(CLOSING_PAGE, "cs_1");
	assert_int_equal(settle(&c, ERR_OK), ERR_OK);
	assert_string_equal(sql("SELECT status || (url IS NULL) FROM"
	    " checkout_session WHERE id = 'cs_1'", NULL, NULL), "expiredtrue");
	call_done(&c);
}

/* Of calls whose answer got lost nothing waits, of this account. */
static void
in_the_end_no_call_is_open(void **state)
{
	struct call c, other;
	char bob[TEXT_UUID];

	(void)state;
	memcpy(bob, new_account(), sizeof(bob));
	c = begin(CLOSING_PAGE, "cs_1");
	call_done(&c);
	c = begin(CLOSING_PAGE, "cs_2");
	call_done(&c);
	c = begin(CLOSING_SUBSCRIPTION, "sub_1");
	call_done(&c);
	other = (struct call){ .form = NULL };
	assert_int_equal(closing_begin(db, bob, CLOSING_SUBSCRIPTION, "sub_9",
	    &other), ERR_OK);
	assert_int_equal(closing_end(db, ada), ERR_OK);
	assert_string_equal(sql("SELECT count(*) FROM stripe_call WHERE"
	    " account_id = $1::uuid AND state <> 'done'", ada, NULL), "0");
	assert_string_equal(sql(OF("state <> 'done'"), other.id, NULL), "t");
	call_done(&other);
}

int
main(void)
{
	const struct CMUnitTest tables[] = {
		cmocka_unit_test(what_is_open_is_told),
	};
	const struct CMUnitTest with_database[] = {
		cmocka_unit_test_setup(each_is_closed_by_one_call, clean),
		cmocka_unit_test_setup(what_came_of_it_is_written_down, clean),
		cmocka_unit_test_setup(a_page_that_was_closed_has_no_address,
		    clean),
		cmocka_unit_test_setup(in_the_end_no_call_is_open, clean),
	};
	int failed;

	failed = cmocka_run_group_tests(tables, NULL, NULL);
	if (!rows_open())
		return failed != 0 ? failed : SKIPPED;
	failed += cmocka_run_group_tests(with_database, NULL, NULL);
	rows_close();
	return failed;
}
