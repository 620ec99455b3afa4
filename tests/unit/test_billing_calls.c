/* SPDX-License-Identifier: MIT */

/* The journal of calls, against a real database. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "billing/call.h"
#include "rows.h"

static char ada[TEXT_UUID];

static int
clean(void **state)
{
	(void)state;
	sql("DELETE FROM stripe_call", NULL, NULL);
	sql("INSERT INTO customer (id) VALUES ('cus_1')"
	    " ON CONFLICT (id) DO UPDATE SET deleted = false", NULL, NULL);
	memcpy(ada, new_account(), sizeof(ada));
	return 0;
}

/* A call of ada's; call_done() it. */
static struct call
call_of(enum call_kind kind, const char *subject)
{
	struct call c;

	call_init(&c, ada, kind, "/v1/things");
	snprintf(c.subject, sizeof(c.subject), "%s", subject);
	c.form = mem_text("a=1&b[c]=%20");
	return c;
}

#define OF(column)	"SELECT " column " FROM stripe_call WHERE id = $1::uuid"

static enum err
write_twice(struct db *conn, void *arg)
{
	struct call a = call_of(CALL_CUSTOMER, ""), b = call_of(CALL_CUSTOMER, "");
	enum err first = call_write(conn, &a), second = call_write(conn, &b);

	(void)arg;
	call_done(&a);
	call_done(&b);
	assert_int_equal(first, ERR_OK);
	assert_int_equal(second, ERR_CONFLICT);
	/* The transaction goes on. */
	a = call_of(CALL_CHECKOUT, "pro:1");
	assert_int_equal(call_write(conn, &a), ERR_OK);
	call_done(&a);
	return ERR_OK;
}

static void
an_account_has_one_customer_call(void **state)
{
	struct call c;

	(void)state;
	assert_int_equal(db_transaction(db, write_twice, NULL), ERR_OK);
	assert_int_equal(call_find_open(db, ada, CALL_CUSTOMER, "", &c), ERR_OK);
	assert_int_equal(call_made(db, &c, "cus_1"), ERR_OK);
	call_done(&c);

	/* Done counts too; a dead, dropped or replaced one does not. */
	c = call_of(CALL_CUSTOMER, "");
	assert_int_equal(call_write(db, &c), ERR_CONFLICT);
	sql("UPDATE stripe_call SET state = 'dead' WHERE kind = 'customer'",
	    NULL, NULL);
	assert_int_equal(call_write(db, &c), ERR_OK);
	sql("UPDATE stripe_call SET state = 'dropped' WHERE kind = 'customer'",
	    NULL, NULL);
	random_uuid(c.id);
	assert_int_equal(call_write(db, &c), ERR_OK);
	sql("UPDATE stripe_call SET state = 'done', outcome = 'replaced'"
	    " WHERE kind = 'customer'", NULL, NULL);
	random_uuid(c.id);
	assert_int_equal(call_write(db, &c), ERR_OK);

	/* One that made what is gone already does not count either. */
	sql("UPDATE customer SET deleted = true WHERE id = 'cus_1'", NULL,
	    NULL);
	assert_int_equal(call_made(db, &c, "cus_1"), ERR_OK);
	random_uuid(c.id);
	assert_int_equal(call_write(db, &c), ERR_OK);
	call_done(&c);
}

/* Whoever learns of it: one end, one refund, whatever became of them. */
static void
what_is_second_is_ended_once(void **state)
{
	static const enum call_kind kinds[] = { CALL_END, CALL_REFUND };
	struct call c, again;
	int ended;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(kinds); i++) {
		c = call_of(kinds[i], "sub_1");
		again = call_of(kinds[i], "sub_1");
		assert_int_equal(call_write(db, &c), ERR_OK);
		assert_int_equal(call_write(db, &again), ERR_CONFLICT);
		assert_string_equal(sql(OF("state"), c.id, NULL), "waiting");
		assert_int_equal(call_refused(db, &c, "no"), ERR_OK);
		assert_string_equal(sql(OF("state"), c.id, NULL), "dead");
		assert_int_equal(call_write(db, &again), ERR_CONFLICT);
		assert_int_equal(call_has_ended(db, ada, "sub_1", &ended),
		    ERR_OK);
		assert_int_equal(ended, 0);
		sql("UPDATE stripe_call SET state = 'waiting'", NULL, NULL);
		assert_int_equal(call_replaced(db, &c, &again), ERR_OK);
		assert_int_equal(call_write(db, &again), ERR_OK);
		call_done(&c);
		call_done(&again);
	}
	assert_int_equal(call_has_ended(db, ada, "sub_1", &ended), ERR_OK);
	assert_int_equal(ended, 0);
	sql("UPDATE stripe_call SET state = 'done', outcome = 'made'"
	    " WHERE kind = 'end' AND outcome IS NULL", NULL, NULL);
	assert_int_equal(call_has_ended(db, ada, "sub_1", &ended), ERR_OK);
	assert_int_equal(ended, 1);
	assert_int_equal(call_has_ended(db, ada, "sub_2", &ended), ERR_OK);
	assert_int_equal(ended, 0);
}

static void
a_call_is_kept_to_the_letter(void **state)
{
	struct call c = call_of(CALL_CHECKOUT, "pro:1"), other, found;

	(void)state;
	assert_int_equal(call_write(db, &c), ERR_OK);
	other = call_of(CALL_CHECKOUT, "pro:2");
	assert_int_equal(call_write(db, &other), ERR_OK);
	assert_int_equal(call_find_open(db, ada, CALL_CHECKOUT, "pro:1", &found),
	    ERR_OK);
	assert_string_equal(found.id, c.id);
	assert_string_equal(found.account_id, ada);
	assert_int_equal(found.kind, CALL_CHECKOUT);
	assert_string_equal(found.path, "/v1/things");
	assert_string_equal(found.form, "a=1&b[c]=%20");
	assert_string_equal(found.subject, "pro:1");
	assert_int_equal(found.sent, 0);
	assert_int_equal(found.stale, 0);
	call_done(&found);

	assert_int_equal(call_find_open(db, ada, CALL_CHECKOUT, NULL, &found), ERR_OK);
	assert_string_equal(found.id, other.id);
	call_done(&found);
	assert_int_equal(call_find_open(db, ada, CALL_PORTAL, NULL, &found),
	    ERR_NOTFOUND);
	assert_int_equal(call_find_open(db, new_account(), CALL_CHECKOUT, NULL,
	    &found), ERR_NOTFOUND);
	call_done(&c);
	call_done(&other);
}

static void
a_key_is_stale_before_stripe_forgets_it(void **state)
{
	struct call c = call_of(CALL_PORTAL, "");

	(void)state;
	assert_int_equal(call_write(db, &c), ERR_OK);
	assert_int_equal(call_sending(db, &c), ERR_OK);
	sql("UPDATE stripe_call SET first_sent_at = now() -"
	    " interval '22 hours 59 minutes'", NULL, NULL);
	assert_int_equal(call_sending(db, &c), ERR_OK);
	call_done(&c);
	assert_int_equal(call_find_open(db, ada, CALL_PORTAL, "", &c), ERR_OK);
	assert_int_equal(c.stale, 0);
	assert_int_equal(c.sent, 1);
	sql("UPDATE stripe_call SET first_sent_at = now() -"
	    " interval '23 hours 1 minute'", NULL, NULL);
	call_done(&c);
	assert_int_equal(call_find_open(db, ada, CALL_PORTAL, "", &c), ERR_OK);
	assert_int_equal(c.stale, 1);

	/* Sending it again does not make its key any younger. */
	assert_int_equal(call_sending(db, &c), ERR_OK);
	call_done(&c);
	assert_int_equal(call_find_open(db, ada, CALL_PORTAL, "", &c), ERR_OK);
	assert_int_equal(c.stale, 1);
	call_done(&c);
}

/* What is due of the calls of ada. */
static enum err
claim(struct errand *ret_errand)
{
	return errand_claim(db, &call_errands, lane_of(ada), ret_errand);
}

static void
couriers_claim_customers_only(void **state)
{
	struct call c = call_of(CALL_CHECKOUT, ""), mine;
	struct errand slow, x;
	struct errand_look look;

	(void)state;
	assert_int_equal(call_write(db, &c), ERR_OK);
	call_done(&c);
	assert_string_equal(sql("SELECT state FROM stripe_call", NULL, NULL),
	    "attended");
	assert_int_equal(claim(&x), ERR_NOTFOUND);
	assert_int_equal(errand_look(db, &call_errands, &look), ERR_OK);
	assert_int_equal(look.next_ms, -1);

	c = call_of(CALL_CUSTOMER, "");
	assert_int_equal(call_write(db, &c), ERR_OK);
	assert_int_equal(errand_look(db, &call_errands, &look), ERR_OK);
	assert_int_equal(look.lanes, 1);
	assert_int_equal(look.lane[0], lane_of(ada));
	assert_int_equal(claim(&slow), ERR_OK);
	assert_string_equal(slow.id, c.id);
	assert_int_equal(claim(&x), ERR_NOTFOUND);
	assert_int_equal(errand_look(db, &call_errands, &look), ERR_OK);
	assert_true(look.next_ms > 20000 &&
	    look.next_ms <= CALL_LEASE_SECONDS * 1000);

	/* The lease ran out; the slow one may not decide any more. */
	sql("UPDATE stripe_call SET leased_until = now() - interval '1 s'",
	    NULL, NULL);
	assert_int_equal(claim(&x), ERR_OK);
	assert_int_equal(call_find(db, &x, &mine), ERR_OK);
	assert_string_equal(mine.id, c.id);
	assert_string_equal(mine.form, "a=1&b[c]=%20");
	assert_int_equal(mine.fence, x.fence);
	assert_int_equal(errand_later(db, &call_errands, &slow, "why", 0),
	    ERR_CONFLICT);
	assert_int_equal(call_sending(db, &mine), ERR_OK);
	assert_int_equal(errand_later(db, &call_errands, &x, "no answer", 9),
	    ERR_OK);
	assert_int_equal(errand_look(db, &call_errands, &look), ERR_OK);
	assert_true(look.next_ms > 5000 && look.next_ms <= 9000);
	assert_string_equal(sql(OF("state"), mine.id, NULL), "waiting");

	/* Settled, it is nobody's any more. */
	sql("UPDATE stripe_call SET attempts = 200", NULL, NULL);
	assert_int_equal(errand_later(db, &call_errands, &x, "no answer", 0),
	    ERR_OK);
	assert_string_equal(sql(OF("state"), mine.id, NULL), "dead");
	assert_int_equal(call_sending(db, &mine), ERR_CONFLICT);
	sql("DELETE FROM stripe_call", NULL, NULL);
	call_done(&mine);
	assert_int_equal(call_find(db, &x, &mine), ERR_CONFLICT);
	call_done(&c);
}

/* What a handler sends at this moment is not sent by a courier as well. */
static void
sending_is_a_lease(void **state)
{
	struct call c = call_of(CALL_CUSTOMER, "");
	struct errand x;

	(void)state;
	assert_int_equal(call_write(db, &c), ERR_OK);
	assert_int_equal(call_sending(db, &c), ERR_OK);
	assert_int_equal(claim(&x), ERR_NOTFOUND);
	sql("UPDATE stripe_call SET leased_until = now() - interval '1 s'",
	    NULL, NULL);
	assert_int_equal(claim(&x), ERR_OK);
	call_done(&c);
}

/* A courier that claims it meanwhile has another fence than who opened it. */
static void
an_open_call_is_an_errand(void **state)
{
	struct call c = call_of(CALL_CUSTOMER, ""), found;
	struct errand x, y;

	(void)state;
	assert_int_equal(call_write(db, &c), ERR_OK);
	call_done(&c);
	assert_int_equal(call_find_open(db, ada, CALL_CUSTOMER, NULL, &found), ERR_OK);
	call_errand(&found, &x);
	assert_string_equal(x.id, found.id);
	assert_int_equal(x.lane, lane_of(ada));
	assert_int_equal(errand_later(db, &call_errands, &x, "why", 0),
	    ERR_OK);
	sql("UPDATE stripe_call SET due_at = now()", NULL, NULL);
	assert_int_equal(claim(&y), ERR_OK);
	assert_int_equal(errand_later(db, &call_errands, &x, "why", 0),
	    ERR_CONFLICT);
	call_done(&found);
}

/* What Stripe refused is not sent again: another takes its place. */
static void
a_refusal_that_is_brought_back_is_known_as_one(void **state)
{
	struct call a = call_of(CALL_CUSTOMER, ""), b = call_of(CALL_CUSTOMER, "");
	struct call found;
	struct errand x;

	(void)state;
	assert_int_equal(call_write(db, &a), ERR_OK);
	assert_int_equal(call_refused(db, &a, "no"), ERR_OK);
	assert_string_equal(sql(OF("state || outcome"), a.id, NULL),
	    "deadrefused");
	assert_int_equal(errand_retry(db, &call_errands, lane_of(ada), a.id),
	    ERR_OK);
	assert_int_equal(call_find_open(db, ada, CALL_CUSTOMER, NULL, &found), ERR_OK);
	assert_int_equal(found.refused, 1);
	call_done(&found);
	assert_int_equal(claim(&x), ERR_OK);
	assert_int_equal(call_find(db, &x, &found), ERR_OK);
	assert_string_equal(found.id, a.id);
	assert_int_equal(found.refused, 1);
	call_done(&found);

	/* Beside it there is room for one, and for one only. */
	assert_int_equal(call_write(db, &b), ERR_OK);
	assert_int_equal(call_find(db, &x, &found), ERR_OK);
	assert_int_equal(call_replaced(db, &found, &b), ERR_OK);
	call_done(&found);
	random_uuid(a.id);
	assert_int_equal(call_write(db, &a), ERR_CONFLICT);
	assert_int_equal(call_find_open(db, ada, CALL_CUSTOMER, NULL, &found), ERR_OK);
	assert_string_equal(found.id, b.id);
	assert_int_equal(found.refused, 0);
	call_done(&found);

	/* Nobody needs another. */
	assert_int_equal(call_replaced(db, &b, NULL), ERR_OK);
	assert_string_equal(sql(OF("concat_ws(' ', state, outcome,"
	    " replaced_by)"), b.id, NULL), "done replaced");
	call_done(&a);
	call_done(&b);
}

static void
settling_twice_alike_is_fine(void **state)
{
	struct call a = call_of(CALL_PORTAL, "1"), b = call_of(CALL_PORTAL, "2");
	struct call c = call_of(CALL_PORTAL, "3");

	(void)state;
	assert_int_equal(call_write(db, &a), ERR_OK);
	assert_int_equal(call_write(db, &b), ERR_OK);
	assert_int_equal(call_write(db, &c), ERR_OK);

	assert_int_equal(call_made(db, &a, "x_1"), ERR_OK);
	assert_int_equal(call_made(db, &a, "x_1"), ERR_OK);
	assert_int_equal(call_made(db, &a, "x_2"), ERR_CONFLICT);
	assert_int_equal(call_refused(db, &a, "no"), ERR_CONFLICT);
	assert_string_equal(sql(OF("state || outcome"), a.id, NULL),
	    "donemade");
	assert_string_equal(sql(OF("object_id"), a.id, NULL), "x_1");

	assert_int_equal(call_refused(db, &b, "no"), ERR_OK);
	assert_int_equal(call_refused(db, &b, "no"), ERR_OK);
	assert_int_equal(call_made(db, &b, "x_1"), ERR_CONFLICT);
	assert_string_equal(sql(OF("concat_ws(' ', state, outcome,"
	    " last_error)"), b.id, NULL), "done refused no");

	assert_int_equal(call_replaced(db, &c, &a), ERR_OK);
	assert_int_equal(call_replaced(db, &c, &a), ERR_OK);
	assert_int_equal(call_replaced(db, &c, &b), ERR_CONFLICT);
	assert_string_equal(sql(OF("replaced_by"), c.id, NULL), a.id);
	call_done(&a);
	call_done(&b);
	call_done(&c);
}

static void
previews_are_few_in_a_minute(void **state)
{
	char lane[TEXT_DIGITS], insert[256];
	int after = 0;

	snprintf(insert, sizeof(insert), "INSERT INTO stripe_call (lane, id,"
	    " account_id, kind, state, path, form) SELECT $1::int,"
	    " gen_random_uuid(), $2::uuid, 'preview', 'done', '/', ''"
	    " FROM generate_series(1, %d)", CALL_OFTEN - 1);
	clean(state);
	sql(insert, text_digits(lane_of(ada), lane), ada);
	assert_int_equal(call_may_write(db, ada, CALL_PREVIEW, &after),
	    ERR_OK);
	sql("INSERT INTO stripe_call (lane, id, account_id, kind, state, path,"
	    " form) VALUES ($1::int, gen_random_uuid(), $2::uuid, 'preview',"
	    " 'attended', '/', '')", lane, ada);
	assert_int_equal(after, 0);
	assert_int_equal(call_may_write(db, ada, CALL_PREVIEW, &after),
	    ERR_LATER);
	assert_int_equal(after, CALL_OFTEN_LATER_S);
	/* Each kind has its own. */
	assert_int_equal(call_may_write(db, ada, CALL_CANCEL, &after),
	    ERR_OK);
	sql("UPDATE stripe_call SET created_at = now() - interval '61 s'", NULL,
	    NULL);
	assert_int_equal(call_may_write(db, ada, CALL_PREVIEW, &after),
	    ERR_OK);
}

/* Settled so long ago, or only begun: it has had its time. */
static void
calls_go_away(void **state)
{
	static const struct {
		const char	*kind, *state, *settled, *created;
		int		 goes;
	} rows[] = {
		{ "portal", "done", "31", "31", 1 },
		{ "portal", "done", "29", "31", 0 },
		{ "portal", "attended", NULL, "31", 1 },
		{ "portal", "attended", NULL, "29", 0 },
		{ "preview", "done", "2", "2", 1 },
		{ "preview", "done", "0", "0", 0 },
		{ "customer", "waiting", NULL, "400", 0 },
		{ "customer", "dropped", "31", "31", 1 },
		{ "customer", "dead", "364", "400", 0 },
		{ "customer", "dead", "366", "400", 1 },
	};
	char lane[TEXT_DIGITS], insert[512];
	int deleted = 0;
	size_t i;

	for (i = 0; i < NELEM(rows); i++) {
		clean(state);
		snprintf(insert, sizeof(insert), "INSERT INTO stripe_call"
		    " (lane, id, account_id, kind, state, path, form,"
		    " settled_at, created_at) VALUES ($1::int,"
		    " gen_random_uuid(), $2::uuid, '%s', '%s', '/', '',"
		    " now() - %s * interval '1 day',"
		    " now() - %s * interval '1 day')", rows[i].kind,
		    rows[i].state, rows[i].settled == NULL ? "NULL" :
		    rows[i].settled, rows[i].created);
		sql(insert, text_digits(lane_of(ada), lane), ada);
		assert_int_equal(call_tidy(db, (lane_of(ada) + 1) % LANES, 30,
		    10, &deleted), ERR_OK);
		assert_int_equal(deleted, 0);
		assert_int_equal(call_tidy(db, lane_of(ada), 30, 10,
		    &deleted), ERR_OK);
		if (deleted != rows[i].goes)
			fail_msg("row %zu: %d went", i, deleted);
	}
}

#define CLEAN(f)	cmocka_unit_test_setup(f, clean)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CLEAN(an_account_has_one_customer_call),
		CLEAN(what_is_second_is_ended_once),
		CLEAN(a_call_is_kept_to_the_letter),
		CLEAN(a_key_is_stale_before_stripe_forgets_it),
		CLEAN(couriers_claim_customers_only),
		CLEAN(sending_is_a_lease),
		CLEAN(an_open_call_is_an_errand),
		CLEAN(a_refusal_that_is_brought_back_is_known_as_one),
		CLEAN(settling_twice_alike_is_fine),
		CLEAN(previews_are_few_in_a_minute),
		CLEAN(calls_go_away),
	};
	int failed;

	if (!rows_open())
		return SKIPPED;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	rows_close();
	return failed;
}
