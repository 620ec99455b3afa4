/* SPDX-License-Identifier: MIT */

/* An account is erased: who it was is gone, and its errand has its life. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "account/account.h"
#include "account/erasure.h"
#include "account/session.h"
#include "base/text.h"
#include "rows.h"

static const struct session_limits limits = { .idle_hours = 20, .hours = 24,
    .days = 2 };
static char ada[TEXT_UUID];

static int
clean(void **state)
{
	(void)state;
	sql("DELETE FROM erasure", NULL, NULL);
	memcpy(ada, new_account(), sizeof(ada));
	return 0;
}

/* --- the account --- */

static void
nothing_says_who_it_was(void **state)
{
	char address[ACCOUNT_EMAIL], email[ACCOUNT_EMAIL], was[64];
	struct account a;
	int64_t since;
	int verified;

	(void)state;
	(void)snprintf(address, sizeof(address), "%s@example.com", ada);
	sql("UPDATE account SET first_name = 'Ada', last_name = 'L',"
	    " organization = 'O', verified_at = now() WHERE id = $1::uuid", ada,
	    NULL);
	assert_int_equal(account_erase(db, ada), ERR_OK);
	assert_string_equal(sql("SELECT concat(password_hash, first_name,"
	    " last_name, organization) FROM account WHERE id = $1::uuid", ada,
	    NULL), "");
	assert_int_equal(account_find(db, address, &a, NULL, 0), ERR_NOTFOUND);
	assert_int_equal(account_email(db, ada, email), ERR_NOTFOUND);
	assert_int_equal(account_verified(db, ada, &verified), ERR_OK);
	assert_int_equal(verified, 0);
	/* What stands in its place is nobody's address. */
	(void)snprintf(address, sizeof(address), "erased:%s", ada);
	assert_int_equal(account_find(db, address, &a, NULL, 0), ERR_NOTFOUND);

	/* The row stays, and says so; twice is once. */
	assert_int_equal(account_since(db, ada, &a, &since), ERR_OK);
	assert_true(account_is_erased(&a));
	(void)snprintf(was, sizeof(was), "%s", sql("SELECT erased_at FROM"
	    " account WHERE id = $1::uuid", ada, NULL));
	assert_int_equal(account_erase(db, ada), ERR_OK);
	assert_string_equal(sql("SELECT erased_at FROM account WHERE id ="
	    " $1::uuid", ada, NULL), was);
	assert_int_equal(account_erase(db, "2b8f0c9e-6f0e-4d3e-9b1a-0c5d7e9f"
	    "1a2b"), ERR_NOTFOUND);
}

/*
 * A login has found the account and waits for its turn to hash: the account is
 * erased meanwhile, and then its session is opened all the same.
 */
static void
a_login_that_was_under_way_lets_nobody_in(void **state)
{
	const struct session_start start = { .account_id = ada };
	char token[SESSION_TOKEN];
	struct account a;
	int touch;

	(void)state;
	assert_int_equal(session_open(db, &start, &limits, token), ERR_OK);
	assert_int_equal(session_find(db, token, &limits, &a, &touch), ERR_OK);
	assert_int_equal(account_erase(db, ada), ERR_OK);
	assert_int_equal(session_find(db, token, &limits, &a, &touch),
	    ERR_NOTFOUND);
	assert_int_equal(session_close_all(db, ada), ERR_OK);
	assert_int_equal(session_open(db, &start, &limits, token), ERR_OK);
	assert_int_equal(session_find(db, token, &limits, &a, &touch),
	    ERR_NOTFOUND);
}

/* --- the errand --- */

#define OF(column)	"SELECT " column " FROM erasure WHERE id = $1"

static void
claim(struct errand *x)
{
	assert_int_equal(errand_claim(db, &erasure_errands, lane_of(ada), x),
	    ERR_OK);
	assert_string_equal(x->id, ada);
}

static void
it_is_asked_for_once_and_remembers_by_whom(void **state)
{
	struct erasure r;

	(void)state;
	assert_int_equal(erasure_find(db, ada, &r), ERR_NOTFOUND);
	assert_int_equal(erasure_order(db, ada, ERASURE_PERSON), ERR_OK);
	assert_int_equal(erasure_order(db, ada, ERASURE_OPERATOR), ERR_OK);
	assert_string_equal(sql("SELECT count(*) FROM erasure", NULL, NULL),
	    "1");
	assert_int_equal(erasure_find(db, ada, &r), ERR_OK);
	assert_string_equal(r.by, "person");
	assert_string_equal(r.state, "waiting");
	assert_true(r.asked_at > 0 && r.closed_at == 0 && r.done_at == 0);

	/* What is done is done; what was given up begins again. */
	sql("UPDATE erasure SET state = 'done', settled_at = now()", NULL,
	    NULL);
	assert_int_equal(erasure_order(db, ada, ERASURE_PRODUCT), ERR_OK);
	assert_string_equal(sql(OF("state"), ada, NULL), "done");
	sql("UPDATE erasure SET state = 'dead', attempts = 7", NULL, NULL);
	assert_int_equal(erasure_order(db, ada, ERASURE_PRODUCT), ERR_OK);
	assert_string_equal(sql(OF("state || attempts"), ada, NULL),
	    "waiting0");
}

static void
nothing_open_is_looked_at_once_more_and_then_done(void **state)
{
	struct erasure r;
	struct errand x;
	int64_t for_s;

	(void)state;
	assert_int_equal(erasure_order(db, ada, ERASURE_PERSON), ERR_OK);
	claim(&x);
	assert_int_equal(erasure_closed(db, &x, &for_s), ERR_OK);
	assert_int_equal(for_s, 0);
	assert_int_equal(erasure_rest(db, &x, 600), ERR_OK);
	assert_string_equal(sql(OF("due_at > now() + interval '590 s' AND"
	    " leased_until IS NULL AND attempts = 0"), ada, NULL), "t");

	/* Since the first time that nothing was open. */
	sql("UPDATE erasure SET closed_at = now() - interval '601 s',"
	    " due_at = now()", NULL, NULL);
	claim(&x);
	assert_int_equal(erasure_closed(db, &x, &for_s), ERR_OK);
	assert_true(for_s >= 601);
	assert_int_equal(erasure_done(db, &x), ERR_OK);
	assert_int_equal(erasure_find(db, ada, &r), ERR_OK);
	assert_string_equal(r.state, "done");
	assert_true(r.done_at >= r.closed_at && r.closed_at > 0);
}

/*
 * What is closed at the second look has its own ten minutes: what Stripe tells
 * of its end is erased as well.
 */
static void
what_was_closed_late_is_looked_after_as_well(void **state)
{
	struct errand x;
	int64_t for_s;

	(void)state;
	assert_int_equal(erasure_order(db, ada, ERASURE_PERSON), ERR_OK);
	sql("UPDATE erasure SET closed_at = now() - interval '601 s'", NULL,
	    NULL);
	claim(&x);
	assert_int_equal(erasure_rest(db, &x, 0), ERR_OK);
	claim(&x);
	assert_int_equal(erasure_closed(db, &x, &for_s), ERR_OK);
	assert_int_equal(for_s, 0);
}

/* Something has begun meanwhile: it is not done, and due now. */
static void
what_has_begun_meanwhile_is_not_done(void **state)
{
	struct errand x;
	int64_t for_s;

	(void)state;
	assert_int_equal(erasure_order(db, ada, ERASURE_PERSON), ERR_OK);
	claim(&x);
	assert_int_equal(erasure_closed(db, &x, &for_s), ERR_OK);
	assert_int_equal(erasure_again(db, ada), ERR_OK);
	assert_int_equal(erasure_done(db, &x), ERR_OK);
	assert_string_equal(sql(OF("state = 'waiting' AND due_at <= now() AND"
	    " closed_at IS NULL AND settled_at IS NULL AND leased_until IS"
	    " NULL"), ada, NULL), "t");

	claim(&x);
	assert_int_equal(erasure_again(db, ada), ERR_OK);
	assert_int_equal(erasure_rest(db, &x, 600), ERR_OK);
	assert_string_equal(sql(OF("due_at <= now()"), ada, NULL), "t");
}

static void
whoever_was_thought_dead_changes_nothing(void **state)
{
	struct errand old, x;
	int64_t for_s;

	(void)state;
	assert_int_equal(erasure_order(db, ada, ERASURE_PERSON), ERR_OK);
	claim(&old);
	sql("UPDATE erasure SET leased_until = now() - interval '1 s'", NULL,
	    NULL);
	claim(&x);
	assert_int_equal(erasure_closed(db, &old, &for_s), ERR_CONFLICT);
	assert_int_equal(erasure_rest(db, &old, 1), ERR_CONFLICT);
	assert_int_equal(erasure_done(db, &old), ERR_CONFLICT);
	assert_string_equal(sql(OF("state = 'waiting' AND leased_until >"
	    " now() AND closed_at IS NULL"), ada, NULL), "t");
	assert_int_equal(erasure_done(db, &x), ERR_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(nothing_says_who_it_was, clean),
		cmocka_unit_test_setup(
		    a_login_that_was_under_way_lets_nobody_in, clean),
		cmocka_unit_test_setup(
		    it_is_asked_for_once_and_remembers_by_whom, clean),
		cmocka_unit_test_setup(
		    nothing_open_is_looked_at_once_more_and_then_done, clean),
		cmocka_unit_test_setup(
		    what_was_closed_late_is_looked_after_as_well, clean),
		cmocka_unit_test_setup(what_has_begun_meanwhile_is_not_done,
		    clean),
		cmocka_unit_test_setup(
		    whoever_was_thought_dead_changes_nothing, clean),
	};
	int failed;

	if (!rows_open())
		return SKIPPED;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	rows_close();
	return failed;
}
