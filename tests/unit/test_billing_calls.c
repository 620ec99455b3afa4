/* SPDX-License-Identifier: MIT */

/* The journal of calls and the Checkout Sessions, against a real database. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/mem.h"
#include "billing/call.h"
#include "billing/checkout.h"
#include "rows.h"

static char ada[TEXT_UUID];

static int
clean(void **state)
{
	(void)state;
	sql("DELETE FROM stripe_call", NULL, NULL);
	sql("DELETE FROM checkout_session", NULL, NULL);
	sql("DELETE FROM stripe_object", NULL, NULL);
	sql("INSERT INTO customer (id) VALUES ('cus_1')"
	    " ON CONFLICT (id) DO UPDATE SET deleted = false", NULL, NULL);
	memcpy(ada, new_account(), sizeof(ada));
	return 0;
}

/* A call of ada's; call_done() it. */
static struct call
call_of(const char *kind, const char *subject)
{
	struct call c;

	memset(&c, 0, sizeof(c));
	random_uuid(c.id);
	memcpy(c.account_id, ada, sizeof(ada));
	snprintf(c.kind, sizeof(c.kind), "%s", kind);
	snprintf(c.path, sizeof(c.path), "/v1/things");
	snprintf(c.subject, sizeof(c.subject), "%s", subject);
	c.form = mem_text("a=1&b[c]=%20");
	return c;
}

#define OF(column)	"SELECT " column " FROM stripe_call WHERE id = $1::uuid"

static enum err
write_twice(struct db *conn, void *arg)
{
	struct call a = call_of("customer", ""), b = call_of("customer", "");
	enum err first = call_write(conn, &a), second = call_write(conn, &b);

	(void)arg;
	call_done(&a);
	call_done(&b);
	assert_int_equal(first, ERR_OK);
	assert_int_equal(second, ERR_CONFLICT);
	/* The transaction goes on. */
	a = call_of("checkout", "pro:1");
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
	assert_int_equal(call_open(db, ada, "customer", "", &c), ERR_OK);
	assert_int_equal(call_made(db, &c, "cus_1"), ERR_OK);
	call_done(&c);

	/* Done counts too; a dead, refused or replaced one does not. */
	c = call_of("customer", "");
	assert_int_equal(call_write(db, &c), ERR_CONFLICT);
	sql("UPDATE stripe_call SET state = 'replaced'"
	    " WHERE kind = 'customer'", NULL, NULL);
	assert_int_equal(call_write(db, &c), ERR_OK);

	/* One that made what is gone already does not count either. */
	sql("UPDATE customer SET deleted = true WHERE id = 'cus_1'", NULL,
	    NULL);
	assert_int_equal(call_made(db, &c, "cus_1"), ERR_OK);
	random_uuid(c.id);
	assert_int_equal(call_write(db, &c), ERR_OK);
	call_done(&c);
}

static void
a_call_is_kept_to_the_letter(void **state)
{
	struct call c = call_of("checkout", "pro:1"), other, found;

	(void)state;
	assert_int_equal(call_write(db, &c), ERR_OK);
	other = call_of("checkout", "pro:2");
	assert_int_equal(call_write(db, &other), ERR_OK);
	assert_int_equal(call_open(db, ada, "checkout", "pro:1", &found),
	    ERR_OK);
	assert_string_equal(found.id, c.id);
	assert_string_equal(found.account_id, ada);
	assert_string_equal(found.kind, "checkout");
	assert_string_equal(found.path, "/v1/things");
	assert_string_equal(found.form, "a=1&b[c]=%20");
	assert_string_equal(found.subject, "pro:1");
	assert_int_equal(found.attempts, 0);
	assert_int_equal(found.stale, 0);
	call_done(&found);

	assert_int_equal(call_open(db, ada, "checkout", NULL, &found), ERR_OK);
	assert_string_equal(found.id, other.id);
	call_done(&found);
	assert_int_equal(call_open(db, ada, "portal", NULL, &found),
	    ERR_NOTFOUND);
	assert_int_equal(call_open(db, new_account(), "checkout", NULL,
	    &found), ERR_NOTFOUND);
	call_done(&c);
	call_done(&other);
}

static void
a_key_is_stale_before_stripe_forgets_it(void **state)
{
	struct call c = call_of("portal", "");

	(void)state;
	assert_int_equal(call_write(db, &c), ERR_OK);
	assert_int_equal(call_sending(db, &c), ERR_OK);
	sql("UPDATE stripe_call SET first_sent_at = now() -"
	    " interval '22 hours 59 minutes'", NULL, NULL);
	assert_int_equal(call_sending(db, &c), ERR_OK);
	call_done(&c);
	assert_int_equal(call_open(db, ada, "portal", "", &c), ERR_OK);
	assert_int_equal(c.stale, 0);
	assert_int_equal(c.attempts, 2);
	sql("UPDATE stripe_call SET first_sent_at = now() -"
	    " interval '23 hours 1 minute'", NULL, NULL);
	call_done(&c);
	assert_int_equal(call_open(db, ada, "portal", "", &c), ERR_OK);
	assert_int_equal(c.stale, 1);

	/* Sending it again does not make its key any younger. */
	assert_int_equal(call_sending(db, &c), ERR_OK);
	call_done(&c);
	assert_int_equal(call_open(db, ada, "portal", "", &c), ERR_OK);
	assert_int_equal(c.stale, 1);
	call_done(&c);
}

static void
couriers_claim_customers_only(void **state)
{
	struct call c = call_of("checkout", ""), mine, slow;
	int64_t ms;

	(void)state;
	assert_int_equal(call_write(db, &c), ERR_OK);
	call_done(&c);
	assert_int_equal(call_claim(db, &mine), ERR_NOTFOUND);
	assert_int_equal(call_next(db, &ms), ERR_OK);
	assert_int_equal(ms, -1);

	c = call_of("customer", "");
	assert_int_equal(call_write(db, &c), ERR_OK);
	call_done(&c);
	assert_int_equal(call_next(db, &ms), ERR_OK);
	assert_int_equal(ms, 0);
	assert_int_equal(call_claim(db, &slow), ERR_OK);
	assert_int_equal(call_claim(db, &mine), ERR_NOTFOUND);
	assert_int_equal(call_next(db, &ms), ERR_OK);
	assert_true(ms > 20000 && ms <= CALL_LEASE_SECONDS * 1000);

	/* The lease ran out; the slow one may not decide any more. */
	sql("UPDATE stripe_call SET leased_until = now() - interval '1 s'",
	    NULL, NULL);
	assert_int_equal(call_claim(db, &mine), ERR_OK);
	assert_int_equal(call_later(db, &slow, "why", 0), ERR_CONFLICT);
	assert_int_equal(call_sending(db, &mine), ERR_OK);
	assert_int_equal(call_later(db, &mine, "no answer", 9), ERR_OK);
	assert_int_equal(call_next(db, &ms), ERR_OK);
	assert_true(ms > 5000 && ms <= 9000);
	assert_string_equal(sql(OF("state"), mine.id, NULL), "sent");

	sql("UPDATE stripe_call SET attempts = 200, due_at = now()", NULL,
	    NULL);
	assert_int_equal(call_later(db, &mine, "no answer", 0), ERR_OK);
	assert_string_equal(sql(OF("state"), mine.id, NULL), "dead");
	assert_int_equal(call_sending(db, &mine), ERR_CONFLICT);
	call_done(&mine);
	call_done(&slow);
}

/* What a handler sends at this moment is not sent by a courier as well. */
static void
sending_is_a_lease(void **state)
{
	struct call c = call_of("customer", ""), other;

	(void)state;
	assert_int_equal(call_write(db, &c), ERR_OK);
	assert_int_equal(call_sending(db, &c), ERR_OK);
	assert_int_equal(call_claim(db, &other), ERR_NOTFOUND);
	call_done(&c);
}

static void
settling_twice_alike_is_fine(void **state)
{
	struct call a = call_of("portal", "1"), b = call_of("portal", "2");
	struct call c = call_of("portal", "3");

	(void)state;
	assert_int_equal(call_write(db, &a), ERR_OK);
	assert_int_equal(call_write(db, &b), ERR_OK);
	assert_int_equal(call_write(db, &c), ERR_OK);

	assert_int_equal(call_made(db, &a, "x_1"), ERR_OK);
	assert_int_equal(call_made(db, &a, "x_1"), ERR_OK);
	assert_int_equal(call_made(db, &a, "x_2"), ERR_CONFLICT);
	assert_int_equal(call_refused(db, &a, "no"), ERR_CONFLICT);
	assert_int_equal(call_later(db, &a, "why", 0), ERR_CONFLICT);
	assert_string_equal(sql(OF("object_id"), a.id, NULL), "x_1");

	assert_int_equal(call_refused(db, &b, "no"), ERR_OK);
	assert_int_equal(call_refused(db, &b, "no"), ERR_OK);
	assert_int_equal(call_made(db, &b, "x_1"), ERR_CONFLICT);
	assert_string_equal(sql(OF("last_error"), b.id, NULL), "no");

	assert_int_equal(call_replaced(db, &c, &a), ERR_OK);
	assert_int_equal(call_replaced(db, &c, &a), ERR_OK);
	assert_int_equal(call_replaced(db, &c, &b), ERR_CONFLICT);
	assert_string_equal(sql(OF("replaced_by"), c.id, NULL), a.id);
	call_done(&a);
	call_done(&b);
	call_done(&c);
}

#define SESSION(id, status, url, more)					\
	"{\"id\":\"" id "\",\"object\":\"checkout.session\","		\
	"\"customer\":\"cus_1\",\"status\":\"" status "\","		\
	"\"url\":" url ",\"expires_at\":4102444800" more "}"
#define URL	"\"https://checkout.stripe.com/c/1\""

static enum err
keep(const char *text, struct checkout_session *ret_session)
{
	struct call c = call_of("checkout", "pro:1");
	struct json *j = NULL;
	enum err e;

	assert_int_equal(json_parse(text, strlen(text), &j), ERR_OK);
	e = checkout_keep(db, &c, j, ret_session);
	json_free(j);
	call_done(&c);
	return e;
}

static enum err
apply(const char *text)
{
	struct json *j = NULL;
	enum err e;

	assert_int_equal(json_parse(text, strlen(text), &j), ERR_OK);
	e = checkout_apply(db, j);
	json_free(j);
	return e;
}

static void
an_open_session_is_found_again(void **state)
{
	struct checkout_session s;

	(void)state;
	assert_int_equal(checkout_find_open(db, ada, &s), ERR_NOTFOUND);
	assert_int_equal(keep(SESSION("cs_1", "open", URL, ""), &s), ERR_OK);
	assert_string_equal(s.url, "https://checkout.stripe.com/c/1");
	memset(&s, 0, sizeof(s));
	assert_int_equal(checkout_find_open(db, ada, &s), ERR_OK);
	assert_string_equal(s.id, "cs_1");
	assert_string_equal(s.subject, "pro:1");
	assert_string_equal(s.url, "https://checkout.stripe.com/c/1");
	assert_int_equal(checkout_owned(db, ada, "cs_1"), ERR_OK);
	assert_int_equal(checkout_owned(db, ada, "cs_2"), ERR_NOTFOUND);
	assert_int_equal(checkout_owned(db, new_account(), "cs_1"),
	    ERR_NOTFOUND);

	/* Open, but not for long enough to be handed out again. */
	sql("UPDATE checkout_session SET expires_at = now() +"
	    " interval '14 minutes'", NULL, NULL);
	assert_int_equal(checkout_find_open(db, ada, &s), ERR_OK);
	assert_int_equal(s.lasting, 0);
	sql("UPDATE checkout_session SET expires_at = now() -"
	    " interval '1 second'", NULL, NULL);
	assert_int_equal(checkout_find_open(db, ada, &s), ERR_NOTFOUND);
	sql("UPDATE checkout_session SET expires_at = now() +"
	    " interval '16 minutes'", NULL, NULL);
	assert_int_equal(checkout_find_open(db, ada, &s), ERR_OK);
	assert_int_equal(s.lasting, 1);
	sql("UPDATE customer SET deleted = true WHERE id = 'cus_1'", NULL,
	    NULL);
	assert_int_equal(checkout_find_open(db, ada, &s), ERR_NOTFOUND);
	assert_int_equal(checkout_closed(db, "cs_1"), ERR_OK);
	assert_string_equal(sql("SELECT url FROM checkout_session", NULL,
	    NULL), "null");
}

static void
what_is_no_session_is_refused(void **state)
{
	struct checkout_session s;

	(void)state;
	assert_int_equal(keep("{}", &s), ERR_INPUT);
	assert_int_equal(keep("{\"object\":\"customer\",\"id\":\"cus_1\"}",
	    &s), ERR_INPUT);
	assert_int_equal(keep("{\"object\":\"checkout.session\",\"id\":"
	    "\"cs_1\",\"status\":\"open\",\"customer\":null}", &s), ERR_INPUT);
	assert_int_equal(keep(SESSION("cs_1", "complete", "null", ""), &s),
	    ERR_OK);
	assert_string_equal(s.url, "");
}

static void
a_session_is_applied(void **state)
{
	const char *row = "SELECT concat_ws(' ', status,"
	    " coalesce(subscription_id, '-'), coalesce(url, '-'))"
	    " FROM checkout_session WHERE id = 'cs_1'";
	struct checkout_session s;

	(void)state;
	assert_int_equal(apply(SESSION("cs_1", "complete", "null",
	    ",\"subscription\":\"sub_1\"")), ERR_OK);
	assert_string_equal(sql(row, NULL, NULL), "none");
	assert_string_equal(sql("SELECT count(*) FROM stripe_object", NULL,
	    NULL), "0");

	assert_int_equal(keep(SESSION("cs_1", "open", URL, ""), &s), ERR_OK);
	assert_int_equal(apply(SESSION("cs_1", "open", URL, "")), ERR_OK);
	assert_string_equal(sql(row, NULL, NULL),
	    "open - https://checkout.stripe.com/c/1");
	assert_int_equal(apply(SESSION("cs_1", "complete", "null",
	    ",\"subscription\":{\"id\":\"sub_1\"}")), ERR_OK);
	assert_string_equal(sql(row, NULL, NULL), "complete sub_1 -");
	assert_string_equal(sql("SELECT id || kind || heard"
	    " FROM stripe_object", NULL, NULL), "sub_1subscription1");

	/* Neither an old answer nor our own expiry opens or ends it. */
	assert_int_equal(apply(SESSION("cs_1", "open", URL, "")), ERR_OK);
	assert_int_equal(keep(SESSION("cs_1", "open", URL, ""), &s), ERR_OK);
	assert_int_equal(checkout_closed(db, "cs_1"), ERR_OK);
	assert_string_equal(sql(row, NULL, NULL), "complete sub_1 -");
	assert_int_equal(apply("{\"id\":\"cs_1\"}"), ERR_INPUT);
}

#define CLEAN(f)	cmocka_unit_test_setup(f, clean)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CLEAN(an_account_has_one_customer_call),
		CLEAN(a_call_is_kept_to_the_letter),
		CLEAN(a_key_is_stale_before_stripe_forgets_it),
		CLEAN(couriers_claim_customers_only),
		CLEAN(sending_is_a_lease),
		CLEAN(settling_twice_alike_is_fine),
		CLEAN(an_open_session_is_found_again),
		CLEAN(what_is_no_session_is_refused),
		CLEAN(a_session_is_applied),
	};
	int failed;

	if (!rows_open())
		return SKIPPED;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	rows_close();
	return failed;
}
