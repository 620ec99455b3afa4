/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "errand/errand.h"
#include "referral/card.h"
#include "referral/referral.h"
#include "referral/touch.h"
#include "rows.h"

#define CODE	"pNRB1aYqArN"
#define OTHER	"k3vTqPz9LmA"

static enum err
record_twice(struct db *conn, void *arg)
{
	const struct referral first = { .ucc = CODE, .source = "form",
	    .product = "app.example.com", .clicked_at = 1700000000,
	    .terms = { 20, 12 } };
	const struct referral other = { .ucc = OTHER, .source = "cookie",
	    .terms = { 30, 0 } };
	struct referral_terms found;
	struct referral all;
	const char *id = arg;
	char ucc[UCC];

	assert_int_equal(referral_record(conn, id, &first), ERR_OK);
	assert_int_equal(referral_record(conn, id, &other), ERR_CONFLICT);
	assert_int_equal(referral_find(conn, id, ucc), ERR_OK);
	assert_string_equal(ucc, CODE);
	assert_int_equal(referral_find_terms(conn, id, ucc, &found), ERR_OK);
	assert_int_equal(found.percent, 20);
	assert_int_equal(found.months, 12);
	assert_int_equal(referral_show(conn, id, &all), ERR_OK);
	assert_int_equal(all.clicked_at, 1700000000);
	assert_string_equal(all.product, "app.example.com");
	return ERR_OK;
}

/* Scenario 46: what comes after signing up changes nothing. */
static void
a_referral_is_written_once(void **state)
{
	char id[TEXT_UUID], ucc[UCC];

	(void)state;
	memcpy(id, new_account(), sizeof(id));
	assert_int_equal(referral_find(db, id, ucc), ERR_NOTFOUND);
	assert_int_equal(db_transaction(db, record_twice, id), ERR_OK);
	assert_string_equal(sql("SELECT source FROM referral"
	    " WHERE account_id = $1::uuid", id, NULL), "form");
}

static int
is_trusted(const char *id)
{
	int trusted;

	assert_int_equal(referral_is_trusted(db, id, &trusted), ERR_OK);
	return trusted;
}

/* Scenario 48. */
static void
a_person_says_that_two_are_two(void **state)
{
	const struct referral x = { .ucc = CODE, .source = "form" };
	char id[TEXT_UUID], first[64];

	(void)state;
	memcpy(id, new_account(), sizeof(id));
	assert_int_equal(referral_trust(db, id, 1), ERR_NOTFOUND);
	assert_false(is_trusted(id));
	assert_int_equal(referral_record(db, id, &x), ERR_OK);
	assert_false(is_trusted(id));
	assert_int_equal(referral_trust(db, id, 1), ERR_OK);
	assert_true(is_trusted(id));
	(void)snprintf(first, sizeof(first), "%s", sql("SELECT trusted_at"
	    " FROM referral WHERE account_id = $1::uuid", id, NULL));
	assert_int_equal(referral_trust(db, id, 1), ERR_OK);
	assert_string_equal(sql("SELECT trusted_at FROM referral"
	    " WHERE account_id = $1::uuid", id, NULL), first);
	assert_int_equal(referral_trust(db, id, 0), ERR_OK);
	assert_false(is_trusted(id));
}

/* Is the account due to be looked at?  Then it is, and these are found. */
static enum err
look(const char *id, struct cards *found)
{
	struct errand x;
	enum err e = errand_claim(db, &card_errands, lane_of(id), &x);

	if (e != ERR_OK)
		return e;
	assert_string_equal(x.id, id);
	return card_found(db, &x, found);
}

static void
a_day_later(const char *id)
{
	(void)sql("UPDATE referral_card SET looked_at = looked_at"
	    " - interval '25 hours' WHERE id = $1", id, NULL);
}

/* Of its own, so that nobody else's is due in their lane. */
static void
cards_are_looked_at_when_they_are_wanted(void **state)
{
	struct cards none = { .count = 0 },
	    one = { .fingerprint = { "a" }, .count = 1 };
	char id[TEXT_UUID];

	(void)state;
	(void)sql("DELETE FROM referral_card", NULL, NULL);
	memcpy(id, new_account(), sizeof(id));
	assert_int_equal(look(id, &none), ERR_NOTFOUND);
	assert_int_equal(card_want(db, id, 0), ERR_OK);
	assert_int_equal(card_want(db, id, 1), ERR_OK);
	assert_int_equal(look(id, &none), ERR_OK);
	assert_int_equal(look(id, &none), ERR_NOTFOUND);
	/* It was a moment ago. */
	assert_int_equal(card_want(db, id, 0), ERR_OK);
	assert_int_equal(look(id, &none), ERR_NOTFOUND);
	assert_int_equal(card_want(db, id, 1), ERR_OK);
	assert_int_equal(look(id, &none), ERR_OK);
	/* There was none; and then there is, and that is enough. */
	a_day_later(id);
	assert_int_equal(card_want(db, id, 0), ERR_OK);
	assert_int_equal(look(id, &one), ERR_OK);
	a_day_later(id);
	assert_int_equal(card_want(db, id, 0), ERR_OK);
	assert_int_equal(look(id, &none), ERR_NOTFOUND);
	assert_int_equal(card_want(db, id, 1), ERR_OK);
	assert_int_equal(look(id, &none), ERR_OK);
}

static int
share(const char *id, const char *other)
{
	int shared, back;

	assert_int_equal(card_shared(db, id, other, &shared), ERR_OK);
	assert_int_equal(card_shared(db, other, id, &back), ERR_OK);
	assert_int_equal(shared, back);
	return shared;
}

static void
have(const char *id, struct cards *cards)
{
	a_day_later(id);
	assert_int_equal(card_want(db, id, 1), ERR_OK);
	assert_int_equal(look(id, cards), ERR_OK);
}

static void
a_card_is_known_when_it_is_another(void **state)
{
	struct cards ab = { .fingerprint = { "a", "b", "a" }, .count = 3 },
	    c = { .fingerprint = { "c" }, .count = 1 }, many = { .count = 0 };
	char ada[TEXT_UUID], bob[TEXT_UUID];

	(void)state;
	(void)sql("DELETE FROM referral_card", NULL, NULL);
	memcpy(ada, new_account(), sizeof(ada));
	memcpy(bob, new_account(), sizeof(bob));
	assert_false(share(ada, bob));
	have(ada, &ab);
	assert_false(share(ada, bob));
	have(bob, &c);
	assert_false(share(ada, bob));
	have(ada, &c);
	assert_true(share(ada, bob));
	assert_string_equal(sql("SELECT fingerprints FROM referral_card"
	    " WHERE id = $1", ada, NULL), "{c,a,b}");
	assert_int_equal(card_erase(db, ada), ERR_OK);
	assert_false(share(ada, bob));
	/* What is new is kept, whatever goes for it. */
	for (; many.count < CARDS_MOST; many.count++)
		(void)snprintf(many.fingerprint[many.count],
		    CARD_FINGERPRINT, "many-%zu", many.count);
	have(bob, &many);
	assert_string_equal(sql("SELECT cardinality(fingerprints) || ' '"
	    " || fingerprints[1] FROM referral_card WHERE id = $1", bob,
	    NULL), "100 many-0");
}

/* Erased while Stripe was being asked. */
static void
what_is_forgotten_does_not_come_back(void **state)
{
	struct cards one = { .fingerprint = { "a" }, .count = 1 };
	struct errand x;
	char id[TEXT_UUID];

	(void)state;
	(void)sql("DELETE FROM referral_card", NULL, NULL);
	memcpy(id, new_account(), sizeof(id));
	assert_int_equal(card_want(db, id, 1), ERR_OK);
	assert_int_equal(errand_claim(db, &card_errands, lane_of(id), &x),
	    ERR_OK);
	assert_int_equal(card_erase(db, id), ERR_OK);
	assert_int_equal(card_found(db, &x, &one), ERR_CONFLICT);
	assert_string_equal(sql("SELECT count(*) FROM referral_card", NULL,
	    NULL), "0");
}

#define DAY	86400
#define NOW	(1700000000 + 100 * DAY)

static const struct {
	const char	*what;
	const char	*text;
	enum err	 want;
} touches[] = {
	{ "two links", CODE ".1708000000_" OTHER ".1708000001", ERR_OK },
	{ "the same one twice", CODE ".1708000000_" CODE ".1708000000",
	    ERR_OK },
	{ "nothing", "", ERR_INPUT },
	{ "one only", CODE ".1708000000", ERR_INPUT },
	{ "what is no code", "test.1708000000_" CODE ".1708000000",
	    ERR_INPUT },
	{ "no time", CODE "._" CODE ".1708000000", ERR_INPUT },
	{ "a sign", CODE ".-1_" CODE ".1708000000", ERR_INPUT },
	{ "the last before the first", CODE ".1708000001_" OTHER
	    ".1708000000", ERR_INPUT },
	{ "a time to come", CODE ".1708000000_" OTHER ".1800000000",
	    ERR_INPUT },
	{ "longer ago than a cookie lives", CODE ".1700000000_" OTHER
	    ".1708000000", ERR_INPUT },
	{ "more behind it", CODE ".1708000000_" OTHER ".1708000000_x",
	    ERR_INPUT }
};

static void
links_are_remembered_in_their_order(void **state)
{
	struct touch t = { .first_at = 0 }, again;
	char text[TOUCH_TEXT];
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(touches); i++)
		if (touch_read(touches[i].text, NOW, &again) !=
		    touches[i].want)
			fail_msg("%s", touches[i].what);
	touch_follow(&t, CODE, NOW - 2);
	touch_follow(&t, OTHER, NOW - 1);
	touch_follow(&t, OTHER, NOW);
	touch_write(&t, text);
	assert_int_equal(touch_read(text, NOW, &again), ERR_OK);
	assert_string_equal(again.first, CODE);
	assert_string_equal(again.last, OTHER);
	assert_int_equal(touch_when(&again, CODE), NOW - 2);
	assert_int_equal(touch_when(&again, OTHER), NOW);
	assert_int_equal(touch_when(&again, "AAAAAAAAAAA"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_referral_is_written_once),
		cmocka_unit_test(a_person_says_that_two_are_two),
		cmocka_unit_test(cards_are_looked_at_when_they_are_wanted),
		cmocka_unit_test(a_card_is_known_when_it_is_another),
		cmocka_unit_test(what_is_forgotten_does_not_come_back),
		cmocka_unit_test(links_are_remembered_in_their_order),
	};
	int failed;

	if (!rows_open())
		return SKIPPED;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	rows_close();
	return failed;
}
