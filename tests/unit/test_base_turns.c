/* SPDX-License-Identifier: MIT */

/*
 * base/turns: who is next, who has to go, and that two processes agree.  Time
 * and the order of events are the test's.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/wait.h>

#include <cmocka.h>

#include "base/turns.h"
#include "folder.h"

#define NOW	INT64_C(1000000000)
#define MS	INT64_C(1000)

static struct turns *t;

static int
opened(void **state)
{
	(void)state;
	t = turns_open(path_in("turns"));
	return t == NULL;
}

static int
closed(void **state)
{
	(void)state;
	turns_close(t);
	return unlink(path_in("turns"));
}

static struct claim
stranger(uint64_t network, uint64_t account, int64_t since)
{
	return (struct claim){ .network = network, .account = account,
	    .since_us = NOW + since };
}

static struct claim
member(uint64_t account, int64_t since)
{
	return (struct claim){ .is_known = 1, .account = account,
	    .since_us = NOW + since };
}

/* Each that goes comes again at once; the letters of who went, in order. */
static void
play(struct claim c[], size_t n, size_t turns, char *ret_order)
{
	int64_t now = NOW;
	size_t i, next;

	for (i = 0; i < turns; i++) {
		now += 20 * MS;
		next = turns_next(t, c, n, now);
		assert_true(next < n);
		turns_take(t, &c[next], now);
		c[next].since_us = now;
		ret_order[i] = (char)('a' + (int)next);
	}
	ret_order[turns] = '\0';
}

static void
whoever_came_first_goes_first(void **state)
{
	struct claim c[] = { stranger(1, 1, 3), stranger(2, 2, 1),
	    stranger(3, 3, 2) };
	char order[8];

	(void)state;
	play(c, 3, 6, order);
	assert_string_equal(order, "bcabca");
}

/* A crowd of one network has one turn while others wait, whoever they say. */
static void
a_network_is_one(void **state)
{
	struct claim c[] = { stranger(1, 1, 0), stranger(1, 2, 1),
	    stranger(1, 3, 2), stranger(1, 4, 3), stranger(2, 5, 4) };
	char order[12];

	(void)state;
	play(c, 5, 6, order);
	assert_string_equal(order, "aebece");
}

/* And so has an account that many guess at. */
static void
an_account_is_one(void **state)
{
	struct claim c[] = { stranger(1, 9, 0), stranger(2, 9, 1),
	    stranger(3, 9, 2), stranger(4, 9, 3), stranger(5, 5, 4) };
	char order[12];

	(void)state;
	play(c, 5, 6, order);
	assert_string_equal(order, "aebece");
}

/* Of a network that guesses, who speaks of another account is no better off. */
static void
the_later_of_both_counts(void **state)
{
	struct claim c[] = { stranger(1, 1, 0), stranger(1, 2, 1),
	    stranger(2, 1, 2) };
	char order[8];

	(void)state;
	/* b has a network, c an account, that went with a. */
	play(c, 1, 1, order);
	c[0].since_us = NOW + 30 * MS;
	assert_int_equal(turns_next(t, c, 3, NOW + 40 * MS), 1);
	turns_take(t, &c[1], NOW + 40 * MS);
	assert_int_equal(turns_next(t, c, 3, NOW + 60 * MS), 2);
}

static void
who_is_known_goes_first_but_not_always(void **state)
{
	struct claim c[] = { stranger(1, 1, 0), stranger(2, 2, 1),
	    member(7, 2) };
	char order[16];

	(void)state;
	play(c, 3, 10, order);
	assert_string_equal(order, "cccacccbcc");
}

/* A device of one account is no way to be in front of another's. */
static void
the_known_take_turns_too(void **state)
{
	struct claim c[] = { member(7, 0), member(7, 1), member(7, 2),
	    member(8, 3) };
	char order[12];

	(void)state;
	play(c, 4, 6, order);
	assert_string_equal(order, "adbdcd");
}

/* That strangers guess at an account does not push its owner back. */
static void
strangers_do_not_use_up_the_members_turn(void **state)
{
	const struct claim guess = stranger(1, 7, 0);
	struct claim c[] = { member(8, 0), member(7, 1) };

	(void)state;
	turns_take(t, &c[0], NOW + 10 * MS);
	turns_take(t, &guess, NOW + 20 * MS);
	assert_int_equal(turns_next(t, c, 2, NOW + 30 * MS), 1);
}

static void
what_was_long_ago_is_forgotten(void **state)
{
	struct claim c[] = { stranger(2, 2, 1), stranger(1, 1, 0) };
	const int64_t then = NOW;

	(void)state;
	turns_take(t, &c[1], then);
	assert_int_equal(turns_next(t, c, 2, then + TURNS_MEMORY_US), 0);
	assert_int_equal(turns_next(t, c, 2, then + TURNS_MEMORY_US + 1), 1);

	/* What another process has written a moment later counts. */
	turns_take(t, &c[1], then + 5 * MS);
	assert_int_equal(turns_next(t, c, 2, then), 0);
	/* Of before a boot: then the clock began anew. */
	assert_int_equal(turns_next(t, c, 2, then - 10000 * MS), 1);
}

/* Whatever is in the file, somebody is next. */
static void
a_file_that_was_spoilt_stops_nobody(void **state)
{
	struct claim c[] = { stranger(1, 1, 0), member(2, 1) };
	FILE *f = fopen(path_in("turns"), "r+");
	int i;

	(void)state;
	assert_non_null(f);
	for (i = 0; i < 65536; i++)
		assert_int_not_equal(fputc(0xff, f), EOF);
	assert_int_equal(fclose(f), 0);
	assert_true(turns_next(t, c, 2, NOW) < 2);
	turns_take(t, &c[0], NOW);
	turns_take(t, &c[1], NOW);
	assert_int_equal(turns_next(t, c, 2, NOW + 1), 1);
}

static void
processes_share_them(void **state)
{
	struct claim c[] = { stranger(1, 1, 0), stranger(2, 2, 1) };
	struct turns *other;
	int status;
	pid_t pid;

	(void)state;
	assert_int_not_equal(pid = fork(), -1);
	if (pid == 0) {
		other = turns_open(path_in("turns"));
		if (other != NULL)
			turns_take(other, &c[0], NOW);
		_exit(other == NULL);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(turns_next(t, c, 2, NOW + 1), 1);
}

static void
one_of_the_largest_crowd_has_to_go(void **state)
{
	const struct claim network[] = { stranger(2, 4, 9), stranger(1, 1, 0),
	    stranger(1, 2, 2), stranger(1, 3, 1) };
	const struct claim account[] = { stranger(9, 9, 8), stranger(1, 5, 7),
	    stranger(2, 5, 6), member(5, 9) };
	const struct claim known[] = { stranger(1, 1, 8), member(5, 1),
	    member(5, 0), member(6, 9) };
	const struct claim alone[] = { member(1, 9), stranger(1, 1, 1),
	    stranger(2, 2, 3), stranger(3, 3, 2), member(2, 8) };
	const struct claim members[] = { member(1, 2), member(2, 3),
	    member(3, 1) };

	(void)state;
	assert_int_equal(turns_refused(network, 4), 2);
	assert_int_equal(turns_refused(account, 4), 1);
	assert_int_equal(turns_refused(known, 4), 1);
	assert_int_equal(turns_refused(alone, 5), 2);
	assert_int_equal(turns_refused(members, 3), 1);
}

static void
turns_need_a_file(void **state)
{
	char *said;

	(void)state;
	stderr_catch();
	assert_null(turns_open(path_in("no/turns")));
	said = stderr_caught();
	assert_non_null(strstr(said, "turns_bad"));
	free(said);
	turns_close(NULL);
}

#define WITH_TURNS(f)	cmocka_unit_test_setup_teardown(f, opened, closed)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_TURNS(whoever_came_first_goes_first),
		WITH_TURNS(a_network_is_one),
		WITH_TURNS(an_account_is_one),
		WITH_TURNS(the_later_of_both_counts),
		WITH_TURNS(who_is_known_goes_first_but_not_always),
		WITH_TURNS(the_known_take_turns_too),
		WITH_TURNS(strangers_do_not_use_up_the_members_turn),
		WITH_TURNS(what_was_long_ago_is_forgotten),
		WITH_TURNS(a_file_that_was_spoilt_stops_nobody),
		WITH_TURNS(processes_share_them),
		cmocka_unit_test(one_of_the_largest_crowd_has_to_go),
		cmocka_unit_test(turns_need_a_file)
	};

	return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
