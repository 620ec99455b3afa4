/* SPDX-License-Identifier: MIT */

/* A courier, in a thread: what it does, and in which turn. */

#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app.h"
#include "base/text.h"
#include "billing/call.h"
#include "billing/object.h"
#include "courier/courier.h"

#define LOOK_MS		5
#define LOOKS		4000	/* 20 s, and then it will not come */

static volatile sig_atomic_t stop_it;
static pthread_t courier;
static int running;
static atomic_int beats;
static int rope[2];		/* our end of its doorbell */
static char ada[TEXT_UUID];

static void
beat(void *arg)
{
	(void)atomic_fetch_add((atomic_int *)arg, 1);
}

static void *
courier_main(void *arg)
{
	return (void *)(intptr_t)courier_run(arg, rope[0], beat, &beats,
	    &stop_it);
}

static void
ring(void)
{
	assert_int_equal(write(rope[1], "", 1), 1);
}

/* Nothing is due; the courier is not there yet. */
static int
clean(void **state)
{
	if (app_clean(state) != 0)
		return 1;
	sql("UPDATE chore SET state = 'waiting', attempts = 0, leased_until ="
	    " NULL, done_at = NULL, due_at = now() + interval '1 day'", NULL,
	    NULL);
	memcpy(ada, new_account(), sizeof(ada));
	sql("INSERT INTO customer (id, account_id) VALUES ('cus_1', $1::uuid)",
	    ada, NULL);
	conf.courier.poll = 3600;
	return 0;
}

static void
courier_begin(void)
{
	stop_it = 0;
	assert_int_equal(pipe2(rope, O_NONBLOCK | O_CLOEXEC), 0);
	assert_int_equal(pthread_create(&courier, NULL, courier_main, &conf),
	    0);
	running = 1;
}

static void
courier_end(void)
{
	void *status;

	running = 0;
	stop_it = 1;
	if (rope[1] != -1) {
		ring();
		(void)close(rope[1]);
	}
	(void)pthread_join(courier, &status);
	(void)close(rope[0]);
	assert_int_equal((intptr_t)status, EXIT_SUCCESS);
}

/* A test that failed leaves none behind for the next. */
static int
end_it(void **state)
{
	(void)state;
	if (running)
		courier_end();
	return 0;
}

/* Wait until SQL says yes. */
static void
await(const char *question)
{
	int i;

	for (i = 0; i < LOOKS; i++) {
		if (strcmp(sql(question, NULL, NULL), "t") == 0)
			return;
		(void)poll(NULL, 0, LOOK_MS);
	}
	fail_msg("it did not come: %s", question);
}

/* It has looked for all kinds, the last of which are chores, and waits. */
static void
await_idle(void)
{
	await("SELECT count(*) = 1 FROM pg_stat_activity WHERE datname ="
	    " current_database() AND application_name LIKE '%courier%'"
	    " AND state = 'idle'"
	    " AND query LIKE '%FROM chore%'");
}

/* Whatever is the matter, it does not look all the time. */
static void
it_rests(void)
{
	atomic_store(&beats, 0);
	(void)poll(NULL, 0, 500);
	assert_in_range(atomic_load(&beats), 0, 50);
}

#define ALL_SEEN	"SELECT bool_and(state = 'done') FROM stripe_object"

/* An invoice that Stripe has, due now. */
static void
invoice(const char *id)
{
	char what[128], text[512];

	snprintf(what, sizeof(what), "GET /v1/invoices/%s", id);
	snprintf(text, sizeof(text), "{\"id\":\"%s\",\"customer\":\"cus_1\","
	    "\"status\":\"paid\",\"currency\":\"eur\",\"amount_due\":1,"
	    "\"amount_paid\":1,\"total\":1,\"created\":1,\"livemode\":false}",
	    id);
	server_says(what, ANSWER, "200 OK", text);
	assert_int_equal(object_hear(app->db, STRIPE_INVOICE, id), ERR_OK);
}

/* The `nth` id that lies in this lane. */
static const char *
id_in(int lane, int nth)
{
	static char id[32];
	int i;

	for (i = 0; ; i++) {
		snprintf(id, sizeof(id), "in_%d", i);
		if (lane_of(id) == lane && nth-- == 0)
			return id;
	}
}

static void
all_lanes_are_gone_through(void **state)
{
	char id[32];
	int i;

	(void)state;
	for (i = 0; i < 40; i++) {
		snprintf(id, sizeof(id), "in_%d", i);
		invoice(id);
	}
	atomic_store(&beats, 0);
	courier_begin();
	await(ALL_SEEN);
	courier_end();
	/* Whoever watches heard of it before each, of whatever kind. */
	assert_true(atomic_load(&beats) >= 3 * 40);
	assert_string_equal(sql("SELECT count(*) FROM invoice", NULL, NULL),
	    "40");
	/* Each was read once. */
	assert_int_equal(server_heard("GET /v1/invoices/in_0"), 1);
	assert_int_equal(server_heard("GET /v1/invoices/in_39"), 1);
	assert_int_equal(server_heard(ACCOUNT), 1);
}

/* One lane that is full does not make another wait. */
static void
lanes_take_turns(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 8; i++)
		invoice(id_in(3, i));
	invoice(id_in(200, 0));
	courier_begin();
	await(ALL_SEEN);
	courier_end();
	assert_string_equal(sql("SELECT count(*) <= 1 FROM stripe_object"
	    " WHERE lane = 3 AND settled_at < (SELECT settled_at"
	    " FROM stripe_object WHERE lane = 200)", NULL, NULL), "t");
}

/* Nor one kind another: of each there is one a round. */
static void
kinds_take_turns(void **state)
{
	struct call c;
	char id[32];
	int i;

	(void)state;
	for (i = 0; i < 20; i++) {
		snprintf(id, sizeof(id), "in_%d", i);
		invoice(id);
	}
	sql("DELETE FROM customer WHERE account_id = $1::uuid", ada, NULL);
	sql("INSERT INTO customer (id, account_id) VALUES ('cus_1', $1::uuid)",
	    new_account(), NULL);
	call_init(&c, ada, CALL_CUSTOMER, "/v1/customers");
	c.form = mem_text("email=a");
	assert_int_equal(call_write(app->db, &c), ERR_OK);
	call_done(&c);
	server_says("POST /v1/customers", ANSWER, "200 OK",
	    "{\"id\":\"cus_2\"}");
	sql("UPDATE chore SET due_at = now() WHERE id = 'tidy'", NULL, NULL);
	courier_begin();
	await(ALL_SEEN);
	await("SELECT done_at IS NOT NULL FROM chore WHERE id = 'tidy'");
	courier_end();
	assert_string_equal(sql("SELECT id FROM customer"
	    " WHERE account_id = $1::uuid", ada, NULL), "cus_2");
	assert_string_equal(sql("SELECT count(*) <= 1 FROM stripe_object WHERE"
	    " settled_at < (SELECT settled_at FROM stripe_call)", NULL, NULL),
	    "t");
	/* The chore began when its turn came, and others went on meanwhile. */
	assert_string_equal(sql("SELECT count(*) > 1 FROM stripe_object WHERE"
	    " settled_at < (SELECT done_at FROM chore WHERE id = 'tidy')",
	    NULL, NULL), "t");
}

/* When it was read, at most two of all the others had been. */
static void
was_read_soon(const char *id)
{
	assert_string_equal(sql("SELECT count(*) <= 2 FROM stripe_object"
	    " WHERE settled_at < (SELECT settled_at FROM stripe_object"
	    " WHERE id = $1)", id, NULL), "t");
}

/* Whoever has paid waits for two readings, not for all that came before. */
static void
what_a_person_waits_for_goes_first(void **state)
{
	char id[32];
	int i;

	(void)state;
	for (i = 0; i < 30; i++) {
		snprintf(id, sizeof(id), "in_%d", i);
		invoice(id);
	}
	invoice("in_mine");
	assert_int_equal(object_hurry(app->db, STRIPE_INVOICE, "in_mine"),
	    ERR_OK);
	courier_begin();
	await(ALL_SEEN);
	courier_end();
	was_read_soon("in_mine");
}

/* However many wait so, the rest goes on beside them, one for one. */
static void
who_waits_does_not_starve_the_rest(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 30; i++) {
		invoice(id_in(3, i));
		assert_int_equal(object_hurry(app->db, STRIPE_INVOICE,
		    id_in(3, i)), ERR_OK);
	}
	invoice(id_in(3, 30));
	sql("UPDATE stripe_object SET due_at = now() - interval '1 hour'"
	    " WHERE NOT awaited", NULL, NULL);
	courier_begin();
	await(ALL_SEEN);
	courier_end();
	was_read_soon(id_in(3, 30));
}

/* But for what a person waits for. */
static void
what_is_being_listed_is_left_alone(void **state)
{
	(void)state;
	sql("INSERT INTO stripe_sweep (lane, id, kind, since, until,"
	    " leased_until) VALUES ($1::int, 'invoice 1', 'invoice', 1, 2,"
	    " now() + interval '50 s')", "1", NULL);
	invoice("in_1");
	invoice("in_mine");
	assert_int_equal(object_hurry(app->db, STRIPE_INVOICE, "in_mine"),
	    ERR_OK);
	courier_begin();
	await("SELECT state = 'done' FROM stripe_object WHERE id = 'in_mine'");
	await_idle();
	it_rests();
	assert_string_equal(sql("SELECT concat(state, fence) FROM"
	    " stripe_object WHERE id = 'in_1'", NULL, NULL), "waiting0");
	sql("DELETE FROM stripe_sweep", NULL, NULL);
	ring();
	await(ALL_SEEN);
	courier_end();
}

/* Stripe wants nobody to list anything for so long: it is read one by one. */
static void
what_would_be_listed_much_later_is_not(void **state)
{
	(void)state;
	sql("INSERT INTO stripe_sweep (lane, id, kind, since, until, due_at)"
	    " VALUES ($1::int, 'invoice 1', 'invoice', 1, 2,"
	    " now() + interval '1 hour')", "1", NULL);
	invoice("in_1");
	courier_begin();
	await(ALL_SEEN);
	courier_end();
	assert_string_equal(sql("SELECT state FROM stripe_sweep", NULL, NULL),
	    "waiting");
	sql("DELETE FROM stripe_sweep", NULL, NULL);
}

/* Two a second: it waits for room and uses up no attempt meanwhile. */
static void
it_keeps_within_its_share(void **state)
{
	char began[64];
	int i;

	(void)state;
	conf.stripe.calls_per_endpoint = 4;
	for (i = 0; i < 3; i++)
		invoice(id_in(i, 0));
	(void)snprintf(began, sizeof(began), "%s", sql("SELECT now()", NULL,
	    NULL));
	courier_begin();
	await(ALL_SEEN);
	courier_end();
	conf.stripe.calls_per_endpoint = 10000;
	/* From before the first was asked for, however long that takes. */
	assert_string_equal(sql("SELECT max(settled_at) >= $1::timestamptz +"
	    " interval '1 s' FROM stripe_object", began, NULL), "t");
}

static void
a_ring_wakes_it(void **state)
{
	(void)state;
	courier_begin();
	await_idle();
	invoice("in_1");
	ring();
	await(ALL_SEEN);
	courier_end();
}

/* Looking costs more than an event does: many rings are one. */
static void
rings_that_follow_each_other_are_one(void **state)
{
	int64_t began;
	int i;

	(void)state;
	courier_begin();
	await_idle();
	atomic_store(&beats, 0);
	began = clock_mono_ms();
	for (i = 0; i < 500; i++) {
		ring();
		(void)poll(NULL, 0, 1);
	}
	/* Fifty rounds at most in each second, and all kinds in each. */
	assert_in_range(atomic_load(&beats), 1,
	    400 * (1 + (clock_mono_ms() - began) / 1000));
	courier_end();
}

/* What is due in a moment is done then, though nobody rings and polls. */
static void
it_wakes_when_the_next_is_due(void **state)
{
	(void)state;
	courier_begin();
	await_idle();
	invoice("in_1");
	sql("UPDATE stripe_object SET due_at = now() + interval '400 ms'",
	    NULL, NULL);
	ring();
	await(ALL_SEEN);
	courier_end();
	assert_string_equal(sql("SELECT settled_at >= due_at"
	    " FROM stripe_object", NULL, NULL), "t");
}

/* Nobody can ring any more: it looks by itself. */
static void
without_a_doorbell_it_polls(void **state)
{
	(void)state;
	conf.courier.poll = 1;
	courier_begin();
	await_idle();
	(void)close(rope[1]);
	rope[1] = -1;
	invoice("in_1");
	await(ALL_SEEN);
	it_rests();
	courier_end();
}

/* One kind cannot be looked for: the others go on, and it does in the end. */
static void
one_kind_in_trouble_does_not_stop_the_rest(void **state)
{
	(void)state;
	invoice("in_1");
	sql("UPDATE chore SET due_at = now() WHERE id = 'tidy'", NULL, NULL);
	sql("ALTER TABLE chore RENAME TO chore_away", NULL, NULL);
	courier_begin();
	await(ALL_SEEN);
	sql("ALTER TABLE chore_away RENAME TO chore", NULL, NULL);
	await("SELECT done_at IS NOT NULL FROM chore WHERE id = 'tidy'");

	/* Nor do those that come behind it wait. */
	sql("ALTER TABLE stripe_object RENAME TO object_away", NULL, NULL);
	sql("UPDATE chore SET due_at = now() WHERE id = 'tidy'", NULL, NULL);
	ring();
	await("SELECT last_error IS NOT NULL FROM chore WHERE id = 'tidy'");
	sql("UPDATE chore SET due_at = now() + interval '1 day'", NULL, NULL);
	it_rests();
	sql("ALTER TABLE object_away RENAME TO stripe_object", NULL, NULL);
	courier_end();
}

/*
 * What is applied before it is noted which way purchases go is told to nobody:
 * a database that is away when a courier begins loses none.
 */
static void
which_way_purchases_go_is_noted_first(void **state)
{
	static char by_api[] = "api";
	char began[64];

	(void)state;
	(void)snprintf(began, sizeof(began), "%s", sql("SELECT now()", NULL,
	    NULL));
	conf.cello.purchases = by_api;
	invoice("in_1");
	sql("ALTER TABLE cello_way RENAME TO way_away", NULL, NULL);
	courier_begin();
	it_rests();
	assert_string_equal(sql(ALL_SEEN, NULL, NULL), "f");
	while (strcmp(sql("SELECT now() > $1::timestamptz + interval"
	    " '4 seconds'", began, NULL), "t") != 0)
		(void)poll(NULL, 0, LOOK_MS);
	sql("ALTER TABLE way_away RENAME TO cello_way", NULL, NULL);
	await(ALL_SEEN);
	courier_end();
	conf.cello.purchases = NULL;
	/* And it went so since then, not since it could be noted. */
	assert_string_equal(sql("UPDATE cello_way SET way = 'stripe'"
	    " WHERE way = 'api' AND since < $1::timestamptz + interval"
	    " '3 seconds' RETURNING 1", began, NULL), "1");
}

static void
without_its_key_it_does_not_begin(void **state)
{
	static char nowhere[] = "/nowhere/key";

	(void)state;
	conf.stripe.secret_key_file = nowhere;
	assert_int_equal(courier_run(&conf, -1, NULL, NULL, &stop_it),
	    EXIT_FAILURE);
	conf.stripe.secret_key_file = key_file;
}

#define CLEAN(f)	cmocka_unit_test_setup_teardown(f, clean, end_it)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CLEAN(all_lanes_are_gone_through),
		CLEAN(lanes_take_turns),
		CLEAN(kinds_take_turns),
		CLEAN(what_a_person_waits_for_goes_first),
		CLEAN(who_waits_does_not_starve_the_rest),
		CLEAN(what_is_being_listed_is_left_alone),
		CLEAN(what_would_be_listed_much_later_is_not),
		CLEAN(it_keeps_within_its_share),
		CLEAN(a_ring_wakes_it),
		CLEAN(rings_that_follow_each_other_are_one),
		CLEAN(it_wakes_when_the_next_is_due),
		CLEAN(without_a_doorbell_it_polls),
		CLEAN(one_kind_in_trouble_does_not_stop_the_rest),
		CLEAN(which_way_purchases_go_is_noted_first),
		CLEAN(without_its_key_it_does_not_begin),
	};
	int failed;

	if (!rows_open())
		return SKIPPED;
	failed = cmocka_run_group_tests(tests, app_make, app_break);
	rows_close();
	return failed;
}
