/* SPDX-License-Identifier: MIT */

/* Networks, and who asked how often for what. */

#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/meter.h"
#include "base/network.h"
#include "folder.h"

#define MINUTE	(INT64_C(60) * 1000000)
#define NOW	(INT64_C(1000) * MINUTE)

/* network.h */

static const struct {
	const char	*text;
	int		 bits;		/* -1: it is none */
} networks[] = {
	{ "192.0.2.7", 128 }, { "10.0.0.0/8", 104 }, { "0.0.0.0/0", 96 },
	{ "2001:db8::1", 128 }, { "2001:db8::/32", 32 }, { "::/0", 0 },
	{ "::ffff:192.0.2.7", 128 }, { "127.0.0.1/32", 128 },
	{ NULL, -1 }, { "", -1 }, { "unix:", -1 }, { "localhost", -1 },
	{ "10.0.0.1/8", -1 }, { "10.0.0.0/33", -1 }, { "10.0.0.0/", -1 },
	{ "/8", -1 }, { "10.0.0.0/8/8", -1 }, { "10.0.0", -1 },
	{ "10.0.0.0/-8", -1 }, { "2001:db8::/129", -1 },
	{ "2001:db8::1/64", -1 }, { " 10.0.0.1", -1 }, { "10.0.0.1 ", -1 },
	{ "fe80::1%eth0", -1 },
	{ "1111111111111111111111111111111111111111111111111111111111111111",
	    -1 }
};

static void
networks_are_read(void **state)
{
	struct network n;
	size_t i;
	int bits;

	(void)state;
	for (i = 0; i < NELEM(networks); i++) {
		bits = network_read(networks[i].text, &n) == ERR_OK ? n.bits :
		    -1;
		if (bits != networks[i].bits)
			fail_msg("%s: %d", networks[i].text, bits);
	}
}

static const struct {
	const char	*whole, *part;
	int		 has;
} inside[] = {
	{ "10.0.0.0/8", "10.255.0.1", 1 }, { "10.0.0.0/8", "11.0.0.1", 0 },
	{ "10.0.0.0/9", "10.128.0.1", 0 }, { "0.0.0.0/0", "192.0.2.7", 1 },
	{ "0.0.0.0/0", "2001:db8::1", 0 }, { "192.0.2.7", "192.0.2.7", 1 },
	{ "192.0.2.7", "192.0.2.6", 0 }, { "::/0", "192.0.2.7", 1 },
	{ "2001:db8::/33", "2001:db8:8000::1", 0 },
	{ "2001:db8::/33", "2001:db8:7fff::1", 1 },
	{ "10.1.0.0/16", "10.0.0.0/8", 0 },
	{ "10.0.0.0/8", "10.1.0.0/16", 1 },
	{ "::ffff:10.0.0.0/104", "10.1.2.3", 1 }
};

static void
networks_have_parts(void **state)
{
	struct network a, b;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(inside); i++) {
		assert_int_equal(network_read(inside[i].whole, &a), ERR_OK);
		assert_int_equal(network_read(inside[i].part, &b), ERR_OK);
		if (network_has(&a, &b) != inside[i].has)
			fail_msg("%s in %s", inside[i].part, inside[i].whole);
	}
}

static uint64_t
neighbour_of(const char *text)
{
	struct network n;

	assert_int_equal(network_read(text, &n), ERR_OK);
	return network_neighbour(&n);
}

static void
who_lives_together_is_one(void **state)
{
	const uint64_t own = neighbour_of("192.0.2.7");

	(void)state;
	assert_true(own == neighbour_of("::ffff:192.0.2.7"));
	assert_true(own != neighbour_of("192.0.2.6"));
	assert_true(neighbour_of("2001:db8:0:1::1") ==
	    neighbour_of("2001:db8:0:1:ffff::2"));
	assert_true(neighbour_of("2001:db8:0:1::1") !=
	    neighbour_of("2001:db8:0:2::1"));
}

/* meter.h */

static struct meter *
meter_fresh(void)
{
	struct meter *m;

	(void)unlink(path_in("meter"));
	m = meter_open(path_in("meter"));
	assert_non_null(m);
	return m;
}

/* How many of `count` are let in at this time. */
static int
let_in(struct meter *m, unsigned what, uint64_t who, int most, int count,
    int64_t now)
{
	int i, in = 0;

	for (i = 0; i < count; i++)
		in += meter_take(m, what, who, most, now) == 0;
	return in;
}

static const int figures[] = { 1, 2, 5, 7, 30, 59, 60, 61, 3000, 60000 };

static void
as_many_at_once_as_said(void **state)
{
	struct meter *m = meter_fresh();
	size_t i;
	int most;

	(void)state;
	for (i = 0; i < NELEM(figures); i++) {
		most = figures[i];
		assert_int_equal(let_in(m, 1, i, most, 2 * most, NOW), most);
		/* All come back in a minute, and no more than all. */
		assert_int_equal(let_in(m, 1, i, most, 2 * most,
		    NOW + MINUTE), most);
		assert_int_equal(let_in(m, 1, i, most, 2 * most,
		    NOW + 9 * MINUTE), most);
	}
	meter_close(m);
}

static void
they_come_back_one_by_one(void **state)
{
	struct meter *m = meter_fresh();

	(void)state;
	assert_int_equal(let_in(m, 1, 1, 6, 9, NOW), 6);
	/* Of six in a minute one every ten seconds. */
	assert_int_equal(meter_take(m, 1, 1, 6, NOW), 10);
	assert_int_equal(meter_take(m, 1, 1, 6, NOW + MINUTE / 60), 9);
	assert_int_equal(meter_take(m, 1, 1, 6, NOW + MINUTE / 6 - 1000), 1);
	/* Whoever waits as long as said is let in, once. */
	assert_int_equal(let_in(m, 1, 1, 6, 9, NOW + MINUTE / 6), 1);
	assert_int_equal(let_in(m, 1, 1, 6, 9, NOW + MINUTE / 2), 2);
	meter_close(m);
}

/* Who has waited since it looked at the clock finds nothing forgotten. */
static void
who_asks_late_is_counted(void **state)
{
	struct meter *m = meter_fresh();
	int64_t late;

	(void)state;
	assert_int_equal(let_in(m, 1, 1, 60, 99, NOW), 60);
	for (late = 1000; late <= 10000000; late *= 10)
		assert_int_equal(let_in(m, 1, 1, 60, 99, NOW - late), 0);
	assert_int_equal(meter_take(m, 1, 1, 60, NOW), 1);
	meter_close(m);
}

static void
nobody_pays_for_others(void **state)
{
	struct meter *m = meter_fresh();
	int forgotten = 0, refused = 0;
	uint64_t who;

	(void)state;
	assert_int_equal(let_in(m, 1, 7, 3, 9, NOW), 3);
	assert_int_equal(let_in(m, 2, 7, 3, 9, NOW), 3);
	assert_int_equal(let_in(m, 1, 8, 3, 9, NOW), 3);
	/*
	 * Many, and each at its figure: no one is refused for another, but for
	 * two that look alike, which happens once in ten thousand such tests.
	 */
	for (who = 100; who < 20100; who++)
		refused += let_in(m, 1, who, 1, 1, NOW) != 1;
	assert_true(refused <= 1);
	/* And each is known again, but for a few whose row was full. */
	for (who = 100; who < 20100; who++)
		forgotten += let_in(m, 1, who, 1, 1, NOW);
	assert_true(forgotten < 200);
	meter_close(m);
}

/* More than there is room for: they are let in, and nobody else is refused. */
static void
who_does_not_fit_is_let_in(void **state)
{
	struct meter *m = meter_fresh();
	uint64_t who;
	int refused = 0, again = 0;

	(void)state;
	for (who = 0; who < 200000; who++)
		refused += meter_take(m, 1, who << 8, 1, NOW) != 0;
	/* Two may look alike. */
	assert_true(refused <= 1);
	for (who = 0; who < 200000; who++)
		again += meter_take(m, 1, who << 8, 1, NOW) != 0;
	/* As many as there are places, at most. */
	assert_true(again <= 8 * 8192);
	meter_close(m);
}

#define CHILDREN	4
#define WHOS		16
#define MANY		50000	/* of all children; each asks for half of it */

struct together {
	_Atomic int	 ready;
	int		 in[CHILDREN];
};

static void
ask_often(struct together *t, int *ret_in)
{
	struct meter *m = meter_open(path_in("meter"));
	uint64_t who;

	if (m == NULL)
		_exit(1);
	/* All at once, as far as there are cores. */
	t->ready++;
	while (t->ready < CHILDREN)
		(void)sched_yield();
	for (who = 0; who < WHOS; who++)
		*ret_in += let_in(m, 1, who, MANY, MANY / 2, NOW);
	_exit(0);
}

/* The count is one, whoever of the processes is asked, at the same moment. */
static void
processes_count_together(void **state)
{
	struct together *t = mmap(NULL, sizeof(*t), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int i, all = 0, status;
	pid_t child;

	(void)state;
	assert_true(t != MAP_FAILED);
	meter_close(meter_fresh());
	for (i = 0; i < CHILDREN; i++) {
		if ((child = fork()) == 0)
			ask_often(t, &t->in[i]);
		assert_int_not_equal(child, -1);
	}
	while (wait(&status) > 0)
		assert_int_equal(status, 0);
	for (i = 0; i < CHILDREN; i++)
		all += t->in[i];
	assert_int_equal(all, WHOS * MANY);
	(void)munmap(t, sizeof(*t));
}

/* A file of the time before a boot, whose clock was ahead, or of nobody. */
static void
what_cannot_be_is_not_believed(void **state)
{
	static unsigned char bytes[1 << 20];
	struct meter *m = meter_fresh();
	size_t i;

	(void)state;
	assert_int_equal(let_in(m, 1, 1, 3, 9, NOW), 3);
	assert_int_equal(let_in(m, 1, 1, 3, 9, NOW - 9 * MINUTE), 3);
	meter_close(m);
	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(0xff - i % 3);
	file_write(path_in("meter"), bytes, sizeof(bytes), 0600);
	m = meter_open(path_in("meter"));
	assert_non_null(m);
	assert_int_equal(let_in(m, 1, 1, 3, 9, NOW), 3);
	meter_close(m);
}

static void
it_needs_a_file(void **state)
{
	char *said;

	(void)state;
	stderr_catch();
	assert_null(meter_open(path_in("none/meter")));
	assert_null(meter_open("/dev/null"));
	said = stderr_caught();
	assert_non_null(strstr(said, "\"event\":\"meter_bad\""));
	free(said);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(networks_are_read),
		cmocka_unit_test(networks_have_parts),
		cmocka_unit_test(who_lives_together_is_one),
		cmocka_unit_test(as_many_at_once_as_said),
		cmocka_unit_test(they_come_back_one_by_one),
		cmocka_unit_test(who_asks_late_is_counted),
		cmocka_unit_test(nobody_pays_for_others),
		cmocka_unit_test(who_does_not_fit_is_let_in),
		cmocka_unit_test(processes_count_together),
		cmocka_unit_test(what_cannot_be_is_not_believed),
		cmocka_unit_test(it_needs_a_file)
	};

	return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
