/* SPDX-License-Identifier: MIT */

/* http/late: when a queue stands, and who is refused then.  Time is the test's. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "http/late.h"
#include "http/request.h"

#define NOW	INT64_C(1000000)

static struct late
usual(void)
{
	return (struct late){ .calm_ms = 10, .stand_ms = 500, .few = 32,
	    .room = 8, .coming_ms = 500 };
}

/*
 * One each `every_ms` from `from_ms` to before `to_ms`, each having waited for
 * `waited_ms`, and another behind it; how many were refused.
 */
static int
come(struct late *l, int64_t from_ms, int64_t to_ms, int64_t every_ms,
    int64_t waited_ms)
{
	int refused = 0;

	for (; from_ms < to_ms; from_ms += every_ms)
		refused += late_judge(l, waited_ms, 1, NOW + from_ms);
	return refused;
}

static void
a_burst_is_served(void **state)
{
	struct late l = usual();

	(void)state;
	assert_int_equal(come(&l, 0, 500, 5, 400), 0);
	/* Somebody has hardly waited, so it is over. */
	assert_int_equal(late_judge(&l, 10, 0, NOW + 499), 0);
	assert_int_equal(come(&l, 500, 1000, 5, 400), 0);
}

static void
a_queue_that_stands_is_cut(void **state)
{
	struct late l = usual();

	(void)state;
	assert_int_equal(come(&l, 0, 500, 5, 11), 0);
	assert_int_equal(late_judge(&l, 11, 0, NOW + 500), 1);
	assert_int_equal(late_judge(&l, 10, 0, NOW + 500), 0);
	/* One that was quick does not end it. */
	assert_int_equal(late_judge(&l, 11, 0, NOW + 501), 1);
	assert_int_equal(come(&l, 505, 1000, 5, 11), 99);
}

/* They all came at once, and nobody after them. */
static void
a_burst_is_served_to_its_end(void **state)
{
	struct late l = usual();
	int64_t at;

	(void)state;
	for (at = 0; at < 10000; at += 5) {
		l.coming_ms = at < 400 ? at : 0;
		assert_int_equal(late_judge(&l, at, 100, NOW + at), 0);
	}
	/* Until others have come for as long as a queue has to stand. */
	l.coming_ms = 499;
	assert_int_equal(come(&l, at, at + 500, 5, at), 0);
	l.coming_ms = 500;
	assert_int_equal(late_judge(&l, at, 0, NOW + at + 500), 1);
}

/* While it stands the last to come are served, as many as can be at once. */
static void
who_came_last_is_served(void **state)
{
	struct late l = usual();
	int64_t at;

	(void)state;
	assert_int_equal(late_judge(&l, 1, 100, NOW), 0);
	assert_int_equal(come(&l, 5, 506, 5, 20), 1);
	assert_int_equal(late_judge(&l, 1, 8, NOW + 506), 1);
	assert_int_equal(late_judge(&l, 1, 7, NOW + 506), 0);
	/* As long as there are more than those, however quick that makes it. */
	for (at = 510; at < 5000; at += 10) {
		assert_int_equal(late_judge(&l, 1, 8, NOW + at), 1);
		assert_int_equal(late_judge(&l, 1, 0, NOW + at), 0);
	}
	/* Where each waits for its turn it is not asked who comes behind. */
	l.room = 0;
	assert_int_equal(late_judge(&l, 1, 100, NOW + at), 0);
	/* Nor whether they keep coming. */
	l = (struct late){ .calm_ms = 10, .stand_ms = 500, .few = 32 };
	assert_int_equal(come(&l, 0, 501, 5, 20), 1);
}

/* The database paused: they are served in the order in which they came. */
static void
a_queue_that_becomes_shorter_is_served(void **state)
{
	struct late l = usual();
	int64_t at;

	(void)state;
	for (at = 0; at < 1500; at += 5)
		assert_int_equal(late_judge(&l, 2000 - at, 0, NOW + at), 0);
	/* Until it grows again. */
	assert_int_equal(late_judge(&l, 2000, 0, NOW + at), 1);
}

/* Who comes now and then and waits is not a crowd. */
static void
few_are_no_queue(void **state)
{
	struct late l = usual();

	(void)state;
	assert_int_equal(come(&l, 0, 60000, 501, 3000), 0);
	/* Nor are these: thirty-two in a row, for three seconds. */
	l = usual();
	assert_int_equal(come(&l, 0, 3200, 100, 3000), 0);
	assert_int_equal(late_judge(&l, 3000, 0, NOW + 3200), 1);
}

static void
it_ends_when_hardly_any_wait(void **state)
{
	struct late l = usual();
	int64_t at;

	(void)state;
	assert_int_equal(come(&l, 0, 501, 5, 20), 1);
	/* One in eight still waits, for a second and for another. */
	for (at = 505; at < 2600; at += 5)
		assert_int_equal(late_judge(&l, at % 40 == 0 ? 20 : 0, 1,
		    NOW + at), at % 40 == 0);
	/* One in twenty; at the end of that second it is over. */
	for (; at < 4700; at += 5)
		(void)late_judge(&l, at % 100 == 0 ? 20 : 0, 1, NOW + at);
	assert_int_equal(late_judge(&l, 20, 0, NOW + 4700), 0);
}

/*
 * A slow database, and less comes than can be served: many wait longer than
 * calm_ms for the batch that is under way, and all of them are the next.
 */
static void
it_ends_when_nobody_is_behind(void **state)
{
	struct late l = usual();
	int64_t at;

	(void)state;
	assert_int_equal(come(&l, 0, 501, 5, 20), 1);
	for (at = 505; at < 2600; at += 5)
		(void)late_judge(&l, at % 10 == 0 ? 20 : 0, 0, NOW + at);
	for (; at < 5000; at += 5)
		assert_int_equal(late_judge(&l, at % 10 == 0 ? 20 : 0, 0,
		    NOW + at), 0);
	/* Where each is served alone nobody is ever told of as behind. */
	l = usual();
	l.room = 0;
	assert_int_equal(come(&l, 0, 501, 5, 20), 1);
	for (at = 505; at < 5000; at += 5)
		assert_int_equal(late_judge(&l, at % 10 == 0 ? 20 : 0, 0,
		    NOW + at), at % 10 == 0);
}

/* The crowd went away all at once: who comes after it is not one of them. */
static void
it_ends_when_nobody_comes(void **state)
{
	struct late l = usual();

	(void)state;
	assert_int_equal(come(&l, 0, 601, 5, 20), 21);
	/* A worker that was busy for a while finds it as it was. */
	assert_int_equal(late_judge(&l, 20, 1, NOW + 1600), 1);
	assert_int_equal(late_judge(&l, 20, 1, NOW + 3600000), 0);
	assert_int_equal(come(&l, 3600005, 3600500, 5, 20), 0);
	assert_int_equal(late_judge(&l, 20, 0, NOW + 3600500), 1);
}

static void
only_who_says_when_it_was_sent_is_late(void **state)
{
	struct late l = usual();
	struct req q = { .sent_ms = 0 };
	const int64_t now = clock_real_ms(), mono = clock_mono_ms();

	(void)state;
	/* It stands. */
	assert_int_equal(come(&l, mono - NOW - 600, mono - NOW - 100, 5, 20),
	    0);
	assert_int_equal(late_judge(&l, 20, 0, mono - 50), 1);
	assert_int_equal(late_is(&l, &q), 0);
	q.sent_ms = now - 500;
	assert_int_equal(late_is(NULL, &q), 0);
	assert_int_equal(late_is(&l, &q), 1);
	/* A clock that was set. */
	q.sent_ms = now + 3600000;
	assert_int_equal(late_is(&l, &q), 0);
	q.sent_ms = now - 3600000;
	assert_int_equal(late_is(&l, &q), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_burst_is_served),
		cmocka_unit_test(a_queue_that_stands_is_cut),
		cmocka_unit_test(a_burst_is_served_to_its_end),
		cmocka_unit_test(who_came_last_is_served),
		cmocka_unit_test(a_queue_that_becomes_shorter_is_served),
		cmocka_unit_test(few_are_no_queue),
		cmocka_unit_test(it_ends_when_hardly_any_wait),
		cmocka_unit_test(it_ends_when_nobody_is_behind),
		cmocka_unit_test(it_ends_when_nobody_comes),
		cmocka_unit_test(only_who_says_when_it_was_sent_is_late)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
