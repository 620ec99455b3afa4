/* SPDX-License-Identifier: MIT */

/*
 * Errands over a table of the test's own, so that what holds here holds for
 * every kind.  Times are set back in the rows: nobody waits for a lease.
 */

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/text.h"
#include "errand/kind.h"
#include "folder.h"
#include "rows.h"

#define LEASE	30
#define MOST	3
#define LANE	7

static const struct errand_kind things =
    ERRAND_KIND("thing", "thing", LEASE, MOST);
/* The same rows, by whoever does not give up soon. */
static const struct errand_kind patient =
    ERRAND_KIND("patient", "thing", LEASE, 200);

static int
table_make(void **state)
{
	sql("DROP TABLE IF EXISTS thing", NULL, NULL);
	sql("CREATE TABLE thing (lane smallint NOT NULL, id text NOT NULL,"
	    " state text NOT NULL DEFAULT 'waiting',"
	    " attempts integer NOT NULL DEFAULT 0,"
	    " due_at timestamptz NOT NULL DEFAULT now(),"
	    " fence bigint NOT NULL DEFAULT 0, leased_until timestamptz,"
	    " settled_at timestamptz, last_error text, odd boolean, form text,"
	    " PRIMARY KEY (lane, id))", NULL, NULL);
	return folder_make(state);
}

static int
table_drop(void **state)
{
	sql("DROP TABLE thing", NULL, NULL);
	return folder_remove(state);
}

static int
clean(void **state)
{
	(void)state;
	sql("DELETE FROM thing", NULL, NULL);
	return 0;
}

/* A row in LANE that is due, with what `set` says of it otherwise. */
static void
add(const char *id, const char *set)
{
	char text[512];

	sql("INSERT INTO thing (lane, id) VALUES (7, $1)", id, NULL);
	if (set == NULL)
		return;
	snprintf(text, sizeof(text), "UPDATE thing SET %s WHERE id = $1", set);
	sql(text, id, NULL);
}

#define OF(column)	"SELECT " column " FROM thing WHERE id = $1"
#define LEASE_ENDS	"leased_until = now() - interval '1 s'"

static void
lease_ends(void)
{
	sql("UPDATE thing SET " LEASE_ENDS, NULL, NULL);
}

/* What is said of all rows at once: "t" or "f". */
static void
all_are(const char *what)
{
	char text[1024];

	snprintf(text, sizeof(text), "SELECT coalesce(bool_and(%s), false)"
	    " FROM thing", what);
	if (strcmp(sql(text, NULL, NULL), "t") != 0)
		fail_msg("not all are: %s", what);
}

/* --- lanes --- */

static void
lanes_are_those_of_sql(void **state)
{
	static const struct {
		const char	*key;
		int		 lane;	/* -1: as SQL says */
	} keys[] = {
		{ "", 0xe3 }, { "abc", 0xba },
		{ "2b8f0c9e-6f0e-4d3e-9b1a-0c5d7e9f1a2b", -1 },
		{ "sub_1MowQVLkdIwHu7ixeRlqHVzs", -1 },
		{ "m\303\266bius \360\237\216\273", -1 }, { "cus_1", -1 },
		{ "in_1", -1 }, { "tidy", -1 }, { "reconcile", -1 }
	};
	char digits[TEXT_DIGITS];
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(keys); i++) {
		(void)text_digits(lane_of(keys[i].key), digits);
		if (keys[i].lane != -1)
			assert_int_equal(lane_of(keys[i].key), keys[i].lane);
		assert_string_equal(digits, sql("SELECT get_byte(sha256("
		    "convert_to($1, 'UTF8')), 0)", keys[i].key, NULL));
	}
}

static void
a_lane_is_tidied_in_batches(void **state)
{
	static const struct stmt old = {
		.name = "old",
		.text = "DELETE FROM thing WHERE lane = $1::int AND id IN"
		    " (SELECT id FROM thing WHERE lane = $1::int AND"
		    " settled_at < now() - $2::int * interval '1 day'"
		    " LIMIT $3::int) RETURNING id",
		.nparams = 3
	};
	int deleted;

	(void)state;
	sql("INSERT INTO thing (lane, id, settled_at) SELECT n % 2, n, now() -"
	    " interval '3 days' FROM generate_series(1, 10) AS n", NULL, NULL);
	sql("UPDATE thing SET settled_at = now() - interval '1 day'"
	    " WHERE id IN ('1', '3')", NULL, NULL);
	assert_int_equal(lane_tidy(db, &old, 1, 2, 2, &deleted), ERR_OK);
	assert_int_equal(deleted, 2);
	assert_int_equal(lane_tidy(db, &old, 1, 2, 2, &deleted), ERR_OK);
	assert_int_equal(deleted, 1);
	assert_int_equal(lane_tidy(db, &old, 1, 2, 2, &deleted), ERR_OK);
	assert_int_equal(deleted, 0);
	assert_string_equal(sql("SELECT string_agg(id, ' ' ORDER BY id::int)"
	    " FROM thing", NULL, NULL), "1 2 3 4 6 8 10");
}

/* --- claiming --- */

static void
a_claim_is_a_lease_and_counts(void **state)
{
	struct errand x, y;

	(void)state;
	assert_int_equal(errand_claim(db, &things, LANE, &x), ERR_NOTFOUND);
	add("a", NULL);
	assert_int_equal(errand_claim(db, &things, LANE + 1, &x),
	    ERR_NOTFOUND);
	assert_int_equal(errand_claim(db, &things, LANE, &x), ERR_OK);
	assert_string_equal(x.id, "a");
	assert_int_equal(x.lane, LANE);
	assert_int_equal(x.fence, 1);
	assert_int_equal(x.attempts, 1);
	assert_string_equal(sql(OF("attempts"), "a", NULL), "1");
	assert_string_equal(sql(OF("state"), "a", NULL), "waiting");
	assert_string_equal(sql(OF("settled_at"), "a", NULL), "null");
	assert_string_equal(sql(OF("leased_until BETWEEN"
	    " now() + interval '25 s' AND now() + interval '30 s'"), "a", NULL), "t");
	assert_int_equal(errand_claim(db, &things, LANE, &y), ERR_NOTFOUND);
}

static void
what_is_due_longest_comes_first(void **state)
{
	struct errand x;

	(void)state;
	add("later", "due_at = now() + interval '1 s'");
	add("new", NULL);
	add("old", "due_at = now() - interval '1 h'");
	add("attended", "state = 'attended'");
	add("parked", "state = 'parked'");
	add("done", "state = 'done'");
	add("dead", "state = 'dead'");
	add("dropped", "state = 'dropped'");
	assert_int_equal(errand_claim(db, &things, LANE, &x), ERR_OK);
	assert_string_equal(x.id, "old");
	assert_int_equal(errand_claim(db, &things, LANE, &x), ERR_OK);
	assert_string_equal(x.id, "new");
	sql("UPDATE thing SET due_at = now() + interval '1 h'"
	    " WHERE id = 'later'", NULL, NULL);
	assert_int_equal(errand_claim(db, &things, LANE, &x), ERR_NOTFOUND);
}

static void
a_claim_buries_what_is_used_up(void **state)
{
	struct errand x;
	char *said;

	(void)state;
	add("used", "attempts = 3, due_at = now() - interval '2 h',"
	    " last_error = 'no answer'");
	add("up", "attempts = 3, due_at = now() - interval '1 h'");
	add("fresh", "attempts = 2");
	stderr_catch();
	assert_int_equal(errand_claim(db, &things, LANE, &x), ERR_OK);
	said = stderr_caught();
	assert_string_equal(x.id, "fresh");
	assert_int_equal(x.attempts, 3);
	assert_non_null(strstr(said, "errand_dead"));
	assert_non_null(strstr(said, "thing used: no answer"));
	assert_non_null(strstr(said, "thing up: no reason was kept"));
	assert_null(strstr(said, "fresh"));
	free(said);
	sql("DELETE FROM thing WHERE id = 'fresh'", NULL, NULL);
	all_are("state = 'dead' AND settled_at IS NOT NULL"
	    " AND leased_until IS NULL");
}

/* It kills whoever takes it: nothing is ever written down but the claims. */
static void
poison_ends_dead(void **state)
{
	struct errand x;
	char *said;
	int claims = 0;

	(void)state;
	add("poison", NULL);
	stderr_catch();
	while (claims < 100 && errand_claim(db, &things, LANE, &x) == ERR_OK) {
		assert_int_equal(x.attempts, ++claims);
		lease_ends();
	}
	said = stderr_caught();
	assert_int_equal(claims, MOST);
	assert_string_equal(sql(OF("state"), "poison", NULL), "dead");
	assert_string_equal(sql(OF("last_error"), "poison", NULL),
	    "whoever did it ended first");
	assert_non_null(strstr(said,
	    "thing poison: whoever did it ended first"));
	free(said);
}

/* However often it was tried: whoever dies with it has not judged it. */
static void
a_lease_does_not_grow(void **state)
{
	struct errand x;

	(void)state;
	sql("INSERT INTO thing (lane, id, attempts) VALUES (7, 'a', 20)", NULL,
	    NULL);
	assert_int_equal(errand_claim(db, &patient, LANE, &x), ERR_OK);
	all_are("leased_until BETWEEN now() + interval '20 s'"
	    " AND now() + interval '30 s'");
}

#define CLAIMERS	4
#define ERRANDS		120

struct claimer {
	struct db	*db;
	int		 claimed;
	pthread_t	 thread;
};

static void *
claim_all(void *arg)
{
	struct claimer *c = arg;
	struct errand x;
	enum err e;

	while ((e = errand_claim(c->db, &things, LANE, &x)) == ERR_OK)
		c->claimed++;
	if (e != ERR_NOTFOUND)
		c->claimed = -ERRANDS;
	return NULL;
}

static void
two_claimers_never_get_the_same(void **state)
{
	struct claimer c[CLAIMERS] = { { .db = NULL } };
	int sum = 0;
	size_t i;

	(void)state;
	sql("INSERT INTO thing (lane, id)"
	    " SELECT 7, n FROM generate_series(1, 120) AS n", NULL, NULL);
	for (i = 0; i < CLAIMERS; i++)
		c[i].db = connect_as("claimer");
	for (i = 0; i < CLAIMERS; i++)
		pthread_create(&c[i].thread, NULL, claim_all, &c[i]);
	for (i = 0; i < CLAIMERS; i++) {
		pthread_join(c[i].thread, NULL);
		db_close(c[i].db);
		sum += c[i].claimed;
	}
	assert_int_equal(sum, ERRANDS);
	all_are("fence = 1 AND attempts = 1");
}

/* Somebody has the first in hand at this very moment. */
static enum err
hold_first(struct db *own, void *arg)
{
	static const struct stmt hold = {
		.name = "hold",
		.text = "SELECT id FROM thing WHERE id = 'a' FOR UPDATE"
	};
	struct errand *x = arg;

	assert_int_equal(db_query(own, &hold, NULL, 0, NULL), ERR_OK);
	return errand_claim(db, &things, LANE, x);
}

static void
a_claimer_does_not_wait_for_another(void **state)
{
	struct db_settings s = {
		.conninfo = getenv("TEST_CONNINFO"), .name = "holder"
	};
	struct db *own = db_open(&s);
	struct errand x = { .lane = -1 };

	(void)state;
	add("a", "due_at = now() - interval '1 h'");
	add("b", NULL);
	assert_int_equal(db_transaction(own, hold_first, &x), ERR_OK);
	assert_string_equal(x.id, "b");
	db_close(own);
}

/* --- settling --- */

static void
who_was_thought_dead_changes_nothing(void **state)
{
	struct errand slow, quick;

	(void)state;
	add("a", NULL);
	assert_int_equal(errand_claim(db, &things, LANE, &slow), ERR_OK);
	lease_ends();
	assert_int_equal(errand_claim(db, &things, LANE, &quick), ERR_OK);
	assert_int_equal(quick.fence, slow.fence + 1);
	assert_int_equal(quick.attempts, 2);
	assert_int_equal(errand_renew(db, &things, &slow), ERR_CONFLICT);
	assert_int_equal(errand_later(db, &things, &slow, "slow", 0),
	    ERR_CONFLICT);
	assert_int_equal(errand_bury(db, &things, &slow, "slow"),
	    ERR_CONFLICT);
	assert_string_equal(sql(OF("concat_ws(' ', state, attempts, fence,"
	    " leased_until > now(), last_error)"), "a", NULL),
	    "waiting 2 2 t whoever did it ended first");
	assert_int_equal(errand_renew(db, &things, &quick), ERR_OK);
	assert_int_equal(errand_bury(db, &things, &quick, "quick"), ERR_OK);
	assert_int_equal(errand_later(db, &things, &quick, "why", 0),
	    ERR_CONFLICT);
}

static void
renewing_holds_it_for_another_lease(void **state)
{
	struct errand x, y;

	(void)state;
	add("a", NULL);
	assert_int_equal(errand_claim(db, &things, LANE, &x), ERR_OK);
	lease_ends();
	assert_int_equal(errand_renew(db, &things, &x), ERR_OK);
	assert_int_equal(errand_claim(db, &things, LANE, &y), ERR_NOTFOUND);
	all_are("leased_until BETWEEN now() + interval '25 s'"
	    " AND now() + interval '30 s' AND attempts = 1");
	assert_int_equal(errand_drop(db, &things, LANE, "a"), ERR_OK);
	assert_int_equal(errand_renew(db, &things, &x), ERR_CONFLICT);
}

/* So many are put off after `attempts`, by at least `after` seconds. */
static void
put_off(int count, const char *attempts, int after)
{
	struct errand x = { .lane = LANE };
	char many[TEXT_DIGITS];
	int i;

	sql("DELETE FROM thing", NULL, NULL);
	sql("INSERT INTO thing (lane, id, attempts, leased_until)"
	    " SELECT 7, n, $2::int, now() + interval '30 s'"
	    " FROM generate_series(1, $1::int) AS n",
	    text_digits(count, many), attempts);
	for (i = 1; i <= count; i++) {
		(void)text_digits(i, x.id);
		assert_int_equal(errand_later(db, &patient, &x, "no", after),
		    ERR_OK);
	}
	all_are("state = 'waiting' AND leased_until IS NULL"
	    " AND settled_at IS NULL");
}

static void
putting_off_is_full_jitter(void **state)
{
	(void)state;
	/* One second after the first failure, then twice as long. */
	put_off(60, "1", 0);
	all_are("due_at <= now() + interval '1 s'");
	put_off(60, "5", 0);
	all_are("due_at <= now() + interval '16 s'");
	assert_string_equal(sql("SELECT max(due_at) > now() + interval '8 s'"
	    " FROM thing", NULL, NULL), "t");

	/* An hour at most, and every quarter of it as likely. */
	put_off(400, "100", 0);
	all_are("due_at <= now() + interval '1 h'");
	assert_string_equal(sql("SELECT min(n) > 50 AND count(*) = 4 FROM"
	    " (SELECT count(*) AS n FROM thing GROUP BY least(3, greatest(0,"
	    " floor(extract(epoch FROM due_at - now()) / 900)))) AS quarter",
	    NULL, NULL), "t");

	/* What Stripe asks for is the least. */
	put_off(60, "1", 600);
	all_are("due_at BETWEEN now() + interval '590 s'"
	    " AND now() + interval '600 s'");
	put_off(60, "100", 1800);
	all_are("due_at BETWEEN now() + interval '1790 s'"
	    " AND now() + interval '1 h'");
}

static void
the_last_attempt_that_fails_is_the_end(void **state)
{
	char why[301], *said;
	struct errand x;

	(void)state;
	memset(why, 'w', sizeof(why) - 1);
	why[sizeof(why) - 1] = '\0';
	add("a", "attempts = 1");
	assert_int_equal(errand_claim(db, &things, LANE, &x), ERR_OK);
	stderr_catch();
	assert_int_equal(errand_later(db, &things, &x, why, 0), ERR_OK);
	said = stderr_caught();
	assert_null(strstr(said, "errand_dead"));
	free(said);
	assert_string_equal(sql(OF("last_error = repeat('w', 200)"), "a",
	    NULL), "t");
	assert_string_equal(sql(OF("state || attempts"), "a", NULL),
	    "waiting2");

	sql("UPDATE thing SET due_at = now()", NULL, NULL);
	assert_int_equal(errand_claim(db, &things, LANE, &x), ERR_OK);
	assert_int_equal(x.attempts, MOST);
	stderr_catch();
	assert_int_equal(errand_later(db, &things, &x, "no answer", 0),
	    ERR_OK);
	said = stderr_caught();
	assert_non_null(strstr(said, "errand_dead"));
	assert_non_null(strstr(said, "thing a: no answer"));
	free(said);
	all_are("state = 'dead' AND settled_at IS NOT NULL AND"
	    " leased_until IS NULL AND last_error = 'no answer'");
	sql("UPDATE thing SET due_at = now()", NULL, NULL);
	assert_int_equal(errand_claim(db, &things, LANE, &x), ERR_NOTFOUND);
}

static void
what_never_can_be_is_buried(void **state)
{
	struct errand x;
	char *said;

	(void)state;
	add("a", NULL);
	assert_int_equal(errand_claim(db, &things, LANE, &x), ERR_OK);
	stderr_catch();
	assert_int_equal(errand_bury(db, &things, &x, "no such thing"),
	    ERR_OK);
	said = stderr_caught();
	assert_non_null(strstr(said, "errand_dead"));
	assert_non_null(strstr(said, "thing a: no such thing"));
	free(said);
	all_are("state = 'dead' AND settled_at IS NOT NULL AND"
	    " leased_until IS NULL AND last_error = 'no such thing'");
	assert_int_equal(errand_bury(db, &things, &x, "again"), ERR_CONFLICT);
}

/* News since the claim: neither the last failure nor a final one ends it. */
static void
what_was_brought_back_is_not_counted(void **state)
{
	struct errand x, y;
	char *said;

	(void)state;
	add("a", "attempts = 2");
	assert_int_equal(errand_claim(db, &things, LANE, &x), ERR_OK);
	assert_int_equal(x.attempts, MOST);
	assert_int_equal(errand_retry(db, &things, LANE, "a"), ERR_OK);
	/* It is somebody's all the same. */
	assert_int_equal(errand_claim(db, &things, LANE, &y), ERR_NOTFOUND);
	stderr_catch();
	assert_int_equal(errand_later(db, &things, &x, "no answer", 0),
	    ERR_OK);
	all_are("state = 'waiting' AND attempts = 0 AND leased_until IS NULL"
	    " AND due_at <= now() + interval '1 s'");

	sql("UPDATE thing SET due_at = now()", NULL, NULL);
	assert_int_equal(errand_claim(db, &things, LANE, &x), ERR_OK);
	assert_int_equal(x.attempts, 1);
	assert_int_equal(errand_retry(db, &things, LANE, "a"), ERR_OK);
	assert_int_equal(errand_bury(db, &things, &x, "never"), ERR_OK);
	said = stderr_caught();
	assert_null(strstr(said, "errand_dead"));
	free(said);
	all_are("state = 'waiting' AND attempts = 0 AND leased_until IS NULL"
	    " AND settled_at IS NULL AND due_at <= now()");
	assert_int_equal(errand_claim(db, &things, LANE, &x), ERR_OK);
	assert_int_equal(x.attempts, 1);
}

/* --- looking --- */

static void
a_look_says_where_and_when(void **state)
{
	struct errand_look l;
	struct errand x;
	int lane[256] = { 0 };
	size_t i;

	(void)state;
	assert_int_equal(errand_look(db, &things, &l), ERR_OK);
	assert_int_equal(l.lanes, 0);
	assert_int_equal(l.next_ms, -1);

	add("parked", "state = 'parked'");
	add("dead", "state = 'dead', lane = 8");
	add("attended", "state = 'attended', lane = 8");
	assert_int_equal(errand_look(db, &things, &l), ERR_OK);
	assert_int_equal(l.lanes, 0);
	assert_int_equal(l.next_ms, -1);

	add("soon", "lane = 9, due_at = now() + interval '10 s'");
	add("late", "lane = 9, due_at = now() + interval '1 h'");
	assert_int_equal(errand_look(db, &things, &l), ERR_OK);
	assert_int_equal(l.lanes, 0);
	assert_true(l.next_ms > 5000 && l.next_ms <= 10000);

	add("now", "lane = 255, due_at = now() - interval '1 h'");
	add("again", "lane = 255");
	add("first", "lane = 0");
	assert_int_equal(errand_look(db, &things, &l), ERR_OK);
	assert_int_equal(l.lanes, 2);
	assert_int_equal(l.lane[0] + l.lane[1], 255);
	assert_int_equal(l.next_ms, 0);

	/* Whichever lane comes last. */
	sql("DELETE FROM thing", NULL, NULL);
	sql("INSERT INTO thing (lane, id, due_at) SELECT n, n, now() +"
	    " ((n * 37 + 11) % 40 + 20) * interval '1 s'"
	    " FROM generate_series(0, 39) AS n", NULL, NULL);
	assert_int_equal(errand_look(db, &things, &l), ERR_OK);
	assert_true(l.next_ms > 15000 && l.next_ms <= 20000);
	sql("DELETE FROM thing", NULL, NULL);
	add("first", "lane = 0");

	/* What somebody holds is due when the lease ends. */
	sql("DELETE FROM thing WHERE id <> 'first'", NULL, NULL);
	assert_int_equal(errand_claim(db, &things, 0, &x), ERR_OK);
	assert_int_equal(errand_look(db, &things, &l), ERR_OK);
	assert_int_equal(l.lanes, 0);
	assert_true(l.next_ms > 25000 && l.next_ms <= 30000);

	sql("DELETE FROM thing", NULL, NULL);
	sql("INSERT INTO thing (lane, id) SELECT n, n"
	    " FROM generate_series(0, 255) AS n", NULL, NULL);
	assert_int_equal(errand_look(db, &things, &l), ERR_OK);
	assert_int_equal(l.lanes, 256);
	for (i = 0; i < l.lanes; i++)
		lane[l.lane[i]]++;
	for (i = 0; i < NELEM(lane); i++)
		assert_int_equal(lane[i], 1);
}

/* --- for people --- */

/* What a list shows, as "id state, id state". */
static const char *
listed(const char *state, const char *id, int most)
{
	static char ret[512];
	struct errand_row *rows = NULL;
	size_t count, i, len = 0;

	assert_int_equal(errand_list(db, &things, state, id, most, &rows,
	    &count), ERR_OK);
	ret[0] = '\0';
	for (i = 0; i < count; i++)
		len += (size_t)snprintf(ret + len, sizeof(ret) - len,
		    "%s%s %s", i == 0 ? "" : ", ", rows[i].id, rows[i].state);
	free(rows);
	return ret;
}

static void
people_see_what_is_not_done(void **state)
{
	struct errand_row *rows = NULL;
	struct errand x;
	size_t count;

	(void)state;
	assert_string_equal(listed(NULL, NULL, 10), "");
	add("b", "due_at = now() - interval '1 h', last_error = 'no answer',"
	    " attempts = 1");
	add("a", "state = 'dead', due_at = now() - interval '2 h'");
	add("c", "state = 'done', due_at = now() - interval '3 h'");
	add("d", "state = 'parked', lane = 200,"
	    " due_at = now() + interval '100 s'");
	assert_string_equal(listed(NULL, NULL, 10), "a dead, b waiting,"
	    " d parked");
	assert_string_equal(listed(NULL, NULL, 2), "a dead, b waiting");
	assert_string_equal(listed("parked", NULL, 10), "d parked");
	assert_string_equal(listed("done", NULL, 10), "c done");
	assert_string_equal(listed(NULL, "c", 10), "c done");
	assert_string_equal(listed("dead", "c", 10), "");
	assert_string_equal(listed(NULL, "none", 10), "");

	assert_int_equal(errand_claim(db, &things, LANE, &x), ERR_OK);
	assert_int_equal(errand_list(db, &things, NULL, NULL, 10, &rows,
	    &count), ERR_OK);
	assert_int_equal(count, 3);
	assert_int_equal(rows[1].lane, LANE);
	assert_int_equal(rows[1].attempts, 2);
	assert_int_equal(rows[1].leased, 1);
	assert_string_equal(rows[1].last_error, "no answer");
	assert_true(rows[1].due_in <= -3600 && rows[1].due_in > -3660);
	assert_int_equal(rows[2].lane, 200);
	assert_int_equal(rows[2].leased, 0);
	assert_string_equal(rows[2].last_error, "");
	assert_true(rows[2].due_in > 50 && rows[2].due_in <= 100);
	free(rows);
}

/* All of it, whatever its kind, but for what it sends. */
static void
people_see_one_with_all_that_is_known(void **state)
{
	struct errand_fact *f = NULL;
	size_t count = 0, i;

	(void)state;
	assert_int_equal(errand_show(db, &things, LANE, "a", &f, &count),
	    ERR_NOTFOUND);
	add("a", "attempts = 2, last_error = repeat('w', 600), odd = true,"
	    " form = 'email=ada'");
	assert_int_equal(errand_show(db, &things, LANE + 1, "a", &f, &count),
	    ERR_NOTFOUND);
	assert_int_equal(errand_show(db, &things, LANE, "a", &f, &count),
	    ERR_OK);
	assert_int_equal(count, 10);
	assert_string_equal(f[0].name, "lane");
	assert_string_equal(f[0].value, "7");
	assert_true(f[0].number && !f[0].null);
	assert_string_equal(f[1].name, "id");
	assert_string_equal(f[1].value, "a");
	assert_false(f[1].number || f[1].null);
	assert_string_equal(f[6].name, "leased_until");
	assert_true(f[6].null);
	assert_string_equal(f[6].value, "");
	assert_string_equal(f[8].name, "last_error");
	assert_int_equal(strlen(f[8].value), ERRAND_FACT - 1);
	assert_string_equal(f[9].name, "odd");
	assert_string_equal(f[9].value, "true");
	assert_true(f[9].number);
	for (i = 0; i < count; i++)
		assert_null(strstr(f[i].value, "email"));
	free(f);
}

static void
people_see_how_much_there_is(void **state)
{
	struct errand_count n;

	(void)state;
	assert_int_equal(errand_count(db, &things, &n), ERR_OK);
	assert_int_equal(n.due + n.overdue_s + n.waiting + n.parked + n.dead,
	    0);
	/* What has time yet, or is in hand, is late for nothing. */
	add("later", "due_at = now() + interval '1 h'");
	assert_int_equal(errand_count(db, &things, &n), ERR_OK);
	assert_int_equal(n.due, 0);
	assert_int_equal(n.overdue_s, 0);
	sql("DELETE FROM thing", NULL, NULL);
	add("old", "due_at = now() - interval '100 s'");
	add("held", "due_at = now() - interval '1 day',"
	    " leased_until = now() + interval '30 s'");
	add("ended", "due_at = now() - interval '1 day', " LEASE_ENDS);
	add("future", "due_at = now() + interval '100 s'");
	add("p", "state = 'parked'");
	add("d1", "state = 'dead', lane = 1");
	add("d2", "state = 'dead'");
	add("x", "state = 'dropped'");
	add("y", "state = 'done'");
	assert_int_equal(errand_count(db, &things, &n), ERR_OK);
	assert_int_equal(n.due, 2);
	assert_true(n.overdue_s >= 100 && n.overdue_s < 160);
	assert_int_equal(n.waiting, 4);
	assert_int_equal(n.parked, 1);
	assert_int_equal(n.dead, 2);
}

static void
people_bring_back(void **state)
{
	static const char *const from[] = {
		"waiting", "parked", "dead", "dropped"
	};
	char set[256];
	struct errand x;
	size_t i;

	for (i = 0; i < NELEM(from); i++) {
		clean(state);
		snprintf(set, sizeof(set), "state = '%s', attempts = 3,"
		    " due_at = now() + interval '1 h', settled_at = now()",
		    from[i]);
		add("a", set);
		assert_int_equal(errand_claim(db, &things, LANE, &x),
		    ERR_NOTFOUND);
		assert_int_equal(errand_retry(db, &things, LANE, "a"), ERR_OK);
		assert_int_equal(errand_retry(db, &things, LANE, "a"), ERR_OK);
		all_are("state = 'waiting' AND settled_at IS NULL"
		    " AND attempts = 0 AND due_at <= now()");
		assert_int_equal(errand_claim(db, &things, LANE, &x), ERR_OK);
		assert_int_equal(x.attempts, 1);
	}
	clean(state);
	add("done", "state = 'done', settled_at = now()");
	add("attended", "state = 'attended'");
	add("dead", "state = 'dead'");
	assert_int_equal(errand_retry(db, &things, LANE, "done"),
	    ERR_NOTFOUND);
	assert_int_equal(errand_retry(db, &things, LANE, "attended"),
	    ERR_NOTFOUND);
	assert_int_equal(errand_retry(db, &things, LANE, "none"),
	    ERR_NOTFOUND);
	assert_int_equal(errand_retry(db, &things, LANE + 1, "dead"),
	    ERR_NOTFOUND);
	assert_string_equal(listed(NULL, NULL, 10), "attended attended,"
	    " dead dead");
}

static void
what_has_taken_its_place_stays(void **state)
{
	(void)state;
	sql("CREATE UNIQUE INDEX thing_one ON thing (last_error)"
	    " WHERE state = 'waiting'", NULL, NULL);
	add("old", "state = 'dead', last_error = 'place'");
	add("new", "last_error = 'place'");
	assert_int_equal(errand_retry(db, &things, LANE, "old"),
	    ERR_CONFLICT);
	assert_string_equal(sql(OF("state"), "old", NULL), "dead");
	sql("DROP INDEX thing_one", NULL, NULL);
}

static void
people_drop(void **state)
{
	static const char *const from[] = { "waiting", "parked", "dead" };
	char set[64];
	struct errand x;
	size_t i;

	for (i = 0; i < NELEM(from); i++) {
		clean(state);
		snprintf(set, sizeof(set), "state = '%s'", from[i]);
		add("a", set);
		assert_int_equal(errand_drop(db, &things, LANE + 1, "a"),
		    ERR_NOTFOUND);
		assert_int_equal(errand_drop(db, &things, LANE, "a"), ERR_OK);
		assert_int_equal(errand_drop(db, &things, LANE, "a"),
		    ERR_NOTFOUND);
		all_are("state = 'dropped' AND settled_at IS NOT NULL");
	}
	add("done", "state = 'done'");
	add("attended", "state = 'attended'");
	assert_int_equal(errand_drop(db, &things, LANE, "done"),
	    ERR_NOTFOUND);
	assert_int_equal(errand_drop(db, &things, LANE, "attended"),
	    ERR_NOTFOUND);

	/* Who has it in hand may not bring it back, or bury it. */
	clean(state);
	add("a", NULL);
	assert_int_equal(errand_claim(db, &things, LANE, &x), ERR_OK);
	assert_int_equal(errand_drop(db, &things, LANE, "a"), ERR_OK);
	assert_int_equal(errand_later(db, &things, &x, "why", 0),
	    ERR_CONFLICT);
	assert_int_equal(errand_bury(db, &things, &x, "why"), ERR_CONFLICT);
	all_are("state = 'dropped' AND leased_until IS NULL");
}

#define CLEAN(f)	cmocka_unit_test_setup(f, clean)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CLEAN(lanes_are_those_of_sql),
		CLEAN(a_lane_is_tidied_in_batches),
		CLEAN(a_claim_is_a_lease_and_counts),
		CLEAN(what_is_due_longest_comes_first),
		CLEAN(a_claim_buries_what_is_used_up),
		CLEAN(poison_ends_dead),
		CLEAN(a_lease_does_not_grow),
		CLEAN(two_claimers_never_get_the_same),
		CLEAN(a_claimer_does_not_wait_for_another),
		CLEAN(who_was_thought_dead_changes_nothing),
		CLEAN(renewing_holds_it_for_another_lease),
		CLEAN(putting_off_is_full_jitter),
		CLEAN(the_last_attempt_that_fails_is_the_end),
		CLEAN(what_never_can_be_is_buried),
		CLEAN(what_was_brought_back_is_not_counted),
		CLEAN(a_look_says_where_and_when),
		CLEAN(people_see_what_is_not_done),
		CLEAN(people_see_one_with_all_that_is_known),
		CLEAN(people_see_how_much_there_is),
		CLEAN(people_bring_back),
		CLEAN(what_has_taken_its_place_stays),
		CLEAN(people_drop),
	};
	int failed;

	if (!rows_open())
		return SKIPPED;
	failed = cmocka_run_group_tests(tests, table_make, table_drop);
	rows_close();
	return failed;
}
