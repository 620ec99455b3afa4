/* SPDX-License-Identifier: MIT */

/* Getting to Stripe's pages: Checkout and the portal. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app.h"
#include "app/buy.h"
#include "app/look_at_purchase.h"
#include "app/manage_billing.h"
#include "base/mem.h"
#include "base/text.h"
#include "billing/call.h"
#include "billing/send.h"
#include "stripe/client.h"

#define CUSTOMERS	"POST /v1/customers"
#define CUS		"GET /v1/customers/cus_1"
#define PAGES		"POST /v1/checkout/sessions"
#define EXPIRE(id)	"POST /v1/checkout/sessions/" id "/expire"
#define LIST		"GET /v1/checkout/sessions"
#define PAGE(id)	"GET /v1/checkout/sessions/" id
#define PORTAL		"POST /v1/billing_portal/sessions"

#define SESSION(id, customer, status)					\
	"{\"id\":\"" id "\",\"object\":\"checkout.session\","		\
	"\"customer\":\"" customer "\",\"status\":\"" status "\","	\
	"\"url\":\"https://checkout.stripe.com/" id "\","		\
	"\"expires_at\":4102444800}"
#define LOST	"{\"error\":{\"code\":\"resource_missing\"," \
	"\"param\":\"customer\"}}"

static struct account ada;

static int
clean(void **state)
{
	if (app_clean(state) != 0)
		return 1;
	memcpy(ada.id, new_account(), sizeof(ada.id));
	snprintf(ada.email, sizeof(ada.email), "%s@example.com", ada.id);
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
	    ada.id, id);
}

/* Buy; how it ended is in `page`. */
static struct bought_page page;

static enum err
order_until(int64_t last_us, const char *plan, int quantity)
{
	const struct order o = { .account = &ada,
	    .plan = buy_plan(app, plan), .quantity = quantity,
	    .last_us = last_us };

	return buy(app, &o, &page);
}

static enum err
order(const char *plan, int quantity)
{
	return order_until(in_time(), plan, quantity);
}

/* The calls so far, in the order in which they came. */
static const char *
calls(void)
{
	return sql("SELECT coalesce(string_agg(concat_ws(':', kind, state,"
	    " outcome), ' ' ORDER BY created_at, kind), '')"
	    " FROM stripe_call", NULL, NULL);
}

/* --- the process --- */

static void
a_pool_has_what_it_needs_and_no_more(void **state)
{
	const struct app_role role = { .name = "app", .duties = DUTY_STRIPE,
	    .doorbell = -1, .patience = 25 };
	struct app *a;

	(void)state;
	assert_non_null(a = app_open(&conf, &role));
	assert_non_null(a->stripe);
	assert_null(a->signatures);
	assert_null(a->pepper);
	assert_null(a->slots);
	assert_null(a->signer);
	/* What is begun in time has its answer before the worker is killed. */
	assert_int_equal(app_last_us(a, 7), 7 + 20 * INT64_C(1000000));
	app_close(a);
}

/* --- the page --- */

/* Scenario 33. */
static void
only_plans_that_are_sold(void **state)
{
	(void)state;
	assert_string_equal(buy_plan(app, "team")->price, "price_team");
	assert_null(buy_plan(app, "gold"));
	assert_null(buy_plan(app, NULL));
}

static void
a_customer_is_made_and_then_a_page(void **state)
{
	(void)state;
	stripe_says(CUSTOMERS, "200 OK", "{\"id\":\"cus_1\"}");
	stripe_says(PAGES, "200 OK", SESSION("cs_1", "cus_1", "open"));
	assert_int_equal(order("pro", 2), ERR_OK);
	assert_int_equal(page.how, BUY_PAGE);
	assert_string_equal(page.session_id, "cs_1");
	assert_string_equal(page.url, "https://checkout.stripe.com/cs_1");
	assert_true(was_said("customer=cus_1"));
	assert_true(was_said("line_items[0][price]=price_pro"));
	assert_true(was_said("line_items[0][quantity]=2"));
	assert_string_equal(calls(), "customer:done:made checkout:done:made");
	assert_string_equal(sql("SELECT id FROM customer"
	    " WHERE account_id = $1::uuid", ada.id, NULL), "cus_1");

	/* A second click: the same page, and nothing is asked of anybody. */
	assert_int_equal(order("pro", 2), ERR_OK);
	assert_int_equal(page.how, BUY_PAGE);
	assert_string_equal(page.url, "https://checkout.stripe.com/cs_1");
	assert_int_equal(server_heard(CUSTOMERS), 1);
	assert_int_equal(server_heard(PAGES), 1);
	assert_int_equal(server_heard(ACCOUNT), 1);

	/* Nor by another process with the same key. */
	app->at_home = 0;
	assert_int_equal(order("pro", 2), ERR_OK);
	assert_int_equal(server_heard(ACCOUNT), 1);
}

/* The one that sign_up has written is sent, and not another beside it. */
static void
the_errand_of_signing_up_is_done_at_once(void **state)
{
	(void)state;
	sql("INSERT INTO stripe_call (lane, id, account_id, kind, path, form)"
	    " VALUES (get_byte(sha256(convert_to($1, 'UTF8')), 0),"
	    " gen_random_uuid(), $1::uuid, 'customer', '/v1/customers',"
	    " 'email=of%20old')", ada.id, NULL);
	stripe_says(CUSTOMERS, "200 OK", "{\"id\":\"cus_1\"}");
	stripe_says(PAGES, "401 No", "{}");
	assert_int_equal(order("pro", 1), ERR_LATER);
	assert_string_equal(calls(), "customer:done:made checkout:attended");
	assert_int_equal(server_heard(CUSTOMERS), 1);
}

/* One that is ordered here says who referred, as sign_up's would have. */
static void
a_customer_says_who_referred(void **state)
{
	(void)state;
	sql("INSERT INTO referral (account_id, ucc, source)"
	    " VALUES ($1::uuid, 'ABCdef12345', 'form')", ada.id, NULL);
	stripe_says(CUSTOMERS, "401 No", "{}");
	assert_int_equal(order("pro", 1), ERR_LATER);
	assert_true(was_said("metadata[cello_ucc]=ABCdef12345"));

	/* So does what is bought. */
	forget_home();
	has_customer("cus_1");
	stripe_says(PAGES, "401 No", "{}");
	assert_int_equal(order("pro", 1), ERR_LATER);
	assert_true(was_said("customer=cus_1"));
	assert_true(was_said("metadata[cello_ucc]=ABCdef12345"));
}

static void
another_order_closes_the_page_before(void **state)
{
	(void)state;
	has_customer("cus_1");
	stripe_says(PAGES, "200 OK", SESSION("cs_1", "cus_1", "open"));
	assert_int_equal(order("pro", 1), ERR_OK);
	stripe_says(EXPIRE("cs_1"), "200 OK",
	    SESSION("cs_1", "cus_1", "expired"));
	stripe_says(PAGES, "200 OK", SESSION("cs_2", "cus_1", "open"));
	assert_int_equal(order("team", 1), ERR_OK);
	assert_int_equal(page.how, BUY_PAGE);
	assert_string_equal(page.session_id, "cs_2");
	assert_int_equal(server_heard(EXPIRE("cs_1")), 1);
	assert_string_equal(sql("SELECT string_agg(status, ' ' ORDER BY id)"
	    " FROM checkout_session", NULL, NULL), "expired open");

	/* So does a page that would not last. */
	sql("UPDATE checkout_session SET expires_at = now() +"
	    " interval '14 minutes'", NULL, NULL);
	stripe_says(EXPIRE("cs_2"), "200 OK",
	    SESSION("cs_2", "cus_1", "expired"));
	stripe_says(PAGES, "200 OK", SESSION("cs_3", "cus_1", "open"));
	assert_int_equal(order("team", 1), ERR_OK);
	assert_string_equal(page.session_id, "cs_3");
	assert_int_equal(server_heard(EXPIRE("cs_2")), 1);
}

/* It was paid on in that moment: nothing more is sold, somebody looks. */
static void
a_page_that_cannot_be_closed_was_paid_on(void **state)
{
	(void)state;
	has_customer("cus_1");
	stripe_says(PAGES, "200 OK", SESSION("cs_1", "cus_1", "open"));
	assert_int_equal(order("pro", 1), ERR_OK);
	(void)rings();
	stripe_says(EXPIRE("cs_1"), "400 Bad", "{\"error\":{}}");
	stripe_says(PAGE("cs_1"), "200 OK",
	    SESSION("cs_1", "cus_1", "complete"));
	assert_int_equal(order("team", 1), ERR_OK);
	assert_int_equal(page.how, BUY_PROCESSING);
	assert_string_equal(page.url, "");
	assert_int_equal(server_heard(PAGES), 1);
	assert_string_equal(sql("SELECT concat_ws(' ', id, kind, state)"
	    " FROM stripe_object", NULL, NULL),
	    "cs_1 checkout.session waiting");
	assert_int_equal(rings(), 1);
	/* It is over: nobody is sent. */
	sql("DELETE FROM stripe_object", NULL, NULL);
	sql("UPDATE checkout_session SET status = 'expired'", NULL, NULL);
	assert_int_equal(look_at_purchase(app, ada.id, "cs_1"), ERR_OK);
	assert_string_equal(sql("SELECT count(*) FROM stripe_object", NULL,
	    NULL), "0");
	assert_int_equal(rings(), 0);
}

/* Or it had ended by itself: then it is in nobody's way. */
static void
a_page_that_has_ended_is_followed_by_another(void **state)
{
	(void)state;
	has_customer("cus_1");
	stripe_says(PAGES, "200 OK", SESSION("cs_1", "cus_1", "open"));
	assert_int_equal(order("pro", 1), ERR_OK);
	stripe_says(EXPIRE("cs_1"), "400 Bad", "{\"error\":{}}");
	stripe_says(PAGES, "200 OK", SESSION("cs_2", "cus_1", "open"));

	/* Stripe does not say which: come again. */
	stripe_says(PAGE("cs_1"), "503 Oops", "{}");
	assert_int_equal(order("team", 1), ERR_LATER);
	/* It does not agree with itself: not for ever. */
	stripe_says(PAGE("cs_1"), "200 OK", SESSION("cs_1", "cus_1", "open"));
	assert_int_equal(order("team", 1), ERR_LATER);
	assert_int_equal(server_heard(PAGE("cs_1")), 3);

	stripe_says(PAGE("cs_1"), "200 OK",
	    SESSION("cs_1", "cus_1", "expired"));
	assert_int_equal(order("team", 1), ERR_OK);
	assert_int_equal(page.how, BUY_PAGE);
	assert_string_equal(page.session_id, "cs_2");

	/* Stripe has forgotten it. */
	stripe_says(EXPIRE("cs_2"), "404 Gone", ERROR("resource_missing"));
	stripe_says(PAGE("cs_2"), "404 Gone", ERROR("resource_missing"));
	stripe_says(PAGES, "200 OK", SESSION("cs_3", "cus_1", "open"));
	assert_int_equal(order("pro", 1), ERR_OK);
	assert_string_equal(page.session_id, "cs_3");
}

/* What is open is known by all that it depends on, not by its plan's name. */
static void
a_page_is_only_for_what_it_was_made_for(void **state)
{
	char price[] = "price_dear", coupon[] = "SPRING", here[] = "http://b";
	struct plan_config *p = &conf.billing.plan[0];
	const struct plan_config plan = *p;
	char *was = conf.site;
	int turn;

	(void)state;
	has_customer("cus_1");
	sql("INSERT INTO referral (account_id, ucc, source)"
	    " VALUES ($1::uuid, 'ABCdef12345', 'form')", ada.id, NULL);
	stripe_says(PAGES, "200 OK", SESSION("cs_1", "cus_1", "open"));
	assert_int_equal(order("pro", 1), ERR_OK);
	for (turn = 0; turn < 4; turn++) {
		if (turn == 0)
			p->price = price;
		else if (turn == 1)
			p->referral_coupon = coupon;
		else if (turn == 2)
			p->trial_days = 7;
		else
			conf.site = here;
		stripe_says(EXPIRE("cs_1"), "200 OK",
		    SESSION("cs_1", "cus_1", "expired"));
		sql("DELETE FROM checkout_session WHERE status = 'expired'",
		    NULL, NULL);
		assert_int_equal(order("pro", 1), ERR_OK);
		assert_int_equal(server_heard(EXPIRE("cs_1")), turn + 1);
		/* And then it is the one. */
		sql("UPDATE checkout_session SET status = 'open',"
		    " url = 'https://checkout.stripe.com/cs_1',"
		    " subject = (SELECT subject FROM stripe_call WHERE kind ="
		    " 'checkout' ORDER BY created_at DESC LIMIT 1)", NULL,
		    NULL);
		assert_int_equal(order("pro", 1), ERR_OK);
		assert_int_equal(server_heard(PAGES), turn + 2);
	}
	*p = plan;
	conf.site = was;
}

static void
what_is_bought_is_not_sold_again(void **state)
{
	(void)state;
	has_customer("cus_1");
	sql("INSERT INTO checkout_session (id, account_id, customer_id,"
	    " subject, status, expires_at) VALUES ('cs_1', $1::uuid, 'cus_1',"
	    " 'pro:1', 'complete', now())", ada.id, NULL);
	assert_int_equal(order("pro", 1), ERR_OK);
	assert_int_equal(page.how, BUY_PROCESSING);

	sql("INSERT INTO subscription (id, customer_id, status, created,"
	    " livemode, current_period_end, paid_until, latest_invoice)"
	    " VALUES ('sub_1', 'cus_1', 'active', now(), false,"
	    " now() + interval '1 day', now(), 'in_1')", NULL, NULL);
	sql("INSERT INTO subscription_item (id, subscription_id, customer_id,"
	    " price) VALUES ('si_1', 'sub_1', 'cus_1', 'price_pro')", NULL,
	    NULL);
	assert_int_equal(order("team", 1), ERR_OK);
	assert_int_equal(page.how, BUY_ENTITLED);
	/* Nobody without access is told that they have it: pay, not twice. */
	sql("UPDATE subscription SET status = 'unpaid'", NULL, NULL);
	assert_int_equal(order("team", 1), ERR_OK);
	assert_int_equal(page.how, BUY_OWING);
	sql("UPDATE subscription SET status = 'active', paid_until = NULL",
	    NULL, NULL);
	assert_int_equal(order("team", 1), ERR_OK);
	assert_int_equal(page.how, BUY_PROCESSING);

	/* One that has ended is no reason, nor one that nobody confirms. */
	sql("UPDATE subscription SET status = 'active', paid_until = now() -"
	    " interval '1 month', current_period_end = now() -"
	    " interval '1 month'", NULL, NULL);
	sql("UPDATE checkout_session SET subscription_id = 'sub_1'", NULL,
	    NULL);
	assert_string_equal(calls(), "");
	stripe_says(PAGES, "200 OK", SESSION("cs_2", "cus_1", "open"));
	assert_int_equal(order("pro", 1), ERR_OK);
	assert_int_equal(page.how, BUY_PAGE);
}

/* Scenario 34. */
static void
a_trial_is_for_the_first_time(void **state)
{
	(void)state;
	conf.billing.plan[0].trial_days = 14;
	has_customer("cus_1");
	stripe_says(PAGES, "401 No", "{}");
	assert_int_equal(order("pro", 1), ERR_LATER);
	assert_true(was_said("trial_period_days"));
	forget_home();
	sql("DELETE FROM stripe_call", NULL, NULL);
	sql("INSERT INTO subscription (id, customer_id, status, created,"
	    " livemode, trial_end) VALUES ('sub_1', 'cus_1', 'canceled',"
	    " now(), false, now())", NULL, NULL);
	sql("INSERT INTO subscription_item (id, subscription_id, customer_id,"
	    " price) VALUES ('si_1', 'sub_1', 'cus_1', 'price_team')", NULL,
	    NULL);
	assert_int_equal(order("pro", 1), ERR_LATER);
	assert_false(was_said("trial_period_days"));
	conf.billing.plan[0].trial_days = 0;
}

/* --- what goes wrong --- */

#define KEY(of)	"SELECT '\r\nIdempotency-Key: ' || id || '\r\n'" \
	" FROM stripe_call WHERE kind = '" of "'"

/* Scenario 21: the answer was lost: the same call again, under the same key. */
static void
what_was_not_answered_is_asked_again(void **state)
{
	(void)state;
	has_customer("cus_1");
	server_says(PAGES, DROP, "", "");
	assert_int_equal(order("pro", 1), ERR_LATER);
	assert_int_equal(page.retry_after, 0);
	assert_string_equal(calls(), "checkout:attended");
	assert_string_equal(sql("SELECT first_sent_at IS NOT NULL"
	    " FROM stripe_call", NULL, NULL), "t");
	stripe_says(PAGES, "200 OK", SESSION("cs_1", "cus_1", "open"));
	assert_int_equal(order("pro", 1), ERR_OK);
	assert_string_equal(page.session_id, "cs_1");
	assert_true(was_said(sql(KEY("checkout"), NULL, NULL)));
	assert_string_equal(calls(), "checkout:done:made");
}

/* What was begun for another order is brought to its end before this one. */
static void
what_was_begun_is_ended_first(void **state)
{
	(void)state;
	has_customer("cus_1");
	server_says(PAGES, DROP, "", "");
	assert_int_equal(order("pro", 1), ERR_LATER);
	stripe_says(PAGES, "200 OK", SESSION("cs_1", "cus_1", "open"));
	server_says(EXPIRE("cs_1"), DROP, "", "");
	assert_int_equal(order("team", 1), ERR_LATER);
	assert_string_equal(calls(), "checkout:done:made expire:attended");
	stripe_says(EXPIRE("cs_1"), "200 OK",
	    SESSION("cs_1", "cus_1", "expired"));
	stripe_says(PAGES, "200 OK", SESSION("cs_2", "cus_1", "open"));
	assert_int_equal(order("team", 1), ERR_OK);
	assert_string_equal(page.session_id, "cs_2");
	assert_string_equal(calls(), "checkout:done:made expire:done:made"
	    " checkout:done:made");
}

static void
a_refusal_is_kept_and_is_the_end(void **state)
{
	(void)state;
	has_customer("cus_1");
	stripe_says(PAGES, "400 Bad", "{\"error\":{\"code\":"
	    "\"parameter_unknown\",\"param\":\"p\","
	    "\"message\":\"No: ada@example.com\"}}");
	assert_int_equal(order("pro", 1), ERR_OK);
	assert_int_equal(page.how, BUY_REFUSED);
	assert_int_equal(page.refusal, REFUSAL_OTHER);
	assert_string_equal(calls(), "checkout:done:refused");
	assert_string_equal(sql("SELECT last_error FROM stripe_call", NULL,
	    NULL), "answered 400 parameter_unknown p: No: (address)");
	assert_int_equal(server_heard(PAGES), 1);

	/* The next click is another call. */
	stripe_says(PAGES, "200 OK", SESSION("cs_1", "cus_1", "open"));
	assert_int_equal(order("pro", 1), ERR_OK);
	assert_string_equal(calls(), "checkout:done:refused"
	    " checkout:done:made");
}

/* What else Stripe refuses is said, and is nobody's 500. */
static void
a_refusal_says_whose_matter_it_is(void **state)
{
#define SAYS(code, param, message) "{\"error\":{\"code\":" code \
	",\"param\":" param ",\"message\":\"" message "\"}}"
	static const struct {
		const char	*text;
		enum refusal	 want;
	} answers[] = {
		{ SAYS("null", "\"line_items[0][price]\"", "It is inactive."),
		    REFUSAL_PLAN },
		{ SAYS("\"resource_missing\"", "\"line_items[0][price]\"",
		    "No such price"), REFUSAL_PLAN },
		{ SAYS("null", "\"line_items[0][quantity]\"", "Too many"),
		    REFUSAL_QUANTITY },
		{ SAYS("null", "\"subscription_data[trial_period_days]\"",
		    "Too long"), REFUSAL_PLAN },
		{ SAYS("null", "null", "You cannot combine currencies on a"
		    " single customer."), REFUSAL_CURRENCY },
		{ SAYS("null", "null", "The currency of the selected prices"
		    " (eur) does not match the customer currency (usd)."),
		    REFUSAL_CURRENCY },
		{ SAYS("\"amount_too_small\"", "null", "Too little"),
		    REFUSAL_PLAN },
		{ SAYS("\"customer_tax_location_invalid\"", "null", "No"),
		    REFUSAL_OTHER },
		{ "{}", REFUSAL_OTHER },
	};
	size_t i;

	(void)state;
	has_customer("cus_1");
	for (i = 0; i < NELEM(answers); i++) {
		stripe_says(PAGES, "400 Bad", answers[i].text);
		assert_int_equal(order("pro", 1), ERR_OK);
		if (page.how != BUY_REFUSED || page.refusal != answers[i].want)
			fail_msg("%s: %d, wanted %d", answers[i].text,
			    page.refusal, answers[i].want);
	}
	/* A restricted key that may not: the call waits until it may. */
	stripe_says(PAGES, "403 No", ERROR("more_permissions_required"));
	assert_int_equal(order("pro", 1), ERR_OK);
	assert_int_equal(page.how, BUY_REFUSED);
	assert_int_equal(page.refusal, REFUSAL_OTHER);
	stripe_says(PAGES, "200 OK", SESSION("cs_1", "cus_1", "open"));
	assert_int_equal(order("pro", 1), ERR_OK);
	assert_int_equal(page.how, BUY_PAGE);
}

/* Without the coupon: once, and only if it is the coupon. */
static void
a_dead_coupon_costs_the_discount_and_not_the_page(void **state)
{
	static const char *const dead[] = {
		SAYS("\"coupon_expired\"", "\"discounts[0][coupon]\"", "Over"),
		SAYS("\"resource_missing\"", "\"discounts[0][coupon]\"",
		    "No such coupon"),
		SAYS("null", "\"discounts\"", "Its currency is another"),
		SAYS("\"coupon_expired\"", "null", "Over")
	};
	char coupon[] = "SPRING", *was = conf.billing.plan[0].referral_coupon;
	size_t i;

	(void)state;
	conf.billing.plan[0].referral_coupon = coupon;
	has_customer("cus_1");
	sql("INSERT INTO referral (account_id, ucc, source)"
	    " VALUES ($1::uuid, 'ABCdef12345', 'form')", ada.id, NULL);
	for (i = 0; i < NELEM(dead); i++) {
		stripe_says(PAGES, "400 Bad", dead[i]);
		assert_int_equal(order("pro", 1), ERR_OK);
		assert_int_equal(page.how, BUY_REFUSED);
		assert_int_equal(page.refusal, REFUSAL_OTHER);
		assert_int_equal(server_heard(PAGES), 2 * ((int)i + 1));
		assert_false(was_said("discounts"));
		assert_true(was_said("allow_promotion_codes=true"));
	}

	/* The page without it is the page, for a quarter of an hour. */
	server_says(PAGES, DROP, "", "");
	assert_int_equal(order("pro", 1), ERR_LATER);
	assert_true(was_said("discounts"));
	sql("UPDATE stripe_call SET subject = subject || ':undiscounted'"
	    " WHERE state = 'attended'", NULL, NULL);
	stripe_says(PAGES, "200 OK", SESSION("cs_1", "cus_1", "open"));
	assert_int_equal(order("pro", 1), ERR_OK);
	assert_int_equal(page.how, BUY_PAGE);
	assert_int_equal(order("pro", 1), ERR_OK);
	assert_int_equal(server_heard(EXPIRE("cs_1")), 0);
	sql("UPDATE checkout_session SET created_at = now() - interval"
	    " '16 minutes'", NULL, NULL);
	stripe_says(EXPIRE("cs_1"), "200 OK",
	    SESSION("cs_1", "cus_1", "expired"));
	stripe_says(PAGES, "200 OK", SESSION("cs_2", "cus_1", "open"));
	assert_int_equal(order("pro", 1), ERR_OK);
	assert_string_equal(page.session_id, "cs_2");
	assert_true(was_said("discounts"));
	conf.billing.plan[0].referral_coupon = was;
}

/* Whoever has an address that Stripe does not take is told so. */
static void
an_address_that_is_refused_is_no_dead_end(void **state)
{
	(void)state;
	stripe_says(CUSTOMERS, "400 Bad", SAYS("\"email_invalid\"",
	    "\"email\"", "Invalid email address: a b@example.com"));
	assert_int_equal(order("pro", 1), ERR_OK);
	assert_int_equal(page.how, BUY_REFUSED);
	assert_int_equal(page.refusal, REFUSAL_EMAIL);
	assert_int_equal(order("pro", 1), ERR_OK);
	/* One waits for somebody to see it, however often it was tried. */
	assert_string_equal(calls(), "customer:done:replaced"
	    " customer:dead:refused");

	/* The address was corrected. */
	stripe_says(CUSTOMERS, "200 OK", "{\"id\":\"cus_1\"}");
	stripe_says(PAGES, "200 OK", SESSION("cs_1", "cus_1", "open"));
	assert_int_equal(order("pro", 1), ERR_OK);
	assert_int_equal(page.how, BUY_PAGE);
	assert_string_equal(calls(), "customer:done:replaced"
	    " customer:done:replaced customer:done:made checkout:done:made");
}

static void
a_key_that_is_refused_leaves_the_call_open(void **state)
{
	(void)state;
	has_customer("cus_1");
	stripe_says(PAGES, "401 No", ERROR("api_key_expired"));
	assert_int_equal(order("pro", 1), ERR_LATER);
	assert_string_equal(calls(), "checkout:attended");
}

/*
 * Scenario 29: deleted at Stripe, and we have not heard of it: once, another is
 * made.
 */
static void
a_lost_customer_is_replaced_once(void **state)
{
	(void)state;
	has_customer("cus_1");
	stripe_says(PAGES, "400 Bad", LOST);
	stripe_says(CUSTOMERS, "200 OK", "{\"id\":\"cus_2\"}");
	assert_int_equal(order("pro", 1), ERR_OK);
	assert_int_equal(page.how, BUY_REFUSED);
	assert_int_equal(server_heard(PAGES), 2);
	assert_int_equal(server_heard(CUSTOMERS), 1);
	assert_string_equal(sql("SELECT string_agg(id || deleted, ' '"
	    " ORDER BY id) FROM customer", NULL, NULL),
	    "cus_1true cus_2true");

	stripe_says(CUSTOMERS, "200 OK", "{\"id\":\"cus_3\"}");
	stripe_says(PAGES, "200 OK", SESSION("cs_1", "cus_3", "open"));
	assert_int_equal(order("pro", 1), ERR_OK);
	assert_string_equal(page.session_id, "cs_1");
}

/* Scenario 29: another param is missing: that is no customer's fault. */
static void
what_else_is_missing_is_no_lost_customer(void **state)
{
	(void)state;
	has_customer("cus_1");
	stripe_says(PAGES, "400 Bad", ERROR("resource_missing"));
	assert_int_equal(order("pro", 1), ERR_OK);
	assert_int_equal(page.how, BUY_REFUSED);
	assert_string_equal(sql("SELECT deleted FROM customer", NULL, NULL),
	    "f");
	assert_int_equal(server_heard(PAGES), 1);
}

/* Stripe made it, and we could not write it down: it is found again. */
static void
what_cannot_be_written_down_is_not_lost(void **state)
{
	(void)state;
	has_customer("cus_1");
	stripe_says(PAGES, "200 OK", SESSION("cs_1", "cus_1", "open"));
	rows_stop("checkout_session");
	assert_int_equal(order("pro", 1), ERR_INTERNAL);
	rows_come("checkout_session");
	assert_string_equal(calls(), "checkout:attended");
	assert_int_equal(order("pro", 1), ERR_OK);
	assert_string_equal(page.session_id, "cs_1");
	assert_true(was_said(sql(KEY("checkout"), NULL, NULL)));
	assert_string_equal(calls(), "checkout:done:made");
}

/* Whoever ordered has made no mistake, and it must not go on for ever. */
static void
an_answer_that_is_no_page_is_not_asked_for_again(void **state)
{
	(void)state;
	has_customer("cus_1");
	stripe_says(PAGES, "200 OK", "{\"id\":\"cs_1\"}");
	assert_int_equal(order("pro", 1), ERR_LATER);
	assert_int_equal(server_heard(PAGES), 1);
	assert_string_equal(calls(), "checkout:done:refused");
	stripe_says(PAGES, "200 OK", SESSION("cs_2", "cus_1", "open"));
	assert_int_equal(order("pro", 1), ERR_OK);
	assert_string_equal(page.session_id, "cs_2");
}

/* Nor if neither the page nor the list of them is JSON that we take. */
static void
an_answer_that_is_no_json_is_given_up(void **state)
{
	(void)state;
	has_customer("cus_1");
	stripe_says(PAGES, "200 OK", "<html>");
	assert_int_equal(order("pro", 1), ERR_LATER);
	assert_string_equal(calls(), "checkout:attended");
	sql("UPDATE stripe_call SET first_sent_at = now() - interval"
	    " '24 hours'", NULL, NULL);
	stripe_says(LIST,
	    "503 Oops", "<html>");
	assert_int_equal(order("pro", 1), ERR_LATER);
	assert_string_equal(calls(), "checkout:attended");
	stripe_says(LIST,
	    "200 OK", "<html>");
	stripe_says(PAGES, "200 OK", SESSION("cs_2", "cus_1", "open"));
	assert_int_equal(order("pro", 1), ERR_OK);
	assert_string_equal(page.session_id, "cs_2");
}

/* Without a row that says so, nothing is asked of Stripe. */
static void
what_is_not_journaled_is_not_sent(void **state)
{
	(void)state;
	has_customer("cus_1");
	stripe_says(PAGES, "200 OK", SESSION("cs_1", "cus_1", "open"));
	stripe_says(PORTAL, "200 OK", "{}");
	rows_stop("stripe_call");
	assert_int_equal(order("pro", 1), ERR_INTERNAL);
	rows_come("stripe_call");
	assert_int_equal(server_heard(PAGES), 0);
}

static void
no_round_begins_too_late(void **state)
{
	(void)state;
	stripe_says(CUSTOMERS, "200 OK", "{\"id\":\"cus_1\"}");
	stripe_says(PAGES, "200 OK", SESSION("cs_1", "cus_1", "open"));
	assert_int_equal(order_until(0, "pro", 1), ERR_LATER);
	assert_int_equal(server_heard(CUSTOMERS), 1);
	assert_int_equal(server_heard(PAGES), 0);
	assert_int_equal(order("pro", 1), ERR_OK);
	assert_int_equal(server_heard(CUSTOMERS), 1);
}

/* With another key everything would seem to be gone. */
static void
another_account_s_key_buys_nothing(void **state)
{
	(void)state;
	has_customer("cus_1");
	stripe_says(ACCOUNT, "503 Oops", "{}");
	assert_int_equal(order("pro", 1), ERR_LATER);
	assert_int_equal(page.retry_after, 0);
	stripe_says(ACCOUNT, "401 No", "{}");
	assert_int_equal(order("pro", 1), ERR_LATER);
	assert_int_equal(page.retry_after, STRIPE_KEY_REFUSED_S);

	/* For a minute Stripe is not asked again, whatever it would say. */
	stripe_says(ACCOUNT, "200 OK", "{\"id\":\"acct_1\"}");
	assert_int_equal(order("pro", 1), ERR_LATER);
	assert_int_equal(server_heard(ACCOUNT), 2);
	sql("UPDATE stripe_home SET account = 'acct_2'", NULL, NULL);
	forget_home();
	assert_int_equal(order("pro", 1), ERR_LATER);
	assert_int_equal(server_heard(ACCOUNT), 3);
	sql("UPDATE stripe_home SET account = 'acct_1', livemode = true", NULL,
	    NULL);
	forget_home();
	assert_int_equal(order("pro", 1), ERR_LATER);
	assert_string_equal(calls(), "");

	/* A restricted key that may not ask is believed, in its mode. */
	sql("UPDATE stripe_home SET livemode = false", NULL, NULL);
	forget_home();
	stripe_says(ACCOUNT, "403 No", "{}");
	stripe_says(CUS, "200 OK", "{\"id\":\"cus_1\"}");
	stripe_says(PAGES, "200 OK", SESSION("cs_1", "cus_1", "open"));
	assert_int_equal(order("pro", 1), ERR_OK);
}

/* Whose it is says neither the key nor a row: does it know their customers? */
static void
a_key_that_says_nothing_proves_itself(void **state)
{
	(void)state;
	has_customer("cus_1");
	stripe_says(ACCOUNT, "403 No", "{}");
	stripe_says(CUS, "404 Not Found", "{}");
	stripe_says(PAGES, "200 OK", SESSION("cs_1", "cus_1", "open"));
	assert_int_equal(order("pro", 1), ERR_LATER);
	assert_int_equal(page.retry_after, STRIPE_KEY_REFUSED_S);
	assert_string_equal(calls(), "");
	assert_string_equal(sql("SELECT account FROM stripe_home", NULL,
	    NULL), "acct_1");

	/* Nor is one believed when nobody has written down whose they are. */
	sql("DELETE FROM stripe_home", NULL, NULL);
	stripe_says(ACCOUNT, "200 OK", "{\"id\":\"acct_2\"}");
	forget_home();
	assert_int_equal(order("pro", 1), ERR_LATER);
	assert_string_equal(sql("SELECT count(*) FROM stripe_home", NULL,
	    NULL), "0");

	stripe_says(CUS, "503 Oops", "{}");
	forget_home();
	assert_int_equal(order("pro", 1), ERR_LATER);
	assert_int_equal(page.retry_after, 0);
	stripe_says(CUS, "200 OK", "{\"id\":\"cus_1\"}");
	forget_home();
	assert_int_equal(order("pro", 1), ERR_OK);
	assert_string_equal(sql("SELECT account FROM stripe_home", NULL,
	    NULL), "acct_2");

	/* One that may not read customers is not: all would seem to be gone. */
	sql("DELETE FROM stripe_home", NULL, NULL);
	stripe_says(ACCOUNT, "403 No", "{}");
	stripe_says(CUS, "403 No", "{}");
	forget_home();
	assert_int_equal(order("pro", 1), ERR_LATER);
	assert_int_equal(page.retry_after, STRIPE_KEY_REFUSED_S);
	assert_string_equal(sql("SELECT count(*) FROM stripe_home", NULL,
	    NULL), "0");
}

/* Once refused it is asked about; refused again, it is left for a minute. */
static void
a_key_taken_back_is_left_alone_for_a_minute(void **state)
{
	(void)state;
	has_customer("cus_1");
	stripe_says(PAGES, "401 No", "{}");
	assert_int_equal(order("pro", 1), ERR_LATER);
	assert_int_equal(page.retry_after, STRIPE_KEY_REFUSED_S);
	assert_int_equal(server_heard(PAGES), 1);
	assert_int_equal(server_heard(ACCOUNT), 1);
	stripe_says(ACCOUNT, "401 No", "{}");
	assert_int_equal(order("pro", 1), ERR_LATER);
	assert_int_equal(server_heard(ACCOUNT), 2);
	stripe_says(ACCOUNT, "200 OK", "{\"id\":\"acct_1\"}");
	stripe_says(PAGES, "200 OK", SESSION("cs_1", "cus_1", "open"));
	assert_int_equal(order("pro", 1), ERR_LATER);
	assert_int_equal(server_heard(ACCOUNT), 2);
	assert_int_equal(server_heard(PAGES), 1);
	app->away_until_us = 0;
	assert_int_equal(order("pro", 1), ERR_OK);
	assert_int_equal(server_heard(ACCOUNT), 3);
}

/* Its key is forgotten at Stripe by now; it is known by what it made. */
static void
a_call_of_yesterday_is_looked_up(void **state)
{
	char text[1024];
	int before;

	(void)state;
	has_customer("cus_1");
	server_says(PAGES, DROP, "", "");
	assert_int_equal(order("pro", 1), ERR_LATER);
	before = server_heard(PAGES);
	sql("UPDATE stripe_call SET first_sent_at = now() -"
	    " interval '24 hours'", NULL, NULL);
	stripe_says(PAGES, "200 OK", SESSION("cs_9", "cus_1", "open"));
	(void)snprintf(text, sizeof(text), "{\"data\":[{\"id\":\"cs_0\","
	    "\"metadata\":{\"endpin_call\":\"another\"}},"
	    "{\"metadata\":{\"endpin_call\":\"%s\"},%s]}",
	    sql("SELECT id FROM stripe_call", NULL, NULL),
	    &SESSION("cs_1", "cus_1", "open")[1]);
	stripe_says("GET /v1/checkout/sessions", "200 OK", text);
	assert_int_equal(order("pro", 1), ERR_OK);
	assert_string_equal(page.session_id, "cs_1");
	assert_int_equal(server_heard(PAGES), before);
	assert_string_equal(calls(), "checkout:done:made");
}

/* An error that Stripe has kept under the key is all it will ever say. */
static void
a_kept_error_is_looked_up_while_there_is_time(void **state)
{
	struct sending s;
	struct call c;

	(void)state;
	stripe_says("GET /v1/checkout/sessions", "200 OK", "{\"data\":[]}");
	call_init(&c, ada.id, CALL_CHECKOUT, "/v1/500");
	c.form = mem_text("customer=cus_1");
	assert_int_equal(call_send(app->stripe, &c, 0, &s), ERR_LATER);
	sending_done(&s);
	assert_int_equal(call_send(app->stripe, &c, in_time(), &s),
	    ERR_NOTFOUND);
	sending_done(&s);
	call_done(&c);
	assert_int_equal(server_heard("GET /v1/checkout/sessions"), 1);
}

/*
 * Other parameters came under the key before.  Of one that was never sent that
 * is nothing that another key would mend.
 */
static void
a_key_with_two_bodies_is_looked_up_once_it_was_sent(void **state)
{
	struct sending s;
	struct call c;

	(void)state;
	stripe_says(LIST, "200 OK", "{\"data\":[]}");
	call_init(&c, ada.id, CALL_CHECKOUT, "/v1/400/key");
	c.form = mem_text("customer=cus_1");
	assert_int_equal(call_send(app->stripe, &c, in_time(), &s), ERR_INPUT);
	sending_done(&s);
	assert_int_equal(server_heard(LIST), 0);
	c.sent = 1;
	assert_int_equal(call_send(app->stripe, &c, 0, &s), ERR_LATER);
	sending_done(&s);
	assert_int_equal(call_send(app->stripe, &c, in_time(), &s),
	    ERR_NOTFOUND);
	sending_done(&s);
	call_done(&c);
	assert_int_equal(server_heard(LIST), 1);
}

/* --- the portal --- */

static struct portal_visit visit;

static enum err
manage(void)
{
	memset(&visit, 0, sizeof(visit));
	return manage_billing(app, ada.id, in_time(), &visit);
}

static void
a_member_gets_to_the_portal(void **state)
{
	(void)state;
	has_customer("cus_1");
	stripe_says(PORTAL, "200 OK",
	    "{\"id\":\"bps_1\",\"url\":\"https://billing.stripe.com/1\"}");
	assert_int_equal(manage(), ERR_OK);
	assert_string_equal(visit.url, "https://billing.stripe.com/1");
	assert_true(was_said("customer=cus_1&return_url="
	    "http%3A%2F%2F127.0.0.1%2Faccount"));
	assert_true(was_said(sql(KEY("portal"), NULL, NULL)));
	assert_string_equal(calls(), "portal:done:made");
	/* Each visit is a call of its own. */
	assert_int_equal(manage(), ERR_OK);
	assert_string_equal(calls(), "portal:done:made portal:done:made");
}

static void
there_is_nothing_to_manage_without_a_customer(void **state)
{
	(void)state;
	stripe_says(PORTAL, "200 OK", "{}");
	assert_int_equal(manage(), ERR_NOTFOUND);
	has_customer("cus_1");
	sql("UPDATE customer SET deleted = true", NULL, NULL);
	assert_int_equal(manage(), ERR_NOTFOUND);
	assert_int_equal(server_heard(PORTAL), 0);
	assert_string_equal(calls(), "");
}

/* Scenario 29. */
static void
a_customer_that_is_gone_is_written_down(void **state)
{
	(void)state;
	has_customer("cus_1");
	stripe_says(PORTAL, "400 Bad", LOST);
	assert_int_equal(manage(), ERR_NOTFOUND);
	assert_string_equal(sql("SELECT deleted FROM customer", NULL, NULL),
	    "t");
	assert_string_equal(calls(), "portal:done:refused");
}

/* The portal is to be found at an address of so many bytes. */
static void
long_url(int len)
{
	char text[MANAGE_URL + 64];

	(void)snprintf(text, sizeof(text), "{\"id\":\"bps_1\",\"url\":"
	    "\"%0*d\"}", len, 7);
	stripe_says(PORTAL, "200 OK", text);
}

static void
a_visit_that_failed_is_not_sent_again(void **state)
{
	static const struct {
		const char	*status, *text;
		enum err	 want;
	} answers[] = {
		{ "503 Oops", "{}", ERR_LATER },
		{ "429 Slow", "{}", ERR_LATER },
		{ "400 Bad", ERROR("parameter_unknown"), ERR_INPUT },
		{ "403 No", ERROR("more_permissions"), ERR_INPUT },
		{ "401 No", "{}", ERR_LATER },
		{ "200 OK", "{\"id\":\"bps_1\"}", ERR_LATER },
		{ "200 OK", "{\"url\":\"https://x.test/\"}", ERR_OK },
	};
	size_t i;

	(void)state;
	has_customer("cus_1");
	for (i = 0; i < NELEM(answers); i++) {
		sql("DELETE FROM stripe_call", NULL, NULL);
		forget_home();
		stripe_says(PORTAL, answers[i].status, answers[i].text);
		if (manage() != answers[i].want)
			fail_msg("%s: wanted %s", answers[i].status,
			    err_name(answers[i].want));
		assert_string_equal(sql("SELECT count(*) FROM stripe_call"
		    " WHERE state = 'done'", NULL, NULL), "1");
	}
	assert_string_equal(sql("SELECT deleted FROM customer", NULL, NULL),
	    "f");

	/* An address just too long for us, and one that is not. */
	long_url(MANAGE_URL);
	assert_int_equal(manage(), ERR_LATER);
	long_url(MANAGE_URL - 1);
	assert_int_equal(manage(), ERR_OK);
	assert_int_equal(strlen(visit.url), MANAGE_URL - 1);

	rows_stop("stripe_call");
	assert_int_equal(manage(), ERR_INTERNAL);
	rows_come("stripe_call");
	assert_int_equal(server_heard(PORTAL), (int)NELEM(answers) + 2);
}

static void
the_portal_too_wants_the_right_key(void **state)
{
	(void)state;
	has_customer("cus_1");
	sql("UPDATE stripe_home SET account = 'acct_2'", NULL, NULL);
	stripe_says(PORTAL, "200 OK", "{}");
	assert_int_equal(manage(), ERR_LATER);
	assert_int_equal(server_heard(PORTAL), 0);
	assert_string_equal(calls(), "");
}

/* --- who clicks again and again --- */

/* In this minute already: one less than are allowed. */
static void
has_clicked(const char *kind)
{
	char lane[TEXT_DIGITS], insert[512];

	(void)snprintf(insert, sizeof(insert), "INSERT INTO stripe_call (lane,"
	    " id, account_id, kind, state, outcome, path, form)"
	    " SELECT %s, gen_random_uuid(), $1::uuid, $2, 'done', 'refused',"
	    " '/', '' FROM generate_series(1, %d)",
	    text_digits(lane_of(ada.id), lane), CALL_OFTEN - 1);
	sql("DELETE FROM stripe_call", NULL, NULL);
	sql(insert, ada.id, kind);
}

static void
whoever_clicks_again_and_again_waits(void **state)
{
	(void)state;
	stripe_says(CUSTOMERS, "400 Bad", "{}");
	has_clicked("customer");
	assert_int_equal(order("pro", 1), ERR_OK);
	assert_int_equal(order("pro", 1), ERR_LATER);
	assert_int_equal(page.retry_after, CALL_OFTEN_LATER_S);
	assert_int_equal(server_heard(CUSTOMERS), 1);

	has_customer("cus_1");
	stripe_says(PAGES, "200 OK", SESSION("cs_1", "cus_1", "open"));
	has_clicked("checkout");
	assert_int_equal(order("pro", 1), ERR_OK);
	/* The page that there is costs nothing. */
	assert_int_equal(order("pro", 1), ERR_OK);
	assert_int_equal(page.how, BUY_PAGE);
	has_clicked("expire");
	stripe_says(EXPIRE("cs_1"), "200 OK",
	    SESSION("cs_1", "cus_1", "expired"));
	stripe_says(PAGES, "200 OK", SESSION("cs_2", "cus_1", "open"));
	assert_int_equal(order("team", 1), ERR_OK);
	assert_string_equal(page.session_id, "cs_2");
	assert_int_equal(order("pro", 1), ERR_LATER);
	assert_int_equal(page.retry_after, CALL_OFTEN_LATER_S);
	sql("UPDATE checkout_session SET status = 'expired'", NULL, NULL);
	has_clicked("checkout");
	assert_int_equal(order("pro", 1), ERR_OK);
	sql("UPDATE checkout_session SET status = 'expired'", NULL, NULL);
	assert_int_equal(order("pro", 1), ERR_LATER);
	assert_int_equal(page.retry_after, CALL_OFTEN_LATER_S);
	assert_int_equal(server_heard(PAGES), 3);

	stripe_says(PORTAL, "200 OK", "{\"id\":\"bps_1\",\"url\":\"u\"}");
	has_clicked("portal");
	assert_int_equal(manage(), ERR_OK);
	assert_int_equal(manage(), ERR_LATER);
	assert_int_equal(visit.retry_after, CALL_OFTEN_LATER_S);
	assert_int_equal(server_heard(PORTAL), 1);
	sql("UPDATE stripe_call SET created_at = now() - interval '61 s'",
	    NULL, NULL);
	assert_int_equal(manage(), ERR_OK);
}

/* --- back from the page --- */

/* Scenario 32. */
static void
whoever_is_back_is_looked_at(void **state)
{
	(void)state;
	has_customer("cus_1");
	stripe_says(PAGES, "200 OK", SESSION("cs_1", "cus_1", "open"));
	assert_int_equal(order("pro", 1), ERR_OK);
	(void)rings();
	assert_int_equal(look_at_purchase(app, ada.id, "cs_2"), ERR_NOTFOUND);
	assert_int_equal(look_at_purchase(app, new_account(), "cs_1"),
	    ERR_NOTFOUND);
	assert_int_equal(rings(), 0);
	assert_string_equal(sql("SELECT count(*) FROM stripe_object", NULL,
	    NULL), "0");
	assert_int_equal(look_at_purchase(app, ada.id, "cs_1"), ERR_OK);
	assert_string_equal(sql("SELECT concat_ws(' ', id, kind, state)"
	    " FROM stripe_object", NULL, NULL),
	    "cs_1 checkout.session waiting");
	assert_int_equal(rings(), 1);
}

#define CLEAN(f)	cmocka_unit_test_setup(f, clean)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CLEAN(a_pool_has_what_it_needs_and_no_more),
		CLEAN(only_plans_that_are_sold),
		CLEAN(a_customer_is_made_and_then_a_page),
		CLEAN(the_errand_of_signing_up_is_done_at_once),
		CLEAN(a_customer_says_who_referred),
		CLEAN(another_order_closes_the_page_before),
		CLEAN(a_page_that_cannot_be_closed_was_paid_on),
		CLEAN(a_page_that_has_ended_is_followed_by_another),
		CLEAN(a_page_is_only_for_what_it_was_made_for),
		CLEAN(what_is_bought_is_not_sold_again),
		CLEAN(a_trial_is_for_the_first_time),
		CLEAN(what_was_not_answered_is_asked_again),
		CLEAN(what_was_begun_is_ended_first),
		CLEAN(a_refusal_is_kept_and_is_the_end),
		CLEAN(a_refusal_says_whose_matter_it_is),
		CLEAN(a_dead_coupon_costs_the_discount_and_not_the_page),
		CLEAN(an_address_that_is_refused_is_no_dead_end),
		CLEAN(a_key_that_is_refused_leaves_the_call_open),
		CLEAN(a_lost_customer_is_replaced_once),
		CLEAN(what_else_is_missing_is_no_lost_customer),
		CLEAN(what_cannot_be_written_down_is_not_lost),
		CLEAN(an_answer_that_is_no_page_is_not_asked_for_again),
		CLEAN(an_answer_that_is_no_json_is_given_up),
		CLEAN(what_is_not_journaled_is_not_sent),
		CLEAN(no_round_begins_too_late),
		CLEAN(another_account_s_key_buys_nothing),
		CLEAN(a_key_that_says_nothing_proves_itself),
		CLEAN(a_key_taken_back_is_left_alone_for_a_minute),
		CLEAN(a_call_of_yesterday_is_looked_up),
		CLEAN(a_kept_error_is_looked_up_while_there_is_time),
		CLEAN(a_key_with_two_bodies_is_looked_up_once_it_was_sent),
		CLEAN(a_member_gets_to_the_portal),
		CLEAN(there_is_nothing_to_manage_without_a_customer),
		CLEAN(a_customer_that_is_gone_is_written_down),
		CLEAN(a_visit_that_failed_is_not_sent_again),
		CLEAN(the_portal_too_wants_the_right_key),
		CLEAN(whoever_clicks_again_and_again_waits),
		CLEAN(whoever_is_back_is_looked_at),
	};
	int failed;

	if (!rows_open())
		return SKIPPED;
	failed = cmocka_run_group_tests(tests, app_make, app_break);
	rows_close();
	return failed;
}
