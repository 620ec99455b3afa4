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
#include "referral/touch.h"
#include "rows.h"

#define CODE	"pNRB1aYqArN"
#define OTHER	"k3vTqPz9LmA"

static enum err
record_twice(struct db *conn, void *arg)
{
	const struct referral first = { .ucc = CODE, .source = "form",
	    .product = "app.example.com", .clicked_at = 1700000000,
	    .terms = { 20, 12 } };
	const struct referral other = { .ucc = OTHER, .source = "cookie",
	    .terms = { 30, 0 } };
	struct referral_terms found;
	struct referral all;
	const char *id = arg;
	char ucc[UCC];

	assert_int_equal(referral_record(conn, id, &first), ERR_OK);
	assert_int_equal(referral_record(conn, id, &other), ERR_CONFLICT);
	assert_int_equal(referral_find(conn, id, ucc), ERR_OK);
	assert_string_equal(ucc, CODE);
	assert_int_equal(referral_find_terms(conn, id, ucc, &found), ERR_OK);
	assert_int_equal(found.percent, 20);
	assert_int_equal(found.months, 12);
	assert_int_equal(referral_show(conn, id, &all), ERR_OK);
	assert_int_equal(all.clicked_at, 1700000000);
	assert_string_equal(all.product, "app.example.com");
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

#define DAY	86400
#define NOW	(1700000000 + 100 * DAY)

static const struct {
	const char	*what;
	const char	*text;
	enum err	 want;
} touches[] = {
	{ "two links", CODE ".1708000000_" OTHER ".1708000001", ERR_OK },
	{ "the same one twice", CODE ".1708000000_" CODE ".1708000000",
	    ERR_OK },
	{ "nothing", "", ERR_INPUT },
	{ "one only", CODE ".1708000000", ERR_INPUT },
	{ "what is no code", "test.1708000000_" CODE ".1708000000",
	    ERR_INPUT },
	{ "no time", CODE "._" CODE ".1708000000", ERR_INPUT },
	{ "a sign", CODE ".-1_" CODE ".1708000000", ERR_INPUT },
	{ "the last before the first", CODE ".1708000001_" OTHER
	    ".1708000000", ERR_INPUT },
	{ "a time to come", CODE ".1708000000_" OTHER ".1800000000",
	    ERR_INPUT },
	{ "longer ago than a cookie lives", CODE ".1700000000_" OTHER
	    ".1708000000", ERR_INPUT },
	{ "more behind it", CODE ".1708000000_" OTHER ".1708000000_x",
	    ERR_INPUT }
};

static void
links_are_remembered_in_their_order(void **state)
{
	struct touch t = { .first_at = 0 }, again;
	char text[TOUCH_TEXT];
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(touches); i++)
		if (touch_read(touches[i].text, NOW, &again) !=
		    touches[i].want)
			fail_msg("%s", touches[i].what);
	touch_follow(&t, CODE, NOW - 2);
	touch_follow(&t, OTHER, NOW - 1);
	touch_follow(&t, OTHER, NOW);
	touch_write(&t, text);
	assert_int_equal(touch_read(text, NOW, &again), ERR_OK);
	assert_string_equal(again.first, CODE);
	assert_string_equal(again.last, OTHER);
	assert_int_equal(touch_when(&again, CODE), NOW - 2);
	assert_int_equal(touch_when(&again, OTHER), NOW);
	assert_int_equal(touch_when(&again, "AAAAAAAAAAA"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_referral_is_written_once),
		cmocka_unit_test(links_are_remembered_in_their_order),
	};
	int failed;

	if (!rows_open())
		return SKIPPED;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	rows_close();
	return failed;
}
