/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "referral/referral.h"
#include "rows.h"

#define CODE	"pNRB1aYqArN"
#define OTHER	"k3vTqPz9LmA"

static enum err
record_twice(struct db *conn, void *arg)
{
	const struct referral_terms terms = { 20, 12 }, other = { 30, 0 };
	struct referral_terms found;
	const char *id = arg;
	char ucc[UCC];

	assert_int_equal(referral_record(conn, id, CODE, "form",
	    &terms), ERR_OK);
	assert_int_equal(referral_record(conn, id, OTHER, "cookie",
	    &other),
	    ERR_CONFLICT);
	assert_int_equal(referral_find(conn, id, ucc), ERR_OK);
	assert_string_equal(ucc, CODE);
	assert_int_equal(referral_find_terms(conn, id, ucc, &found), ERR_OK);
	assert_int_equal(found.percent, 20);
	assert_int_equal(found.months, 12);
	return ERR_OK;
}

/* Scenario 46: what comes after signing up changes nothing. */
static void
a_referral_is_written_once(void **state)
{
	char id[TEXT_UUID], ucc[UCC];

	(void)state;
	memcpy(id, new_account(), sizeof(id));
	assert_int_equal(referral_find(db, id, ucc), ERR_NOTFOUND);
	assert_int_equal(db_transaction(db, record_twice, id), ERR_OK);
	assert_string_equal(sql("SELECT source FROM referral"
	    " WHERE account_id = $1::uuid", id, NULL), "form");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_referral_is_written_once),
	};
	int failed;

	if (!rows_open())
		return SKIPPED;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	rows_close();
	return failed;
}
