/* SPDX-License-Identifier: MIT */

/* What comes round, against a real database. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "chore/chore.h"
#include "rows.h"

static int
clean(void **state)
{
	(void)state;
	sql("DELETE FROM chore WHERE id = 'sweep'", NULL, NULL);
	sql("INSERT INTO chore (lane, id) VALUES"
	    " (get_byte(sha256('sweep'), 0), 'sweep')", NULL, NULL);
	return 0;
}

static int
remove_it(void **state)
{
	(void)state;
	sql("DELETE FROM chore WHERE id = 'sweep'", NULL, NULL);
	return 0;
}

#define SWEEP	" WHERE id = 'sweep'"
#define ROW	"SELECT concat_ws(' ', state, attempts, last_error," \
	" leased_until, done_at IS NOT NULL, settled_at," \
	" due_at BETWEEN now() + interval '3590 s' AND" \
	" now() + interval '3600 s', due_at <= now()) FROM chore" SWEEP

static enum err
claim(struct errand *ret_errand)
{
	return errand_claim(db, &chore_errands, lane_of("sweep"), ret_errand);
}

/* The migrations make them, where their name says they lie. */
static void
those_that_there_are_lie_in_their_lanes(void **state)
{
	(void)state;
	assert_string_equal(sql("SELECT string_agg(id, ' ' ORDER BY id)"
	    " FROM chore WHERE lane ="
	    " get_byte(sha256(convert_to(id, 'UTF8')), 0)", NULL, NULL),
	    "reconcile tidy");
}

static void
what_is_done_waits_for_its_next_turn(void **state)
{
	struct errand x, y;

	(void)state;
	assert_int_equal(claim(&x), ERR_OK);
	assert_string_equal(x.id, "sweep");
	assert_int_equal(claim(&y), ERR_NOTFOUND);
	assert_int_equal(chore_done(db, &x, 3600), ERR_OK);
	assert_string_equal(sql(ROW, NULL, NULL), "waiting 0 t t f");
	assert_int_equal(claim(&x), ERR_NOTFOUND);

	/* What failed before is forgotten. */
	sql("UPDATE chore SET due_at = now()" SWEEP, NULL, NULL);
	assert_int_equal(claim(&x), ERR_OK);
	assert_int_equal(errand_later(db, &chore_errands, &x, "why", 0),
	    ERR_OK);
	sql("UPDATE chore SET due_at = now()" SWEEP, NULL, NULL);
	assert_int_equal(claim(&x), ERR_OK);
	assert_int_equal(x.attempts, 2);
	assert_int_equal(chore_done(db, &x, 3600), ERR_OK);
	assert_string_equal(sql(ROW, NULL, NULL), "waiting 0 t t f");
}

static const struct chore_pause why = { .why = "why", .place = "there" };
static const struct chore_pause no_key = { .why = "no key", .after = 7 };

static void
what_is_put_off_goes_on_where_it_stopped(void **state)
{
	char place[CHORE_PLACE];
	struct errand x;

	(void)state;
	assert_int_equal(claim(&x), ERR_OK);
	assert_int_equal(chore_place(db, x.id, place), ERR_OK);
	assert_string_equal(place, "");
	assert_int_equal(chore_put_off(db, &x, &why), ERR_OK);
	assert_int_equal(chore_place(db, x.id, place), ERR_OK);
	assert_string_equal(place, "there");
	sql("UPDATE chore SET due_at = now()" SWEEP, NULL, NULL);
	assert_int_equal(claim(&x), ERR_OK);
	assert_int_equal(chore_done(db, &x, 3600), ERR_OK);
	assert_int_equal(chore_place(db, x.id, place), ERR_OK);
	assert_string_equal(place, "");
}

static void
a_turn_that_somebody_else_took_is_nobody_s(void **state)
{
	struct errand slow, quick;

	(void)state;
	assert_int_equal(claim(&slow), ERR_OK);
	sql("UPDATE chore SET leased_until = now() - interval '1 s'"
	    SWEEP, NULL, NULL);
	assert_int_equal(claim(&quick), ERR_OK);
	assert_int_equal(chore_done(db, &slow, 3600), ERR_CONFLICT);
	assert_int_equal(chore_put_off(db, &slow, &why), ERR_CONFLICT);
	assert_string_equal(sql("SELECT done_at FROM chore" SWEEP, NULL, NULL),
	    "null");
	assert_int_equal(chore_done(db, &quick, 3600), ERR_OK);
}

/* Somebody's mistake may last for weeks, and the chore comes all the same. */
static void
failures_that_are_told_end_no_chore(void **state)
{
	struct errand x;
	int i;

	(void)state;
	for (i = 0; i < CHORE_ATTEMPTS + 5; i++) {
		sql("UPDATE chore SET due_at = now()" SWEEP, NULL, NULL);
		assert_int_equal(claim(&x), ERR_OK);
		assert_int_equal(chore_put_off(db, &x, &no_key), ERR_OK);
	}
	assert_string_equal(sql("SELECT state || ' ' || attempts || ' ' ||"
	    " (due_at >= now() + interval '6 s') || ' ' || last_error"
	    " FROM chore" SWEEP, NULL, NULL), "waiting 12 true no key");

	/* Who dies with it says nothing: that is counted to the end. */
	for (i = 0; i < CHORE_ATTEMPTS - 12; i++) {
		sql("UPDATE chore SET due_at = now(), leased_until = now() -"
		    " interval '1 s'" SWEEP, NULL, NULL);
		assert_int_equal(claim(&x), ERR_OK);
	}
	sql("UPDATE chore SET leased_until = now() - interval '1 s'" SWEEP,
	    NULL, NULL);
	assert_int_equal(claim(&x), ERR_NOTFOUND);
	assert_string_equal(sql("SELECT state FROM chore" SWEEP, NULL, NULL),
	    "dead");
}

/* A person wants it at once, and somebody is at it: then once more. */
static void
brought_forward_its_next_turn_is_at_once(void **state)
{
	struct errand x;

	(void)state;
	assert_int_equal(claim(&x), ERR_OK);
	assert_int_equal(errand_retry(db, &chore_errands, x.lane, x.id),
	    ERR_OK);
	assert_int_equal(chore_done(db, &x, 3600), ERR_OK);
	assert_string_equal(sql(ROW, NULL, NULL), "waiting 0 t f t");
	assert_int_equal(claim(&x), ERR_OK);
}

/* Dropped meanwhile, it does not come back by itself. */
static void
a_turn_does_not_undo_a_drop(void **state)
{
	struct errand x;

	(void)state;
	assert_int_equal(claim(&x), ERR_OK);
	assert_int_equal(errand_drop(db, &chore_errands, x.lane, x.id),
	    ERR_OK);
	assert_int_equal(chore_done(db, &x, 3600), ERR_CONFLICT);
	assert_string_equal(sql("SELECT state FROM chore" SWEEP, NULL, NULL),
	    "dropped");
}

static void
its_age_is_that_of_its_last_success(void **state)
{
	struct errand x;
	int64_t s = 0;

	(void)state;
	assert_int_equal(chore_age(db, "sweep", &s), ERR_OK);
	assert_int_equal(s, -1);
	assert_int_equal(claim(&x), ERR_OK);
	assert_int_equal(errand_later(db, &chore_errands, &x, "why", 0),
	    ERR_OK);
	assert_int_equal(chore_age(db, "sweep", &s), ERR_OK);
	assert_int_equal(s, -1);
	sql("UPDATE chore SET due_at = now()" SWEEP, NULL, NULL);
	assert_int_equal(claim(&x), ERR_OK);
	assert_int_equal(chore_done(db, &x, 3600), ERR_OK);
	assert_int_equal(chore_age(db, "sweep", &s), ERR_OK);
	assert_true(s >= 0 && s < 60);
	sql("UPDATE chore SET done_at = now() - interval '1 hour'" SWEEP,
	    NULL, NULL);
	assert_int_equal(chore_age(db, "sweep", &s), ERR_OK);
	assert_true(s >= 3600 && s < 3660);
	assert_int_equal(chore_age(db, "none", &s), ERR_NOTFOUND);
}

#define CLEAN(f)	cmocka_unit_test_setup(f, clean)

int
main(void)
{
	const struct CMUnitTest made[] = {
		cmocka_unit_test(those_that_there_are_lie_in_their_lanes),
	};
	const struct CMUnitTest tests[] = {
		CLEAN(what_is_done_waits_for_its_next_turn),
		CLEAN(what_is_put_off_goes_on_where_it_stopped),
		CLEAN(a_turn_that_somebody_else_took_is_nobody_s),
		CLEAN(failures_that_are_told_end_no_chore),
		CLEAN(brought_forward_its_next_turn_is_at_once),
		CLEAN(a_turn_does_not_undo_a_drop),
		CLEAN(its_age_is_that_of_its_last_success),
	};
	int failed;

	if (!rows_open())
		return SKIPPED;
	failed = cmocka_run_group_tests(made, NULL, NULL);
	failed += cmocka_run_group_tests(tests, NULL, remove_it);
	rows_close();
	return failed;
}
