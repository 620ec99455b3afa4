/* SPDX-License-Identifier: MIT */

/* What many wait for is read by listing it. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app.h"
#include "app/apply_shown.h"
#include "app/errands.h"
#include "app/plan_sweep.h"
#include "base/json.h"
#include "billing/event.h"
#include "billing/object.h"
#include "billing/sweep.h"
#include "stripe/event.h"

#define LIST		"GET /v1/subscriptions"
#define SINCE		1000

#define INVOICE_TO(customer, n) \
	"{\"id\":\"in_" n "\",\"object\":\"invoice\"," \
	"\"customer\":\"" customer "\"," \
	"\"status\":\"paid\",\"currency\":\"eur\",\"amount_due\":1," \
	"\"amount_paid\":1,\"total\":1,\"created\":1,\"livemode\":false}"
#define SUB_TO(customer, n) \
	"{\"id\":\"sub_" n "\",\"object\":\"subscription\"," \
	"\"customer\":\"" customer "\",\"created\":1000,\"livemode\":false," \
	"\"status\":\"active\",\"items\":{\"data\":[{\"id\":\"si_" n "\"," \
	"\"quantity\":1,\"price\":{\"id\":\"price_pro\"}," \
	"\"current_period_start\":1,\"current_period_end\":4102444800}]}," \
	"\"latest_invoice\":" INVOICE_TO(customer, n) "}"
#define SUB_OF(n)	SUB_TO("cus_1", n)
#define PAGE(more, data) \
	"{\"object\":\"list\",\"has_more\":" more ",\"data\":[" data "]}"

static int
clean(void **state)
{
	if (app_clean(state) != 0)
		return 1;
	sql("INSERT INTO customer (id, account_id) VALUES ('cus_1',"
	    " $1::uuid)", new_account(), NULL);
	app->pace = PACE_FREELY;
	app->wait_ms = 0;
	return 0;
}

static void
is_heard_of(enum stripe_kind kind, const char *id)
{
	assert_int_equal(object_hear(app->db, kind, id), ERR_OK);
}

static const char *
errand_of(const char *id)
{
	return sql("SELECT concat_ws(' ', state, attempts,"
	    " leased_until IS NOT NULL, urgency, last_error)"
	    " FROM stripe_object WHERE id = $1", id, NULL);
}

static const char *
sweeps(void)
{
	return sql("SELECT string_agg(concat_ws(' ', state, attempts, pages,"
	    " hits), ', ' ORDER BY id) FROM stripe_sweep", NULL, NULL);
}

static void
begin(int expected)
{
	int begun = -1;

	assert_int_equal(sweep_begin(app->db, STRIPE_SUBSCRIPTION, SINCE,
	    SINCE + 100, &begun), ERR_OK);
	assert_int_equal(begun, expected);
	assert_string_equal(sql("SELECT count(*) FROM stripe_sweep WHERE"
	    " due_at > now()", NULL, NULL), expected == 0 ? "0" : "4");
	sql("UPDATE stripe_sweep SET due_at = now()", NULL, NULL);
}

/* One turn of the part `n`. */
static enum err
turn(int n)
{
	struct errand x;
	char id[32];

	snprintf(id, sizeof(id), "subscription %d", n);
	assert_int_equal(errand_claim(app->db, &sweep_errands, lane_of(id),
	    &x), ERR_OK);
	assert_string_equal(x.id, id);
	return read_page(app, &x);
}

/* All of them, as long as each has one page. */
static void
sweep_all(void)
{
	int n;

	begin(SWEEP_PARTS);
	for (n = 1; n <= SWEEP_PARTS; n++)
		assert_int_equal(turn(n), ERR_OK);
}

static void
a_page_settles_all_that_it_shows(void **state)
{
	(void)state;
	is_heard_of(STRIPE_SUBSCRIPTION, "sub_1");
	is_heard_of(STRIPE_INVOICE, "in_1");
	is_heard_of(STRIPE_SUBSCRIPTION, "sub_2");
	server_says(LIST, ANSWER, "200 OK", PAGE("false", SUB_OF("1") ","
	    SUB_OF("2") "," SUB_OF("3")));
	sweep_all();
	assert_string_equal(errand_of("sub_1"), "done 0 f 4");
	assert_string_equal(errand_of("in_1"), "done 0 f 4");
	assert_string_equal(errand_of("sub_2"), "done 0 f 4");
	/* What was not heard of is not written down either. */
	assert_string_equal(sql("SELECT string_agg(id, ' ' ORDER BY id)"
	    " FROM subscription", NULL, NULL), "sub_1 sub_2");
	assert_string_equal(sql("SELECT string_agg(id, ' ') FROM invoice",
	    NULL, NULL), "in_1");
	assert_string_equal(sweeps(),
	    "done 0 1 3, done 0 1 0, done 0 1 0, done 0 1 0");
	assert_true(rings() > 0);
}

/* Each customer's row is locked by what is written down first of theirs. */
static void
pages_lock_customers_in_one_order(void **state)
{
	static const char *const page[] = {
		PAGE("false", SUB_TO("cus_3", "1") "," SUB_TO("cus_1", "2") ","
		    SUB_TO("cus_2", "3")),
		PAGE("false", SUB_TO("cus_2", "3") "," SUB_TO("cus_1", "2") ","
		    SUB_TO("cus_3", "1"))
	};
	size_t i;

	(void)state;
	sql("INSERT INTO customer (id, account_id) VALUES ('cus_2',"
	    " $1::uuid), ('cus_3', $2::uuid)", new_account(), new_account());
	for (i = 0; i < 2; i++) {
		is_heard_of(STRIPE_INVOICE, "in_1");
		is_heard_of(STRIPE_SUBSCRIPTION, "sub_1");
		is_heard_of(STRIPE_SUBSCRIPTION, "sub_2");
		is_heard_of(STRIPE_SUBSCRIPTION, "sub_3");
		server_says(LIST, ANSWER, "200 OK", page[i]);
		sweep_all();
		assert_string_equal(sql("SELECT string_agg(id, ' ' ORDER BY"
		    " cmin::text::int) FROM (SELECT id, cmin FROM subscription"
		    " UNION ALL SELECT id, cmin FROM invoice) AS written", NULL,
		    NULL), "sub_2 sub_3 sub_1 in_1");
	}
}

/* A page that was asked for before it was heard of says nothing about it. */
static void
what_is_heard_of_later_is_not_claimed(void **state)
{
	const char *const shown[] = { "sub_1", "sub_2" };
	struct object_claimed claimed[2];
	char then[SWEEP_TIME];
	size_t count;

	(void)state;
	is_heard_of(STRIPE_SUBSCRIPTION, "sub_1");
	snprintf(then, sizeof(then), "%s", sql("SELECT clock_timestamp()",
	    NULL, NULL));
	is_heard_of(STRIPE_SUBSCRIPTION, "sub_2");
	assert_int_equal(object_claim_shown(app->db, then, shown, 2, claimed,
	    &count), ERR_OK);
	assert_int_equal(count, 1);
	assert_string_equal(claimed[0].object.id, "sub_1");
	/* Nobody else has it meanwhile, and no attempt is counted. */
	assert_int_equal(object_claim_shown(app->db, sql("SELECT"
	    " clock_timestamp()", NULL, NULL), shown, 1, claimed, &count),
	    ERR_OK);
	assert_int_equal(count, 0);
	assert_string_equal(errand_of("sub_1"), "waiting 0 t 4");
}

/*
 * Plans are made while little waits, and kept: holding all that waits against
 * a page must not look cheap then.
 */
static void
a_page_is_claimed_by_key_however_little_waits(void **state)
{
	char plan[PLAN_MAX];

	(void)state;
	sql("INSERT INTO stripe_object (lane, id, kind, state) SELECT i % 256,"
	    " 'sub_' || i, 'subscription', 'done'"
	    " FROM generate_series(1, 5000) AS i", NULL, NULL);
	sql("ANALYZE stripe_object", NULL, NULL);
	sql("SET plan_cache_mode = force_generic_plan", NULL, NULL);
	prepare("claim_page", object_statements, "object_claim_page");
	explain("EXECUTE claim_page ('{1}', '{sub_1}',"
	    " now()::text::timestamptz, 30)", plan);
	sql("DEALLOCATE claim_page", NULL, NULL);
	sql("RESET plan_cache_mode", NULL, NULL);
	assert_non_null(strstr(plan, "stripe_object_pkey"));
}

static void
apply(const struct object_claimed *c, const char *text, enum err expected)
{
	struct shown shown = { .claimed = c };
	struct json *read;

	assert_int_equal(json_parse(text, strlen(text), &read), ERR_OK);
	shown.read = read;
	assert_int_equal(apply_shown(app, &shown, 1), expected);
	json_free(read);
}

/* Scenario 54. */
static void
what_is_heard_of_meanwhile_is_read_again(void **state)
{
	const char *const shown[] = { "sub_1" };
	struct object_claimed claimed[1];
	size_t count;

	(void)state;
	is_heard_of(STRIPE_SUBSCRIPTION, "sub_1");
	assert_int_equal(object_claim_shown(app->db, sql("SELECT"
	    " clock_timestamp()", NULL, NULL), shown, 1, claimed, &count),
	    ERR_OK);
	is_heard_of(STRIPE_SUBSCRIPTION, "sub_1");
	apply(claimed, SUB_OF("1"), ERR_OK);
	assert_string_equal(errand_of("sub_1"), "waiting 0 f 4");
	assert_string_equal(sql("SELECT count(*) FROM subscription", NULL,
	    NULL), "1");
}

/* Somebody else has claimed it since: what they read is newer. */
static void
what_was_read_too_slowly_is_dropped(void **state)
{
	const char *const shown[] = { "sub_1" };
	struct object_claimed claimed[1];
	struct errand x;
	size_t count;

	(void)state;
	is_heard_of(STRIPE_SUBSCRIPTION, "sub_1");
	assert_int_equal(object_claim_shown(app->db, sql("SELECT"
	    " clock_timestamp()", NULL, NULL), shown, 1, claimed, &count),
	    ERR_OK);
	sql("UPDATE stripe_object SET leased_until = now() - interval '1 s'",
	    NULL, NULL);
	assert_int_equal(errand_claim(app->db, &object_errands,
	    lane_of("sub_1"), &x), ERR_OK);
	apply(claimed, SUB_OF("1"), ERR_OK);
	assert_string_equal(errand_of("sub_1"),
	    "waiting 1 t 4 whoever did it ended first");
	assert_string_equal(sql("SELECT count(*) FROM subscription", NULL,
	    NULL), "0");
}

static void
one_that_cannot_be_applied_holds_up_no_other(void **state)
{
	(void)state;
	is_heard_of(STRIPE_SUBSCRIPTION, "sub_1");
	is_heard_of(STRIPE_SUBSCRIPTION, "sub_2");
	server_says(LIST, ANSWER, "200 OK", PAGE("false",
	    "{\"id\":\"sub_1\",\"object\":\"subscription\"}," SUB_OF("2")));
	sweep_all();
	assert_string_equal(errand_of("sub_1"),
	    "waiting 0 f 4 could not apply: input");
	assert_string_equal(errand_of("sub_2"), "done 0 f 4");
}

static int
let_through(void *arg)
{
	*(const char **)arg = sql("SELECT state FROM stripe_object"
	    " WHERE id = 'sub_1'", NULL, NULL);
	return 1;
}

/* Between what is written down and the next of it. */
static void
who_waits_is_let_through_on_the_way(void **state)
{
	const char *then = NULL;

	(void)state;
	is_heard_of(STRIPE_SUBSCRIPTION, "sub_1");
	server_says(LIST, ANSWER, "200 OK", PAGE("false", SUB_OF("1")));
	begin(SWEEP_PARTS);
	app->meanwhile = let_through;
	app->meanwhile_arg = &then;
	assert_int_equal(turn(1), ERR_OK);
	app->meanwhile = NULL;
	assert_non_null(then);
	assert_string_equal(then, "done");
}

/* Its items go on elsewhere: whoever reads it alone reads those too. */
static void
what_is_not_shown_whole_is_left(void **state)
{
	(void)state;
	is_heard_of(STRIPE_SUBSCRIPTION, "sub_1");
	server_says(LIST, ANSWER, "200 OK", PAGE("false", "{\"id\":\"sub_1\","
	    "\"object\":\"subscription\",\"items\":{\"has_more\":true,"
	    "\"data\":[]}}"));
	sweep_all();
	assert_string_equal(errand_of("sub_1"), "waiting 0 f 3");
}

static void
what_no_page_shows_is_read_alone(void **state)
{
	struct errand x;

	(void)state;
	is_heard_of(STRIPE_SUBSCRIPTION, "sub_1");
	is_heard_of(STRIPE_SUBSCRIPTION, "sub_9");
	is_heard_of(STRIPE_CUSTOMER, "cus_9");
	is_heard_of(STRIPE_INVOICE, "in_9");
	server_says(LIST, ANSWER, "200 OK", PAGE("false", SUB_OF("1")));
	sweep_all();
	assert_string_equal(errand_of("sub_9"), "waiting 0 f 3");
	assert_int_equal(errand_claim(app->db, &object_urgent,
	    lane_of("sub_9"), &x), ERR_OK);
	assert_string_equal(x.id, "sub_9");
	/* Nor of what is not swept; but an invoice has a sweep of its own. */
	assert_string_equal(errand_of("cus_9"), "waiting 0 f 3");
	assert_string_equal(errand_of("in_9"), "waiting 0 f 4");
}

static void
a_sweep_goes_on_behind_its_last_object(void **state)
{
	(void)state;
	is_heard_of(STRIPE_SUBSCRIPTION, "sub_1");
	server_says(LIST, ANSWER, "200 OK", PAGE("true", SUB_OF("2") ","
	    SUB_OF("1")));
	begin(SWEEP_PARTS);
	assert_int_equal(turn(1), ERR_OK);
	assert_string_equal(sql("SELECT concat_ws(' ', state, after, pages,"
	    " hits, leased_until) FROM stripe_sweep WHERE id ="
	    " 'subscription 1'", NULL, NULL), "waiting sub_1 1 1");
	/* While it goes on no other begins. */
	begin(0);
}

/* Pages that show nothing that is due cost more than reading it alone. */
static void
a_sweep_that_shows_nothing_is_given_up(void **state)
{
	int n;

	(void)state;
	server_says(LIST, ANSWER, "200 OK", PAGE("true", SUB_OF("1")));
	begin(SWEEP_PARTS);
	for (n = 0; n < 5; n++)
		assert_int_equal(turn(1), ERR_OK);
	assert_string_equal(sql("SELECT concat_ws(' ', state, pages) FROM"
	    " stripe_sweep WHERE id = 'subscription 1'", NULL, NULL),
	    "done 5");
}

static void
a_page_that_does_not_come_is_asked_for_again(void **state)
{
	(void)state;
	is_heard_of(STRIPE_SUBSCRIPTION, "sub_1");
	server_says(LIST, ANSWER, "500 Oops", "");
	begin(SWEEP_PARTS);
	assert_int_equal(turn(1), ERR_OK);
	assert_string_equal(sql("SELECT concat_ws(' ', state, attempts, after,"
	    " last_error) FROM stripe_sweep WHERE id = 'subscription 1'", NULL,
	    NULL), "waiting 1  Stripe answered 500  ");
	/* Behind an object that is gone there is no page. */
	server_says(LIST, ANSWER, "400 Bad", ERROR("resource_missing"));
	assert_int_equal(turn(2), ERR_OK);
	assert_string_equal(sql("SELECT state FROM stripe_sweep WHERE id ="
	    " 'subscription 2'", NULL, NULL), "dead");
	assert_string_equal(errand_of("sub_1"), "waiting 0 f 4");
}

/* Within Stripe's limits there is no room: nothing has happened. */
static void
without_room_it_stays_as_it_was(void **state)
{
	struct errand x;

	(void)state;
	is_heard_of(STRIPE_SUBSCRIPTION, "sub_1");
	sql("INSERT INTO stripe_pace (key, step, free_at) VALUES ('errands',"
	    " '1 s', clock_timestamp() + interval '1 hour')", NULL, NULL);
	app->pace = PACE_ERRANDS;
	assert_int_equal(errand_claim(app->db, &object_errands,
	    lane_of("sub_1"), &x), ERR_OK);
	assert_int_equal(apply_object(app, &x), ERR_OK);
	assert_in_range(app->wait_ms, 1, 1000);
	assert_string_equal(errand_of("sub_1"), "waiting 0 f 4");
	begin(SWEEP_PARTS);
	assert_int_equal(turn(1), ERR_OK);
	assert_string_equal(sweeps(),
	    "waiting 0 0 0, waiting 0 0 0, waiting 0 0 0, waiting 0 0 0");
	assert_int_equal(server_heard(LIST), 0);
}

/* An event about a renewal at `at`. */
static void
renewed(int n, int64_t at)
{
	struct event e = { .type = "customer.subscription.updated",
	    .object_kind = "subscription", .created = "1700000000" };
	char payload[256];
	int fresh;

	snprintf(e.id, sizeof(e.id), "evt_%d", n);
	snprintf(e.object_id, sizeof(e.object_id), "sub_%d", n);
	snprintf(payload, sizeof(payload), "{\"data\":{\"object\":{\"items\":{"
	    "\"data\":[{\"current_period_start\":%lld}]}}}}", (long long)at);
	assert_int_equal(event_record(app->db, &e, payload, strlen(payload),
	    &fresh), ERR_OK);
}

static void
many_are_swept_from_where_they_stand(void **state)
{
	int i, begun;

	(void)state;
	/* Some stand anywhere: the rest is not looked for among all. */
	for (i = 0; i < 10; i++)
		renewed(i, 5000);
	for (; i < 190; i++)
		renewed(i, 900000 + i);
	assert_int_equal(plan_sweep(app, &begun), ERR_OK);
	assert_string_equal(sql("SELECT count(*) FROM stripe_sweep", NULL,
	    NULL), "0");
	for (; i < 260; i++)
		renewed(i, 900000 + i);
	assert_int_equal(plan_sweep(app, &begun), ERR_OK);
	assert_string_equal(sql("SELECT concat_ws(' ', count(*), min(kind),"
	    " min(since) BETWEEN 900000 AND 900060,"
	    " max(until) BETWEEN 900260 AND 900280) FROM stripe_sweep", NULL,
	    NULL), "4 subscription t t");
}

/* Events that do not say where their objects stand. */
static void
what_cannot_be_found_is_not_swept(void **state)
{
	char id[32];
	int i, begun;

	(void)state;
	for (i = 0; i < 260; i++) {
		snprintf(id, sizeof(id), "sub_%d", i);
		is_heard_of(STRIPE_SUBSCRIPTION, id);
	}
	assert_int_equal(plan_sweep(app, &begun), ERR_OK);
	assert_string_equal(sql("SELECT count(*) FROM stripe_sweep", NULL,
	    NULL), "0");
}

#define CLEAN(f)	cmocka_unit_test_setup(f, clean)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CLEAN(a_page_settles_all_that_it_shows),
		CLEAN(pages_lock_customers_in_one_order),
		CLEAN(what_is_heard_of_later_is_not_claimed),
		CLEAN(a_page_is_claimed_by_key_however_little_waits),
		CLEAN(what_is_heard_of_meanwhile_is_read_again),
		CLEAN(what_was_read_too_slowly_is_dropped),
		CLEAN(one_that_cannot_be_applied_holds_up_no_other),
		CLEAN(who_waits_is_let_through_on_the_way),
		CLEAN(what_is_not_shown_whole_is_left),
		CLEAN(what_no_page_shows_is_read_alone),
		CLEAN(a_sweep_goes_on_behind_its_last_object),
		CLEAN(a_sweep_that_shows_nothing_is_given_up),
		CLEAN(a_page_that_does_not_come_is_asked_for_again),
		CLEAN(without_room_it_stays_as_it_was),
		CLEAN(many_are_swept_from_where_they_stand),
		CLEAN(what_cannot_be_found_is_not_swept),
	};
	int failed;

	if (!rows_open())
		return SKIPPED;
	failed = cmocka_run_group_tests(tests, app_make, app_break);
	rows_close();
	return failed;
}
