/* SPDX-License-Identifier: MIT */

/* Events and the objects that they make dirty, against a real database. */

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/text.h"
#include "billing/customer.h"
#include "billing/event.h"
#include "billing/object.h"
#include "stripe/event.h"
#include "rows.h"

/* An event about `object_id`, which is of a kind that is followed. */
static struct event
event_about(const char *id, const char *object_id)
{
	struct event e = { .type = "customer.subscription.updated",
	    .object_kind = "subscription", .created = "1700000000" };

	snprintf(e.id, sizeof(e.id), "%s", id);
	snprintf(e.object_id, sizeof(e.object_id), "%s", object_id);
	return e;
}

#define PAYLOAD	"{\"pay\":\"load\"}"

static int
record(const char *id, const char *object_id)
{
	struct event e = event_about(id, object_id);
	int fresh = -1;

	assert_int_equal(event_record(db, &e, PAYLOAD, sizeof(PAYLOAD) - 1,
	    &fresh), ERR_OK);
	return fresh;
}

/* Nothing else is due when a test looks for what is. */
static int
clean(void **state)
{
	(void)state;
	sql("DELETE FROM stripe_object", NULL, NULL);
	sql("DELETE FROM stripe_event", NULL, NULL);
	return 0;
}

#define OF(column)	"SELECT " column " FROM stripe_object WHERE id = $1"

/* Scenario 14: by its id; two of one type about one object are two. */
static void
an_event_counts_once(void **state)
{
	(void)state;
	assert_int_equal(record("evt_1", "sub_1"), 1);
	assert_int_equal(record("evt_1", "sub_1"), 0);
	assert_string_equal(sql(OF("heard"), "sub_1", NULL), "1");
	assert_int_equal(record("evt_2", "sub_1"), 1);
	assert_string_equal(sql(OF("heard"), "sub_1", NULL), "2");
	assert_string_equal(sql("SELECT payload FROM stripe_event"
	    " WHERE id = $1", "evt_1", NULL), PAYLOAD);
}

/* What a column of text does not take is replaced; the event counts. */
static void
a_payload_of_any_bytes_is_kept(void **state)
{
	static const char bytes[] = "{\"a\":\"\0\xe9\xc3\xa9\"}";
	struct event e = event_about("evt_1", "sub_1");
	int fresh;

	(void)state;
	assert_int_equal(event_record(db, &e, bytes, sizeof(bytes) - 1,
	    &fresh), ERR_OK);
	assert_string_equal(sql("SELECT payload FROM stripe_event", NULL,
	    NULL), "{\"a\":\"\xef\xbf\xbd\xef\xbf\xbd\xc3\xa9\"}");
	assert_string_equal(sql(OF("heard"), "sub_1", NULL), "1");
}

/* It does not say when it was made, nor in which mode. */
static void
an_event_may_say_little(void **state)
{
	struct event e = event_about("evt_1", "sub_1");
	int fresh;

	(void)state;
	e.created[0] = e.type[0] = '\0';
	e.livemode = -1;
	assert_int_equal(event_record(db, &e, "{}", 2, &fresh), ERR_OK);
	assert_string_equal(sql("SELECT concat(created = received_at,"
	    " livemode, type) FROM stripe_event", NULL, NULL), "t");
	assert_string_equal(sql(OF("heard"), "sub_1", NULL), "1");
}

/* It is an errand for somebody, once. */
static void
an_event_that_cannot_be_read_is_seen(void **state)
{
	struct event e = event_about("evt_1", "");
	int fresh;

	(void)state;
	e.odd = "it is no event";
	assert_int_equal(event_record(db, &e, "{}", 2, &fresh), ERR_OK);
	assert_int_equal(fresh, 1);
	assert_string_equal(sql("SELECT concat_ws(' ', kind, state,"
	    " settled_at = now(), last_error) FROM stripe_object"
	    " WHERE id = $1", "evt_1", NULL), "event dead f it is no event");
	assert_int_equal(event_record(db, &e, "{}", 2, &fresh), ERR_OK);
	assert_int_equal(fresh, 0);
	assert_string_equal(sql("SELECT count(*) FROM stripe_object", NULL,
	    NULL), "1");
	/* Odd, but it says which object: nobody need look. */
	e = event_about("evt_2", "sub_1");
	e.odd = "it has no usable type";
	assert_int_equal(event_record(db, &e, "{}", 2, &fresh), ERR_OK);
	assert_string_equal(sql("SELECT concat_ws(' ', count(*), max(id))"
	    " FROM stripe_object WHERE state = 'waiting'", NULL, NULL),
	    "1 sub_1");
}

static void
what_is_not_followed_is_kept(void **state)
{
	struct event e = event_about("evt_1", "pi_1");
	int fresh;

	(void)state;
	snprintf(e.object_kind, sizeof(e.object_kind), "payment_intent");
	assert_int_equal(event_record(db, &e, "{}", 2, &fresh), ERR_OK);
	assert_int_equal(fresh, 1);
	e = event_about("evt_2", "");
	assert_int_equal(event_record(db, &e, "{}", 2, &fresh), ERR_OK);
	assert_int_equal(fresh, 1);
	assert_int_equal(record("evt_3", "upcoming_in_1"), 1);
	assert_string_equal(sql("SELECT count(*) FROM stripe_event", NULL,
	    NULL), "3");
	assert_string_equal(sql("SELECT count(*) FROM stripe_object", NULL,
	    NULL), "0");
	assert_string_equal(sql("SELECT object_id FROM stripe_event"
	    " WHERE id = 'evt_2'", NULL, NULL), "null");
}

struct delivery {
	struct db	*db;
	int		 fresh;
	pthread_t	 thread;
};

static void *
deliver_often(void *arg)
{
	struct event e = event_about("evt_1", "sub_1");
	struct delivery *d = arg;
	int fresh, i;

	for (i = 0; i < 25; i++)
		if (event_record(d->db, &e, "{}", 2, &fresh) == ERR_OK)
			d->fresh += fresh;
		else
			d->fresh = -1000;
	return NULL;
}

/* Scenario 16. */
static void
deliveries_at_the_same_time_count_once(void **state)
{
	struct delivery d[4] = { { .db = NULL } };
	int fresh = 0;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(d); i++)
		d[i].db = connect_as("deliver");
	for (i = 0; i < NELEM(d); i++)
		pthread_create(&d[i].thread, NULL, deliver_often, &d[i]);
	for (i = 0; i < NELEM(d); i++) {
		pthread_join(d[i].thread, NULL);
		db_close(d[i].db);
		fresh += d[i].fresh;
	}
	assert_int_equal(fresh, 1);
	assert_string_equal(sql(OF("heard"), "sub_1", NULL), "1");
}

/* Claim what is due of the lane of `id`, and find it. */
static enum err
claim(const char *id, struct errand *ret_errand, struct object *ret_object)
{
	enum err e = errand_claim(db, &object_errands, lane_of(id),
	    ret_errand);

	return e != ERR_OK ? e : object_find(db, ret_errand, ret_object);
}

static int
is_awaited(const char *id)
{
	return strcmp(sql(OF("awaited"), id, NULL), "t") == 0;
}

static int
record_session(const char *id, const char *type, const char *session)
{
	struct event e = event_about(id, session);
	int fresh;

	snprintf(e.type, sizeof(e.type), "%s", type);
	snprintf(e.object_kind, sizeof(e.object_kind), "checkout.session");
	assert_int_equal(event_record(db, &e, "{}", 2, &fresh), ERR_OK);
	return is_awaited(session);
}

static void
what_is_paid_for_is_awaited(void **state)
{
	struct errand x;
	struct object o;

	(void)state;
	assert_int_equal(record_session("evt_1", "checkout.session.completed",
	    "cs_1"), 1);
	assert_int_equal(record_session("evt_2", "checkout.session.expired",
	    "cs_2"), 0);
	assert_int_equal(record("evt_3", "sub_1"), 1);
	assert_int_equal(is_awaited("sub_1"), 0);
	/* The session says which one it is. */
	assert_int_equal(object_hear_first(db, STRIPE_SUBSCRIPTION, "sub_1"),
	    ERR_OK);
	assert_int_equal(is_awaited("sub_1"), 1);
	assert_string_equal(sql(OF("heard"), "sub_1", NULL), "1");
	assert_int_equal(object_hear_first(db, STRIPE_SUBSCRIPTION, "sub_2"),
	    ERR_OK);
	assert_int_equal(is_awaited("sub_2"), 1);
	/* Another event leaves it so; seen, nobody waits any more. */
	assert_int_equal(record("evt_4", "sub_1"), 1);
	assert_int_equal(is_awaited("sub_1"), 1);
	assert_int_equal(claim("sub_1", &x, &o), ERR_OK);
	assert_int_equal(object_seen(db, &x, &o), ERR_OK);
	assert_int_equal(is_awaited("sub_1"), 0);
	assert_int_equal(object_hurry(db, STRIPE_SUBSCRIPTION, "sub_1"),
	    ERR_OK);
	assert_int_equal(is_awaited("sub_1"), 0);
	assert_int_equal(record("evt_5", "sub_1"), 1);
	assert_int_equal(is_awaited("sub_1"), 0);
}

/* By what we have made of it ourselves: whoever reads it began before. */
static void
who_was_overtaken_changes_nothing(void **state)
{
	struct errand x;
	struct object o;

	(void)state;
	assert_int_equal(record("evt_1", "sub_1"), 1);
	assert_int_equal(claim("sub_1", &x, &o), ERR_OK);
	assert_int_equal(object_overtake(db, STRIPE_SUBSCRIPTION, "sub_1"),
	    ERR_OK);
	assert_int_equal(object_seen(db, &x, &o), ERR_CONFLICT);
	/* Nobody has to wait until its lease is over. */
	assert_int_equal(claim("sub_1", &x, &o), ERR_OK);
	assert_int_equal(object_seen(db, &x, &o), ERR_OK);
}

#define COUNTED	"concat_ws(' ', state, heard, attempts, awaited, due_at > now())"

static void
await_cs(const char *want)
{
	assert_int_equal(object_await(db, STRIPE_CHECKOUT_SESSION, "cs_1"),
	    ERR_OK);
	assert_string_equal(sql(OF(COUNTED), "cs_1", NULL), want);
}

static void
who_waits_cannot_have_it_read_at_will(void **state)
{
	(void)state;
	await_cs("waiting 1 0 t f");
	/* Just heard of: nothing is added. */
	await_cs("waiting 1 0 t f");
	/* A failure is waited for; only that it is read again after it. */
	sql("UPDATE stripe_object SET attempts = 7, due_at = now() +"
	    " interval '1 hour', heard_at = now() - interval '11 s'", NULL,
	    NULL);
	await_cs("waiting 2 7 t t");
	await_cs("waiting 2 7 t t");
	/* What was read is read again, but not at once. */
	sql("UPDATE stripe_object SET state = 'done', attempts = 0,"
	    " awaited = false, settled_at = now()", NULL, NULL);
	await_cs("done 2 0 f t");
	sql("UPDATE stripe_object SET heard_at = now() - interval '11 s'",
	    NULL, NULL);
	await_cs("waiting 3 0 t f");
	/* The dead are the operator's. */
	sql("UPDATE stripe_object SET state = 'dead', heard_at = now() -"
	    " interval '1 day'", NULL, NULL);
	await_cs("dead 3 0 t f");
}

static enum err
hear_in_an_hour(struct db *d, enum stripe_kind kind, const char *id)
{
	return object_hear_later(d, kind, id, 3600);
}

#define STATES	5

/* The table of billing/object.h, after an hour; NULL: it stays as it is. */
static const struct {
	enum err	(*way)(struct db *db, enum stripe_kind kind,
			    const char *id);
	const char	*unknown;
	const char	*known[STATES];
} ways[] = {
#define NOW	"waiting 2 0 f f"
#define LATER	"waiting 2 0 f t"
#define FIRST	"waiting 2 0 t f"
	{ object_hear, "waiting 1 0 f f", { NOW, NOW, NOW, NOW, NOW } },
	{ hear_in_an_hour, "waiting 1 0 f t",
	    { NULL, LATER, LATER, LATER, LATER } },
	{ object_await, "waiting 1 0 t f",
	    { "waiting 2 9 t t", "waiting 2 9 t f", NULL, NULL, NULL } },
	{ object_hear_first, "waiting 1 0 t f",
	    { "waiting 1 9 t t", NULL, NULL, "waiting 2 0 t f",
	    "waiting 2 0 t f" } },
	{ object_overtake, "waiting 1 0 t f", { FIRST, FIRST, FIRST, FIRST,
	    FIRST } },
	{ object_hurry, NULL, { "waiting 1 9 t t", NULL, NULL, NULL, NULL } }
#undef FIRST
#undef NOW
#undef LATER
};

static void
each_way_of_being_heard_of(void **state)
{
	static const char *const states[STATES] = {
		"waiting", "done", "parked", "dead", "dropped"
	};
	char as_it_was[64];
	const char *want;
	size_t i, j;

	for (i = 0; i < NELEM(ways); i++) {
		clean(state);
		assert_int_equal(ways[i].way(db, STRIPE_INVOICE, "in_1"),
		    ERR_OK);
		want = ways[i].unknown;
		assert_string_equal(sql("SELECT count(*) FROM stripe_object",
		    NULL, NULL), want == NULL ? "0" : "1");
		if (want != NULL)
			assert_string_equal(sql(OF(COUNTED), "in_1", NULL),
			    want);
		for (j = 0; j < STATES; j++) {
			clean(state);
			assert_int_equal(object_hear(db, STRIPE_INVOICE,
			    "in_1"), ERR_OK);
			sql("UPDATE stripe_object SET state = $1, attempts = 9,"
			    " heard_at = now() - interval '1 h', due_at = now()"
			    " + interval '1 h'", states[j], NULL);
			assert_int_equal(ways[i].way(db, STRIPE_INVOICE,
			    "in_1"), ERR_OK);
			snprintf(as_it_was, sizeof(as_it_was), "%s 1 9 f t",
			    states[j]);
			want = ways[i].known[j];
			assert_string_equal(sql(OF(COUNTED), "in_1", NULL),
			    want == NULL ? as_it_was : want);
		}
	}
}

/* Of its own, but in that of all too; its plan needs no other row. */
static void
what_is_awaited_has_a_queue(void **state)
{
	struct errand_look look;
	struct errand x;

	(void)state;
	assert_int_equal(object_hear(db, STRIPE_INVOICE, "in_1"), ERR_OK);
	assert_int_equal(errand_look(db, &object_awaited, &look), ERR_OK);
	assert_int_equal(look.lanes, 0);
	assert_int_equal(look.next_ms, -1);
	assert_int_equal(errand_claim(db, &object_awaited, lane_of("in_1"),
	    &x), ERR_NOTFOUND);
	assert_int_equal(object_hurry(db, STRIPE_INVOICE, "in_1"), ERR_OK);
	assert_int_equal(errand_look(db, &object_awaited, &look), ERR_OK);
	assert_int_equal(look.lanes, 1);
	assert_int_equal(look.lane[0], lane_of("in_1"));
	assert_int_equal(errand_look(db, &object_errands, &look), ERR_OK);
	assert_int_equal(look.lanes, 1);
	assert_int_equal(errand_claim(db, &object_awaited, lane_of("in_1"),
	    &x), ERR_OK);
	assert_string_equal(x.id, "in_1");
	assert_int_equal(errand_claim(db, &object_errands, lane_of("in_1"),
	    &x), ERR_NOTFOUND);
}

static void
record_as(const char *type, const char *id, const char *object_id)
{
	struct event e = event_about(id, object_id);
	int fresh;

	snprintf(e.type, sizeof(e.type), "%s", type);
	assert_int_equal(event_record(db, &e, PAYLOAD, sizeof(PAYLOAD) - 1,
	    &fresh), ERR_OK);
}

/* Whatever came first. */
static void
what_is_urgent_has_a_queue_and_an_order(void **state)
{
	static const char *const order[] = { "sub_2", "sub_3", "sub_1",
	    "sub_4" };
	struct errand x;
	size_t i;

	(void)state;
	record_as("customer.subscription.updated", "evt_0", "sub_0");
	record_as("invoice.payment_failed", "evt_1", "sub_1");
	record_as("customer.subscription.deleted", "evt_2", "sub_2");
	record_as("v1.customer.subscription.created", "evt_3", "sub_3");
	record_as("invoice.payment_action_required", "evt_4", "sub_4");
	sql("UPDATE stripe_object SET lane = 7", NULL, NULL);
	for (i = 0; i < NELEM(order); i++) {
		assert_int_equal(errand_claim(db, &object_urgent, 7, &x),
		    ERR_OK);
		assert_string_equal(x.id, order[i]);
	}
	assert_int_equal(errand_claim(db, &object_urgent, 7, &x),
	    ERR_NOTFOUND);
	assert_int_equal(errand_claim(db, &object_errands, 7, &x), ERR_OK);
	assert_string_equal(x.id, "sub_0");
}

/* A renewal on top makes it no less so, until it is read. */
static void
what_is_urgent_stays_so_until_it_is_seen(void **state)
{
	struct errand x;
	struct object o;

	(void)state;
	record_as("customer.subscription.created", "evt_1", "sub_1");
	record_as("customer.subscription.updated", "evt_2", "sub_1");
	assert_string_equal(sql(OF("urgency"), "sub_1", NULL), "1");
	assert_int_equal(claim("sub_1", &x, &o), ERR_OK);
	assert_int_equal(object_seen(db, &x, &o), ERR_OK);
	record_as("customer.subscription.updated", "evt_3", "sub_1");
	assert_string_equal(sql(OF("urgency"), "sub_1", NULL), "4");
}

/* It was not tried: no attempt, and anybody's. */
static void
what_is_given_back_is_as_it_was(void **state)
{
	struct errand x, y;

	(void)state;
	record("evt_1", "sub_1");
	assert_int_equal(errand_claim(db, &object_errands, lane_of("sub_1"),
	    &x), ERR_OK);
	assert_int_equal(errand_back(db, &object_errands, &x), ERR_OK);
	assert_string_equal(sql("SELECT concat_ws(' ', state, attempts,"
	    " leased_until, due_at <= now()) FROM stripe_object", NULL, NULL),
	    "waiting 0 t");
	assert_int_equal(errand_claim(db, &object_errands, lane_of("sub_1"),
	    &y), ERR_OK);
	assert_int_equal(y.attempts, 1);
	assert_int_equal(errand_back(db, &object_errands, &x), ERR_CONFLICT);
}

static void
an_object_is_claimed_by_one(void **state)
{
	struct errand x, y;
	struct object a, b;

	(void)state;
	assert_int_equal(claim("in_1", &x, &a), ERR_NOTFOUND);
	assert_int_equal(object_hear(db, STRIPE_INVOICE, "in_1"), ERR_OK);
	assert_int_equal(claim("in_1", &x, &a), ERR_OK);
	assert_string_equal(x.id, "in_1");
	assert_string_equal(a.id, "in_1");
	assert_int_equal(a.kind, STRIPE_INVOICE);
	assert_int_equal(a.heard, 1);
	assert_int_equal(x.attempts, 1);
	assert_int_equal(claim("in_1", &y, &b), ERR_NOTFOUND);
	assert_int_equal(object_seen(db, &x, &a), ERR_OK);
	assert_int_equal(claim("in_1", &y, &b), ERR_NOTFOUND);
	assert_string_equal(sql(OF("concat_ws(' ', state, seen, attempts,"
	    " settled_at IS NOT NULL, leased_until)"), "in_1", NULL),
	    "done 1 0 t");

	/* One that is not there any more, or of a kind that is new to us. */
	sql("UPDATE stripe_object SET kind = 'payment_intent'", NULL, NULL);
	assert_int_equal(object_find(db, &x, &a), ERR_OK);
	assert_int_equal(a.kind, STRIPE_KINDS);
	sql("DELETE FROM stripe_object", NULL, NULL);
	assert_int_equal(object_find(db, &x, &a), ERR_CONFLICT);
}

static void
what_is_heard_meanwhile_is_read_once_more(void **state)
{
	struct errand x, y;
	struct object a, b;

	(void)state;
	record("evt_1", "sub_1");
	assert_int_equal(claim("sub_1", &x, &a), ERR_OK);
	record("evt_2", "sub_1");
	record("evt_3", "sub_1");
	assert_int_equal(claim("sub_1", &y, &b), ERR_NOTFOUND);
	assert_int_equal(object_seen(db, &x, &a), ERR_OK);
	assert_string_equal(sql("SELECT seen FROM stripe_object", NULL, NULL),
	    "1");
	assert_int_equal(claim("sub_1", &y, &b), ERR_OK);
	assert_int_equal(b.heard, 3);
	assert_int_equal(object_seen(db, &y, &b), ERR_OK);
	assert_int_equal(claim("sub_1", &y, &b), ERR_NOTFOUND);
}

/* Scenario 18. */
static void
what_is_doubtful_is_read_once_more(void **state)
{
	struct errand x;
	struct object o;

	(void)state;
	record("evt_1", "sub_1");
	assert_int_equal(claim("sub_1", &x, &o), ERR_OK);
	assert_int_equal(object_seen_doubtful(db, &x, &o), ERR_OK);
	assert_string_equal(sql(OF("concat_ws(' ', state, seen, attempts,"
	    " settled_at, due_at BETWEEN now() + interval '4 s' AND now() +"
	    " interval '5 s')"), "sub_1", NULL), "waiting 1 0 t");
	/* What is heard meanwhile is due at once all the same. */
	record("evt_2", "sub_1");
	assert_int_equal(claim("sub_1", &x, &o), ERR_OK);
	record("evt_3", "sub_1");
	assert_int_equal(object_seen_doubtful(db, &x, &o), ERR_OK);
	assert_int_equal(claim("sub_1", &x, &o), ERR_OK);
	assert_int_equal(object_seen_gone(db, &x, &o), ERR_OK);
	assert_string_equal(sql(OF("state || ': ' || last_error"), "sub_1",
	    NULL), "done: it is gone at Stripe");
}

/* An event that came at `ago`, made at `created`. */
static void
came(const char *id, const char *created, const char *payload,
    const char *ago)
{
	struct event e = event_about(id, "sub_1");
	int fresh;

	snprintf(e.created, sizeof(e.created), "%s", created);
	assert_int_equal(event_record(db, &e, payload, strlen(payload),
	    &fresh), ERR_OK);
	sql("UPDATE stripe_event SET received_at = now() - $2::interval"
	    " WHERE id = $1", id, ago);
}

static const char *
newest(struct errand *x)
{
	static char ids[64];
	struct json *j = NULL;
	enum err e = event_unseen(db, x, &j);

	snprintf(ids, sizeof(ids), "%s", e == ERR_OK ? json_text(j, "[0].n") :
	    err_name(e));
	if (json_count(j, NULL) > 1)
		snprintf(ids, sizeof(ids), "%s %s", json_text(j, "[0].n"),
		    json_text(j, "[1].n"));
	json_free(j);
	return ids;
}

static void
the_newest_event_that_was_not_seen(void **state)
{
	struct errand x;
	struct object o;

	(void)state;
	came("evt_1", "1700000002", "{\"n\":\"one\"}", "9 s");
	assert_int_equal(claim("sub_1", &x, &o), ERR_OK);
	assert_string_equal(newest(&x), "one");
	/* Those that were made last count, whenever they came. */
	came("evt_2", "1700000003", "{\"n\":\"two\"}", "9 s");
	came("evt_3", "1700000003", "{\"n\":\"three\"}", "8 s");
	came("evt_4", "1700000001", "{\"n\":\"four\"}", "1 s");
	assert_true(strcmp(newest(&x), "two three") == 0 ||
	    strcmp(newest(&x), "three two") == 0);
	assert_int_equal(object_seen(db, &x, &o), ERR_OK);
	assert_string_equal(newest(&x), err_name(ERR_NOTFOUND));
	sql("UPDATE stripe_object SET seen_at = now() - interval '2 s'", NULL,
	    NULL);
	assert_string_equal(newest(&x), "four");
	/* What is not JSON for us says nothing. */
	sql("UPDATE stripe_event SET payload = '{' WHERE id = 'evt_4'", NULL,
	    NULL);
	assert_string_equal(newest(&x), err_name(ERR_NOTFOUND));
}

static void
a_lease_that_ran_out_is_worth_nothing(void **state)
{
	struct errand slow, quick;
	struct object o;

	(void)state;
	record("evt_1", "sub_1");
	assert_int_equal(claim("sub_1", &slow, &o), ERR_OK);
	sql("UPDATE stripe_object SET leased_until = now() - interval '1 s'",
	    NULL, NULL);
	assert_int_equal(claim("sub_1", &quick, &o), ERR_OK);
	assert_int_equal(object_seen(db, &slow, &o), ERR_CONFLICT);
	assert_int_equal(object_park(db, &slow, &o, "cus_1"), ERR_CONFLICT);
	assert_int_equal(errand_later(db, &object_errands, &slow, "why", 0),
	    ERR_CONFLICT);
	assert_int_equal(errand_bury(db, &object_errands, &slow, "why"),
	    ERR_CONFLICT);
	assert_int_equal(object_seen(db, &quick, &o), ERR_OK);
}

static void
failing_waits_longer_and_dies_in_the_end(void **state)
{
	struct errand x;
	struct object o;

	(void)state;
	record("evt_1", "sub_1");
	assert_int_equal(claim("sub_1", &x, &o), ERR_OK);
	assert_int_equal(errand_later(db, &object_errands, &x, "no answer",
	    7), ERR_OK);
	assert_string_equal(sql(OF("last_error"), "sub_1", NULL),
	    "no answer");
	/* At least what was asked for, though a first wait is a second. */
	assert_string_equal(sql(OF("due_at >= now() + interval '6 s'"
	    " AND due_at <= now() + interval '7 s'"), "sub_1", NULL), "t");
	assert_int_equal(claim("sub_1", &x, &o), ERR_NOTFOUND);

	sql("UPDATE stripe_object SET attempts = 100, due_at = now()", NULL,
	    NULL);
	assert_int_equal(claim("sub_1", &x, &o), ERR_OK);
	assert_int_equal(x.attempts, 101);
	assert_int_equal(errand_later(db, &object_errands, &x, "no answer",
	    0), ERR_OK);
	assert_string_equal(sql(OF("due_at <= now() + interval '1 hour'"),
	    "sub_1", NULL), "t");

	sql("UPDATE stripe_object SET attempts = 199, due_at = now()", NULL,
	    NULL);
	assert_int_equal(claim("sub_1", &x, &o), ERR_OK);
	assert_int_equal(errand_later(db, &object_errands, &x, "no answer",
	    0), ERR_OK);
	assert_string_equal(sql(OF("state"), "sub_1", NULL), "dead");
	sql("UPDATE stripe_object SET due_at = now()", NULL, NULL);
	assert_int_equal(claim("sub_1", &x, &o), ERR_NOTFOUND);

	/* Hearing of it is a reason to try again. */
	record("evt_2", "sub_1");
	assert_int_equal(claim("sub_1", &x, &o), ERR_OK);
	assert_int_equal(x.attempts, 1);
}

static void
news_makes_due_now(void **state)
{
	struct errand x;
	struct object o;

	(void)state;
	record("evt_1", "sub_1");
	assert_int_equal(claim("sub_1", &x, &o), ERR_OK);
	assert_int_equal(errand_later(db, &object_errands, &x, "no answer",
	    3000), ERR_OK);
	assert_int_equal(claim("sub_1", &x, &o), ERR_NOTFOUND);
	record("evt_2", "sub_1");
	assert_int_equal(claim("sub_1", &x, &o), ERR_OK);
	assert_int_equal(x.attempts, 1);

	/* Whoever hears of it otherwise, too. */
	assert_int_equal(errand_later(db, &object_errands, &x, "no answer",
	    3000), ERR_OK);
	assert_int_equal(object_hear(db, STRIPE_SUBSCRIPTION, "sub_1"),
	    ERR_OK);
	assert_int_equal(claim("sub_1", &x, &o), ERR_OK);
	assert_int_equal(object_park(db, &x, &o, "cus_1"), ERR_OK);
	record("evt_3", "sub_1");
	assert_string_equal(sql(OF("concat(state, customer_id)"), "sub_1",
	    NULL), "waiting");
}

static void
a_final_failure_yields_to_news(void **state)
{
	struct errand x;
	struct object o;

	(void)state;
	record("evt_1", "sub_1");
	assert_int_equal(claim("sub_1", &x, &o), ERR_OK);
	record("evt_2", "sub_1");
	assert_int_equal(errand_bury(db, &object_errands, &x, "missing"),
	    ERR_OK);
	assert_string_equal(sql(OF("state"), "sub_1", NULL), "waiting");
	assert_int_equal(claim("sub_1", &x, &o), ERR_OK);
	assert_int_equal(o.heard, 2);
	assert_int_equal(errand_bury(db, &object_errands, &x, "missing"),
	    ERR_OK);
	assert_string_equal(sql(OF("state"), "sub_1", NULL), "dead");
}

/* Whatever had become of it: parked, dead, dropped or done. */
static void
hearing_of_it_brings_it_back(void **state)
{
	static const char *const states[] = {
		"waiting", "parked", "dead", "dropped", "done"
	};
	size_t i;

	for (i = 0; i < NELEM(states) * 2; i++) {
		clean(state);
		record("evt_1", "sub_1");
		sql("UPDATE stripe_object SET state = $1, attempts = 9,"
		    " settled_at = now(), customer_id = 'cus_1',"
		    " due_at = now() + interval '1 h'", states[i / 2], NULL);
		if (i % 2 == 0)
			record("evt_2", "sub_1");
		else
			assert_int_equal(object_hear(db, STRIPE_SUBSCRIPTION,
			    "sub_1"), ERR_OK);
		assert_string_equal(sql(OF("concat_ws(' ', state, heard,"
		    " attempts, due_at <= now(), settled_at, customer_id)"),
		    "sub_1", NULL), "waiting 2 0 t");
	}
}

/* Many at once are due one after another; what waits is not put off. */
static void
what_is_found_can_wait(void **state)
{
	(void)state;
	assert_int_equal(object_hear_later(db, STRIPE_SUBSCRIPTION, "sub_1",
	    600), ERR_OK);
	assert_string_equal(sql(OF("concat_ws(' ', state, lane = get_byte("
	    "sha256(convert_to(id, 'UTF8')), 0), due_at BETWEEN now() +"
	    " interval '590 s' AND now() + interval '600 s')"), "sub_1",
	    NULL), "waiting t t");
	sql("UPDATE stripe_object SET due_at = now()", NULL, NULL);
	assert_int_equal(object_hear_later(db, STRIPE_SUBSCRIPTION, "sub_1",
	    600), ERR_OK);
	assert_string_equal(sql(OF("due_at <= now()"), "sub_1", NULL), "t");
	sql("UPDATE stripe_object SET state = 'done', settled_at = now(),"
	    " attempts = 3", NULL, NULL);
	assert_int_equal(object_hear_later(db, STRIPE_SUBSCRIPTION, "sub_1",
	    600), ERR_OK);
	assert_string_equal(sql(OF("concat_ws(' ', state, attempts,"
	    " due_at > now() + interval '590 s')"), "sub_1", NULL),
	    "waiting 0 t");
}

static void
an_object_lies_in_its_own_lane(void **state)
{
	(void)state;
	record("evt_1", "sub_1");
	assert_int_equal(object_hear(db, STRIPE_INVOICE, "in_1"), ERR_OK);
	assert_string_equal(sql("SELECT count(*) FROM stripe_object WHERE lane"
	    " = get_byte(sha256(convert_to(id, 'UTF8')), 0)", NULL, NULL),
	    "2");
	assert_string_equal(sql("SELECT count(*) FROM stripe_event WHERE lane"
	    " = get_byte(sha256(convert_to(object_id, 'UTF8')), 0)", NULL,
	    NULL), "1");
}

/* Scenario 17. */
static void
a_parked_object_waits_for_its_customer(void **state)
{
	struct errand x, y;
	struct object o, p;

	(void)state;
	record("evt_1", "sub_1");
	record("evt_2", "sub_2");
	assert_int_equal(claim("sub_1", &x, &o), ERR_OK);
	assert_int_equal(object_park(db, &x, &o, "cus_x"), ERR_OK);
	assert_string_equal(sql(OF("state"), "sub_1", NULL), "parked");
	assert_int_equal(claim("sub_2", &y, &p), ERR_OK);
	assert_int_equal(object_park(db, &y, &p, "cus_y"), ERR_OK);
	assert_int_equal(claim("sub_1", &x, &o), ERR_NOTFOUND);
	assert_int_equal(claim("sub_2", &x, &o), ERR_NOTFOUND);
	assert_int_equal(object_unpark(db, "cus_y"), ERR_OK);
	assert_int_equal(claim("sub_1", &x, &o), ERR_NOTFOUND);
	assert_int_equal(claim("sub_2", &y, &p), ERR_OK);
	assert_string_equal(sql(OF("concat_ws(' ', attempts, customer_id,"
	    " last_error, settled_at)"), "sub_2", NULL), "1");

	/* Heard of while it was being parked: it is looked at again. */
	record("evt_3", "sub_1");
	assert_int_equal(claim("sub_1", &x, &o), ERR_OK);
	record("evt_5", "sub_1");
	assert_int_equal(object_park(db, &x, &o, "cus_x"), ERR_OK);
	assert_string_equal(sql(OF("state"), "sub_1", NULL), "waiting");
}

/* What is settled for 30 days goes, the dead stay for a year. */
static void
objects_and_events_go_away(void **state)
{
	static const struct {
		const char	*state, *days;
		int		 goes;
	} rows[] = {
		{ "waiting", "400", 0 }, { "done", "29", 0 },
		{ "done", "31", 1 }, { "parked", "31", 1 },
		{ "dropped", "31", 1 }, { "dead", "364", 0 },
		{ "dead", "366", 1 }
	};
	int lane = lane_of("sub_1"), deleted;
	size_t i;

	for (i = 0; i < NELEM(rows); i++) {
		clean(state);
		record("evt_1", "sub_1");
		sql("UPDATE stripe_object SET state = $1, settled_at ="
		    " now() - $2::int * interval '1 day'", rows[i].state,
		    rows[i].days);
		assert_int_equal(object_tidy(db, (lane + 1) % LANES, 30, 10,
		    &deleted), ERR_OK);
		assert_int_equal(deleted, 0);
		assert_int_equal(object_tidy(db, lane, 30, 10, &deleted),
		    ERR_OK);
		if (deleted != rows[i].goes)
			fail_msg("%s for %s days: %d", rows[i].state,
			    rows[i].days, deleted);
	}
	record("evt_2", "sub_1");
	sql("UPDATE stripe_event SET received_at = now() - interval '31 days'"
	    " WHERE id = 'evt_1'", NULL, NULL);
	assert_int_equal(event_tidy(db, (lane + 1) % LANES, 30, 10, &deleted),
	    ERR_OK);
	assert_int_equal(deleted, 0);
	assert_int_equal(event_tidy(db, lane, 30, 10, &deleted), ERR_OK);
	assert_int_equal(deleted, 1);
	assert_string_equal(sql("SELECT id FROM stripe_event", NULL, NULL),
	    "evt_2");
}

#define LOOKS	20000	/* some seconds, of the two that a lock may take */

/*
 * The race: a courier finds the customer linked to nobody, and before it has
 * parked the object, somebody links the customer and finds nothing parked.
 */
struct race {
	char		 account[TEXT_UUID];
	pthread_t	 linker;
	enum err	 linked;
};

static enum err
link_now(struct db *conn, void *arg)
{
	struct race *race = arg;

	return customer_link(conn, "cus_race", race->account);
}

static void *
link_beside(void *arg)
{
	struct db_settings s = {
		.conninfo = getenv("TEST_CONNINFO"), .name = "linker"
	};
	struct race *race = arg;
	struct db *own = db_open(&s);

	race->linked = db_transaction(own, link_now, race);
	db_close(own);
	return NULL;
}

static enum err
park_while_linking(struct db *conn, void *arg)
{
	struct race *race = arg;
	char owner[TEXT_UUID];
	struct errand x;
	struct object o;
	int looks = 0;

	assert_int_equal(errand_claim(conn, &object_errands,
	    lane_of("sub_race"), &x), ERR_OK);
	assert_int_equal(object_find(conn, &x, &o), ERR_OK);
	assert_int_equal(customer_anchor(conn, "cus_race", owner), ERR_OK);
	assert_string_equal(owner, "");
	pthread_create(&race->linker, NULL, link_beside, race);
	/* It has come as far as our lock. */
	while (strcmp(sql("SELECT count(*) FROM pg_stat_activity"
	    " WHERE datname = current_database()"
	    " AND application_name LIKE '%linker%'"
	    " AND wait_event_type = 'Lock'", NULL, NULL), "1") != 0)
		if (++looks > LOOKS)
			return ERR_LATER;
	return object_park(conn, &x, &o, "cus_race");
}

/* Scenario 17: the parent comes at this very moment. */
static void
parking_and_linking_do_not_miss_each_other(void **state)
{
	struct race race = { .linked = ERR_INTERNAL };

	(void)state;
	sql("DELETE FROM customer WHERE id = 'cus_race'", NULL, NULL);
	memcpy(race.account, new_account(), sizeof(race.account));
	record("evt_1", "sub_race");
	assert_int_equal(db_transaction(db, park_while_linking, &race),
	    ERR_OK);
	pthread_join(race.linker, NULL);
	assert_int_equal(race.linked, ERR_OK);
	assert_string_equal(sql("SELECT account_id = $1::uuid FROM customer"
	    " WHERE id = 'cus_race'", race.account, NULL), "t");
	assert_string_equal(sql(OF("state"), "sub_race", NULL), "waiting");
}

#define CLEAN(f)	cmocka_unit_test_setup(f, clean)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CLEAN(an_event_counts_once),
		CLEAN(a_payload_of_any_bytes_is_kept),
		CLEAN(an_event_may_say_little),
		CLEAN(an_event_that_cannot_be_read_is_seen),
		CLEAN(what_is_paid_for_is_awaited),
		CLEAN(who_was_overtaken_changes_nothing),
		CLEAN(who_waits_cannot_have_it_read_at_will),
		CLEAN(each_way_of_being_heard_of),
		CLEAN(what_is_awaited_has_a_queue),
		CLEAN(what_is_not_followed_is_kept),
		CLEAN(deliveries_at_the_same_time_count_once),
		CLEAN(what_is_urgent_has_a_queue_and_an_order),
		CLEAN(what_is_urgent_stays_so_until_it_is_seen),
		CLEAN(what_is_given_back_is_as_it_was),
		CLEAN(an_object_is_claimed_by_one),
		CLEAN(what_is_heard_meanwhile_is_read_once_more),
		CLEAN(what_is_doubtful_is_read_once_more),
		CLEAN(the_newest_event_that_was_not_seen),
		CLEAN(a_lease_that_ran_out_is_worth_nothing),
		CLEAN(failing_waits_longer_and_dies_in_the_end),
		CLEAN(news_makes_due_now),
		CLEAN(a_final_failure_yields_to_news),
		CLEAN(hearing_of_it_brings_it_back),
		CLEAN(what_is_found_can_wait),
		CLEAN(an_object_lies_in_its_own_lane),
		CLEAN(a_parked_object_waits_for_its_customer),
		CLEAN(objects_and_events_go_away),
		CLEAN(parking_and_linking_do_not_miss_each_other),
	};
	int failed;

	if (!rows_open())
		return SKIPPED;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	rows_close();
	return failed;
}
