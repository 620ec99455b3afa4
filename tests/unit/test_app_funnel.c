/* SPDX-License-Identifier: MIT */

/* Who refers, page by page, and whom that is. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app.h"
#include "app/funnel.h"
#include "base/text.h"
#include "errand/lane.h"

#define ADA	"AAAAAAAAAAA"
#define BEN	"BBBBBBBBBBB"

static char month[] = "month", year[] = "year", usd[] = "usd";

static int
clean(void **state)
{
	sql("DELETE FROM ledger_entry", NULL, NULL);
	sql("DELETE FROM referral_code", NULL, NULL);
	sql("DELETE FROM referral_view", NULL, NULL);
	conf.billing.plan[0].interval = month;
	conf.billing.plan[1].interval = year;
	conf.billing.plan[0].currency = conf.billing.plan[1].currency = usd;
	conf.billing.plan[0].amount = 500;
	conf.billing.plan[1].amount = 7000;
	return app_clean(state);
}

/* Somebody who was referred, and subscribes to `price`; NULL: to nothing. */
static void
referred_by(const char *ucc, const char *price)
{
	const char *id = new_account();

	sql("INSERT INTO referral (account_id, ucc, source)"
	    " VALUES ($1::uuid, $2, 'form')", id, ucc);
	if (price == NULL)
		return;
	sql("INSERT INTO customer (id, account_id) VALUES ('cus_' || $1,"
	    " $1::uuid)", id, NULL);
	sql("INSERT INTO subscription (id, customer_id, status, price,"
	    " created, livemode) VALUES ('sub_' || $1, 'cus_' || $1,"
	    " 'active', $2, now(), false)", id, price);
}

static void
is_code_of(const char *ucc, const char *owner)
{
	char lane[TEXT_DIGITS];

	sql("INSERT INTO referral_code (lane, id, state, looked_at, valid)"
	    " VALUES ($1::int, $2, 'done', now(), true)",
	    text_digits(lane_of(ucc), lane), ucc);
	sql("UPDATE referral_code SET owner = $1 WHERE id = $2", owner, ucc);
}

/* The codes on a page, "AAA BBB of 2". */
static const char *
page(const struct referrers_wish *w)
{
	static char text[512];
	struct referrers r;
	size_t i;
	int len = 0;

	assert_int_equal(referrers(app, w, &r), ERR_OK);
	text[0] = '\0';
	for (i = 0; i < r.count; i++)
		len += snprintf(text + len, sizeof(text) - (size_t)len, "%.3s ",
		    r.referrer[i].row->key);
	(void)snprintf(text + len, sizeof(text) - (size_t)len, "of %zu",
	    r.all);
	referrers_done(&r);
	return text;
}

static void
they_come_in_the_order_that_is_wished_for(void **state)
{
	struct referrers_wish w = { .page = 1 };

	(void)state;
	referred_by(ADA, price_team);
	referred_by(BEN, price_pro);
	referred_by(BEN, NULL);
	new_account();
	w.order = "signups";
	assert_string_equal(page(&w), "BBB AAA of 2");
	w.order = "yearly";		/* 12 * 500 are less than 7000 */
	assert_string_equal(page(&w), "AAA BBB of 2");
	w.currency = "eur";		/* none of it, so as they signed up */
	assert_string_equal(page(&w), "BBB AAA of 2");
}

static void
an_order_that_is_none_is_refused(void **state)
{
	const struct referrers_wish w = { .page = 1, .order = "moon" };
	struct referrers r;

	(void)state;
	assert_int_equal(referrers(app, &w, &r), ERR_INPUT);
}

static void
pages_are_of_ten(void **state)
{
	struct referrers_wish w = { .page = 1 };
	char ucc[UCC] = ADA;
	int i;

	(void)state;
	for (i = 0; i < 12; i++) {
		ucc[2] = (char)('A' + i);
		referred_by(ucc, NULL);
	}
	assert_string_equal(page(&w), "AAA AAB AAC AAD AAE AAF AAG AAH AAI AAJ"
	    " of 12");
	w.page = 2;
	assert_string_equal(page(&w), "AAK AAL of 12");
	w.page = 3;
	assert_string_equal(page(&w), "of 12");
}

static void
one_is_found_by_code_address_or_id(void **state)
{
	const char *id = new_account(), *team_of;
	struct referrers_wish w = { .page = 1, .who = BEN };
	char email[ACCOUNT_EMAIL];

	(void)state;
	referred_by(ADA, NULL);
	referred_by(BEN, NULL);
	is_code_of(ADA, id);
	assert_string_equal(page(&w), "BBB of 1");
	(void)snprintf(email, sizeof(email), "%s@example.com", id);
	w.who = email;
	assert_string_equal(page(&w), "AAA of 1");
	w.who = id;
	assert_string_equal(page(&w), "AAA of 1");
	/* As Cello knows them where organizations are counted. */
	team_of = sql("SELECT organization_id FROM account WHERE id ="
	    " $1::uuid", id, NULL);
	sql("UPDATE referral_code SET owner = $1", team_of, NULL);
	w.who = email;
	assert_string_equal(page(&w), "AAA of 1");
	w.who = "nobody@example.com";
	assert_string_equal(page(&w), "of 0");
}

static void
whose_code_it_is_is_said_as_far_as_cello_has(void **state)
{
	const struct referrers_wish w = { .page = 1, .order = "signups" };
	const char *id = new_account();
	struct referrers r;

	(void)state;
	referred_by(ADA, NULL);
	referred_by(ADA, NULL);
	referred_by(BEN, NULL);
	is_code_of(ADA, id);
	assert_int_equal(referrers(app, &w, &r), ERR_OK);
	assert_string_equal(r.referrer[0].owner, id);
	assert_memory_equal(r.referrer[0].email, id, 36);
	assert_string_equal(r.referrer[1].owner, "");
	assert_string_equal(r.referrer[1].email, "");
	assert_string_equal(r.currency, "usd");
	referrers_done(&r);
}

static void
weeks_begin_on_mondays(void **state)
{
	(void)state;
	/* Friday, 27 November 2026; Monday was the 23rd. */
	assert_int_equal(monday_before(1795772219, 0), 1795392000);
	assert_int_equal(monday_before(1795392000, 0), 1795392000);
	assert_int_equal(monday_before(1795391999, 0), 1795392000 - 604800);
	assert_int_equal(monday_before(1795772219, 11), 1795392000 -
	    11 * 604800);
	assert_int_equal(day_after(1795737600), 1795824000);
	assert_int_equal(day_after(1795823999), 1795824000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
		    they_come_in_the_order_that_is_wished_for, clean),
		cmocka_unit_test_setup(an_order_that_is_none_is_refused, clean),
		cmocka_unit_test_setup(pages_are_of_ten, clean),
		cmocka_unit_test_setup(one_is_found_by_code_address_or_id,
		    clean),
		cmocka_unit_test_setup(
		    whose_code_it_is_is_said_as_far_as_cello_has, clean),
		cmocka_unit_test(weeks_begin_on_mondays)
	};
	int failed;

	if (!rows_open())
		return SKIPPED;
	failed = cmocka_run_group_tests(tests, app_make, app_break);
	rows_close();
	return failed;
}
