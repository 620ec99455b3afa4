/* SPDX-License-Identifier: MIT */

/*
 * What is asked ahead, against a real server (TEST_CONNINFO): whoever comes for
 * it gets what they would have got by themselves, whatever becomes of the others.
 * All of it with prepared statements and, but for time-outs, as behind a pooler.
 */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/err.h"
#include "db/ahead.h"
#include "db/db.h"

#define STMT(v, n, t)	\
	static const struct stmt v = { .name = #v, .text = t, .nparams = n }

STMT(schema_drop, 0, "DROP SCHEMA IF EXISTS test_ahead CASCADE");
STMT(schema_create, 0, "CREATE SCHEMA test_ahead");
STMT(item_create, 0, "CREATE TABLE item (id text PRIMARY KEY, n int,"
    " seen timestamptz)");
STMT(item_fill, 0, "INSERT INTO item (id, n)"
    " VALUES ('a', 1), ('b', 1), ('c', 1)"
    " ON CONFLICT (id) DO UPDATE SET n = 1");
STMT(item_bump, 0, "UPDATE item SET n = n + 1");
static const struct stmt item_see = { .name = "item_see", .spares_ahead = 1,
    .text = "UPDATE item SET seen = now()" };
STMT(item_n, 1, "SELECT n FROM item WHERE id = $1");
STMT(same, 2, "SELECT $1::text, coalesce($2, 'none')");
STMT(tries_create, 0, "CREATE SEQUENCE tries");
STMT(tries_reset, 0, "ALTER SEQUENCE tries RESTART");
STMT(tries_count, 0, "SELECT CASE WHEN is_called THEN last_value ELSE 0 END"
    " FROM tries");
STMT(bad, 1, "SELECT nextval('tries') / $1::int");
STMT(slow, 0, "SELECT nextval('tries'), pg_sleep(30)");
STMT(collide_create, 0, "CREATE FUNCTION collide() RETURNS int LANGUAGE plpgsql"
    " AS 'BEGIN IF nextval(''tries'') = 1 THEN RAISE EXCEPTION ''x''"
    " USING ERRCODE = ''40001''; END IF; RETURN 7; END'");
STMT(collide, 0, "SELECT collide()");
STMT(die_once, 0, "SELECT CASE WHEN nextval('tries') = 1 THEN"
    " pg_terminate_backend(pg_backend_pid()) END");
STMT(backend, 0, "SELECT pg_backend_pid()");
STMT(forget_all, 0, "DEALLOCATE ALL");

/* Of several, with another answer: so it is seen which was asked. */
#define MANY(v, n, one, several) \
	STMT(v##_many, n, "SELECT " several ", x.n FROM" \
	    " unnest($1::text[]) WITH ORDINALITY AS x(id, n)" \
	    " ORDER BY x.n DESC"); \
	static const struct stmt v = { .name = #v, .nparams = n, \
	    .text = "SELECT " one, .many = &v##_many }

MANY(letter, 1, "ascii($1)", "1000 + ascii(x.id)");
MANY(letter_and, 2, "ascii($1) + $2::int", "1000 + ascii(x.id) + $2::int");
MANY(part, 1, "6 / $1::int", "6 / x.id::int");
MANY(slow_part, 1, "nextval('tries'), $1",
    "nextval('tries'), pg_sleep(30)");
STMT(nobodys_many, 1, "SELECT 1, id::int FROM unnest($1::text[]) AS x(id)");
static const struct stmt nobodys = { .name = "nobodys", .nparams = 1,
    .text = "SELECT 100 + $1::int", .many = &nobodys_many };
MANY(unknown, 1, "NULL, $1", "NULL, x.id");
STMT(found_many, 1, "SELECT 1000 + i.n, x.n FROM unnest($1::text[])"
    " WITH ORDINALITY AS x(id, n) JOIN item i USING (id)");
static const struct stmt found = { .name = "found", .nparams = 1,
    .text = "SELECT n FROM item WHERE id = $1", .many = &found_many };

static char conninfo[512];
static struct db *db, *other;

static struct db *
open_as(int pooled, int64_t statement_ms)
{
	const struct db_settings s = { .conninfo = conninfo, .name = "test",
	    .pooled = pooled, .statement_ms = statement_ms };

	return db_open(&s);
}

static void
run(struct db *with, const struct stmt *s)
{
	assert_int_equal(db_query(with, s, NULL, 0, NULL), ERR_OK);
}

/* The first column of the one row; how it ended otherwise, negative. */
static int64_t
ask(const struct stmt *s, const char *arg)
{
	struct rows *r;
	int64_t n;
	enum err e;

	e = db_query(db, s, &arg, s->nparams, &r);
	n = e == ERR_OK ? rows_int(r, 0, 0) : -(int64_t)e;
	rows_free(r);
	return n;
}

static int64_t
tries(void)
{
	struct rows *r;
	int64_t n;

	assert_int_equal(db_query(other, &tries_count, NULL, 0, &r), ERR_OK);
	n = rows_int(r, 0, 0);
	rows_free(r);
	return n;
}

static void
note(const struct stmt *s, const char *arg)
{
	db_ahead(db, s, &arg, s->nparams);
}

static int
start_all(void **unused)
{
	struct db *owner;

	(void)unused;
	(void)snprintf(conninfo, sizeof(conninfo),
	    "%s options='-c search_path=test_ahead'", getenv("TEST_CONNINFO"));
	owner = open_as(0, 0);
	run(owner, &schema_drop);
	run(owner, &schema_create);
	run(owner, &item_create);
	run(owner, &tries_create);
	run(owner, &collide_create);
	db_close(owner);
	return 0;
}

static int
stop_all(void **unused)
{
	struct db *owner = open_as(0, 0);

	(void)unused;
	run(owner, &schema_drop);
	db_close(owner);
	return 0;
}

static int
start(void **state)
{
	db = open_as(*state != NULL, 0);
	other = open_as(0, 0);
	run(other, &item_fill);
	run(other, &tries_reset);
	return 0;
}

static int
stop(void **unused)
{
	(void)unused;
	db_close(db);
	db_close(other);
	return 0;
}

static void
an_answer_is_what_it_was_when_it_was_asked(void **unused)
{
	(void)unused;
	note(&item_n, "a");
	note(&item_n, "b");
	note(&item_n, "a");
	db_ahead_ask(db);
	run(other, &item_bump);

	/* In any order, each once, and then it is asked anew. */
	assert_int_equal(ask(&item_n, "b"), 1);
	assert_int_equal(ask(&item_n, "a"), 1);
	assert_int_equal(ask(&item_n, "a"), 1);
	assert_int_equal(ask(&item_n, "a"), 2);
	assert_int_equal(ask(&item_n, "b"), 2);
	/* That was not noted. */
	assert_int_equal(ask(&item_n, "c"), 2);
}

static void
null_and_empty_are_different(void **unused)
{
	const char *const none[] = { "1", NULL }, *const empty[] = { "1", "" };
	struct rows *r;

	(void)unused;
	db_ahead(db, &same, none, 2);
	db_ahead_ask(db);
	assert_int_equal(db_query(db, &same, empty, 2, &r), ERR_OK);
	assert_string_equal(rows_text(r, 0, 1), "");
	rows_free(r);
	assert_int_equal(db_query(db, &same, none, 2, &r), ERR_OK);
	assert_string_equal(rows_text(r, 0, 1), "none");
	rows_free(r);
}

static void
one_that_fails_fails_alone(void **unused)
{
	(void)unused;
	note(&item_n, "a");
	note(&bad, "0");
	note(&item_n, "b");
	note(&item_n, "c");
	db_ahead_ask(db);
	run(other, &item_bump);
	assert_int_equal(ask(&item_n, "c"), 2);	/* got no answer then */
	assert_int_equal(ask(&item_n, "b"), 2);
	assert_int_equal(ask(&bad, "0"), -ERR_INTERNAL);
	assert_int_equal(ask(&item_n, "a"), 1);
	assert_int_equal(tries(), 1);
	assert_int_equal(ask(&bad, "1"), 2);	/* all is well after it */
}

static void
what_was_too_slow_is_not_asked_again(void **unused)
{
	(void)unused;
	db_close(db);
	db = open_as(0, 1000);
	note(&slow, NULL);
	note(&item_n, "a");
	db_ahead_ask(db);
	assert_int_equal(ask(&item_n, "a"), 1);
	assert_int_equal(ask(&slow, NULL), -ERR_LATER);
	assert_int_equal(tries(), 1);
}

/* A collision, and a connection that dies: whose it is asks again, alone. */
static void
what_can_be_asked_again_is(void **unused)
{
	static const struct {
		const struct stmt	*stmt;
		int64_t			 answer;
	} rows[] = {
		{ &collide, 7 }, { &die_once, 0 }
	};
	size_t i;

	(void)unused;
	for (i = 0; i < NELEM(rows); i++) {
		run(other, &tries_reset);
		note(&item_n, "a");
		note(rows[i].stmt, NULL);
		note(&item_n, "b");
		db_ahead_ask(db);
		assert_int_equal(ask(&item_n, "b"), 1);
		assert_int_equal(ask(rows[i].stmt, NULL), rows[i].answer);
		assert_int_equal(ask(&item_n, "a"), 1);
		assert_int_equal(tries(), 2);
		db_ahead_forget(db);
	}
}

/* It was idle, and the server has ended it: nobody notices. */
static void
a_connection_that_has_died_is_made_anew(void **unused)
{
	static const struct stmt end = { .name = "end", .nparams = 1,
	    .text = "SELECT pg_terminate_backend($1::int, 5000)" };
	char pid[32];
	const char *const arg[] = { pid };

	(void)unused;
	(void)snprintf(pid, sizeof(pid), "%lld",
	    (long long)ask(&backend, NULL));
	assert_int_equal(db_query(other, &end, arg, 1, NULL), ERR_OK);
	note(&item_n, "a");
	note(&item_n, "b");
	db_ahead_ask(db);
	assert_int_equal(ask(&item_n, "a"), 1);
	assert_int_equal(ask(&item_n, "b"), 1);
}

/* Nothing answers: once is enough, for all of them. */
static void
a_server_that_is_frozen_is_waited_for_once(void **unused)
{
	int64_t began, a, b;
	pid_t pid;

	db_close(db);
	db = open_as(*unused != NULL, 500);
	pid = (pid_t)ask(&backend, NULL);
	assert_true(pid > 0);
	note(&item_n, "a");
	note(&item_n, "b");
	began = clock_mono_us();
	assert_int_equal(kill(pid, SIGSTOP), 0);
	db_ahead_ask(db);
	a = ask(&item_n, "a");
	b = ask(&item_n, "b");
	assert_int_equal(kill(pid, SIGCONT), 0);
	assert_int_equal(a, -ERR_LATER);
	assert_int_equal(b, -ERR_LATER);
	/* Half a second, and one of grace. */
	assert_true(clock_mono_us() - began < 2900000);
}

static void
what_is_written_is_seen(void **unused)
{
	(void)unused;
	note(&item_n, "a");
	note(&item_n, "b");
	db_ahead_ask(db);
	assert_int_equal(ask(&item_n, "a"), 1);
	run(db, &item_bump);
	assert_int_equal(ask(&item_n, "b"), 2);

	/* But for what says that it changes none of it. */
	note(&item_n, "a");
	note(&item_n, "b");
	db_ahead_ask(db);
	run(db, &item_see);
	assert_int_equal(ask(&item_n, "a"), 2);
	run(other, &item_bump);
	assert_int_equal(ask(&item_n, "b"), 2);
}

static enum err
look(struct db *with, void *arg)
{
	(void)with;
	*(int64_t *)arg = ask(&item_n, "a");
	return ERR_OK;
}

static void
a_transaction_asks_by_itself(void **unused)
{
	int64_t n = 0;

	(void)unused;
	note(&item_n, "a");
	note(&item_n, "b");
	db_ahead_ask(db);
	run(other, &item_bump);
	assert_int_equal(db_transaction(db, look, &n), ERR_OK);
	assert_int_equal(n, 2);
	assert_int_equal(ask(&item_n, "b"), 2);
}

static void
what_is_forgotten_is_asked(void **unused)
{
	(void)unused;
	note(&item_n, "a");
	db_ahead_ask(db);
	db_ahead_forget(db);
	run(other, &item_bump);
	assert_int_equal(ask(&item_n, "a"), 2);
	/* Nothing was noted, or it was never asked. */
	db_ahead_ask(db);
	note(&item_n, "b");
	assert_int_equal(ask(&item_n, "b"), 2);
	db_ahead_forget(db);
}

static void
a_statement_that_the_server_forgot_is_prepared_anew(void **unused)
{
	(void)unused;
	assert_int_equal(ask(&item_n, "a"), 1);
	run(db, &forget_all);
	note(&item_n, "a");
	note(&item_n, "b");
	db_ahead_ask(db);
	assert_int_equal(ask(&item_n, "a"), 1);
	assert_int_equal(ask(&item_n, "b"), 1);
}

static void
more_than_there_is_room_for_is_asked_alone(void **unused)
{
	int i;

	(void)unused;
	for (i = 0; i < DB_AHEAD + 5; i++)
		note(&item_n, "a");
	db_ahead_ask(db);
	run(other, &item_bump);
	for (i = 0; i < DB_AHEAD; i++)
		assert_int_equal(ask(&item_n, "a"), 1);
	assert_int_equal(ask(&item_n, "a"), 2);
}

static int64_t
ask_two(const struct stmt *s, const char *a, const char *b)
{
	const char *const arg[] = { a, b };
	struct rows *r;
	int64_t n;

	assert_int_equal(db_query(db, s, arg, 2, &r), ERR_OK);
	n = rows_int(r, 0, 0);
	rows_free(r);
	return n;
}

static void
several_of_a_kind_are_one_statement(void **unused)
{
	const char *const nobody = "nobody";
	struct rows *r;

	(void)unused;
	note(&letter, "b");
	note(&found, "a");
	note(&letter, "\"\\{,");
	note(&found, nobody);
	note(&letter, "b");
	db_ahead_ask(db);
	assert_int_equal(ask(&letter, "\"\\{,"), 1000 + '"');
	assert_int_equal(ask(&letter, "b"), 1000 + 'b');
	assert_int_equal(ask(&letter, "b"), 1000 + 'b');
	assert_int_equal(ask(&letter, "b"), 'b');
	assert_int_equal(ask(&found, "a"), 1001);
	assert_int_equal(db_query(db, &found, &nobody, 1, &r), ERR_OK);
	assert_int_equal(rows_count(r), 0);
	rows_free(r);
}

static void
one_of_a_kind_is_asked_as_ever(void **unused)
{
	char large[200];

	(void)unused;
	memset(large, 'z', sizeof(large));
	large[sizeof(large) - 1] = '\0';
	note(&letter, "a");
	note(&letter, large);
	note(&letter, NULL);
	db_ahead_ask(db);
	assert_int_equal(ask(&letter, "a"), 'a');
	assert_int_equal(ask(&letter, large), 'z');
	assert_int_equal(ask(&letter, NULL), 0);
}

static void
what_differs_in_more_is_asked_apart(void **unused)
{
	const char *const arg[3][2] = { { "a", "1" }, { "b", "1" },
	    { "c", "2" } };
	size_t i;

	(void)unused;
	for (i = 0; i < 3; i++)
		db_ahead(db, &letter_and, arg[i], 2);
	db_ahead_ask(db);
	assert_int_equal(ask_two(&letter_and, "a", "1"), 1000 + 'b');
	assert_int_equal(ask_two(&letter_and, "b", "1"), 1000 + 'c');
	assert_int_equal(ask_two(&letter_and, "c", "2"), 'e');
}

static void
one_of_several_fails_alone(void **unused)
{
	(void)unused;
	note(&part, "2");
	note(&part, "0");
	note(&part, "3");
	db_ahead_ask(db);
	assert_int_equal(ask(&part, "2"), 3);
	assert_int_equal(ask(&part, "0"), -ERR_INTERNAL);
	assert_int_equal(ask(&part, "3"), 2);

	/* It may be so again: for a minute nobody is asked with others. */
	db_ahead_forget(db);
	note(&letter, "a");
	note(&letter, "b");
	db_ahead_ask(db);
	assert_int_equal(ask(&letter, "a"), 'a');
	assert_int_equal(ask(&letter, "b"), 'b');
}

static void
several_that_are_too_slow_are_not_asked_again(void **unused)
{
	(void)unused;
	db_close(db);
	db = open_as(0, 1000);
	note(&slow_part, "a");
	note(&slow_part, "b");
	db_ahead_ask(db);
	assert_int_equal(ask(&slow_part, "a"), -ERR_LATER);
	assert_int_equal(ask(&slow_part, "b"), -ERR_LATER);
	assert_int_equal(tries(), 1);
}

/* No statement of ours does that. */
static void
an_answer_that_is_nobodys_is_no_answer(void **unused)
{
	static const char *const whose[] = { "3", "0", "-1000000", "1000000" };
	size_t i;

	(void)unused;
	for (i = 0; i < NELEM(whose); i++) {
		note(&nobodys, "1");
		note(&nobodys, whose[i]);
		db_ahead_ask(db);
		assert_int_equal(ask(&nobodys, "1"), 101);
		assert_int_equal(ask(&nobodys, whose[i]), 100 + atoi(whose[i]));
		db_ahead_forget(db);
	}
}

static void
null_stays_null_among_several(void **unused)
{
	const char *const a = "a";
	struct rows *r;

	(void)unused;
	note(&unknown, "a");
	note(&unknown, "b");
	db_ahead_ask(db);
	assert_int_equal(db_query(db, &unknown, &a, 1, &r), ERR_OK);
	assert_true(rows_null(r, 0, 0));
	assert_string_equal(rows_text(r, 0, 1), "a");
	rows_free(r);
}

#define TEST(f) \
	{ #f, f, start, stop, NULL }, { #f " (pooled)", f, start, stop, conninfo }
/* Behind a pooler it is the role that has the time-outs. */
#define UNPOOLED(f) \
	{ #f, f, start, stop, NULL }

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_answer_is_what_it_was_when_it_was_asked),
		TEST(null_and_empty_are_different),
		TEST(one_that_fails_fails_alone),
		UNPOOLED(what_was_too_slow_is_not_asked_again),
		TEST(what_can_be_asked_again_is),
		TEST(a_connection_that_has_died_is_made_anew),
		TEST(a_server_that_is_frozen_is_waited_for_once),
		TEST(what_is_written_is_seen),
		TEST(a_transaction_asks_by_itself),
		TEST(what_is_forgotten_is_asked),
		TEST(a_statement_that_the_server_forgot_is_prepared_anew),
		TEST(more_than_there_is_room_for_is_asked_alone),
		TEST(several_of_a_kind_are_one_statement),
		TEST(one_of_a_kind_is_asked_as_ever),
		TEST(what_differs_in_more_is_asked_apart),
		TEST(one_of_several_fails_alone),
		UNPOOLED(several_that_are_too_slow_are_not_asked_again),
		TEST(an_answer_that_is_nobodys_is_no_answer),
		TEST(null_stays_null_among_several)
	};

	if (getenv("TEST_CONNINFO") == NULL) {
		print_message("1..0 # SKIP TEST_CONNINFO is not set\n");
		return 77;
	}
	return cmocka_run_group_tests_name("db_ahead", tests, start_all,
	    stop_all);
}
