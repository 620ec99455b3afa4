/* SPDX-License-Identifier: MIT */

/* Making an account, logging in and out, and being recognized. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app.h"
#include "app/boot_referrals.h"
#include "app/log_in.h"
#include "app/recognize.h"
#include "app/sign_up.h"
#include "base/cores.h"
#include "base/slots.h"
#include "base/text.h"
#include "crypto/password.h"

#define CODE		"pNRB1aYqArN"
#define PASSWORD	"correct horse"

/* Somebody new: each has an address of its own. */
static struct sign_up
somebody(void)
{
	static int count;
	struct sign_up s = { .password = PASSWORD, .offer.form = CODE };

	snprintf(s.account.email, sizeof(s.account.email),
	    "ada%d.%d@example.com", (int)getpid(), count++);
	snprintf(s.account.first_name, sizeof(s.account.first_name), "Ada");
	return s;
}

static int
is_known(const char *token)
{
	struct visitor v;
	enum err e = recognize(app, token, &v);

	assert_true(e == ERR_OK || e == ERR_NOTFOUND);
	return e == ERR_OK;
}

/* What there is of somebody with this address. */
static const char *
written_for(const char *email)
{
	return sql("SELECT concat_ws(' ', count(a.id), count(r.account_id),"
	    " count(s.account_id), count(c.account_id)) FROM account a"
	    " LEFT JOIN referral r ON r.account_id = a.id"
	    " LEFT JOIN session s ON s.account_id = a.id"
	    " LEFT JOIN stripe_call c ON c.account_id = a.id"
	    " WHERE lower(a.email) = lower($1)", email, NULL);
}

static void
an_account_comes_with_all_of_it(void **state)
{
	struct sign_up s = somebody();
	struct visitor v;

	(void)state;
	assert_int_equal(sign_up(app, &s), ERR_OK);
	assert_int_equal(s.busy, 0);
	assert_string_equal(written_for(s.account.email), "1 1 1 1");
	assert_int_equal(recognize(app, s.token, &v), ERR_OK);
	assert_int_equal(v.known, 1);
	assert_string_equal(v.account.id, s.account.id);
	assert_string_equal(v.account.email, s.account.email);
	assert_string_equal(v.token, s.token);
	assert_string_equal(sql("SELECT ucc || source FROM referral", NULL,
	    NULL), CODE "form");
	assert_string_equal(sql("SELECT concat_ws(' ', kind, state, path,"
	    " lane = get_byte(sha256(convert_to(account_id::text, 'UTF8')),"
	    " 0)) FROM stripe_call", NULL, NULL),
	    "customer waiting /v1/customers t");
	assert_string_equal(sql("SELECT form LIKE '%metadata[cello_ucc]=" CODE
	    "&metadata[new_user_id]=' || account_id FROM stripe_call", NULL,
	    NULL), "t");
	assert_string_equal(sql("SELECT password_hash LIKE '$argon2id$%'"
	    " FROM account WHERE id = $1::uuid", s.account.id, NULL), "t");
	assert_int_equal(rings(), 1);
}

static void
nobody_has_to_be_referred(void **state)
{
	struct sign_up s = somebody();

	(void)state;
	s.offer.form = NULL;
	assert_int_equal(sign_up(app, &s), ERR_OK);
	assert_string_equal(written_for(s.account.email), "1 0 1 1");
	assert_string_equal(sql("SELECT form LIKE '%cello_ucc%'"
	    " FROM stripe_call", NULL, NULL), "f");
}

static void
a_fault_writes_nothing(void **state)
{
	char longer[PASSWORD_MAX + 2], reason[SIGN_UP_REASON];
	struct sign_up s;
	int i;

	(void)state;
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	for (i = 0; i < 7; i++) {
		s = somebody();
		switch (i) {
		case 0:
			snprintf(s.account.email, sizeof(s.account.email),
			    "nobody");
			break;
		case 1:
			s.password = NULL;
			break;
		case 2:
			s.password = "seven77";
			break;
		case 3:
			s.password = longer;
			break;
		case 4:
			s.account.first_name[0] = '\n';
			break;
		case 5:
			s.account.last_name[0] = '\377';
			break;
		default:
			s.account.organization[0] = '\1';
			break;
		}
		if (sign_up(app, &s) != ERR_INPUT)
			fail_msg("fault %d was taken", i);
		assert_string_equal(written_for(s.account.email), "0 0 0 0");
	}
	assert_int_equal(rings(), 0);
	assert_null(sign_up_password_fault(app, "eight888", reason));
	assert_null(sign_up_password_fault(app, longer + 1, reason));
	/* Characters count, not bytes. */
	assert_non_null(sign_up_password_fault(app,
	    "\303\244\303\244\303\244\303\244", reason));
}

static void
an_address_is_taken_once(void **state)
{
	struct sign_up first = somebody(), second;
	size_t i;

	(void)state;
	assert_int_equal(sign_up(app, &first), ERR_OK);
	(void)rings();
	second = first;
	for (i = 0; second.account.email[i] != '\0'; i++)
		if (second.account.email[i] == 'a')
			second.account.email[i] = 'A';
	memcpy(second.old, first.token, sizeof(second.old));
	assert_int_equal(sign_up(app, &second), ERR_CONFLICT);
	assert_string_equal(written_for(first.account.email), "1 1 1 1");
	assert_true(is_known(first.token));
	assert_int_equal(rings(), 0);
}

static void
the_session_before_ends_with_it(void **state)
{
	struct sign_up first = somebody(), second = somebody();

	(void)state;
	assert_int_equal(sign_up(app, &first), ERR_OK);
	memcpy(second.old, first.token, sizeof(second.old));
	assert_int_equal(sign_up(app, &second), ERR_OK);
	assert_false(is_known(first.token));
	assert_true(is_known(second.token));
}

/* Whichever of its steps fails, the last one too. */
static void
all_of_it_or_nothing(void **state)
{
	static const char *const steps[] = {
		"account", "referral", "session", "stripe_call"
	};
	struct sign_up before = somebody(), s = somebody();
	size_t i;

	(void)state;
	assert_int_equal(sign_up(app, &before), ERR_OK);
	(void)rings();
	memcpy(s.old, before.token, sizeof(s.old));
	for (i = 0; i < NELEM(steps); i++) {
		rows_stop(steps[i]);
		assert_int_equal(sign_up(app, &s), ERR_INTERNAL);
		rows_come(steps[i]);
		assert_string_equal(written_for(s.account.email), "0 0 0 0");
		assert_true(is_known(before.token));
		assert_int_equal(rings(), 0);
	}
	assert_int_equal(sign_up(app, &s), ERR_OK);
	assert_string_equal(written_for(s.account.email), "1 1 1 1");
	assert_false(is_known(before.token));
}

/* All turns at hashing are taken by others. */
static void
whoever_waits_too_long_comes_back(void **state)
{
	const int cores = cores_available("/");
	const int turns = cores > 1 ? cores - 1 : 1;
	struct sign_up s = somebody();
	struct log_in l = { .email = s.account.email, .password = PASSWORD };
	struct slots **taken = mem_zero((size_t)turns, sizeof(*taken));
	int i;

	(void)state;
	for (i = 0; i < turns; i++) {
		taken[i] = slots_open(path_in("password.slots"), turns, 0);
		assert_int_equal(slots_take(taken[i], 0), ERR_OK);
	}
	assert_int_equal(sign_up(app, &s), ERR_LATER);
	assert_int_equal(s.busy, 1);
	assert_string_equal(written_for(s.account.email), "0 0 0 0");
	assert_int_equal(log_in(app, &l), ERR_LATER);
	assert_int_equal(l.busy, 1);
	for (i = 0; i < turns; i++) {
		slots_give(taken[i]);
		slots_close(taken[i]);
	}
	free(taken);
	assert_int_equal(sign_up(app, &s), ERR_OK);
	assert_int_equal(s.busy, 0);
	assert_int_equal(log_in(app, &l), ERR_OK);
	assert_int_equal(l.busy, 0);
}

/* --- logging in --- */

static void
whoever_knows_the_password_gets_in(void **state)
{
	struct sign_up s = somebody();
	struct log_in l = { .email = s.account.email, .password = PASSWORD };

	(void)state;
	assert_int_equal(sign_up(app, &s), ERR_OK);
	assert_int_equal(log_in(app, &l), ERR_OK);
	assert_string_equal(l.account.id, s.account.id);
	assert_string_equal(l.account.first_name, "Ada");
	assert_true(is_known(l.token));
	assert_true(is_known(s.token));

	/* The browser's session before ends, and only that one. */
	memcpy(l.old, s.token, sizeof(l.old));
	assert_int_equal(log_in(app, &l), ERR_OK);
	assert_false(is_known(s.token));
	assert_true(is_known(l.token));
}

/* --- a browser that they have logged in with --- */

#define COMPOSED	"caf\303\251 au long comptoir"
#define DECOMPOSED	"cafe\314\201 au long comptoir"
#define NOW	((time_t)1795780000)
#define DAY	((time_t)86400)

static int
is_theirs(const struct sign_up *s, time_t now, const char *token)
{
	return device_is_known(app, s->account.email, now, token);
}

static void
a_browser_is_known_by_what_it_was_given(void **state)
{
	struct sign_up s = somebody(), other = somebody();
	struct log_in l = { .email = s.account.email, .password = PASSWORD,
	    .now = NOW + DAY };
	char forged[DEVICE_TOKEN];
	size_t i;

	(void)state;
	s.now = other.now = NOW;
	assert_int_equal(sign_up(app, &s), ERR_OK);
	assert_int_equal(sign_up(app, &other), ERR_OK);
	assert_true(is_theirs(&s, NOW, s.device));
	assert_true(is_theirs(&other, NOW, other.device));
	assert_int_equal(log_in(app, &l), ERR_OK);
	assert_true(is_theirs(&s, NOW, l.device));
	assert_string_not_equal(l.device, s.device);

	/* Of one account it is no other's, and nobody's of none. */
	assert_false(is_theirs(&s, NOW, other.device));
	assert_false(is_theirs(&other, NOW, s.device));
	assert_false(device_is_known(app, "nobody@example.com", NOW,
	    s.device));
	assert_false(device_is_known(app, NULL, NOW, s.device));

	/* Not a letter of it can be another. */
	for (i = 0; s.device[i] != '\0'; i++) {
		memcpy(forged, s.device, sizeof(forged));
		forged[i] = forged[i] == '2' ? '3' : '2';
		if (is_theirs(&s, NOW, forged))
			fail_msg("letter %zu", i);
	}
	assert_false(is_theirs(&s, NOW, ""));
	assert_false(is_theirs(&s, NOW, "."));
	assert_false(is_theirs(&s, NOW, "20784."));
	memcpy(forged, s.device, sizeof(forged));
	forged[strlen(forged) - 1] = '\0';
	assert_false(is_theirs(&s, NOW, forged));

	/* It has an end, and does not begin tomorrow. */
	assert_true(is_theirs(&s, NOW + DEVICE_DAYS * DAY, s.device));
	assert_false(is_theirs(&s, NOW + (DEVICE_DAYS + 1) * DAY, s.device));
	assert_true(is_theirs(&s, NOW - DAY, s.device));
	assert_false(is_theirs(&s, NOW - 2 * DAY, s.device));
}

/* With the password it is another's: what browsers had is worth nothing. */
static void
another_password_makes_browsers_strangers(void **state)
{
	struct sign_up s = somebody();
	struct log_in l = { .email = s.account.email, .password = PASSWORD,
	    .now = NOW };
	char hash[PASSWORD_HASH];

	(void)state;
	s.now = NOW;
	assert_int_equal(sign_up(app, &s), ERR_OK);
	assert_int_equal(password_hash(app->pepper, PASSWORD,
	    strlen(PASSWORD), hash), ERR_OK);
	sql("UPDATE account SET password_hash = $2 WHERE id = $1::uuid",
	    s.account.id, hash);
	assert_false(is_theirs(&s, NOW, s.device));
	assert_int_equal(log_in(app, &l), ERR_OK);
	assert_true(is_theirs(&s, NOW, l.device));

	/* One that is hashed anew on the way in is of the new hash. */
	assert_int_equal(password_hash(app->pepper, DECOMPOSED,
	    strlen(DECOMPOSED), hash), ERR_OK);
	sql("UPDATE account SET password_hash = $2 WHERE id = $1::uuid",
	    s.account.id, hash);
	l.password = DECOMPOSED;
	assert_int_equal(log_in(app, &l), ERR_OK);
	assert_true(is_theirs(&s, NOW, l.device));

	/* What is no hash is no secret that anything could be made with. */
	sql("UPDATE account SET password_hash = '' WHERE id = $1::uuid",
	    s.account.id, NULL);
	device_mark(&s.account, "", NOW, l.device);
	assert_false(is_theirs(&s, NOW, l.device));
}

/* Whatever keyboard it was typed on; also where it was kept as it was typed. */
static void
a_password_has_one_spelling(void **state)
{
	static const char *const typed[] = { COMPOSED, DECOMPOSED };
	struct sign_up s = somebody();
	struct log_in l = { .email = s.account.email };
	const int least = conf.password.min_length;
	char hash[PASSWORD_HASH];
	size_t i, j;

	(void)state;
	for (i = 0; i < NELEM(typed); i++) {
		s = somebody();
		s.password = typed[i];
		assert_int_equal(sign_up(app, &s), ERR_OK);
		for (j = 0; j < NELEM(typed); j++) {
			l.password = typed[j];
			assert_int_equal(log_in(app, &l), ERR_OK);
		}
	}
	l.password = "cafe au long comptoir";
	assert_int_equal(log_in(app, &l), ERR_DENIED);

	/* Of before: the bytes as they were typed, until they are once more. */
	assert_int_equal(password_hash(app->pepper, DECOMPOSED,
	    strlen(DECOMPOSED), hash), ERR_OK);
	sql("UPDATE account SET password_hash = $2 WHERE id = $1::uuid",
	    s.account.id, hash);
	l.password = COMPOSED;
	assert_int_equal(log_in(app, &l), ERR_DENIED);
	l.password = DECOMPOSED;
	assert_int_equal(log_in(app, &l), ERR_OK);
	l.password = COMPOSED;
	assert_int_equal(log_in(app, &l), ERR_OK);

	/* It is as long as people see it: eleven letters, three with accents. */
	conf.password.min_length = 12;
	assert_non_null(sign_up_password_fault(app,
	    "e\314\201e\314\201e\314\201aaaaaaaa", hash));
	assert_null(sign_up_password_fault(app,
	    "e\314\201e\314\201e\314\201aaaaaaaaa", hash));
	conf.password.min_length = least;
}

static void
nobody_else_gets_in(void **state)
{
	char longer[PASSWORD_MAX + 2];
	struct sign_up s = somebody();
	const struct {
		const char	*email, *password;
	} tries[] = {
		{ s.account.email, "correct horsf" },
		{ s.account.email, "" },
		{ s.account.email, NULL },
		{ s.account.email, longer },
		{ "nobody@example.com", PASSWORD },
		{ NULL, PASSWORD },
		{ "", "" },
		{ NULL, NULL },
	};
	struct log_in l;
	size_t i;

	(void)state;
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	assert_int_equal(sign_up(app, &s), ERR_OK);
	for (i = 0; i < NELEM(tries); i++) {
		memset(&l, 0, sizeof(l));
		l.email = tries[i].email;
		l.password = tries[i].password;
		memcpy(l.old, s.token, sizeof(l.old));
		if (log_in(app, &l) != ERR_DENIED)
			fail_msg("try %zu was let in", i);
		assert_string_equal(l.token, "");
		assert_int_equal(l.busy, 0);
	}
	/* Nor does a try cost anybody a session. */
	assert_true(is_known(s.token));
	assert_string_equal(sql("SELECT count(*) FROM session", NULL, NULL),
	    "1");
}

static char pepper_file[PATH_SIZE];

#define HASH	"SELECT password_hash FROM account WHERE id = $1::uuid"

static void
a_hash_of_an_old_kind_is_made_anew(void **state)
{
	struct app *plain = app;
	struct sign_up s = somebody();
	struct log_in l = { .email = s.account.email, .password = PASSWORD };
	char before[PASSWORD_HASH];

	(void)state;
	assert_int_equal(sign_up(app, &s), ERR_OK);
	snprintf(before, sizeof(before), "%s", sql(HASH, s.account.id, NULL));
	secret_write(pepper_file, "pepper", "k1:0123456789abcdef"
	    "0123456789abcdef0123456789abcdef0123456789abcdef\n");
	conf.password.pepper_file = pepper_file;
	app = app_start();
	conf.password.pepper_file = empty;
	assert_non_null(app);

	/* With all of it or not at all. */
	rows_stop("session");
	assert_int_equal(log_in(app, &l), ERR_INTERNAL);
	rows_come("session");
	assert_string_equal(sql(HASH, s.account.id, NULL), before);

	assert_int_equal(log_in(app, &l), ERR_OK);
	assert_string_not_equal(sql(HASH, s.account.id, NULL), before);
	assert_non_null(strstr(sql(HASH, s.account.id, NULL), "keyid="));
	assert_int_equal(log_in(app, &l), ERR_OK);
	app_close(app);
	app = plain;
}

static void
logging_in_does_not_end_a_session_and_fail(void **state)
{
	struct sign_up s = somebody();
	struct log_in l = { .email = s.account.email, .password = PASSWORD };

	(void)state;
	assert_int_equal(sign_up(app, &s), ERR_OK);
	memcpy(l.old, s.token, sizeof(l.old));
	rows_stop("session");
	assert_int_equal(log_in(app, &l), ERR_INTERNAL);
	rows_come("session");
	assert_true(is_known(s.token));
}

static void
logging_out_ends_it(void **state)
{
	struct sign_up s = somebody();
	struct log_in l = { .email = s.account.email, .password = PASSWORD };

	(void)state;
	assert_int_equal(sign_up(app, &s), ERR_OK);
	assert_int_equal(log_in(app, &l), ERR_OK);
	assert_int_equal(log_out(app, s.token), ERR_OK);
	assert_false(is_known(s.token));
	assert_true(is_known(l.token));
	assert_int_equal(log_out(app, s.token), ERR_OK);
}

/* --- being recognized --- */

static void
a_stranger_is_nobody(void **state)
{
	static const char zeros[sizeof(struct visitor)];
	struct visitor v;
	struct access a;

	(void)state;
	memset(&v, 0xa5, sizeof(v));
	assert_int_equal(recognize(app,
	    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG", &v), ERR_NOTFOUND);
	assert_memory_equal(&v, zeros, sizeof(v));
	assert_int_equal(recognize(app, "short", &v), ERR_NOTFOUND);
	assert_int_equal(recognize_access(app, "short", &a), ERR_NOTFOUND);
}

static void
a_member_is_shown_what_there_is(void **state)
{
	struct sign_up s = somebody();
	struct standing t;
	struct subscription u;
	struct access a;

	(void)state;
	assert_int_equal(sign_up(app, &s), ERR_OK);
	assert_int_equal(recognize_subscription(app, s.account.id, &u),
	    ERR_NOTFOUND);
	assert_int_equal(recognize_standing(app, s.account.id, &t), ERR_OK);
	assert_int_equal(t.subscribed, 0);
	assert_int_equal(t.tried, 0);
	assert_int_equal(t.referred, 1);
	assert_string_equal(t.ucc, CODE);
	assert_int_equal(recognize_access(app, s.token, &a), ERR_OK);
	assert_string_equal(a.account_id, s.account.id);
	assert_int_equal(a.entitled, 0);

	sql("INSERT INTO customer (id, account_id) VALUES ('cus_1', $1::uuid)",
	    s.account.id, NULL);
	sql("INSERT INTO subscription (id, customer_id, status, created,"
	    " current_period_end, paid_until, livemode) VALUES ('sub_1',"
	    " 'cus_1', 'active', now(), now() + interval '1 day', now(),"
	    " false)", NULL, NULL);
	sql("INSERT INTO subscription_item (id, subscription_id, customer_id,"
	    " price, quantity) VALUES ('si_1', 'sub_1', 'cus_1', 'price_team',"
	    " 4)", NULL, NULL);
	sql("DELETE FROM referral", NULL, NULL);
	sql("UPDATE subscription SET trial_end = now() - interval '1 day'",
	    NULL, NULL);
	assert_int_equal(recognize_standing(app, s.account.id, &t), ERR_OK);
	assert_int_equal(t.tried, 1);
	assert_int_equal(t.subscribed, 1);
	assert_string_equal(t.subscription.plan, "team");
	assert_int_equal(t.subscription.quantity, 4);
	assert_int_equal(t.referred, 0);
	assert_int_equal(recognize_subscription(app, s.account.id, &u),
	    ERR_OK);
	assert_int_equal(u.entitlement, ENTITLED);

	/* It was used long ago, so that it was used now is written. */
	sql("UPDATE session SET used_at = now() - interval '10 hours'", NULL,
	    NULL);
	assert_int_equal(recognize_access(app, s.token, &a), ERR_OK);
	assert_int_equal(a.entitled, 1);
	assert_string_equal(a.plan, "team");
	assert_string_equal(sql("SELECT used_at > now() - interval '1 minute'"
	    " FROM session", NULL, NULL), "t");
}

static void
cello_is_booted_for_a_member(void **state)
{
	struct account who = { .id = "2b8f0c9e-6f0e-4d3e-9b1a-0c5d7e9f1a2b",
	    .first_name = "Ada", .last_name = "Lovelace" };
	struct token_signer *signer = app->signer;
	struct boot b;

	(void)state;
	assert_int_equal(boot_referrals(app, &who, 1763935200, &b), ERR_OK);
	assert_int_equal(b.refusal, BOOT_ENABLED);
	assert_string_equal(b.full_name, "Ada Lovelace");
	assert_string_equal(b.product_id, "app.example.com");
	assert_string_equal(b.script_url,
	    "https://assets.cello.so/app/latest/cello.js");
	assert_int_equal(strncmp(b.token,
	    "eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9.", 37), 0);
	who.first_name[0] = '\0';
	assert_int_equal(boot_referrals(app, &who, 1763935200, &b), ERR_OK);
	assert_string_equal(b.full_name, "Lovelace");

	/* Cello is off. */
	app->signer = NULL;
	assert_int_equal(boot_referrals(app, &who, 1763935200, &b), ERR_OK);
	assert_int_equal(b.refusal, BOOT_OFF);
	app->signer = signer;
}

#define CLEAN(f)	cmocka_unit_test_setup(f, app_clean)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CLEAN(an_account_comes_with_all_of_it),
		CLEAN(nobody_has_to_be_referred),
		CLEAN(a_fault_writes_nothing),
		CLEAN(an_address_is_taken_once),
		CLEAN(the_session_before_ends_with_it),
		CLEAN(all_of_it_or_nothing),
		CLEAN(whoever_waits_too_long_comes_back),
		CLEAN(whoever_knows_the_password_gets_in),
		CLEAN(a_browser_is_known_by_what_it_was_given),
		CLEAN(another_password_makes_browsers_strangers),
		CLEAN(a_password_has_one_spelling),
		CLEAN(nobody_else_gets_in),
		CLEAN(a_hash_of_an_old_kind_is_made_anew),
		CLEAN(logging_in_does_not_end_a_session_and_fail),
		CLEAN(logging_out_ends_it),
		CLEAN(a_stranger_is_nobody),
		CLEAN(a_member_is_shown_what_there_is),
		CLEAN(cello_is_booted_for_a_member),
	};
	int failed;

	if (!rows_open())
		return SKIPPED;
	failed = cmocka_run_group_tests(tests, app_make, app_break);
	rows_close();
	return failed;
}
