/* SPDX-License-Identifier: MIT */

/* The one Stripe account and mode, against a real database. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "billing/home.h"
#include "rows.h"

static const struct {
	struct home	 a, b;
	int		 want;
} homes[] = {
	{ { "acct_1", 0 }, { "acct_1", 0 }, 1 },
	{ { "acct_1", 1 }, { "acct_1", 1 }, 1 },
	{ { "acct_1", 0 }, { "acct_1", 1 }, 0 },
	{ { "acct_1", 0 }, { "acct_2", 0 }, 0 },
	/* A restricted key may not say whose it is. */
	{ { "", 0 }, { "acct_1", 0 }, 1 },
	{ { "acct_1", 1 }, { "", 1 }, 1 },
	{ { "", 0 }, { "", 0 }, 1 },
	{ { "", 0 }, { "acct_1", 1 }, 0 },
	{ { "", 1 }, { "", 0 }, 0 },
};

static void
homes_are_compared(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(homes); i++)
		if (home_same(&homes[i].a, &homes[i].b) != homes[i].want ||
		    home_same(&homes[i].b, &homes[i].a) != homes[i].want)
			fail_msg("row %zu: wanted %d", i, homes[i].want);
}

static void
the_first_key_decides_whose_the_rows_are(void **state)
{
	struct home first = { "acct_1", 1 }, second = { "acct_2", 0 }, rows;
	int known;

	(void)state;
	sql("DELETE FROM stripe_home", NULL, NULL);
	assert_int_equal(home_settle(db, &first, "first", &rows), ERR_OK);
	assert_string_equal(rows.account, "acct_1");
	assert_int_equal(rows.livemode, 1);
	assert_int_equal(home_settle(db, &second, "second", &rows), ERR_OK);
	assert_string_equal(rows.account, "acct_1");
	assert_int_equal(rows.livemode, 1);
	/* Only a key of theirs is known from then on. */
	assert_int_equal(home_knows(db, "first", &known), ERR_OK);
	assert_int_equal(known, 1);
	assert_int_equal(home_knows(db, "second", &known), ERR_OK);
	assert_int_equal(known, 0);
	assert_int_equal(home_settle(db, &first, "rolled", &rows), ERR_OK);
	assert_int_equal(home_knows(db, "rolled", &known), ERR_OK);
	assert_int_equal(known, 1);
	assert_int_equal(home_settle(db, &second, "second", &second), ERR_OK);
	assert_string_equal(second.account, "acct_1");
	assert_string_equal(sql("SELECT count(*) FROM stripe_home", NULL,
	    NULL), "1");
	sql("DELETE FROM stripe_home", NULL, NULL);
}

/* Else a key of any account would do for ever. */
static void
an_account_that_was_not_known_is_found_out(void **state)
{
	struct home restricted = { "", 0 }, live = { "acct_9", 1 };
	struct home first = { "acct_1", 0 }, second = { "acct_2", 0 }, rows;

	(void)state;
	sql("DELETE FROM stripe_home", NULL, NULL);
	assert_int_equal(home_settle(db, &restricted, "restricted", &rows), ERR_OK);
	assert_int_equal(home_settle(db, &live, "live", &rows), ERR_OK);
	assert_string_equal(rows.account, "");
	assert_int_equal(rows.livemode, 0);
	assert_int_equal(home_settle(db, &first, "first", &rows), ERR_OK);
	assert_string_equal(rows.account, "acct_1");
	assert_int_equal(home_settle(db, &second, "second", &rows), ERR_OK);
	assert_string_equal(rows.account, "acct_1");
	assert_int_equal(home_settle(db, &restricted, "restricted", &rows), ERR_OK);
	assert_string_equal(rows.account, "acct_1");
	sql("DELETE FROM stripe_home", NULL, NULL);
}

int
main(void)
{
	const struct CMUnitTest tables[] = {
		cmocka_unit_test(homes_are_compared),
	};
	const struct CMUnitTest with_database[] = {
		cmocka_unit_test(the_first_key_decides_whose_the_rows_are),
		cmocka_unit_test(an_account_that_was_not_known_is_found_out),
	};
	int failed;

	failed = cmocka_run_group_tests(tables, NULL, NULL);
	if (!rows_open())
		return failed != 0 ? failed : SKIPPED;
	failed += cmocka_run_group_tests(with_database, NULL, NULL);
	rows_close();
	return failed;
}
