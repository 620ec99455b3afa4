/* SPDX-License-Identifier: MIT */

/*
 * How many calls a second are given away, whoever asks.  The server's clock is
 * the test's, and stands still.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "billing/pace.h"
#include "rows.h"

#define INVOICES	"GET /v1/invoices/{id}"
#define CUSTOMERS	"GET /v1/customers/{id}"

/* Of four calls a second to an endpoint two are for people. */
static const struct pace_limits few = { .per_second = 1000,
    .per_endpoint = 4, .people_percent = 50 };

static const struct pace_limits much = { .per_second = 1000,
    .per_endpoint = 1000, .people_percent = 50 };

/* Two processes. */
static struct pace_slice here[PACE_SLICES], there[PACE_SLICES];

static int
clean(void **state)
{
	(void)state;
	sql("DELETE FROM stripe_pace", NULL, NULL);
	memset(here, 0, sizeof(here));
	memset(there, 0, sizeof(there));
	return 0;
}

/* clock_timestamp() is that of a schema which comes before the server's own. */
static void
clock_stops(void)
{
	static const struct stmt path = { .name = "path",
	    .text = "SET search_path = still, pg_catalog, public" };

	sql("DROP SCHEMA IF EXISTS still CASCADE", NULL, NULL);
	sql("CREATE SCHEMA still", NULL, NULL);
	sql("CREATE TABLE still.clock AS SELECT now() AS at", NULL, NULL);
	sql("CREATE FUNCTION still.clock_timestamp() RETURNS timestamptz"
	    " LANGUAGE sql STABLE AS 'SELECT at FROM still.clock'", NULL, NULL);
	sql(path.text, NULL, NULL);
	if (db_query(db, &path, NULL, 0, NULL) != ERR_OK)
		abort();
}

static void
time_passes(const char *how_long)
{
	sql("UPDATE still.clock SET at = at + $1::interval", how_long, NULL);
}

static int
wait_of(const struct pace_limits *l, enum pace how, const char *endpoint,
    struct pace_slice slice[])
{
	int wait_ms = -1;

	assert_int_equal(pace_take(db, l, how, 0, endpoint, slice,
	    &wait_ms),
	    ERR_OK);
	assert_in_range(wait_ms, 0, 1000);
	return wait_ms;
}

static void
an_errand_waits_for_its_share(void **state)
{
	(void)state;
	assert_int_equal(wait_of(&few, PACE_ERRANDS, INVOICES, here), 0);
	assert_int_equal(wait_of(&few, PACE_ERRANDS, INVOICES, here), 500);
	/* On another machine just so. */
	time_passes("200 ms");
	assert_int_equal(wait_of(&few, PACE_ERRANDS, INVOICES, there), 300);
	/* Each of Stripe's endpoints has its own. */
	assert_int_equal(wait_of(&few, PACE_ERRANDS, CUSTOMERS, there), 0);
}

static void
what_waited_long_enough_is_let_through(void **state)
{
	(void)state;
	assert_int_equal(wait_of(&few, PACE_ERRANDS, INVOICES, here), 0);
	time_passes("499 ms");
	assert_true(wait_of(&few, PACE_ERRANDS, INVOICES, here) > 0);
	time_passes("1 ms");
	assert_int_equal(wait_of(&few, PACE_ERRANDS, INVOICES, here), 0);
}

/* Five pages at two a second: or it would begin anew for ever. */
static void
what_has_begun_is_let_through(void **state)
{
	int i, wait_ms;

	(void)state;
	assert_int_equal(wait_of(&few, PACE_ERRANDS, INVOICES, here), 0);
	for (i = 0; i < 5; i++) {
		assert_int_equal(pace_take(db, &few, PACE_ERRANDS, 1, CUSTOMERS,
		    here, &wait_ms), ERR_OK);
		assert_int_equal(wait_ms, 0);
	}
	/* It counts: whoever begins waits the longer. */
	assert_in_range(wait_of(&few, PACE_ERRANDS, CUSTOMERS, there), 501,
	    1000);
	assert_int_equal(pace_take(db, &few, PACE_PEOPLE, 1, INVOICES, here,
	    &wait_ms), ERR_OK);
	assert_int_equal(wait_ms, 0);
}

/* Sixteen a second, so four at once for a quarter of it, with one row. */
static void
a_slice_is_given_at_once_and_lapses(void **state)
{
	static const struct pace_limits more = { .per_second = 1000,
	    .per_endpoint = 32, .people_percent = 50 };
	int i;

	(void)state;
	assert_int_equal(wait_of(&more, PACE_ERRANDS, INVOICES, here), 0);
	assert_string_equal(sql("SELECT extract(epoch FROM step)::numeric(9, 2)"
	    " FROM stripe_pace WHERE key = 'errands " INVOICES "'", NULL,
	    NULL), "0.25");
	assert_true(wait_of(&more, PACE_ERRANDS, INVOICES, there) > 0);
	for (i = 1; i < 4; i++) {
		here[0].until_us = INT64_MAX;
		assert_int_equal(wait_of(&more, PACE_ERRANDS, INVOICES, here),
		    0);
	}
	assert_true(wait_of(&more, PACE_ERRANDS, INVOICES, here) > 0);
	here[0].left = 4;
	here[0].until_us = 0;
	assert_true(wait_of(&more, PACE_ERRANDS, INVOICES, here) > 0);
}

/* However much errands want. */
static void
people_have_their_own(void **state)
{
	(void)state;
	assert_int_equal(wait_of(&few, PACE_ERRANDS, INVOICES, here), 0);
	assert_true(wait_of(&few, PACE_ERRANDS, INVOICES, here) > 0);
	assert_int_equal(wait_of(&few, PACE_PEOPLE, INVOICES, here), 0);
	/* The next may come early; more than that nobody gets. */
	assert_int_equal(wait_of(&few, PACE_PEOPLE, INVOICES, here), 0);
	assert_true(wait_of(&few, PACE_PEOPLE, INVOICES, here) > 0);
}

/* It takes from people's share, and leaves no debt that lasts. */
static void
a_request_is_never_kept_waiting(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 20; i++)
		assert_int_equal(wait_of(&few, PACE_FREELY, INVOICES, here),
		    0);
	assert_true(wait_of(&few, PACE_PEOPLE, INVOICES, here) > 0);
	assert_string_equal(sql("SELECT bool_and(free_at <= clock_timestamp()"
	    " + interval '1 second') FROM stripe_pace", NULL, NULL), "t");
}

/* All calls together have a limit, too. */
static void
all_endpoints_share_one_limit(void **state)
{
	static const struct pace_limits all = { .per_second = 4,
	    .per_endpoint = 1000, .people_percent = 50 };

	(void)state;
	assert_int_equal(wait_of(&all, PACE_ERRANDS, INVOICES, here), 0);
	assert_true(wait_of(&all, PACE_ERRANDS, CUSTOMERS, here) > 0);
}

/* Else two that both nearly have room would take it from each other, for ever. */
static void
without_room_in_both_none_is_taken(void **state)
{
	static const struct pace_limits all = { .per_second = 4,
	    .per_endpoint = 1000, .people_percent = 50 };

	(void)state;
	assert_int_equal(wait_of(&all, PACE_ERRANDS, INVOICES, here), 0);
	assert_true(wait_of(&all, PACE_ERRANDS, CUSTOMERS, here) > 0);
	assert_string_equal(sql("SELECT count(*) FROM stripe_pace WHERE key ="
	    " 'errands " CUSTOMERS "'", NULL, NULL), "0");
	sql("UPDATE stripe_pace SET free_at = clock_timestamp()"
	    " WHERE key = 'errands'", NULL, NULL);
	assert_int_equal(wait_of(&all, PACE_ERRANDS, CUSTOMERS, here), 0);
}

/* For seconds, on all machines; who is waited for by a request goes on. */
static void
stripe_has_the_last_word(void **state)
{
	int wait_ms;

	(void)state;
	assert_int_equal(wait_of(&much, PACE_ERRANDS, INVOICES, here), 0);
	assert_int_equal(pace_close(db, INVOICES, 0, 7, here), ERR_OK);
	/* What is left of a slice is not used. */
	assert_true(wait_of(&much, PACE_ERRANDS, INVOICES, here) > 0);
	assert_true(wait_of(&much, PACE_PEOPLE, INVOICES, there) > 0);
	assert_int_equal(pace_take(db, &much, PACE_ERRANDS, 1, INVOICES, there,
	    &wait_ms), ERR_OK);
	assert_true(wait_ms > 0);
	assert_int_equal(wait_of(&much, PACE_FREELY, INVOICES, there), 0);
	assert_int_equal(wait_of(&much, PACE_ERRANDS, CUSTOMERS, there), 0);

	assert_int_equal(pace_close(db, INVOICES, 1, 0, there), ERR_OK);
	assert_true(wait_of(&much, PACE_ERRANDS, CUSTOMERS, there) > 0);
	assert_int_equal(wait_of(&much, PACE_FREELY, CUSTOMERS, there), 0);
	/* A shorter word does not take back a longer one. */
	assert_int_equal(pace_close(db, INVOICES, 0, 1, there), ERR_OK);
	assert_string_equal(sql("SELECT string_agg((free_at > clock_timestamp()"
	    " + interval '3 s')::text, ' ' ORDER BY key) FROM stripe_pace"
	    " WHERE key LIKE 'closed%'", NULL, NULL), "false true");
	sql("UPDATE stripe_pace SET free_at = clock_timestamp()", NULL, NULL);
	assert_int_equal(wait_of(&much, PACE_ERRANDS, INVOICES, there), 0);
}

#define CLEAN(f)	cmocka_unit_test_setup(f, clean)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CLEAN(an_errand_waits_for_its_share),
		CLEAN(what_waited_long_enough_is_let_through),
		CLEAN(what_has_begun_is_let_through),
		CLEAN(a_slice_is_given_at_once_and_lapses),
		CLEAN(people_have_their_own),
		CLEAN(a_request_is_never_kept_waiting),
		CLEAN(all_endpoints_share_one_limit),
		CLEAN(without_room_in_both_none_is_taken),
		CLEAN(stripe_has_the_last_word),
	};
	int failed;

	if (!rows_open())
		return SKIPPED;
	clock_stops();
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	sql("DROP SCHEMA still CASCADE", NULL, NULL);
	rows_close();
	return failed;
}
