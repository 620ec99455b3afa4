/* SPDX-License-Identifier: MIT */

/* What is done for errands, and who says that there is one. */

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app.h"
#include "app/chores.h"
#include "app/desk.h"
#include "app/errands.h"
#include "app/hear_event.h"
#include "app/look_ready.h"
#include "app/reconcile.h"
#include "app/tidy.h"
#include "base/text.h"
#include "billing/call.h"
#include "billing/customer.h"
#include "billing/object.h"
#include "chore/chore.h"
#include "crypto/digest.h"
#include "stripe/client.h"
#include "stripe/signature.h"

static char ada[TEXT_UUID];

static int
clean(void **state)
{
	if (app_clean(state) != 0)
		return 1;
	sql("UPDATE chore SET state = 'waiting', attempts = 0, due_at = now(),"
	    " leased_until = NULL, done_at = NULL, last_error = NULL", NULL,
	    NULL);
	memcpy(ada, new_account(), sizeof(ada));
	return 0;
}

static void
stripe_says(const char *what, const char *status, const char *text)
{
	server_says(what, ANSWER, status, text);
}

static void
has_customer(const char *id)
{
	sql("INSERT INTO customer (id, account_id) VALUES ($2, $1::uuid)",
	    ada, id);
}

/* --- objects --- */

#define SUB	"GET /v1/subscriptions/sub_1"
#define SUB_OF(customer, status)					\
	"{\"id\":\"sub_1\",\"object\":\"subscription\",\"customer\":\""	\
	customer "\",\"created\":1000,\"livemode\":false,\"status\":\""	\
	status "\",\"items\":{\"data\":[{\"id\":\"si_1\",\"quantity\":1,"\
	"\"price\":{\"id\":\"price_pro\"},\"current_period_start\":1,"	\
	"\"current_period_end\":4102444800}]}}"

static void
claim_object(const char *id, struct errand *ret_errand)
{
	assert_int_equal(errand_claim(app->db, &object_errands, lane_of(id),
	    ret_errand), ERR_OK);
	assert_string_equal(ret_errand->id, id);
}

static enum err
apply_claimed(const char *id)
{
	struct errand x;

	claim_object(id, &x);
	return apply_object(app, &x);
}

/* Hear of it and do what is to be done. */
static enum err
hear_and_apply(enum stripe_kind kind, const char *id)
{
	assert_int_equal(object_hear(app->db, kind, id), ERR_OK);
	return apply_claimed(id);
}

/* The object's errand: state, attempts, whether it waits, why. */
static const char *
errand_of(const char *id)
{
	return sql("SELECT concat_ws(' ', state, attempts, due_at > now(),"
	    " leased_until, last_error) FROM stripe_object WHERE id = $1", id,
	    NULL);
}

static void
a_subscription_is_read_and_applied(void **state)
{
	(void)state;
	has_customer("cus_1");
	stripe_says(SUB, "200 OK", SUB_OF("cus_1", "active"));
	assert_int_equal(hear_and_apply(STRIPE_SUBSCRIPTION, "sub_1"), ERR_OK);
	assert_string_equal(sql("SELECT status || price FROM subscription",
	    NULL, NULL), "activeprice_pro");
	assert_string_equal(errand_of("sub_1"), "done 0 f");
}

/* A member that nobody needs does not keep it from being read. */
static void
an_odd_invoice_is_read_too(void **state)
{
	(void)state;
	has_customer("cus_1");
	stripe_says("GET /v1/invoices/in_1", "200 OK", "{\"id\":\"in_1\","
	    "\"customer\":\"cus_1\",\"status\":\"paid\",\"currency\":\"eur\","
	    "\"amount_due\":1,\"amount_paid\":1,\"total\":1,\"created\":1,"
	    "\"livemode\":false,\"metadata\":{\"a\":\"\\u0000\\ud800\","
	    "\"a\":1e999}}");
	assert_int_equal(hear_and_apply(STRIPE_INVOICE, "in_1"), ERR_OK);
	assert_string_equal(sql("SELECT status FROM invoice", NULL, NULL),
	    "paid");
}

static void
an_invoice_is_read_and_applied(void **state)
{
	(void)state;
	has_customer("cus_1");
	stripe_says("GET /v1/invoices/in_1", "200 OK", "{\"id\":\"in_1\","
	    "\"customer\":\"cus_1\",\"status\":\"paid\",\"currency\":\"eur\","
	    "\"amount_due\":1,\"amount_paid\":1,\"total\":1,\"created\":1,"
	    "\"livemode\":false}");
	assert_int_equal(hear_and_apply(STRIPE_INVOICE, "in_1"), ERR_OK);
	assert_string_equal(sql("SELECT status FROM invoice", NULL, NULL),
	    "paid");
	assert_string_equal(errand_of("in_1"), "done 0 f");
}

static void
a_page_leads_to_its_subscription(void **state)
{
	(void)state;
	has_customer("cus_1");
	sql("INSERT INTO checkout_session (id, account_id, customer_id,"
	    " subject, status, expires_at) VALUES ('cs_1', $1::uuid, 'cus_1',"
	    " 'pro:1', 'open', now())", ada, NULL);
	stripe_says("GET /v1/checkout/sessions/cs_1", "200 OK",
	    "{\"id\":\"cs_1\",\"status\":\"complete\","
	    "\"subscription\":\"sub_1\"}");
	assert_int_equal(hear_and_apply(STRIPE_CHECKOUT_SESSION, "cs_1"),
	    ERR_OK);
	assert_string_equal(sql("SELECT status || subscription_id"
	    " FROM checkout_session", NULL, NULL), "completesub_1");
	assert_string_equal(errand_of("cs_1"), "done 0 f");
	assert_string_equal(errand_of("sub_1"), "waiting 0 f");
}

/* Scenario 17: by our id in its metadata, and what waited for it goes on. */
static void
a_customer_is_linked_to_whom_it_names(void **state)
{
	char text[256];

	(void)state;
	stripe_says(SUB, "200 OK", SUB_OF("cus_1", "active"));
	assert_int_equal(hear_and_apply(STRIPE_SUBSCRIPTION, "sub_1"), ERR_OK);
	assert_string_equal(errand_of("sub_1"),
	    "parked 0 f the customer is linked to nobody");
	assert_string_equal(sql("SELECT count(*) FROM subscription", NULL,
	    NULL), "0");

	snprintf(text, sizeof(text), "{\"id\":\"cus_1\",\"livemode\":false,"
	    "\"metadata\":{\"new_user_id\":\"%s\"}}", ada);
	stripe_says("GET /v1/customers/cus_1", "200 OK", text);
	assert_int_equal(hear_and_apply(STRIPE_CUSTOMER, "cus_1"), ERR_OK);
	assert_string_equal(sql("SELECT account_id FROM customer", NULL, NULL),
	    ada);
	assert_string_equal(errand_of("sub_1"), "waiting 0 f");
	assert_int_equal(hear_and_apply(STRIPE_SUBSCRIPTION, "sub_1"), ERR_OK);
	assert_string_equal(errand_of("sub_1"), "done 0 f");
	assert_string_equal(sql("SELECT status FROM subscription", NULL, NULL),
	    "active");
}

/*
 * It names somebody who has another: a person has to decide.  What they decide
 * at Stripe counts when the errand is brought back.
 */
static void
a_rival_customer_waits_for_somebody(void **state)
{
	char text[256];

	(void)state;
	has_customer("cus_1");
	snprintf(text, sizeof(text), "{\"id\":\"cus_2\",\"livemode\":false,"
	    "\"metadata\":{\"new_user_id\":\"%s\"}}", ada);
	stripe_says("GET /v1/customers/cus_2", "200 OK", text);
	assert_int_equal(hear_and_apply(STRIPE_CUSTOMER, "cus_2"), ERR_OK);
	assert_string_equal(sql("SELECT concat_ws(' ', state,"
	    " last_error LIKE '%has another customer%then retry')"
	    " FROM stripe_object WHERE id = 'cus_2'", NULL, NULL), "dead t");
	assert_string_equal(sql("SELECT id FROM customer"
	    " WHERE account_id = $1::uuid", ada, NULL), "cus_1");
	assert_string_equal(sql("SELECT livemode FROM customer"
	    " WHERE id = 'cus_2'", NULL, NULL), "f");

	sql("UPDATE customer SET account_id = NULL WHERE id = 'cus_1'", NULL,
	    NULL);
	assert_int_equal(errand_retry(app->db, &object_errands,
	    lane_of("cus_2"), "cus_2"), ERR_OK);
	assert_int_equal(apply_claimed("cus_2"), ERR_OK);
	assert_string_equal(errand_of("cus_2"), "done 0 f");
	assert_string_equal(sql("SELECT id FROM customer"
	    " WHERE account_id = $1::uuid", ada, NULL), "cus_2");
}

/* Metadata may say anything: another system's id, or one of nobody here. */
static void
a_customer_that_names_nobody_is_nobody_s(void **state)
{
	static const char *const named[] = {
		"user 1", "00000000-0000-4000-8000-000000000000", ""
	};
	char text[256];
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(named); i++) {
		snprintf(text, sizeof(text), "{\"id\":\"cus_1\","
		    "\"livemode\":false,\"email\":\"%s@example.com\","
		    "\"metadata\":{\"new_user_id\":\"%s\"}}", ada, named[i]);
		stripe_says("GET /v1/customers/cus_1", "200 OK", text);
		assert_int_equal(hear_and_apply(STRIPE_CUSTOMER, "cus_1"),
		    ERR_OK);
		assert_string_equal(errand_of("cus_1"), "done 0 f");
		assert_string_equal(sql("SELECT account_id FROM customer",
		    NULL, NULL), "null");
	}
}

#define GRANTS	"GET /v1/entitlements/active_entitlements"

/* A page that does not say whether there is another is not the last. */
static void
what_is_granted_is_a_whole_list_or_nothing(void **state)
{
	(void)state;
	has_customer("cus_1");
	conf.billing.entitlements = 1;
	stripe_says("GET /v1/customers/cus_1", "200 OK", "{\"id\":\"cus_1\","
	    "\"livemode\":false}");
	stripe_says(GRANTS, "200 OK", "{\"data\":[{\"id\":\"ent_1\","
	    "\"lookup_key\":\"export\"}],\"has_more\":false}");
	assert_int_equal(hear_and_apply(STRIPE_CUSTOMER, "cus_1"), ERR_OK);
	stripe_says(GRANTS, "200 OK", "{\"data\":[]}");
	assert_int_equal(hear_and_apply(STRIPE_CUSTOMER, "cus_1"), ERR_OK);
	conf.billing.entitlements = 0;
	assert_string_equal(sql("SELECT string_agg(lookup_key, ',') FROM"
	    " entitlement", NULL, NULL), "export");
}

/*
 * Scenario 18: what Stripe does not hand over now may come later; what never
 * will, dies.
 */
static void
what_is_not_handed_over_is_put_off(void **state)
{
	static const struct {
		enum manner	 manner;
		const char	*status, *text;
		const char	*want;
		int		 least;	/* seconds until it is due again */
	} answers[] = {
		{ DROP, "", "", "waiting 1 t Stripe answered 0  ", 0 },
		{ ANSWER, "503 Oops", "{}",
		    "waiting 1 t Stripe answered 503  ", 0 },
		{ ANSWER, "404 No", ERROR("resource_missing"),
		    "waiting 1 t Stripe answered 404 resource_missing p", 0 },
		{ ANSWER, "401 No", "{}", "waiting 1 t Stripe answered 401  ",
		    50 },
		{ ANSWER, "400 Bad", ERROR("bad"),
		    "dead 1 f Stripe answered 400 bad p", 0 },
	};
	struct errand x;
	size_t i;

	for (i = 0; i < NELEM(answers); i++) {
		clean(state);
		has_customer("cus_1");
		server_says(SUB, answers[i].manner, answers[i].status,
		    answers[i].text);
		assert_int_equal(object_hear(app->db, STRIPE_SUBSCRIPTION,
		    "sub_1"), ERR_OK);
		/* A wait of nothing at all must not be taken for none. */
		if (answers[i].least == 0)
			sql("UPDATE stripe_object SET attempts = 10", NULL,
			    NULL);
		claim_object("sub_1", &x);
		assert_int_equal(apply_object(app, &x), ERR_OK);
		sql("UPDATE stripe_object SET attempts = 1", NULL, NULL);
		if (strcmp(errand_of("sub_1"), answers[i].want) != 0)
			fail_msg("%s: %s", answers[i].status,
			    errand_of("sub_1"));
		if (answers[i].least > 0)
			assert_string_equal(sql("SELECT due_at > now() +"
			    " interval '50 s' FROM stripe_object", NULL,
			    NULL), "t");
	}
}

/*
 * Scenario 18: read often enough and never there, it is gone: done, and the row
 * says so.
 */
static void
what_is_gone_is_settled(void **state)
{
	static const struct {
		enum stripe_kind	 kind;
		const char		*id, *path, *row;
	} kinds[] = {
		{ STRIPE_CUSTOMER, "cus_1", "GET /v1/customers/cus_1",
		    "SELECT deleted FROM customer" },
		{ STRIPE_SUBSCRIPTION, "sub_1", SUB,
		    "SELECT status = 'gone' FROM subscription" },
		{ STRIPE_INVOICE, "in_1", "GET /v1/invoices/in_1",
		    "SELECT status = 'deleted' FROM invoice" },
		{ STRIPE_CHECKOUT_SESSION, "cs_1",
		    "GET /v1/checkout/sessions/cs_1",
		    "SELECT status = 'expired' FROM checkout_session" }
	};
	struct errand x;
	size_t i;
	int known, stub;

	for (i = 0; i < NELEM(kinds) * 4; i++) {
		known = i % 2 != 0;
		stub = i / 2 % 2;
		clean(state);
		if (known) {
			has_customer("cus_1");
			sql("INSERT INTO subscription (id, customer_id, status,"
			    " created, livemode) VALUES ('sub_1', 'cus_1',"
			    " 'active', now(), false)", NULL, NULL);
			sql("INSERT INTO invoice (id, customer_id, status,"
			    " created, livemode, amount_due, amount_paid,"
			    " total, currency) VALUES ('in_1', 'cus_1',"
			    " 'draft', now(), false, 1, 1, 1, 'usd')", NULL,
			    NULL);
			sql("INSERT INTO checkout_session (id, account_id,"
			    " customer_id, subject, status, expires_at) VALUES"
			    " ('cs_1', $1::uuid, 'cus_1', 'pro:1', 'open',"
			    " now())", ada, NULL);
		}
		stripe_says(kinds[i / 4].path, stub ? "200 OK" : "404 No",
		    stub ? "{\"deleted\":true}" : ERROR("resource_missing"));
		assert_int_equal(object_hear(app->db, kinds[i / 4].kind,
		    kinds[i / 4].id), ERR_OK);
		if (!stub)
			sql("UPDATE stripe_object SET attempts = 11", NULL,
			    NULL);
		claim_object(kinds[i / 4].id, &x);
		assert_int_equal(apply_object(app, &x), ERR_OK);
		assert_string_equal(errand_of(kinds[i / 4].id),
		    "done 0 f it is gone at Stripe");
		if (known)
			assert_string_equal(sql(kinds[i / 4].row, NULL, NULL),
			    "t");
	}
}

/* A member is missing, or the database says no: it comes again, as it was. */
static void
what_cannot_be_applied_leaves_nothing(void **state)
{
	(void)state;
	has_customer("cus_1");
	stripe_says(SUB, "200 OK", "{\"id\":\"sub_1\"}");
	assert_int_equal(hear_and_apply(STRIPE_SUBSCRIPTION, "sub_1"), ERR_OK);
	assert_non_null(strstr(errand_of("sub_1"), "could not apply: "));
	assert_string_equal(sql("SELECT state || seen FROM stripe_object",
	    NULL, NULL), "waiting0");

	stripe_says(SUB, "200 OK", SUB_OF("cus_1", "active"));
	rows_stop("subscription_item");
	assert_int_equal(hear_and_apply(STRIPE_SUBSCRIPTION, "sub_1"), ERR_OK);
	rows_come("subscription_item");
	assert_string_equal(sql("SELECT count(*) FROM subscription", NULL,
	    NULL), "0");
	assert_string_equal(sql("SELECT state || seen FROM stripe_object",
	    NULL, NULL), "waiting0");
	assert_int_equal(hear_and_apply(STRIPE_SUBSCRIPTION, "sub_1"), ERR_OK);
	assert_string_equal(errand_of("sub_1"), "done 0 f");
}

/* Another has claimed it since: what this one read is older, and dropped. */
static void
what_was_read_too_slowly_is_dropped(void **state)
{
	struct errand slow, quick;

	(void)state;
	has_customer("cus_1");
	assert_int_equal(object_hear(app->db, STRIPE_SUBSCRIPTION, "sub_1"),
	    ERR_OK);
	claim_object("sub_1", &slow);
	sql("UPDATE stripe_object SET leased_until = now() - interval '1 s'",
	    NULL, NULL);
	claim_object("sub_1", &quick);
	stripe_says(SUB, "200 OK", SUB_OF("cus_1", "canceled"));
	assert_int_equal(apply_object(app, &slow), ERR_OK);
	assert_string_equal(sql("SELECT count(*) FROM subscription", NULL,
	    NULL), "0");
	stripe_says(SUB, "200 OK", SUB_OF("cus_1", "active"));
	assert_int_equal(apply_object(app, &quick), ERR_OK);
	assert_string_equal(sql("SELECT status FROM subscription", NULL,
	    NULL), "active");
	assert_string_equal(errand_of("sub_1"), "done 0 f");
	/* Nor is a row that is gone anybody's trouble. */
	sql("DELETE FROM stripe_object", NULL, NULL);
	assert_int_equal(apply_object(app, &quick), ERR_OK);
}

static void
of_another_kind_nothing_can_be_read(void **state)
{
	struct errand x;

	(void)state;
	assert_int_equal(object_hear(app->db, STRIPE_INVOICE, "in_1"), ERR_OK);
	sql("UPDATE stripe_object SET kind = 'payment_intent'", NULL, NULL);
	claim_object("in_1", &x);
	assert_int_equal(apply_object(app, &x), ERR_OK);
	assert_string_equal(errand_of("in_1"), "dead 1 f cannot be read");
}

/* Nothing of another account's is believed, and nothing is given up. */
static void
with_another_key_nothing_is_read(void **state)
{
	(void)state;
	has_customer("cus_1");
	sql("UPDATE stripe_home SET account = 'acct_2'", NULL, NULL);
	stripe_says(SUB, "200 OK", SUB_OF("cus_1", "active"));
	assert_int_equal(hear_and_apply(STRIPE_SUBSCRIPTION, "sub_1"), ERR_OK);
	assert_int_equal(server_heard(SUB), 0);
	assert_string_equal(errand_of("sub_1"), "waiting 1 t"
	    " Stripe could not be asked, or is another account's");
	assert_string_equal(sql("SELECT due_at > now() + interval '50 s'"
	    " FROM stripe_object", NULL, NULL), "t");
}

/* --- customers --- */

#define CUSTOMERS	"POST /v1/customers"

/* Ada's call, claimed. */
static void
claim_call(struct errand *ret_errand)
{
	struct call c;

	call_init(&c, ada, CALL_CUSTOMER, "/v1/customers");
	c.form = mem_text("email=ada%40example.com");
	assert_int_equal(call_write(app->db, &c), ERR_OK);
	call_done(&c);
	assert_int_equal(errand_claim(app->db, &call_errands, lane_of(ada),
	    ret_errand), ERR_OK);
}

static const char *
calls(void)
{
	return sql("SELECT string_agg(concat_ws(' ', state, outcome,"
	    " last_error), ', ' ORDER BY created_at, state) FROM stripe_call",
	    NULL, NULL);
}

static void
a_customer_is_made(void **state)
{
	struct errand x;

	(void)state;
	claim_call(&x);
	stripe_says(CUSTOMERS, "200 OK", "{\"id\":\"cus_1\"}");
	assert_int_equal(do_call(app, &x), ERR_OK);
	assert_true(was_said("\r\n\r\nemail=ada%40example.com"));
	assert_true(was_said(x.id));
	assert_string_equal(calls(), "done made");
	assert_string_equal(sql("SELECT id FROM customer"
	    " WHERE account_id = $1::uuid", ada, NULL), "cus_1");
	/* Late, it does no harm. */
	assert_int_equal(do_call(app, &x), ERR_OK);
	assert_int_equal(server_heard(CUSTOMERS), 1);
}

static void
a_customer_that_is_not_made_is_put_off(void **state)
{
	static const struct {
		enum manner	 manner;
		const char	*status, *text, *want;
	} answers[] = {
		{ DROP, "", "", "waiting no answer" },
		{ ANSWER, "503 Oops", "{}", "waiting answered 503" },
		{ ANSWER, "401 No", "{}", "waiting answered 401" },
		{ ANSWER, "200 OK", "{}", "waiting an answer without an id" },
		{ ANSWER, "400 Bad", ERROR("email_invalid"),
		    "dead refused answered 400 email_invalid p" },
	};
	struct errand x;
	size_t i;

	for (i = 0; i < NELEM(answers); i++) {
		clean(state);
		claim_call(&x);
		server_says(CUSTOMERS, answers[i].manner, answers[i].status,
		    answers[i].text);
		assert_int_equal(do_call(app, &x), ERR_OK);
		if (strcmp(calls(), answers[i].want) != 0)
			fail_msg("%s: %s", answers[i].status, calls());
		assert_string_equal(sql("SELECT leased_until"
		    " FROM stripe_call", NULL, NULL), "null");
	}
}

/* The call made it, the link failed: the call is made again, under its key. */
static void
a_customer_that_cannot_be_linked_is_put_off(void **state)
{
	struct errand x;

	(void)state;
	claim_call(&x);
	stripe_says(CUSTOMERS, "200 OK", "{\"id\":\"cus_1\"}");
	rows_stop("customer");
	assert_int_equal(do_call(app, &x), ERR_OK);
	rows_come("customer");
	assert_string_equal(calls(), "waiting could not write it down");
	sql("UPDATE stripe_call SET due_at = now()", NULL, NULL);
	assert_int_equal(errand_claim(app->db, &call_errands, lane_of(ada),
	    &x), ERR_OK);
	assert_int_equal(do_call(app, &x), ERR_OK);
	assert_true(was_said(x.id));
	assert_string_equal(calls(), "done made");
}

/* The customer and its call, together or not at all. */
static void
a_customer_is_linked_with_its_call(void **state)
{
	struct errand x;

	(void)state;
	claim_call(&x);
	stripe_says(CUSTOMERS, "200 OK", "{\"id\":\"cus_1\"}");
	sql("ALTER TABLE stripe_call ADD CONSTRAINT none_settles"
	    " CHECK (outcome IS NULL) NOT VALID", NULL, NULL);
	assert_int_equal(do_call(app, &x), ERR_OK);
	sql("ALTER TABLE stripe_call DROP CONSTRAINT none_settles", NULL,
	    NULL);
	assert_string_equal(calls(), "waiting could not write it down");
	assert_string_equal(sql("SELECT count(*) FROM customer", NULL, NULL),
	    "0");
}

static void
with_another_key_no_customer_is_made(void **state)
{
	struct errand x;

	(void)state;
	sql("UPDATE stripe_home SET account = 'acct_2'", NULL, NULL);
	claim_call(&x);
	stripe_says(CUSTOMERS, "200 OK", "{\"id\":\"cus_1\"}");
	assert_int_equal(do_call(app, &x), ERR_OK);
	assert_int_equal(server_heard(CUSTOMERS), 0);
	assert_string_equal(calls(), "waiting"
	    " Stripe could not be asked, or is another account's");
	assert_string_equal(sql("SELECT due_at > now() + interval '50 s'"
	    " FROM stripe_call", NULL, NULL), "t");
}

/* Nobody is left whom it could belong to. */
static void
without_its_account_it_is_buried(void **state)
{
	struct errand x;

	(void)state;
	claim_call(&x);
	sql("DELETE FROM account WHERE id = $1::uuid", ada, NULL);
	stripe_says(CUSTOMERS, "200 OK", "{\"id\":\"cus_1\"}");
	assert_int_equal(do_call(app, &x), ERR_OK);
	assert_string_equal(calls(), "dead the account is no more");
}

/* The customer belongs to another: for a person to see. */
static void
another_s_customer_is_a_refusal(void **state)
{
	struct errand x;

	(void)state;
	sql("INSERT INTO customer (id, account_id) VALUES ('cus_1', $1::uuid)",
	    new_account(), NULL);
	claim_call(&x);
	stripe_says(CUSTOMERS, "200 OK", "{\"id\":\"cus_1\"}");
	assert_int_equal(do_call(app, &x), ERR_OK);
	assert_string_equal(calls(), "dead refused linked otherwise already");
}

/* Refused, mended, brought back: one with the account's facts of now. */
static void
a_refusal_brought_back_is_replaced_by_one(void **state)
{
	struct errand x;
	char old[ERRAND_ID];

	(void)state;
	claim_call(&x);
	memcpy(old, x.id, sizeof(old));
	server_says(CUSTOMERS, ANSWER, "400 Bad", ERROR("email_invalid"));
	assert_int_equal(do_call(app, &x), ERR_OK);
	assert_int_equal(errand_retry(app->db, &call_errands, x.lane, old),
	    ERR_OK);
	assert_int_equal(errand_claim(app->db, &call_errands, x.lane, &x),
	    ERR_OK);
	assert_int_equal(do_call(app, &x), ERR_OK);
	assert_string_equal(calls(), "done replaced, waiting");
	assert_int_equal(server_heard(CUSTOMERS), 1);

	assert_int_equal(errand_claim(app->db, &call_errands, x.lane, &x),
	    ERR_OK);
	assert_string_not_equal(x.id, old);
	stripe_says(CUSTOMERS, "200 OK", "{\"id\":\"cus_1\"}");
	assert_int_equal(do_call(app, &x), ERR_OK);
	assert_true(was_said("email="));
	assert_true(was_said(x.id));
	assert_string_equal(calls(), "done replaced, done made");
}

/* Somebody was quicker: it has its place, or its customer, already. */
static void
a_refusal_brought_back_too_late_is_nothing(void **state)
{
	struct errand first, second, x;
	char id[STRIPE_ID];
	int made;

	for (made = 0; made <= 1; made++) {
		clean(state);
		claim_call(&first);
		server_says(CUSTOMERS, ANSWER, "400 Bad",
		    ERROR("email_invalid"));
		assert_int_equal(do_call(app, &first), ERR_OK);
		claim_call(&second);
		stripe_says(CUSTOMERS, "200 OK", "{\"id\":\"cus_1\"}");
		if (made)
			assert_int_equal(do_call(app, &second), ERR_OK);
		assert_int_equal(errand_retry(app->db, &call_errands,
		    first.lane, first.id), ERR_OK);
		assert_int_equal(errand_claim(app->db, &call_errands,
		    first.lane, &x), ERR_OK);
		assert_string_equal(x.id, first.id);
		assert_int_equal(do_call(app, &x), ERR_OK);
		if (!made)
			assert_int_equal(do_call(app, &second), ERR_OK);
		assert_string_equal(sql("SELECT string_agg(state || outcome ||"
		    " coalesce(replaced_by::text, ''), ' ' ORDER BY created_at)"
		    " FROM stripe_call", NULL, NULL),
		    "donereplaced donemade");
		assert_int_equal(customer_of(app->db, ada, id), ERR_OK);
		assert_string_equal(id, "cus_1");
	}
}

/* Its customer came by itself, without a call: none is made beside it. */
static void
a_refusal_of_one_who_has_a_customer_is_nothing(void **state)
{
	struct errand x;

	(void)state;
	claim_call(&x);
	server_says(CUSTOMERS, ANSWER, "400 Bad", ERROR("email_invalid"));
	assert_int_equal(do_call(app, &x), ERR_OK);
	has_customer("cus_1");
	assert_int_equal(errand_retry(app->db, &call_errands, x.lane, x.id),
	    ERR_OK);
	assert_int_equal(errand_claim(app->db, &call_errands, x.lane, &x),
	    ERR_OK);
	assert_int_equal(do_call(app, &x), ERR_OK);
	assert_string_equal(calls(), "done replaced");
}

/* --- chores --- */

static void
claim_chore(const char *id, struct errand *ret_errand)
{
	sql("UPDATE chore SET due_at = now() + interval '1 day'", NULL, NULL);
	sql("UPDATE chore SET due_at = now(), leased_until = NULL"
	    " WHERE id = $1", id, NULL);
	assert_int_equal(errand_claim(app->db, &chore_errands, lane_of(id),
	    ret_errand), ERR_OK);
	assert_string_equal(ret_errand->id, id);
}

static const char *
chore(const char *id)
{
	return sql("SELECT concat_ws(' ', state, attempts, done_at IS NOT NULL,"
	    " round(extract(epoch FROM due_at - now()) / 3600), last_error)"
	    " FROM chore WHERE id = $1", id, NULL);
}

static void
tidying_comes_round_daily(void **state)
{
	struct errand x;

	(void)state;
	claim_chore("tidy", &x);
	assert_int_equal(do_chore(app, &x), ERR_OK);
	assert_string_equal(chore("tidy"), "waiting 0 t 24");
}

#define EMPTY		"{\"data\":[],\"has_more\":false}"
#define LISTS		5

/* What no test looks at. */
static void
nothing_was_paid_back(void)
{
	stripe_says("GET /v1/refunds", "200 OK", EMPTY);
	stripe_says("GET /v1/disputes", "200 OK", EMPTY);
	stripe_says("GET /v1/credit_notes", "200 OK", EMPTY);
}

static void
reconciling_comes_round_as_configured(void **state)
{
	struct errand x;

	(void)state;
	stripe_says("GET /v1/subscriptions", "200 OK",
	    "{\"data\":[],\"has_more\":false}");
	nothing_was_paid_back();
	stripe_says("GET /v1/invoices", "200 OK",
	    "{\"data\":[],\"has_more\":false}");
	claim_chore("reconcile", &x);
	assert_int_equal(do_chore(app, &x), ERR_OK);
	assert_string_equal(chore("reconcile"), "waiting 0 t 6");
}

/* What has not renewed here is looked at before access ends. */
static void
reconciling_comes_round_within_the_grace(void **state)
{
	static const struct {
		int	 hours, grace, minutes;
	} rows[] = {
		{ 6, 72, 360 }, { 6, 12, 360 }, { 6, 11, 330 }, { 6, 1, 30 },
		{ 6, 0, 30 }, { 24, 24, 720 }
	};
	const int hours = conf.courier.reconcile_hours;
	const int grace = conf.billing.grace_hours;
	struct chore_standing s;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(rows); i++) {
		conf.courier.reconcile_hours = rows[i].hours;
		conf.billing.grace_hours = rows[i].grace;
		assert_int_equal(chore_look(app, 1, &s), ERR_OK);
		assert_string_equal(s.id, "reconcile");
		assert_int_equal(s.interval_s, rows[i].minutes * 60);
	}
	conf.courier.reconcile_hours = hours;
	conf.billing.grace_hours = grace;
}

static void
a_chore_that_ended_early_comes_again(void **state)
{
	struct errand x, other;

	(void)state;
	stripe_says("GET /v1/subscriptions", "503 Oops", "{}");
	claim_chore("reconcile", &x);
	assert_int_equal(do_chore(app, &x), ERR_OK);
	assert_non_null(strstr(chore("reconcile"),
	    "waiting 1 f 0 it ended early"));

	/* It goes on where it stopped, and forgets that when it is over. */
	sql("UPDATE chore SET due_at = now(), place = replace(place, '-', '.')"
	    " WHERE id = 'reconcile'", NULL, NULL);
	claim_chore("reconcile", &x);
	assert_int_equal(do_chore(app, &x), ERR_OK);
	assert_string_equal(sql("SELECT place IS NULL AND done_at IS NOT NULL"
	    " FROM chore WHERE id = 'reconcile'", NULL, NULL), "t");

	/* Taken by another meanwhile: that one goes on. */
	claim_chore("tidy", &x);
	sql("UPDATE chore SET leased_until = now() - interval '1 s'", NULL,
	    NULL);
	assert_int_equal(errand_claim(app->db, &chore_errands,
	    lane_of("tidy"), &other), ERR_OK);
	assert_int_equal(do_chore(app, &x), ERR_OK);
	assert_string_equal(sql("SELECT done_at FROM chore WHERE id = 'tidy'",
	    NULL, NULL), "null");
	assert_string_equal(sql("SELECT leased_until > now() FROM chore"
	    " WHERE id = 'tidy'", NULL, NULL), "t");
}

static void
a_chore_that_nobody_knows_is_buried(void **state)
{
	struct errand x;

	(void)state;
	sql("INSERT INTO chore (lane, id) VALUES"
	    " (get_byte(sha256('dance'), 0), 'dance')", NULL, NULL);
	claim_chore("dance", &x);
	assert_int_equal(do_chore(app, &x), ERR_OK);
	assert_string_equal(sql("SELECT state || last_error FROM chore"
	    " WHERE id = 'dance'", NULL, NULL),
	    "deadthere is no such chore");
	sql("DELETE FROM chore WHERE id = 'dance'", NULL, NULL);
}

/* --- tidying --- */

/* So many of each table, of which all but one have had their time. */
#define OLD_ROWS	1203	/* more than two batches in a lane */

static void
add_old_rows(void)
{
	sql("INSERT INTO session (token_hash, account_id, ends_at)"
	    " SELECT sha256(convert_to(n::text, 'UTF8')), $1::uuid, now() +"
	    " CASE n WHEN 1 THEN interval '1 h' ELSE interval '-1 h' END"
	    " FROM generate_series(1, 600) AS n", ada, NULL);
	/* Idle for a day: one is to be remembered. */
	sql("INSERT INTO session (token_hash, account_id, remembered, used_at,"
	    " ends_at) SELECT sha256(convert_to(n::text, 'UTF8')), $1::uuid,"
	    " n = 601, now() - interval '1 d', now() + interval '1 h'"
	    " FROM generate_series(601, 602) AS n", ada, NULL);
	/* All in one lane. */
	sql("INSERT INTO stripe_event (lane, id, type, livemode, created,"
	    " payload, received_at) SELECT 9, 'evt_' || n, 'x', false, now(),"
	    " '', now() - CASE n WHEN 1 THEN interval '29 d'"
	    " ELSE interval '31 d' END FROM generate_series(1, 1203) AS n",
	    NULL, NULL);
	sql("INSERT INTO stripe_object (lane, id, kind, state, settled_at)"
	    " SELECT n * 127, 'in_' || n, 'invoice', 'done', now() -"
	    " CASE n WHEN 1 THEN interval '29 d' ELSE interval '31 d' END"
	    " FROM generate_series(0, 2) AS n", NULL, NULL);
	sql("INSERT INTO stripe_call (lane, id, account_id, kind, path, form,"
	    " state, settled_at) SELECT n * 127, gen_random_uuid(), $1::uuid,"
	    " 'portal', '/', '', 'done', now() - CASE n WHEN 1 THEN"
	    " interval '29 d' ELSE interval '31 d' END"
	    " FROM generate_series(0, 2) AS n", ada, NULL);
	sql("INSERT INTO customer (id, anchored_at) VALUES"
	    " ('cus_1', now() - interval '31 d'),"
	    " ('cus_2', now() - interval '31 d'), ('cus_3', now())", NULL,
	    NULL);
	sql("INSERT INTO checkout_session (id, account_id, customer_id,"
	    " subject, status, expires_at) SELECT 'cs_' || n, $1::uuid,"
	    " 'cus_1', '', 'expired', now() - CASE n WHEN 1 THEN"
	    " interval '29 d' ELSE interval '31 d' END"
	    " FROM generate_series(1, 3) AS n", ada, NULL);
}

static void
what_has_had_its_time_is_deleted(void **state)
{
	const struct chore_turn t = { .a = app };
	struct tidied d;

	(void)state;
	add_old_rows();
	assert_int_equal(tidy(&t, &d), ERR_OK);
	assert_int_equal(d.sessions, 600);
	assert_int_equal(d.events, OLD_ROWS - 1);
	assert_int_equal(d.objects, 2);
	assert_int_equal(d.calls, 2);
	assert_int_equal(d.checkouts, 2);
	assert_int_equal(d.customers, 2);
	assert_string_equal(sql("SELECT concat_ws(' ',"
	    " (SELECT count(*) FROM session), (SELECT id FROM stripe_event),"
	    " (SELECT id FROM stripe_object),"
	    " (SELECT lane FROM stripe_call), (SELECT id FROM customer),"
	    " (SELECT id FROM checkout_session))", NULL, NULL),
	    "2 evt_1 in_1 127 cus_3 cs_1");
	assert_int_equal(tidy(&t, &d), ERR_OK);
	assert_int_equal(d.sessions + d.events + d.objects + d.calls +
	    d.checkouts + d.customers, 0);
}

/* Somebody rebuilds it, or it takes too long. */
static void
what_fails_in_one_table_leaves_no_other(void **state)
{
	const struct chore_turn t = { .a = app };
	struct tidied d;

	(void)state;
	add_old_rows();
	sql("BEGIN", NULL, NULL);
	sql("LOCK TABLE stripe_event IN ACCESS EXCLUSIVE MODE", NULL, NULL);
	assert_int_equal(tidy(&t, &d), ERR_LATER);
	sql("ROLLBACK", NULL, NULL);
	assert_int_equal(d.events, 0);
	assert_int_equal(d.objects + d.calls + d.checkouts + d.customers, 8);
	assert_int_equal(tidy(&t, &d), ERR_OK);
	assert_int_equal(d.events, OLD_ROWS - 1);
}

static void
count_beat(void *arg)
{
	++*(int *)arg;
}

/* Whoever goes on for long is alive. */
static void
a_turn_that_goes_on_beats(void **state)
{
	const struct chore_turn t = { .a = app };
	struct tidied d;
	int beats = 0;

	(void)state;
	app->beat = count_beat;
	app->beat_arg = &beats;
	assert_int_equal(chore_goes_on(&t), ERR_OK);
	assert_int_equal(beats, 1);
	assert_int_equal(tidy(&t, &d), ERR_OK);
	assert_in_range(beats, 10, 2000);
	app->beat = NULL;
}

static void
a_turn_that_is_lost_stops(void **state)
{
	struct errand x;
	struct chore_turn t = { .a = app, .errand = &x };
	struct tidied d;

	(void)state;
	claim_chore("tidy", &x);
	x.fence--;
	assert_int_equal(chore_goes_on(&t), ERR_CONFLICT);
	assert_int_equal(tidy(&t, &d), ERR_CONFLICT);
	x.fence++;
	sql("UPDATE chore SET leased_until = now()", NULL, NULL);
	assert_int_equal(chore_goes_on(&t), ERR_OK);
	assert_string_equal(sql("SELECT leased_until > now() + interval '4 min'"
	    " FROM chore WHERE id = 'tidy'", NULL, NULL), "t");
	/* A person's turn is no errand. */
	t.errand = NULL;
	assert_int_equal(chore_goes_on(&t), ERR_OK);
}

static int others_went_on, may_stay;

static int
others_go_on(void *arg)
{
	assert_ptr_equal(arg, &may_stay);
	others_went_on++;
	return may_stay;
}

/* Who waits behind a long turn is let through; and who has to leave, leaves. */
static void
a_turn_lets_others_through_and_can_be_ended(void **state)
{
	const struct chore_turn t = { .a = app };
	struct tidied d;

	(void)state;
	app->meanwhile = others_go_on;
	app->meanwhile_arg = &may_stay;
	others_went_on = 0;
	may_stay = 1;
	assert_int_equal(tidy(&t, &d), ERR_OK);
	assert_true(others_went_on >= 32);
	others_went_on = may_stay = 0;
	assert_int_equal(tidy(&t, &d), ERR_LATER);
	assert_int_equal(others_went_on, 1);
	app->meanwhile = NULL;
}

/* --- reconciling --- */

#define LIST		"GET /v1/subscriptions"
#define INVOICES	"GET /v1/invoices"
static void
what_differs_is_heard_of(void **state)
{
	const struct chore_turn t = { .a = app };
	const struct reconcile_wish dry = { .dry_run = 1 }, wet = { 0 };
	struct reconciled r;

	(void)state;
	has_customer("cus_1");
	stripe_says(LIST, "200 OK", "{\"data\":["
	    SUB_OF("cus_1", "active") "],\"has_more\":false}");
	stripe_says(INVOICES, "200 OK", EMPTY);
	nothing_was_paid_back();
	assert_int_equal(reconcile(&t, &dry, &r), ERR_OK);
	assert_int_equal(r.listed, 1);
	assert_int_equal(r.heard, 1);
	assert_int_equal(r.overdue, 0);
	assert_int_equal(r.pages, LISTS);
	assert_string_equal(sql("SELECT count(*) FROM stripe_object", NULL,
	    NULL), "0");
	assert_int_equal(rings(), 0);

	assert_int_equal(reconcile(&t, &wet, &r), ERR_OK);
	assert_string_equal(errand_of("sub_1"), "waiting 0 f");
	assert_int_equal(rings(), 1);

	/* It is on its way: where nothing differs nothing is written. */
	assert_int_equal(reconcile(&t, &wet, &r), ERR_OK);
	assert_int_equal(r.heard, 0);
	assert_string_equal(sql("SELECT heard FROM stripe_object", NULL,
	    NULL), "1");
	assert_int_equal(rings(), 0);
}

static void
what_our_rows_say_is_overdue_is_heard_of(void **state)
{
	const struct chore_turn t = { .a = app };
	const struct reconcile_wish wish = { 0 };
	struct reconciled r;

	(void)state;
	has_customer("cus_1");
	stripe_says(LIST, "200 OK", "{\"data\":[],\"has_more\":false}");
	stripe_says(INVOICES, "200 OK", EMPTY);
	nothing_was_paid_back();
	/* More than a page of them. */
	sql("INSERT INTO subscription (id, customer_id, status, created,"
	    " livemode, current_period_end, seen_at) SELECT 'sub_' || n,"
	    " 'cus_1', 'active', now(), false, now() - interval '2 h',"
	    " now() - interval '3 h' FROM generate_series(1, 205) AS n", NULL,
	    NULL);
	sql("INSERT INTO checkout_session (id, account_id, customer_id,"
	    " subject, status, expires_at) VALUES ('cs_1', $1::uuid, 'cus_1',"
	    " 'pro:1', 'open', now() - interval '2 h')", ada, NULL);
	assert_int_equal(reconcile(&t, &wish, &r), ERR_OK);
	assert_int_equal(r.overdue, 206);
	assert_string_equal(sql("SELECT count(*) FILTER (WHERE kind ="
	    " 'subscription') || ' ' || count(*) FROM stripe_object", NULL,
	    NULL), "205 206");
	/* A hundred every ten seconds. */
	assert_string_equal(sql("SELECT count(*) FILTER (WHERE due_at <="
	    " now()) || ' ' || count(*) FILTER (WHERE due_at > now() +"
	    " interval '15 s') FROM stripe_object", NULL, NULL), "100 6");
	assert_int_equal(rings(), 1);
}

static int pages_seen;

static void
see_page(const struct reconciled *r, void *arg)
{
	assert_ptr_equal(arg, &pages_seen);
	assert_int_equal(r->pages, ++pages_seen);
	assert_int_equal(was_said("&starting_after=sub_1 "), pages_seen == 2);
	/* The second page ends it. */
	stripe_says(LIST, "200 OK", "{\"data\":[],\"has_more\":false}");
}

static void
a_list_is_gone_through_page_by_page(void **state)
{
	const struct chore_turn t = { .a = app };
	const struct reconcile_wish wish = { .since_s = 60,
	    .progress = see_page, .arg = &pages_seen };
	struct reconciled r;

	(void)state;
	pages_seen = 0;
	stripe_says(LIST, "200 OK", "{\"data\":[" SUB_OF("cus_1", "active")
	    "],\"has_more\":true}");
	server_says(INVOICES, DROP, "", "");
	assert_int_equal(reconcile(&t, &wish, &r), ERR_LATER);
	assert_int_equal(pages_seen, 2);
	assert_int_equal(server_heard(LIST), 2);
	assert_int_equal(r.listed, 1);
	/* What was heard of by then stays so. */
	assert_string_equal(errand_of("sub_1"), "waiting 0 f");
	assert_true(was_said("GET /v1/credit_notes?limit="));
	assert_true(was_said("&created[gte]="));
}

/* It may have been cut short: nobody says that all was gone through. */
static void
a_list_that_does_not_say_whether_it_ends_is_none(void **state)
{
	const struct chore_turn t = { .a = app };
	const struct reconcile_wish wish = { .since_s = 60 };
	struct reconciled r;

	(void)state;
	stripe_says(LIST, "200 OK", "{\"data\":[]}");
	stripe_says(INVOICES, "200 OK", "{\"data\":[],\"has_more\":false}");
	nothing_was_paid_back();
	assert_int_equal(reconcile(&t, &wish, &r), ERR_INTERNAL);
	assert_int_equal(server_heard(LIST), 1);
	assert_int_equal(server_heard(INVOICES), 1);
}

static void
the_first_page_is_the_last(const struct reconciled *r, void *arg)
{
	(void)arg;
	if (r->pages == 1)
		stripe_says(LIST, "503 Oops", "{}");
}

/* What the list of subscriptions is to be asked for, and with what end. */
static void
goes_on(char *place, enum err want, const char *asked)
{
	const struct chore_turn t = { .a = app };
	const struct reconcile_wish wish = { .place = place };
	struct reconciled r;

	assert_int_equal(reconcile(&t, &wish, &r), want);
	if (!was_said(asked))
		fail_msg("not asked for: %s", asked);
}

static void
a_page_that_cannot_be_had_holds_nothing_up(void **state)
{
	const struct chore_turn t = { .a = app };
	char place[RECONCILE_PLACE] = "";
	const struct reconcile_wish wish = { .place = place,
	    .progress = the_first_page_is_the_last };
	struct reconciled r;

	(void)state;
	stripe_says(LIST, "200 OK", "{\"data\":[" SUB_OF("cus_1", "active")
	    "],\"has_more\":true}");
	stripe_says(INVOICES, "200 OK", EMPTY);
	nothing_was_paid_back();
	/* Who has to leave in the middle of a page has not looked at it. */
	app->meanwhile = others_go_on;
	app->meanwhile_arg = &may_stay;
	may_stay = 0;
	goes_on(place, ERR_LATER, LIST "?status=all&limit=100 ");
	assert_non_null(strstr(place, " - - - - -"));
	app->meanwhile = NULL;

	assert_int_equal(reconcile(&t, &wish, &r), ERR_LATER);
	assert_int_equal(server_heard(LIST), 4);
	assert_int_equal(r.pages, LISTS);

	/* Only that page, then a tenth of it; the others are over. */
	goes_on(place, ERR_LATER, "&limit=10&starting_after=sub_1 ");
	assert_int_equal(server_heard(LIST), 6);
	assert_int_equal(server_heard(INVOICES), 1);

	/* Behind what is gone there is nothing: it begins anew. */
	stripe_says(LIST, "400 Bad", ERROR("resource_missing"));
	goes_on(place, ERR_LATER, "&limit=100&starting_after=sub_1 ");
	stripe_says(LIST, "200 OK", EMPTY);
	goes_on(place, ERR_OK, LIST "?status=all&limit=100 ");
	assert_int_equal(server_heard(INVOICES), 1);

	/* A round has its time, as what was made since is on none of it. */
	text_cut("1 . . . . sub_1", place, sizeof(place));
	goes_on(place, ERR_OK, "GET /v1/credit_notes?limit=100&created[gte]=");
	assert_int_equal(server_heard(INVOICES), 2);
}

static void
a_key_that_is_refused_or_a_budget_is_for_all_lists(void **state)
{
	static const char *const all[] = { "401 No", "429 Slow" };
	static const char *const one[] = { "403 No", "500 Oops", "404 No" };
	const struct chore_turn t = { .a = app };
	const struct reconcile_wish wish = { 0 };
	struct reconciled r;
	size_t i;

	(void)state;
	stripe_says(INVOICES, "200 OK", EMPTY);
	nothing_was_paid_back();
	for (i = 0; i < NELEM(all); i++) {
		stripe_says(LIST, all[i], "{}");
		assert_int_not_equal(reconcile(&t, &wish, &r), ERR_OK);
		assert_int_equal(r.pages, 0);
	}
	for (i = 0; i < NELEM(one); i++) {
		stripe_says(LIST, one[i], "{}");
		assert_int_not_equal(reconcile(&t, &wish, &r), ERR_OK);
		assert_int_equal(r.pages, LISTS - 1);
	}
}

static void
a_round_is_read_as_it_was_written(void **state)
{
	static const struct {
		const char	*text, *want;
	} rows[] = {
		{ NULL, "1000 - - - - -" },
		{ "", "1000 - - - - -" },
		{ "700 . in_1 - - .", "700 . in_1 - - ." },
		{ "699 . in_1 - - .", "1000 - - - - -" },
		{ "700 . in_1 - -", "1000 - - - - -" },
		{ "700 . in_1 - - . .", "1000 - - - - -" },
		{ "seven . in_1 - - .", "1000 - - - - -" },
	};
	char text[ROUND_TEXT];
	struct round r;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(rows); i++) {
		round_read(rows[i].text, 1000, 300, &r);
		round_write(&r, text);
		assert_string_equal(text, rows[i].want);
	}
}

static void
with_another_key_nothing_is_reconciled(void **state)
{
	const struct chore_turn t = { .a = app };
	const struct reconcile_wish wish = { 0 };
	struct reconciled r;

	(void)state;
	stripe_says(LIST, "401 No", "{}");
	assert_int_equal(reconcile(&t, &wish, &r), ERR_INTERNAL);
	assert_int_equal(server_heard(LIST), 1);
	/* All that there ever were, unless somebody says otherwise. */
	assert_true(was_said(LIST "?status=all&limit=100 HTTP/1.1\r\n"));
	forget_home();
	sql("UPDATE stripe_home SET account = 'acct_2',"
	    " key_digest = 'another'", NULL, NULL);
	assert_int_equal(reconcile(&t, &wish, &r), ERR_INTERNAL);
	assert_int_equal(server_heard(LIST), 1);
}

/* --- the desk --- */

/* Those that are dead: two objects, and a call that has a successor. */
static void
add_dead(void)
{
	struct errand x;

	sql("UPDATE chore SET due_at = now() + interval '1 h'", NULL, NULL);
	sql("INSERT INTO stripe_object (lane, id, kind, state, due_at,"
	    " settled_at) VALUES (1, 'in_1', 'invoice', 'dead', now() -"
	    " interval '3 h', now()), (2, 'in_2', 'invoice', 'dead', now() -"
	    " interval '1 h', now()), (3, 'in_3', 'invoice', 'done', now() -"
	    " interval '4 h', now())", NULL, NULL);
	claim_call(&x);
	sql("UPDATE stripe_call SET state = 'dead', settled_at = now(),"
	    " due_at = now() - interval '2 h'", NULL, NULL);
	claim_call(&x);
	sql("UPDATE stripe_call SET due_at = now() + interval '2 h'"
	    " WHERE state = 'waiting'", NULL, NULL);
}

/* The first letters of ids, in the order in which they are shown. */
static const char *
shown(const struct desk_wish *wish)
{
	static char text[64];
	struct desk_row *rows;
	size_t count, i;
	int len = 0;

	assert_int_equal(desk_list(app, wish, &rows, &count), ERR_OK);
	text[0] = '\0';
	for (i = 0; i < count; i++)
		len += snprintf(text + len, sizeof(text) - (size_t)len,
		    "%s%s", i == 0 ? "" : " ", rows[i].kind == &call_errands ?
		    "call" : rows[i].row.id);
	free(rows);
	return text;
}

static void
the_desk_shows_what_is_asked_for(void **state)
{
	struct desk_wish wish = { .most = 10 };

	(void)state;
	add_dead();
	assert_string_equal(shown(&wish),
	    "in_1 call in_2 reconcile tidy call");
	wish.most = 2;
	assert_string_equal(shown(&wish), "in_1 call");
	wish.most = 10;
	wish.kind = &object_errands;
	assert_string_equal(shown(&wish), "in_1 in_2");
	wish.state = "done";
	assert_string_equal(shown(&wish), "in_3");
	assert_true(desk_state_ok("dead"));
	assert_false(desk_state_ok("dea"));
	assert_false(desk_state_ok(NULL));
	assert_ptr_equal(desk_kind("call"), &call_errands);
	assert_null(desk_kind("letter"));
}

/* Somebody else is quicker: one goes, and the rest is revived all the same. */
static void
be_quicker(const struct desk_tally *t, void *arg)
{
	(void)arg;
	if (t->revived + t->taken + t->gone == 1)
		sql("UPDATE stripe_object SET state = 'done'"
		    " WHERE id = 'in_2'", NULL, NULL);
}

static void
the_desk_revives_all_that_can_be(void **state)
{
	const struct desk_wish wish = { .state = "dead", .most = 3 };
	struct desk_tally t = { .progress = be_quicker };

	(void)state;
	add_dead();
	sql("INSERT INTO stripe_object (lane, id, kind, state, due_at)"
	    " VALUES (1, 'in_4', 'invoice', 'dead', now())", NULL, NULL);
	assert_int_equal(desk_retry_all(app, &wish, &t), ERR_OK);
	assert_int_equal(t.found, 3);
	assert_int_equal(t.revived, 1);
	assert_int_equal(t.taken, 1);
	assert_int_equal(t.gone, 1);
	assert_true(t.more);
	assert_string_equal(sql("SELECT string_agg(state, ' ' ORDER BY id)"
	    " FROM stripe_object", NULL, NULL), "waiting done done dead");
}

/* --- who says that there is something --- */

#define EVENT	"{\"id\":\"evt_1\",\"object\":\"event\",\"type\":\"x\"," \
	"\"created\":1700000000,\"livemode\":false,\"data\":{\"object\":" \
	"{\"object\":\"invoice\",\"id\":\"in_1\"}}}"

#define HEADER	128

/* With a signature of now under this secret, in `header`. */
static struct telling
telling_of(const char *body, const char *secret, char header[HEADER])
{
	struct hmac *h = hmac_sha256_new(secret, strlen(secret));
	const struct piece piece[] = {
		{ "1700000000.", 11 }, { body, strlen(body) }
	};
	const struct telling t = { .signature = header, .body = body,
	    .len = strlen(body), .now = 1700000000 };
	char hex[2 * DIGEST_SHA256 + 1];
	unsigned char mac[DIGEST_SHA256];

	hmac_digest(h, piece, NELEM(piece), mac);
	hmac_free(h);
	text_hex(mac, sizeof(mac), hex);
	snprintf(header, HEADER, "t=1700000000,v1=%s", hex);
	return t;
}

static enum err
tell(const char *body, const char *secret)
{
	char header[HEADER];
	const struct telling t = telling_of(body, secret, header);
	enum err e;

	hear_events(app, &t, &e, 1);
	return e;
}

static void
an_event_is_believed_once_it_is_kept(void **state)
{
	(void)state;
	assert_int_equal(tell(EVENT, "whsec_test"), ERR_OK);
	assert_int_equal(rings(), 1);
	assert_string_equal(errand_of("in_1"), "waiting 0 f");
	assert_string_equal(sql("SELECT payload FROM stripe_event", NULL,
	    NULL), EVENT);
	/* Again: it is known. */
	assert_int_equal(tell(EVENT, "whsec_test"), ERR_OK);
	assert_int_equal(rings(), 0);
	assert_string_equal(sql("SELECT heard FROM stripe_object", NULL,
	    NULL), "1");
}

#define EVENT_OF(id, mode, kind, object) "{\"id\":\"" id "\"," \
	"\"object\":\"event\",\"type\":\"x\",\"created\":1700000000," \
	"\"livemode\":" mode ",\"data\":{\"object\":{\"object\":\"" kind \
	"\",\"id\":\"" object "\",\"note\":\"\xff\\\\{,}\"}}}"
#define CLEAR_OF(id, object) "{\"id\":\"" id "\",\"object\":\"event\"," \
	"\"type\":\"x\",\"created\":1700000000,\"livemode\":false," \
	"\"data\":{\"object\":{\"object\":\"invoice\",\"id\":\"" object \
	"\",\"note\":\"a \\\"b\\\" {,} NULL\"}}}"
/* With what stands between payloads that are kept together. */
#define SPLIT_OF(id, object) "{\"id\":\"" id "\",\"object\":\"event\"," \
	"\"type\":\"x\",\"created\":1700000000,\"livemode\":false," \
	"\"data\":{\"object\":{\"object\":\"invoice\",\"id\":\"" object \
	"\",\"note\":\"a\x1e" "b\"}}}"

/* What was told at once, and how each of it ends. */
struct told {
	const char	*body;
	const char	*secret;
	enum err	 want;
};

static void
tell_all(const struct told all[], size_t n)
{
	static char header[8][HEADER];
	struct telling t[8];
	enum err e[8];
	size_t i;

	assert_true(n <= NELEM(t));
	for (i = 0; i < n; i++)
		t[i] = telling_of(all[i].body, all[i].secret, header[i]);
	hear_events(app, t, e, n);
	for (i = 0; i < n; i++)
		if (e[i] != all[i].want)
			fail_msg("number %zu: %s", i, err_name(e[i]));
}

/* How many commits wrote what is in stripe_event. */
#define COMMITS	sql("SELECT count(DISTINCT xmin::text) FROM stripe_event", \
	NULL, NULL)

static void
events_that_come_together_are_kept_together(void **state)
{
	static const struct told all[] = {
		{ CLEAR_OF("evt_2", "in_2"), "whsec_test", ERR_OK },
		{ CLEAR_OF("evt_1", "in_1"), "whsec_test", ERR_OK },
		{ CLEAR_OF("evt_9", "in_9"), "whsec_other", ERR_DENIED },
		{ CLEAR_OF("evt_2", "in_2"), "whsec_test", ERR_OK },
		{ CLEAR_OF("evt_3", "in_1"), "whsec_test", ERR_OK },
		{ EVENT, "whsec_test", ERR_OK }
	};

	(void)state;
	sql("INSERT INTO stripe_object (lane, id, kind, state) VALUES"
	    " (get_byte(sha256('in_1'), 0), 'in_1', 'invoice', 'parked')", NULL,
	    NULL);
	tell_all(all, NELEM(all));
	assert_int_equal(rings(), 1);
	assert_string_equal(COMMITS, "1");
	assert_string_equal(sql("SELECT string_agg(id, ' ' ORDER BY id)"
	    " FROM stripe_event", NULL, NULL), "evt_1 evt_2 evt_3");
	/* Each object once, however many are about it. */
	assert_string_equal(sql("SELECT string_agg(concat_ws(' ', id, heard,"
	    " state), ', ' ORDER BY id) FROM stripe_object", NULL, NULL),
	    "in_1 2 waiting, in_2 1 waiting");
	/* As it came. */
	assert_string_equal(sql("SELECT payload FROM stripe_event"
	    " WHERE id = 'evt_3'", NULL, NULL), CLEAR_OF("evt_3", "in_1"));
	assert_string_equal(sql("SELECT payload FROM stripe_event"
	    " WHERE id = 'evt_1'", NULL, NULL), CLEAR_OF("evt_1", "in_1"));

	/* All of it was known: nobody is rung for. */
	tell_all(all, NELEM(all));
	assert_int_equal(rings(), 0);
	assert_string_equal(sql("SELECT sum(heard) FROM stripe_object", NULL,
	    NULL), "3");
}

/* Whoever is due keeps the turn, so that no index changes; not while it is read. */
static void
a_burst_about_an_object_keeps_its_turn(void **state)
{
	char due[64];

	(void)state;
	assert_int_equal(tell(CLEAR_OF("evt_1", "in_1"), "whsec_test"), ERR_OK);
	snprintf(due, sizeof(due), "%s",
	    sql("SELECT due_at FROM stripe_object", NULL, NULL));
	assert_int_equal(tell(CLEAR_OF("evt_2", "in_1"), "whsec_test"), ERR_OK);
	assert_string_equal(sql("SELECT due_at FROM stripe_object", NULL, NULL),
	    due);
	sql("UPDATE stripe_object SET leased_until = now() + interval '1 min'",
	    NULL, NULL);
	assert_int_equal(tell(CLEAR_OF("evt_3", "in_1"), "whsec_test"), ERR_OK);
	assert_string_not_equal(sql("SELECT due_at FROM stripe_object", NULL,
	    NULL), due);

	/* One that waits after a failure is due now. */
	sql("UPDATE stripe_object SET leased_until = NULL,"
	    " due_at = now() + interval '1 hour'", NULL, NULL);
	assert_int_equal(tell(CLEAR_OF("evt_4", "in_1"), "whsec_test"), ERR_OK);
	assert_string_equal(sql("SELECT due_at <= now() FROM stripe_object",
	    NULL, NULL), "t");
}

/* What a column does not take as it is, what nobody can read, a stranger's. */
static void
odd_ones_among_events_are_kept_too(void **state)
{
	static const struct told all[] = {
		{ CLEAR_OF("evt_1", "in_1"), "whsec_test", ERR_OK },
		{ EVENT_OF("evt_2", "false", "invoice", "in_2"), "whsec_test",
		    ERR_OK },
		{ "<html>", "whsec_test", ERR_OK },
		{ EVENT_OF("evt_4", "true", "invoice", "in_4"), "whsec_test",
		    ERR_OK },
		{ CLEAR_OF("evt_5", "in_5"), "whsec_test", ERR_OK },
		{ SPLIT_OF("evt_6", "in_6"), "whsec_test", ERR_OK }
	};

	(void)state;
	tell_all(all, NELEM(all));
	assert_int_equal(rings(), 1);
	assert_string_equal(sql("SELECT count(*) FROM stripe_event", NULL,
	    NULL), "6");
	assert_string_equal(sql("SELECT payload FROM stripe_event"
	    " WHERE id = 'evt_6'", NULL, NULL), SPLIT_OF("evt_6", "in_6"));
	assert_string_equal(sql("SELECT string_agg(state, ' ' ORDER BY state)"
	    " FROM stripe_object", NULL, NULL),
	    "dead waiting waiting waiting waiting");
	assert_string_equal(sql("SELECT string_agg(DISTINCT id, ' ')"
	    " FROM stripe_event WHERE xmin::text = (SELECT xmin::text FROM"
	    " stripe_event WHERE id = 'evt_1')", NULL, NULL), "evt_1 evt_5");
}

static void
an_event_that_cannot_be_kept_takes_nobody_with_it(void **state)
{
	static const struct told all[] = {
		{ CLEAR_OF("evt_1", "in_1"), "whsec_test", ERR_OK },
		{ CLEAR_OF("evt_2", "in_2"), "whsec_test", ERR_INTERNAL },
		{ CLEAR_OF("evt_3", "in_3"), "whsec_test", ERR_OK }
	}, more[] = {
		{ CLEAR_OF("evt_4", "in_4"), "whsec_test", ERR_OK },
		{ CLEAR_OF("evt_5", "in_5"), "whsec_test", ERR_OK }
	};

	(void)state;
	sql("ALTER TABLE stripe_object ADD CONSTRAINT no_two"
	    " CHECK (id <> 'in_2') NOT VALID", NULL, NULL);
	tell_all(all, NELEM(all));
	assert_int_equal(rings(), 1);
	assert_string_equal(sql("SELECT string_agg(id, ' ' ORDER BY id)"
	    " FROM stripe_event", NULL, NULL), "evt_1 evt_3");
	assert_string_equal(COMMITS, "2");

	/* It is not tried together at once again, and later it is. */
	tell_all(more, NELEM(more));
	assert_string_equal(COMMITS, "4");
	sql("ALTER TABLE stripe_object DROP CONSTRAINT no_two", NULL, NULL);
	sql("DELETE FROM stripe_event", NULL, NULL);
	app->apart_until_us = 0;
	tell_all(more, NELEM(more));
	assert_string_equal(COMMITS, "1");
}

/* Somebody has the rows locked: all wait for that once, not one after another. */
static void
events_that_come_together_ask_once_whose_they_are(void **state)
{
	static const struct told all[] = {
		{ CLEAR_OF("evt_1", "in_1"), "whsec_test", ERR_LATER },
		{ CLEAR_OF("evt_2", "in_2"), "whsec_other", ERR_DENIED },
		{ CLEAR_OF("evt_3", "in_3"), "whsec_test", ERR_LATER },
		{ CLEAR_OF("evt_4", "in_4"), "whsec_test", ERR_LATER }
	};

	(void)state;
	sql("CREATE SEQUENCE asked", NULL, NULL);
	sql("CREATE FUNCTION refuse() RETURNS boolean LANGUAGE plpgsql AS"
	    " 'BEGIN PERFORM nextval(''asked''); RAISE EXCEPTION ''x'' USING"
	    " ERRCODE = ''55P03''; END'", NULL, NULL);
	sql("ALTER TABLE stripe_home RENAME TO stripe_away", NULL, NULL);
	sql("CREATE VIEW stripe_home AS SELECT ''::text AS account,"
	    " false AS livemode WHERE refuse()", NULL, NULL);
	app->home_until_us = 0;
	tell_all(all, NELEM(all));
	assert_string_equal(sql("SELECT concat(last_value, is_called) FROM"
	    " asked", NULL, NULL), "1t");
	sql("DROP VIEW stripe_home", NULL, NULL);
	sql("ALTER TABLE stripe_away RENAME TO stripe_home", NULL, NULL);
	sql("DROP FUNCTION refuse()", NULL, NULL);
	sql("DROP SEQUENCE asked", NULL, NULL);
	assert_string_equal(COMMITS, "0");
	assert_int_equal(tell(CLEAR_OF("evt_1", "in_1"), "whsec_test"), ERR_OK);
}

/* A courier that has the later of two objects, and then wants the other. */
struct beside {
	struct db	*db;
	int		 holds;		/* or has failed; set, atomically */
	int		 runs;
	enum err	 err;
};

static enum err
take_both(struct db *d, void *arg)
{
	static const struct stmt hold = { .name = "hold", .text =
	    "UPDATE stripe_object SET seen = seen WHERE id = 'in_2'" },
	    somebody_waits = { .name = "somebody_waits", .text =
	    "SELECT EXISTS (SELECT FROM pg_stat_activity a"
	    " WHERE pg_backend_pid() = ANY (pg_blocking_pids(a.pid)))" },
	    hold_too = { .name = "hold_too", .text =
	    "UPDATE stripe_object SET seen = seen WHERE id = 'in_1'" };
	const int64_t until_ms = clock_mono_ms() + 20000;
	struct beside *b = arg;
	int waits = 0;
	enum err e;

	b->runs++;
	e = db_query(d, &hold, NULL, 0, NULL);
	__atomic_store_n(&b->holds, 1, __ATOMIC_SEQ_CST);
	if (e != ERR_OK)
		return e;
	while (b->runs == 1 && !waits && clock_mono_ms() < until_ms)
		if ((e = db_ask(d, &somebody_waits, NULL, 0, &waits)) != ERR_OK)
			return e;
	return db_query(d, &hold_too, NULL, 0, NULL);
}

static void *
run_beside(void *arg)
{
	struct beside *b = arg;

	b->err = db_transaction(b->db, take_both, b);
	return NULL;
}

/* The lanes of the two are in this order. */
static void
events_that_come_together_give_way(void **state)
{
	static const struct told both[] = {
		{ CLEAR_OF("evt_1", "in_1"), "whsec_test", ERR_OK },
		{ CLEAR_OF("evt_2", "in_2"), "whsec_test", ERR_OK }
	}, more[] = {
		{ CLEAR_OF("evt_3", "in_1"), "whsec_test", ERR_OK },
		{ CLEAR_OF("evt_4", "in_2"), "whsec_test", ERR_OK }
	};
	static const struct stmt is_patient = { .name = "is_patient", .text =
	    "SELECT current_setting('lock_timeout') = '2s'" };
	struct beside b = { .db = connect_as("beside") };
	pthread_t thread;
	char *said;
	int patient;

	(void)state;
	tell_all(both, NELEM(both));
	assert_string_equal(COMMITS, "1");
	sql("DELETE FROM stripe_event", NULL, NULL);

	pthread_create(&thread, NULL, run_beside, &b);
	while (!__atomic_load_n(&b.holds, __ATOMIC_SEQ_CST))
		sched_yield();
	stderr_catch();
	tell_all(more, NELEM(more));
	said = stderr_caught();
	pthread_join(thread, NULL);
	assert_non_null(strstr(said, "event_insert_all met sqlstate 55P03"));
	free(said);
	assert_int_equal(b.err, ERR_OK);
	/* The courier had not to begin again, or not because of a circle. */
	assert_true(b.runs == 1 || text_equal(
	    sql("SHOW default_transaction_isolation", NULL, NULL),
	    "serializable"));
	assert_string_equal(sql("SELECT count(*) FROM stripe_event", NULL,
	    NULL), "2");
	/* The next ones come together again, and wait for locks as ever. */
	sql("DELETE FROM stripe_event", NULL, NULL);
	tell_all(more, NELEM(more));
	assert_string_equal(COMMITS, "1");
	assert_int_equal(db_ask(app->db, &is_patient, NULL, 0, &patient),
	    ERR_OK);
	assert_true(patient);
	db_close(b.db);
}

/* One row that somebody has: the others go on together, and do not wait. */
static void
events_whose_object_is_held_are_kept_apart(void **state)
{
	static const struct told first = { CLEAR_OF("evt_1", "in_1"),
	    "whsec_test", ERR_OK }, all[] = {
		{ CLEAR_OF("evt_2", "in_2"), "whsec_test", ERR_OK },
		{ CLEAR_OF("evt_3", "in_1"), "whsec_test", ERR_LATER },
		{ CLEAR_OF("evt_4", "in_3"), "whsec_test", ERR_OK },
		{ CLEAR_OF("evt_5", "in_2"), "whsec_test", ERR_OK }
	}, more[] = {
		{ CLEAR_OF("evt_3", "in_1"), "whsec_test", ERR_OK },
		{ CLEAR_OF("evt_6", "in_3"), "whsec_test", ERR_OK }
	};
	char *said;

	(void)state;
	tell_all(&first, 1);
	sql("DELETE FROM stripe_event", NULL, NULL);
	sql("BEGIN", NULL, NULL);
	sql("UPDATE stripe_object SET seen = seen WHERE id = 'in_1'", NULL,
	    NULL);
	stderr_catch();
	tell_all(all, NELEM(all));
	said = stderr_caught();
	sql("ROLLBACK", NULL, NULL);
	assert_non_null(strstr(said, "event_insert_all met sqlstate 55P03"));
	assert_non_null(strstr(said, "event_insert failed with sqlstate"
	    " 55P03"));
	free(said);
	assert_string_equal(COMMITS, "1");
	assert_string_equal(sql("SELECT string_agg(id, ' ' ORDER BY id)"
	    " FROM stripe_event", NULL, NULL), "evt_2 evt_4 evt_5");

	/* With nobody in the way they are as any others. */
	tell_all(more, NELEM(more));
	assert_string_equal(COMMITS, "2");
	assert_string_equal(sql("SELECT count(*) FROM stripe_event", NULL,
	    NULL), "5");
}

/* Nor can it be asked who has which row: somebody has all of the table. */
static void
events_that_nobody_can_part_are_told_to_come_again(void **state)
{
	static const struct told all[] = {
		{ CLEAR_OF("evt_1", "in_1"), "whsec_test", ERR_LATER },
		{ CLEAR_OF("evt_2", "in_2"), "whsec_test", ERR_LATER }
	};
	static const struct stmt hurry = { .name = "hurry", .text =
	    "SET lock_timeout = '100ms'" }, patience = { .name = "patience",
	    .text = "SET lock_timeout = '2s'" };
	char *said;

	(void)state;
	assert_int_equal(db_query(app->db, &hurry, NULL, 0, NULL), ERR_OK);
	sql("BEGIN", NULL, NULL);
	sql("LOCK TABLE stripe_object IN ACCESS EXCLUSIVE MODE", NULL, NULL);
	stderr_catch();
	tell_all(all, NELEM(all));
	said = stderr_caught();
	sql("ROLLBACK", NULL, NULL);
	assert_int_equal(db_query(app->db, &patience, NULL, 0, NULL), ERR_OK);
	assert_non_null(strstr(said, "event_find_held failed with"));
	free(said);
	assert_string_equal(COMMITS, "0");
	assert_int_equal(rings(), 0);
}

/* Scenario 18: a replica that is behind: what it says is not the last word. */
static void
an_answer_that_is_older_than_the_event_is_asked_for_again(void **state)
{
	char event[2048];
	struct errand x;

	(void)state;
	has_customer("cus_1");
	snprintf(event, sizeof(event), "{\"id\":\"evt_1\",\"object\":"
	    "\"event\",\"type\":\"customer.subscription.deleted\","
	    "\"api_version\":\"" STRIPE_VERSION "\",\"created\":1700000000,"
	    "\"livemode\":false,\"data\":{\"object\":%s}}",
	    SUB_OF("cus_1", "canceled"));
	assert_int_equal(tell(event, "whsec_test"), ERR_OK);
	stripe_says(SUB, "200 OK", SUB_OF("cus_1", "active"));
	claim_object("sub_1", &x);
	assert_int_equal(apply_object(app, &x), ERR_OK);
	assert_string_equal(errand_of("sub_1"), "waiting 0 t");

	/* Once: whatever it says now is what is. */
	sql("UPDATE stripe_object SET due_at = now()", NULL, NULL);
	claim_object("sub_1", &x);
	assert_int_equal(apply_object(app, &x), ERR_OK);
	assert_string_equal(errand_of("sub_1"), "done 0 f");
	assert_int_equal(server_heard(SUB), 2);

	/* An answer that shows what the event has shown is good at once. */
	stripe_says(SUB, "200 OK", SUB_OF("cus_1", "canceled"));
	assert_int_equal(hear_and_apply(STRIPE_SUBSCRIPTION, "sub_1"), ERR_OK);
	assert_string_equal(errand_of("sub_1"), "done 0 f");
}

static void
what_is_not_signed_is_denied(void **state)
{
	const struct telling unsigned_one = { .body = EVENT,
	    .len = sizeof(EVENT) - 1, .now = 1700000000 };
	enum err e;

	(void)state;
	assert_int_equal(tell(EVENT, "whsec_other"), ERR_DENIED);
	assert_int_equal(tell("<html>", "whsec_other"), ERR_DENIED);
	hear_events(app, &unsigned_one, &e, 1);
	assert_int_equal(e, ERR_DENIED);
	assert_string_equal(sql("SELECT count(*) FROM stripe_event", NULL,
	    NULL), "0");
	assert_int_equal(rings(), 0);
}

/* Refused it would come again until Stripe disables the endpoint. */
static void
what_is_signed_is_taken(void **state)
{
	static const struct {
		const char	*body, *want;
	} odd[] = {
		{ "{\"object\":\"event\",\"data\":{\"object\":{\"object\":"
		    "\"invoice\",\"id\":\"in_2\",\"metadata\":{\"a\":\"\\u0000"
		    "\\ud800\"}}}}", "waiting" },
		{ "{\"object\":\"event\",\"data\":{\"object\":{\"object\":"
		    "\"invoice\",\"id\":\"in_3\",\"status\":", "waiting" },
		{ "{\"object\":\"charge\"}", "dead" },
		{ "<html>", "dead" },
		{ "", "dead" },
		{ "\xff\xfe{", "dead" }
	};
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(odd); i++) {
		sql("DELETE FROM stripe_object", NULL, NULL);
		assert_int_equal(tell(odd[i].body, "whsec_test"), ERR_OK);
		assert_int_equal(rings(), 1);
		assert_string_equal(sql("SELECT state FROM stripe_object",
		    NULL, NULL), odd[i].want);
		/* The same body is the same event. */
		assert_int_equal(tell(odd[i].body, "whsec_test"), ERR_OK);
		assert_int_equal(rings(), 0);
	}
	assert_string_equal(sql("SELECT count(*) FROM stripe_event", NULL,
	    NULL), "6");
}

/* Brought back, there is nothing to read: it says so, and harms nothing. */
static void
an_event_cannot_be_read_again(void **state)
{
	(void)state;
	assert_int_equal(tell("{\"id\":\"evt_9\"}", "whsec_test"), ERR_OK);
	assert_int_equal(errand_retry(app->db, &object_errands,
	    lane_of("evt_9"), "evt_9"), ERR_OK);
	assert_int_equal(apply_claimed("evt_9"), ERR_OK);
	assert_string_equal(errand_of("evt_9"), "dead 1 f cannot be read");
}

#define TOLD(id, rest)	"{\"id\":\"" id "\",\"type\":\"x\"," rest "}"
#define OF_IN_1	"\"object\":\"event\",\"data\":{\"object\":{\"object\":" \
	"\"invoice\",\"id\":\"in_1\"}}"
#define THIN	"\"object\":\"v2.core.event\",\"related_object\":{" \
	"\"type\":\"invoice\",\"id\":\"in_1\"}"

/*
 * Scenario 6: kept and no more: our key cannot read it, or would read another.
 */
static void
what_is_not_ours_is_not_read(void **state)
{
	static const struct {
		const char	*body, *why;
	} foreign[] = {
		{ TOLD("evt_1", "\"livemode\":true," OF_IN_1), "live" },
		{ TOLD("evt_2", "\"account\":\"acct_9\"," OF_IN_1),
		    "account" },
		{ TOLD("evt_3", "\"context\":\"acct_9\"," THIN), "account" },
		{ TOLD("evt_4", "\"account\":\"acct_9\",\"object\":\"x\""),
		    "account" }
	}, ours[] = {
		{ TOLD("evt_5", "\"livemode\":false," OF_IN_1), NULL },
		{ TOLD("evt_6", "\"account\":\"acct_1\"," OF_IN_1), NULL },
		{ TOLD("evt_7", "\"context\":\"org_1/acct_1\"," THIN), NULL },
		{ TOLD("evt_8", OF_IN_1), NULL }
	};
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(foreign); i++) {
		sql("DELETE FROM event_trait", NULL, NULL);
		memset(app->noted, 0, sizeof(app->noted));
		assert_int_equal(tell(foreign[i].body, "whsec_test"), ERR_OK);
		assert_string_equal(sql("SELECT value FROM event_trait"
		    " WHERE trait = 'foreign'", NULL, NULL), foreign[i].why);
	}
	assert_string_equal(sql("SELECT count(*) FROM stripe_object", NULL,
	    NULL), "0");
	assert_string_equal(sql("SELECT concat(count(*), max(account))"
	    " FROM stripe_event", NULL, NULL), "4acct_9");
	for (i = 0; i < NELEM(ours); i++)
		assert_int_equal(tell(ours[i].body, "whsec_test"), ERR_OK);
	assert_string_equal(sql("SELECT heard FROM stripe_object", NULL,
	    NULL), "4");
}

/* Until Stripe was asked, only a connected account's event is a stranger's. */
static void
as_long_as_nobody_knows_whose_rows_these_are(void **state)
{
	(void)state;
	sql("DELETE FROM stripe_home", NULL, NULL);
	assert_int_equal(tell(TOLD("evt_1", "\"account\":\"acct_1\"," OF_IN_1),
	    "whsec_test"), ERR_OK);
	assert_string_equal(sql("SELECT count(*) FROM stripe_object", NULL,
	    NULL), "0");
	assert_int_equal(tell(TOLD("evt_2", "\"livemode\":true," OF_IN_1),
	    "whsec_test"), ERR_OK);
	assert_string_equal(sql("SELECT heard FROM stripe_object", NULL,
	    NULL), "1");
}

/* Scenario 14: told in two ways it is one event. */
static void
a_thin_twin_counts_with_its_snapshot(void **state)
{
	(void)state;
	assert_int_equal(tell(TOLD("evt_t", "\"snapshot_event\":\"evt_1\","
	    THIN), "whsec_test"), ERR_OK);
	assert_int_equal(tell(EVENT, "whsec_test"), ERR_OK);
	assert_string_equal(sql("SELECT count(*) FROM stripe_event", NULL,
	    NULL), "1");
	assert_string_equal(sql("SELECT heard FROM stripe_object", NULL,
	    NULL), "1");
	assert_string_equal(sql("SELECT string_agg(value, ' ' ORDER BY value)"
	    " FROM event_trait WHERE trait = 'version'", NULL, NULL), "thin");
}

static void
which_secret_vouched_is_written_down(void **state)
{
	char name[SIGNATURE_NAME];

	(void)state;
	signature_name("whsec_test", name);
	assert_int_equal(tell(EVENT, "whsec_test"), ERR_OK);
	assert_string_equal(sql("SELECT value FROM event_trait"
	    " WHERE trait = 'secret'", NULL, NULL), name);
	/* Not again within the minute. */
	sql("UPDATE event_trait SET seen_at = now() - interval '1 h'", NULL,
	    NULL);
	assert_int_equal(tell(EVENT, "whsec_test"), ERR_OK);
	assert_string_equal(sql("SELECT bool_or(seen_at > now() -"
	    " interval '1 min') FROM event_trait", NULL, NULL), "f");
	memset(app->noted, 0, sizeof(app->noted));
	assert_int_equal(tell(EVENT, "whsec_test"), ERR_OK);
	assert_string_equal(sql("SELECT seen_at > now() - interval '1 min'"
	    " FROM event_trait WHERE trait = 'secret'", NULL, NULL), "t");
}

#define NOTICE_URL	"GET /v2/core/events/evt_n"
#define NOTICE	"{\"id\":\"evt_n\",\"object\":\"v2.core.event\",\"type\":" \
	"\"v2.core.health.event_generation_failure.resolved\"," \
	"\"related_object\":null}"
#define NOTICE_OF(object)	"{\"id\":\"evt_n\",\"data\":{\"impact\":{" \
	"\"related_object\":" object "}}}"

/* What was not generated is read all the same, once Stripe says so. */
static void
an_event_that_was_not_generated_leads_to_its_object(void **state)
{
	(void)state;
	assert_int_equal(tell(NOTICE, "whsec_test"), ERR_OK);
	stripe_says(NOTICE_URL, "200 OK",
	    NOTICE_OF("{\"id\":\"sub_1\",\"type\":\"subscription\"}"));
	assert_int_equal(apply_claimed("evt_n"), ERR_OK);
	assert_string_equal(errand_of("evt_n"), "done 0 f");
	assert_string_equal(errand_of("sub_1"), "waiting 0 f");

	/* About what nobody follows. */
	stripe_says(NOTICE_URL, "200 OK",
	    NOTICE_OF("{\"id\":\"po_1\",\"type\":\"payout\"}"));
	assert_int_equal(hear_and_apply(STRIPE_NOTICE, "evt_n"), ERR_OK);
	assert_string_equal(errand_of("evt_n"), "done 0 f");
	assert_string_equal(sql("SELECT count(*) FROM stripe_object", NULL,
	    NULL), "2");

	/* It does not say: somebody has to. */
	stripe_says(NOTICE_URL, "200 OK", NOTICE_OF("null"));
	assert_int_equal(hear_and_apply(STRIPE_NOTICE, "evt_n"), ERR_OK);
	assert_non_null(strstr(errand_of("evt_n"), "dead 1 f it does not say"));
}

/* Not kept is not heard: Stripe comes again. */
static void
an_event_that_cannot_be_kept_is_not_believed(void **state)
{
	(void)state;
	rows_stop("stripe_object");
	assert_int_equal(tell(EVENT, "whsec_test"), ERR_INTERNAL);
	rows_come("stripe_object");
	assert_string_equal(sql("SELECT count(*) FROM stripe_event", NULL,
	    NULL), "0");
	assert_int_equal(rings(), 0);
	assert_int_equal(tell(EVENT, "whsec_test"), ERR_OK);
	assert_int_equal(rings(), 1);
}

/* --- how it goes --- */

static void
readiness_is_told_with_what_waits(void **state)
{
	struct readiness r;

	(void)state;
	sql("UPDATE chore SET due_at = now() + interval '1 h'", NULL, NULL);
	sql("UPDATE chore SET done_at = now() - interval '100 s'"
	    " WHERE id = 'tidy'", NULL, NULL);
	assert_int_equal(object_hear(app->db, STRIPE_INVOICE, "in_1"), ERR_OK);
	assert_int_equal(object_hear(app->db, STRIPE_INVOICE, "in_2"), ERR_OK);
	sql("UPDATE stripe_object SET due_at = now() - interval '50 s'"
	    " WHERE id = 'in_1'", NULL, NULL);
	sql("INSERT INTO stripe_call (lane, id, account_id, kind, path, form,"
	    " state) VALUES (1, gen_random_uuid(), $1::uuid, 'customer', '/',"
	    " '', 'dead')", ada, NULL);
	assert_int_equal(object_hear(app->db, STRIPE_INVOICE, "in_3"), ERR_OK);
	sql("UPDATE stripe_object SET state = 'parked' WHERE id = 'in_3'",
	    NULL, NULL);
	assert_int_equal(look_ready(app, 1, &r), ERR_OK);
	assert_int_equal(r.backlog.due, 2);
	assert_int_equal(r.backlog.dead, 1);
	assert_int_equal(r.backlog.parked, 1);
	assert_true(r.backlog.overdue_s >= 50 && r.backlog.overdue_s < 110);
	assert_true(r.tidied_s >= 100 && r.tidied_s < 160);
	assert_int_equal(r.reconciled_s, -1);
}

static void
an_old_schema_is_not_ready(void **state)
{
	struct readiness r;

	(void)state;
	memset(&r, 0x5a, sizeof(r));
	assert_int_equal(look_ready(app, 0, &r), ERR_OK);
	assert_int_equal(((char *)&r)[0], 0x5a);
	sql("UPDATE schema_migration SET version = version - 1000", NULL,
	    NULL);
	assert_int_equal(look_ready(app, 1, &r), ERR_LATER);
	/* One that is newer is fine: the program is about to be replaced. */
	sql("UPDATE schema_migration SET version = version + 2000", NULL,
	    NULL);
	assert_int_equal(look_ready(app, 0, &r), ERR_OK);
	sql("UPDATE schema_migration SET version = version - 1000", NULL,
	    NULL);
}

#define CLEAN(f)	cmocka_unit_test_setup(f, clean)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CLEAN(a_subscription_is_read_and_applied),
		CLEAN(an_invoice_is_read_and_applied),
		CLEAN(an_odd_invoice_is_read_too),
		CLEAN(a_page_leads_to_its_subscription),
		CLEAN(a_customer_is_linked_to_whom_it_names),
		CLEAN(a_rival_customer_waits_for_somebody),
		CLEAN(a_customer_that_names_nobody_is_nobody_s),
		CLEAN(what_is_granted_is_a_whole_list_or_nothing),
		CLEAN(what_is_not_handed_over_is_put_off),
		CLEAN(what_is_gone_is_settled),
		CLEAN(an_answer_that_is_older_than_the_event_is_asked_for_again),
		CLEAN(reconciling_comes_round_within_the_grace),
		CLEAN(what_cannot_be_applied_leaves_nothing),
		CLEAN(what_was_read_too_slowly_is_dropped),
		CLEAN(of_another_kind_nothing_can_be_read),
		CLEAN(with_another_key_nothing_is_read),
		CLEAN(a_customer_is_made),
		CLEAN(a_customer_that_is_not_made_is_put_off),
		CLEAN(a_customer_that_cannot_be_linked_is_put_off),
		CLEAN(a_customer_is_linked_with_its_call),
		CLEAN(with_another_key_no_customer_is_made),
		CLEAN(without_its_account_it_is_buried),
		CLEAN(another_s_customer_is_a_refusal),
		CLEAN(a_refusal_brought_back_is_replaced_by_one),
		CLEAN(a_refusal_brought_back_too_late_is_nothing),
		CLEAN(a_refusal_of_one_who_has_a_customer_is_nothing),
		CLEAN(tidying_comes_round_daily),
		CLEAN(reconciling_comes_round_as_configured),
		CLEAN(a_chore_that_ended_early_comes_again),
		CLEAN(a_chore_that_nobody_knows_is_buried),
		CLEAN(what_has_had_its_time_is_deleted),
		CLEAN(what_fails_in_one_table_leaves_no_other),
		CLEAN(a_turn_that_goes_on_beats),
		CLEAN(a_turn_that_is_lost_stops),
		CLEAN(a_turn_lets_others_through_and_can_be_ended),
		CLEAN(what_differs_is_heard_of),
		CLEAN(what_our_rows_say_is_overdue_is_heard_of),
		CLEAN(a_list_is_gone_through_page_by_page),
		CLEAN(a_list_that_does_not_say_whether_it_ends_is_none),
		CLEAN(a_page_that_cannot_be_had_holds_nothing_up),
		CLEAN(a_key_that_is_refused_or_a_budget_is_for_all_lists),
		CLEAN(a_round_is_read_as_it_was_written),
		CLEAN(with_another_key_nothing_is_reconciled),
		CLEAN(the_desk_shows_what_is_asked_for),
		CLEAN(the_desk_revives_all_that_can_be),
		CLEAN(an_event_is_believed_once_it_is_kept),
		CLEAN(events_that_come_together_are_kept_together),
		CLEAN(a_burst_about_an_object_keeps_its_turn),
		CLEAN(odd_ones_among_events_are_kept_too),
		CLEAN(an_event_that_cannot_be_kept_takes_nobody_with_it),
		CLEAN(events_that_come_together_ask_once_whose_they_are),
		CLEAN(events_that_come_together_give_way),
		CLEAN(events_whose_object_is_held_are_kept_apart),
		CLEAN(events_that_nobody_can_part_are_told_to_come_again),
		CLEAN(what_is_not_signed_is_denied),
		CLEAN(what_is_signed_is_taken),
		CLEAN(an_event_cannot_be_read_again),
		CLEAN(what_is_not_ours_is_not_read),
		CLEAN(as_long_as_nobody_knows_whose_rows_these_are),
		CLEAN(a_thin_twin_counts_with_its_snapshot),
		CLEAN(which_secret_vouched_is_written_down),
		CLEAN(an_event_that_was_not_generated_leads_to_its_object),
		CLEAN(an_event_that_cannot_be_kept_is_not_believed),
		CLEAN(readiness_is_told_with_what_waits),
		CLEAN(an_old_schema_is_not_ready),
	};
	int failed;

	if (!rows_open())
		return SKIPPED;
	failed = cmocka_run_group_tests(tests, app_make, app_break);
	rows_close();
	return failed;
}
