/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "account/account.h"
#include "account/session.h"
#include "base/text.h"
#include "db/ahead.h"
#include "rows.h"

#define A21	"aaaaaaaaaaaaaaaaaaaaa"
#define A63	A21 A21 A21

static const struct {
	const char	*what;
	const char	*email;
	int		 want;
} emails[] = {
	{ "plain",			"ada@example.com",		1 },
	{ "a tag and dots",		"a.b+c@mail.example.com",	1 },
	{ "all signs that there are",	"a!#$%&'*+/=?^_`{|}~-@example.com", 1 },
	{ "letters beyond ASCII",	"h\303\251l\303\250ne@example.com", 0 },
	{ "the same, decomposed",	"he\314\201le@example.com",	0 },
	{ "a domain beyond ASCII",	"ada@caf\303\251.example",	0 },
	{ "a domain as it is written",	"ada@xn--caf-dma.example",	1 },
	{ "a space that does not break", "a\302\240b@example.com",	0 },
	{ "an ideographic space",	"c\343\200\200@example.com",	0 },
	{ "a space of no width",	"a\342\200\213b@example.com",	0 },
	{ "64 bytes before the @",	"a" A63 "@example.com",		1 },
	{ "65 bytes before the @",	"aa" A63 "@example.com",	0 },
	{ "254 bytes",	"a@" A63 "." A63 "." A63 ".aaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaa.example",			1 },
	{ "255 bytes",	"a@a" A63 "." A63 "." A63 ".aaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaa.example",			0 },
	{ "nothing",			"",				0 },
	{ "no @",			"example.com",			0 },
	{ "nothing before the @",	"@example.com",			0 },
	{ "nothing after the @",	"ada@",				0 },
	{ "two @",			"ada@b@example.com",		0 },
	{ "a domain without a dot",	"ada@localhost",		0 },
	{ "a dot before all",		".ada@example.com",		0 },
	{ "a dot before the @",		"ada.@example.com",		0 },
	{ "two dots before the @",	"ada..b@example.com",		0 },
	{ "a hyphen first",		"ada@-example.com",		0 },
	{ "a hyphen last",		"ada@example-.com",		0 },
	{ "a label of 64",		"ada@a" A63 ".com",		0 },
	{ "an underscore",		"ada@ex_ample.com",		0 },
	{ "an address for an address",	"ada@[127.0.0.1]",		0 },
	{ "a dot first",		"ada@.example.com",		0 },
	{ "a dot last",			"ada@example.com.",		0 },
	{ "two dots",			"ada@example..com",		0 },
	{ "a space",			"ada lovelace@example.com",	0 },
	{ "a space at the end",		"ada@example.com ",		0 },
	{ "a line of its own",		"ada@example.com\r\nBcc: x",	0 },
	{ "a tab",			"ada@exam\tple.com",		0 },
	{ "DEL",			"ada@exam\177ple.com",		0 },
	{ "a control of C1",		"ada@exam\302\205ple.com",	0 },
	{ "no UTF-8",			"ad\351@example.com",		0 },
	{ "a list",			"ada@example.com,b@example.com", 0 },
	{ "a name and angles",		"Ada<ada@example.com>",		0 },
	{ "quoted",			"\"ada\"@example.com",		0 },
};

static const struct {
	const char	*what;
	const char	*name;
	int		 want;
} names[] = {
	{ "none",			"",			1 },
	{ "a name",			"Ada",			1 },
	{ "spaces and apostrophes",	"O'Neil van der Berg",	1 },
	{ "beyond ASCII",		"\303\205sa \345\261\261", 1 },
	{ "100 bytes", A63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 1 },
	{ "101 bytes", A63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 0 },
	{ "a line feed",		"Ada\nLovelace",	0 },
	{ "a control of C1",		"Ada\302\200",		0 },
	{ "C2 and no control",		"Ada\302\240",		1 },
	{ "no UTF-8",			"\377",			0 },
};

static void
emails_are_judged(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(emails); i++)
		if (account_email_ok(emails[i].email) != emails[i].want)
			fail_msg("%s: wanted %d", emails[i].what,
			    emails[i].want);
}

static void
names_are_judged(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(names); i++)
		if (account_name_ok(names[i].name) != names[i].want)
			fail_msg("%s: wanted %d", names[i].what,
			    names[i].want);
}

/* A person with an address that nobody has yet. */
static struct account
somebody(void)
{
	struct account a;

	memset(&a, 0, sizeof(a));
	random_uuid(a.id);
	snprintf(a.email, sizeof(a.email), "Ada-%.8s@example.com", a.id);
	snprintf(a.first_name, sizeof(a.first_name), "Ada");
	snprintf(a.organization, sizeof(a.organization), "Engines, 'Ltd'");
	return a;
}

/* Scenario 28. */
static void
an_account_is_found_in_any_case(void **state)
{
	struct account a = somebody(), found;
	char hash[8], upper[ACCOUNT_EMAIL];

	(void)state;
	assert_int_equal(account_create(db, &a, "hash"), ERR_OK);
	snprintf(upper, sizeof(upper), "ADA-%.8s@EXAMPLE.com", a.id);
	assert_int_equal(account_find(db, upper, &found, hash, sizeof(hash)),
	    ERR_OK);
	assert_memory_equal(found.id, a.id, sizeof(a.id));
	assert_string_equal(found.email, a.email);
	assert_string_equal(found.first_name, "Ada");
	assert_string_equal(found.last_name, "");
	assert_string_equal(found.organization, "Engines, 'Ltd'");
	assert_string_equal(hash, "hash");
	assert_int_equal(account_find(db, "nobody@example.com", &found, hash,
	    sizeof(hash)), ERR_NOTFOUND);
	assert_int_equal(account_find(db, upper, &found, hash, 4),
	    ERR_INTERNAL);
}

/* In the transaction that was refused a second account, all goes on. */
static enum err
create_twice(struct db *conn, void *arg)
{
	struct account a = somebody(), again = a, found;

	(void)arg;
	random_uuid(again.id);
	again.email[0] ^= 0x20;		/* the other case */
	assert_int_equal(account_create(conn, &a, "hash"), ERR_OK);
	assert_int_equal(account_create(conn, &again, "hash"), ERR_CONFLICT);
	assert_int_equal(account_lock(conn, a.id, &found), ERR_OK);
	assert_string_equal(found.email, a.email);
	assert_int_equal(account_lock(conn, again.id, &found), ERR_NOTFOUND);
	return ERR_OK;
}

static void
a_taken_address_leaves_the_transaction_usable(void **state)
{
	(void)state;
	assert_int_equal(db_transaction(db, create_twice, NULL), ERR_OK);
}

static void
a_hash_is_replaced_only_if_it_is_the_old_one(void **state)
{
	const char *id = new_account();
	const char *now = "SELECT password_hash FROM account"
	    " WHERE id = $1::uuid";

	(void)state;
	assert_int_equal(account_rehash(db, id, "y", "z"), ERR_OK);
	assert_string_equal(sql(now, id, NULL), "x");
	assert_int_equal(account_rehash(db, id, "x", "z"), ERR_OK);
	assert_string_equal(sql(now, id, NULL), "z");
}

static const struct session_limits limits = { .idle_hours = 20, .hours = 24,
    .days = 2 };

/* Find it, and say that it was used if that was long ago. */
static enum err
find(const char *token, struct account *ret_account)
{
	char hash[SESSION_HASH];
	int touch = 0;
	enum err e;

	e = session_find(db, token, &limits, ret_account, &touch);
	if (e == ERR_OK && touch) {
		session_hash(token, hash);
		assert_int_equal(session_touch(db, hash), ERR_OK);
	}
	return e;
}

static void
a_session_is_found_by_its_token_only(void **state)
{
	const char *id = new_account();
	const struct session_start start = { .account_id = id };
	const struct session_start remembered = { id, .remember = 1 };
	char token[SESSION_TOKEN], other[SESSION_TOKEN], hash[SESSION_HASH];
	struct account a;

	(void)state;
	assert_int_equal(session_open(db, &start, &limits, token), ERR_OK);
	assert_int_equal(session_open(db, &remembered, &limits, other),
	    ERR_OK);
	assert_int_equal(strlen(token), SESSION_TOKEN - 1);
	assert_string_not_equal(token, other);
	assert_int_equal(find(token, &a), ERR_OK);
	assert_string_equal(a.id, id);

	/* The token itself is nowhere. */
	session_hash(token, hash);
	assert_int_equal(strlen(hash), SESSION_HASH - 1);
	assert_string_equal(sql("SELECT ends_at - created_at FROM session"
	    " WHERE token_hash = $1::bytea", hash, NULL), "1 day");
	session_hash(other, hash);
	assert_string_equal(sql("SELECT ends_at - created_at FROM session"
	    " WHERE token_hash = $1::bytea", hash, NULL), "2 days");
	assert_string_equal(sql("SELECT count(*) FROM session"
	    " WHERE strpos(encode(token_hash, 'escape'), $1) > 0", token,
	    NULL), "0");

	assert_int_equal(session_close(db, token), ERR_OK);
	assert_int_equal(session_close(db, token), ERR_OK);
	assert_int_equal(find(token, &a), ERR_NOTFOUND);
	assert_int_equal(find(other, &a), ERR_OK);
	assert_int_equal(find("", &a), ERR_NOTFOUND);
	assert_int_equal(find(hash, &a), ERR_NOTFOUND);
}

static const struct {
	const char	*what;
	const char	*used;		/* so long ago */
	const char	*ends;		/* in so long */
	enum err	 want;
	int		 touched;	/* a twentieth of 20 h is one hour */
	int		 remember;
} sessions[] = {
	{ "fresh",		"0 min",	"1 day",	ERR_OK, 0, 0 },
	{ "used lately",	"59 min",	"1 day",	ERR_OK, 0, 0 },
	{ "used a while ago",	"61 min",	"1 day",	ERR_OK, 1, 0 },
	{ "almost idle",	"1199 min",	"1 day",	ERR_OK, 1, 0 },
	{ "idle",		"1201 min",	"1 day",   ERR_NOTFOUND, 0, 0 },
	{ "idle, remembered",	"1201 min",	"1 day",	ERR_OK, 1, 1 },
	{ "almost over",	"0 min",	"10 s",		ERR_OK, 0, 0 },
	{ "over",		"0 min",	"-1 s",    ERR_NOTFOUND, 0, 0 },
	{ "over, remembered",	"0 min",	"-1 s",    ERR_NOTFOUND, 0, 1 },
};

static void
sessions_end(void **state)
{
	const char *id = new_account();
	struct session_start start = { .account_id = id };
	char token[SESSION_TOKEN], hash[SESSION_HASH];
	struct account a;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(sessions); i++) {
		start.remember = sessions[i].remember;
		assert_int_equal(session_open(db, &start, &limits, token),
		    ERR_OK);
		session_hash(token, hash);
		sql("UPDATE session SET used_at = now() - $2::interval"
		    " WHERE token_hash = $1::bytea", hash, sessions[i].used);
		sql("UPDATE session SET ends_at = now() + $2::interval"
		    " WHERE token_hash = $1::bytea", hash, sessions[i].ends);
		if (find(token, &a) != sessions[i].want)
			fail_msg("%s", sessions[i].what);
		assert_string_equal(sql("SELECT used_at < now() - $2::interval"
		    " + interval '1 minute' FROM session"
		    " WHERE token_hash = $1::bytea", hash, sessions[i].used),
		    sessions[i].touched ? "f" : "t");
	}
	assert_string_equal(sql("SELECT count(*) FROM session"
	    " WHERE account_id = $1::uuid AND ends_at > now() +"
	    " interval '2 days'", id, NULL), "0");
}

static void
say_first_names(const char *name)
{
	sql("UPDATE account SET first_name = $1", name, NULL);
}

/* Asked ahead, each finds what it would have found alone. */
static void
sessions_of_a_batch_are_whose_they_are(void **state)
{
	enum { ADA, BOB, ERASED, OVER, UNKNOWN, ALL };
	static const int order[] = { BOB, OVER, ADA, UNKNOWN, BOB, ERASED };
	const char *id[ALL];
	char token[ALL][SESSION_TOKEN], hash[SESSION_HASH];
	struct session_start start = { .remember = 1 };
	struct account a;
	enum err want;
	size_t i;

	(void)state;
	for (i = 0; i < UNKNOWN; i++) {
		start.account_id = id[i] = new_account();
		assert_int_equal(session_open(db, &start, &limits, token[i]),
		    ERR_OK);
	}
	session_token(token[UNKNOWN]);
	session_hash(token[OVER], hash);
	sql("UPDATE session SET ends_at = now() WHERE token_hash = $1::bytea",
	    hash, NULL);
	sql("UPDATE account SET erased_at = now() WHERE id = $1::uuid",
	    id[ERASED], NULL);
	say_first_names("Before");
	for (i = 0; i < NELEM(order); i++)
		session_find_ahead(db, token[order[i]], &limits);
	db_ahead_ask(db);
	say_first_names("After");

	for (i = 0; i < NELEM(order); i++) {
		want = order[i] == ADA || order[i] == BOB ? ERR_OK :
		    ERR_NOTFOUND;
		assert_int_equal(find(token[order[i]], &a), want);
		if (want != ERR_OK)
			continue;
		assert_string_equal(a.id, id[order[i]]);
		assert_string_equal(a.first_name, "Before");
		assert_true(text_begins(a.email, a.id));
	}
	db_ahead_forget(db);
	assert_int_equal(find(token[ADA], &a), ERR_OK);
	assert_string_equal(a.first_name, "After");
}

#define RUNS	8

/* How PostgreSQL finds the sessions of a batch after it has done so often. */
static void
plan_of_a_batch(char ret_plan[PLAN_MAX])
{
	const char *const often = "EXECUTE often ('{1,2}', 8)";
	int i;

	prepare("often", session_statements, "session_select_many");
	for (i = 0; i < RUNS; i++)
		sql(often, NULL, NULL);
	explain(often, ret_plan);
}

/*
 * Among few sessions a join with all of them looks cheap, among many a plan for
 * just these two: neither may be chosen.
 */
static void
sessions_of_a_batch_are_found_by_key_and_planned_once(void **state)
{
	static const char *const more[] = { "1000", "20000" };
	char plan[PLAN_MAX];
	size_t i;

	(void)state;
	sql("BEGIN", NULL, NULL);
	for (i = 0; i < NELEM(more); i++) {
		sql("WITH a AS (INSERT INTO account (id, email, password_hash)"
		    " SELECT gen_random_uuid(), 'batch' || $1::int || '.' ||"
		    " k || '@example.com', '' FROM"
		    " generate_series(1, $1::int) k RETURNING id)"
		    " INSERT INTO session (token_hash, account_id, ends_at)"
		    " SELECT sha256(id::text::bytea), id, now() +"
		    " interval '1 day' FROM a", more[i], NULL);
		sql("ANALYZE session, account", NULL, NULL);
		plan_of_a_batch(plan);
		/* Five for their values; then one for all, also explained. */
		assert_string_equal(sql("SELECT custom_plans || ' ' ||"
		    " generic_plans FROM pg_prepared_statements"
		    " WHERE name = 'often'", NULL, NULL), "5 4");
		sql("DEALLOCATE often", NULL, NULL);
		if (strstr(plan, "using session_lookup") == NULL ||
		    strstr(plan, "using account_lookup") == NULL)
			fail_msg("%s more:\n%s", more[i], plan);
	}
	sql("ROLLBACK", NULL, NULL);
}

static const struct {
	const char	*a, *b;
	int		 same;
} mailboxes[] = {
	{ "ada@example.com", "ADA@Example.com", 1 },
	{ "ada@example.com", "ada+work@example.com", 1 },
	{ "ada+a@example.com", "ada+b@example.com", 1 },
	{ "a.d.a@gmail.com", "ada@GMAIL.com", 1 },
	{ "a.da+x@googlemail.com", "ada@googlemail.com", 1 },
	{ "a.da@example.com", "ada@example.com", 0 },
	{ "ada@example.com", "ada@example.org", 0 },
	{ "ada@example.com", "bob@example.com", 0 },
	{ "ada@a.gmail.com", "a.da@a.gmail.com", 0 }
};

static void
addresses_of_one_mailbox_are_told(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(mailboxes); i++)
		if (account_same_address(mailboxes[i].a, mailboxes[i].b) !=
		    mailboxes[i].same)
			fail_msg("%s %s", mailboxes[i].a, mailboxes[i].b);
}

int
main(void)
{
	const struct CMUnitTest tables[] = {
		cmocka_unit_test(addresses_of_one_mailbox_are_told),
		cmocka_unit_test(emails_are_judged),
		cmocka_unit_test(names_are_judged),
	};
	const struct CMUnitTest with_database[] = {
		cmocka_unit_test(an_account_is_found_in_any_case),
		cmocka_unit_test(a_taken_address_leaves_the_transaction_usable),
		cmocka_unit_test(a_hash_is_replaced_only_if_it_is_the_old_one),
		cmocka_unit_test(a_session_is_found_by_its_token_only),
		cmocka_unit_test(sessions_end),
		cmocka_unit_test(sessions_of_a_batch_are_whose_they_are),
		cmocka_unit_test(
		    sessions_of_a_batch_are_found_by_key_and_planned_once),
	};
	int failed;

	failed = cmocka_run_group_tests(tables, NULL, NULL);
	if (!rows_open())
		return failed != 0 ? failed : SKIPPED;
	failed += cmocka_run_group_tests(with_database, NULL, NULL);
	rows_close();
	return failed;
}
