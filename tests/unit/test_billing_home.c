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

/* This key says whose it is: whose are the rows? */
static const char *
settled(const char *account, int livemode, const char *key)
{
	static struct home rows;
	struct home mine = { .livemode = livemode };

	memcpy(mine.account, account, strlen(account) + 1);
	assert_int_equal(home_settle(db, &mine, key, &rows), ERR_OK);
	return rows.account;
}

static int
knows(const char *key)
{
	int known = -1;

	assert_int_equal(home_knows(db, key, &known), ERR_OK);
	return known;
}

static int
clean(void **state)
{
	(void)state;
	sql("DELETE FROM stripe_home", NULL, NULL);
	return 0;
}

static void
nobody_s_rows_are_nobody_s(void **state)
{
	struct home rows;

	(void)state;
	assert_int_equal(home_find(db, &rows), ERR_NOTFOUND);
	assert_string_equal(settled("acct_1", 1, "k1"), "acct_1");
	assert_int_equal(home_find(db, &rows), ERR_OK);
	assert_string_equal(rows.account, "acct_1");
	assert_int_equal(rows.livemode, 1);
}

static void
the_first_key_decides_whose_the_rows_are(void **state)
{
	struct home second = { "acct_2", 0 };

	(void)state;
	assert_false(knows("k1"));
	assert_string_equal(settled("acct_1", 1, "k1"), "acct_1");
	assert_true(knows("k1"));
	assert_string_equal(settled("acct_2", 1, "k2"), "acct_1");
	assert_int_equal(home_settle(db, &second, "k2", &second), ERR_OK);
	assert_string_equal(second.account, "acct_1");
	assert_int_equal(second.livemode, 1);
	assert_string_equal(sql("SELECT count(*) FROM stripe_home", NULL,
	    NULL), "1");
	/* A stranger's key is not remembered as one of ours. */
	assert_false(knows("k2"));
	assert_true(knows("k1"));
}

/* Another key of the same account and mode takes the place of the first. */
static void
the_last_good_key_is_remembered(void **state)
{
	(void)state;
	(void)settled("acct_1", 0, "k1");
	(void)settled("acct_1", 1, "live");
	assert_true(knows("k1"));
	(void)settled("acct_1", 0, "k2");
	assert_true(knows("k2"));
	assert_false(knows("k1"));
	/* So does one that may not say whose it is. */
	(void)settled("", 0, "k3");
	assert_true(knows("k3"));
}

/* Else a key of any account would do for ever. */
static void
an_account_that_was_not_known_is_found_out(void **state)
{
	(void)state;
	assert_string_equal(settled("", 0, "restricted"), "");
	assert_string_equal(settled("acct_9", 1, "live"), "");
	assert_string_equal(settled("acct_1", 0, "k1"), "acct_1");
	assert_string_equal(settled("acct_2", 0, "k2"), "acct_1");
	assert_false(knows("k2"));
	assert_string_equal(settled("", 0, "restricted"), "acct_1");
}

#define CLEAN(f)	cmocka_unit_test_setup(f, clean)

int
main(void)
{
	const struct CMUnitTest tables[] = {
		cmocka_unit_test(homes_are_compared),
	};
	const struct CMUnitTest with_database[] = {
		CLEAN(nobody_s_rows_are_nobody_s),
		CLEAN(the_first_key_decides_whose_the_rows_are),
		CLEAN(the_last_good_key_is_remembered),
		CLEAN(an_account_that_was_not_known_is_found_out),
	};
	int failed;

	failed = cmocka_run_group_tests(tables, NULL, NULL);
	if (!rows_open())
		return failed != 0 ? failed : SKIPPED;
	failed += cmocka_run_group_tests(with_database, NULL, NULL);
	rows_close();
	return failed;
}
