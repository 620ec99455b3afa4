/* SPDX-License-Identifier: MIT */

/* The credit of who was referred: what is promised, and what decides. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/book_welcome.h"
#include "app/config.h"
#include "base/json.h"
#include "ledger/welcome.h"
#include "rows.h"

#define PAID(sum)	"{\"id\":\"in_1\",\"customer\":\"cus\",\"status\":" \
	"\"paid\",\"currency\":\"usd\",\"amount_paid\":" sum "}"
#define OPEN	"{\"id\":\"in_1\",\"customer\":\"cus\",\"status\":\"open\"," \
	"\"currency\":\"usd\",\"amount_paid\":100}"

static const struct config conf = { .cello.enabled = 1 };

/* Somebody who was referred and was promised 500; their account's id. */
static const char *
newcomer(void)
{
	const char *id = new_account();

	sql("INSERT INTO referral (account_id, ucc, source)"
	    " VALUES ($1::uuid, 'ABCdef12345', 'form')", id, NULL);
	assert_int_equal(welcome_promise(db, id, 500, "usd"), ERR_OK);
	return id;
}

static void
has_customer(const char *id)
{
	sql("INSERT INTO customer (id, account_id) VALUES ('cus_' || $1,"
	    " $1::uuid)", id, NULL);
}

static void
read_invoice(const char *id, const char *text)
{
	struct json *invoice = NULL;

	assert_int_equal(json_parse(text, strlen(text), &invoice), ERR_OK);
	assert_int_equal(book_welcome(db, &conf, id, invoice), ERR_OK);
	json_free(invoice);
}

static enum welcome_outcome
outcome_of(const char *id, int64_t value)
{
	struct welcome w;

	assert_int_equal(welcome_find(db, id, &w), ERR_OK);
	assert_int_equal(w.value, value);
	return w.outcome;
}

static const char *
calls_of(const char *id)
{
	return sql("SELECT coalesce(string_agg(concat_ws(' ', kind, state,"
	    " subject, path, split_part(form, '&metadata', 1)), ', '), '')"
	    " FROM stripe_call WHERE account_id = $1::uuid", id, NULL);
}

static void
the_newest_promise_counts(void **state)
{
	const char *id = new_account();
	struct welcome w;

	(void)state;
	assert_int_equal(outcome_of(id, 0), WELCOME_OPEN);
	assert_int_equal(welcome_promise(db, id, 500, "usd"), ERR_OK);
	assert_int_equal(welcome_promise(db, id, 70, "eur"), ERR_OK);
	assert_int_equal(welcome_find_open(db, id, &w), ERR_OK);
	assert_int_equal(w.value, 70);
	assert_string_equal(w.currency, "eur");
	assert_string_equal(w.account_id, id);
	assert_true(w.promised_at > 0 && w.decided_at == 0);
	assert_int_equal(welcome_promise(db, id, 0, "eur"), ERR_OK);
	assert_int_equal(welcome_find_open(db, id, &w), ERR_NOTFOUND);
	assert_int_equal(outcome_of(id, 0), WELCOME_OPEN);
}

static void
what_is_decided_stays_so(void **state)
{
	static const enum welcome_outcome ends[] = { WELCOME_CURRENCY,
	    WELCOME_DOUBT, WELCOME_ERASED };
	struct welcome w;
	const char *id;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(ends); i++) {
		id = newcomer();
		assert_int_equal(welcome_refuse(db, id, ends[i]), ERR_OK);
		assert_int_equal(welcome_book(db, id, 500, id), ERR_CONFLICT);
		assert_int_equal(welcome_promise(db, id, 900, "usd"), ERR_OK);
		assert_int_equal(welcome_promise(db, id, 0, "usd"), ERR_OK);
		assert_int_equal(outcome_of(id, 500), ends[i]);
		assert_int_equal(welcome_find_open(db, id, &w), ERR_NOTFOUND);
	}
}

static void
the_first_payment_decides_and_the_next_does_not(void **state)
{
	const char *id = newcomer();
	char expected[256];

	(void)state;
	has_customer(id);
	read_invoice(id, PAID("0"));
	read_invoice(id, OPEN);
	assert_int_equal(outcome_of(id, 500), WELCOME_OPEN);
	assert_string_equal(calls_of(id), "");
	(void)snprintf(expected, sizeof(expected), "credit waiting welcome"
	    " /v1/customers/cus_%s/balance_transactions amount=-500"
	    "&currency=usd&description=Welcome%%20credit", id);
	read_invoice(id, PAID("1900"));
	assert_int_equal(outcome_of(id, 500), WELCOME_BOOKED);
	assert_string_equal(calls_of(id), expected);
	read_invoice(id, PAID("1900"));
	assert_string_equal(calls_of(id), expected);
}

static void
who_has_no_customer_any_more_waits(void **state)
{
	const char *id = newcomer();

	(void)state;
	read_invoice(id, PAID("1900"));
	assert_int_equal(outcome_of(id, 500), WELCOME_OPEN);
	has_customer(id);
	read_invoice(id, PAID("1900"));
	assert_int_equal(outcome_of(id, 500), WELCOME_BOOKED);
}

static void
who_is_not_referred_any_more_is_not_credited(void **state)
{
	const char *id = newcomer();

	(void)state;
	has_customer(id);
	sql("DELETE FROM referral WHERE account_id = $1::uuid", id, NULL);
	read_invoice(id, PAID("1900"));
	assert_int_equal(outcome_of(id, 500), WELCOME_DOUBT);
	assert_string_equal(calls_of(id), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_newest_promise_counts),
		cmocka_unit_test(what_is_decided_stays_so),
		cmocka_unit_test(
		    the_first_payment_decides_and_the_next_does_not),
		cmocka_unit_test(who_has_no_customer_any_more_waits),
		cmocka_unit_test(who_is_not_referred_any_more_is_not_credited)
	};
	int failed;

	if (!rows_open())
		return SKIPPED;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	rows_close();
	return failed;
}
