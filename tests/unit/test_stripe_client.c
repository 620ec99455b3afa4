/* SPDX-License-Identifier: MIT */

/* stripe/client against a server of our own. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/text.h"
#include "server.h"
#include "stripe/client.h"

static void
test_stripe_meanings(void **unused)
{
	static const struct {
		const char	*path;
		enum err	 get, post;
	} cases[] = {
		{ "/v1/200", ERR_OK, ERR_OK },
		{ "/v1/200/bad", ERR_LATER, ERR_LATER },
		{ "/v1/400", ERR_INPUT, ERR_INPUT },
		{ "/v1/400/missing", ERR_NOTFOUND, ERR_NOTFOUND },
		{ "/v1/400/rate", ERR_LATER, ERR_LATER },
		{ "/v1/400/key", ERR_INPUT, ERR_INPUT },
		{ "/v1/400/again", ERR_LATER, ERR_LATER },
		{ "/v1/401", ERR_INTERNAL, ERR_INTERNAL },
		{ "/v1/402", ERR_INPUT, ERR_INPUT },
		{ "/v1/403", ERR_INTERNAL, ERR_INTERNAL },
		{ "/v1/404", ERR_NOTFOUND, ERR_NOTFOUND },
		{ "/v1/409/key", ERR_LATER, ERR_CONFLICT },
		{ "/v1/409/lock", ERR_LATER, ERR_LATER },
		{ "/v1/429", ERR_LATER, ERR_LATER },
		/* By its number alone, too; and a word does not open a door. */
		{ "/v1/429/bare", ERR_LATER, ERR_LATER },
		{ "/v1/408/bare", ERR_LATER, ERR_LATER },
		{ "/v1/409/bare", ERR_LATER, ERR_LATER },
		{ "/v1/403/lock", ERR_INTERNAL, ERR_INTERNAL },
		{ "/v1/500", ERR_LATER, ERR_LATER },
		{ "/v1/503/html", ERR_LATER, ERR_LATER },
		{ "/v1/302", ERR_INTERNAL, ERR_INTERNAL },
		{ "/v1/drop", ERR_LATER, ERR_LATER },
		{ "/v1/hang", ERR_LATER, ERR_LATER }
	};
	struct stripe *s = stripe_open(origin, "sk_test_1", 1);
	struct stripe_reply r;
	size_t i;

	(void)unused;
	for (i = 0; i < NELEM(cases); i++) {
		print_message("# stripe: %s\n", cases[i].path);
		assert_int_equal(stripe_get(s, cases[i].path, &r),
		    cases[i].get);
		stripe_reply_done(&r);
		assert_int_equal(stripe_delete(s, cases[i].path, &r),
		    cases[i].get);
		stripe_reply_done(&r);
		assert_int_equal(stripe_post(s, cases[i].path, "a=b", "key-1",
		    &r), cases[i].post);
		stripe_reply_done(&r);
	}
	stripe_close(s);
	stripe_close(NULL);
}

static void
test_stripe_reply(void **unused)
{
	struct stripe *s = stripe_open(origin, "sk_test_1", 1);
	struct stripe_reply r = { .status = 0 };

	(void)unused;
	stripe_reply_done(&r);
	assert_int_equal(stripe_post(s, "/v1/200", "a=b", "key-1", &r), ERR_OK);
	assert_int_equal(r.status, 200);
	assert_string_equal(r.request_id, "req_2");
	assert_string_equal(r.code, "");
	assert_string_equal(json_text(r.body, "id"), "cus_1");
	stripe_reply_done(&r);
	assert_true(was_said("\r\nAuthorization: Bearer sk_test_1\r\n"));
	assert_true(was_said("\r\nStripe-Version: " STRIPE_VERSION "\r\n"));
	assert_true(was_said("\r\nIdempotency-Key: key-1\r\n"));
	assert_true(was_said("\r\nContent-Type: application/x-www-form-"
	    "urlencoded\r\n"));

	assert_int_equal(stripe_get(s, "/v1/200?expand[]=x", &r), ERR_OK);
	stripe_reply_done(&r);
	assert_true(was_said("GET /v1/200?expand[]=x HTTP/1.1\r\n"));
	assert_false(was_said("Idempotency-Key"));

	assert_int_equal(stripe_post(s, "/v1/500", "", "key-1", &r), ERR_LATER);
	assert_int_equal(r.replayed, 1);
	assert_string_equal(r.code, "oops");
	assert_string_equal(r.param, "p");
	stripe_reply_done(&r);

	/* Words for a log: whole ones, no address, no line, not without end. */
	assert_int_equal(stripe_get(s, "/v1/400/words", &r), ERR_INPUT);
	assert_string_equal(r.message, "Invalid email address: (address)"
	    " (see (address) or (address) \303\251.");
	stripe_reply_done(&r);
	assert_int_equal(stripe_get(s, "/v1/400/long", &r), ERR_INPUT);
	assert_int_equal(strlen(r.message), STRIPE_MESSAGE - 1);
	stripe_reply_done(&r);
	assert_int_equal(stripe_get(s, "/v1/400", &r), ERR_INPUT);
	assert_string_equal(r.message, "");
	stripe_reply_done(&r);

	assert_int_equal(stripe_get(s, "/v1/429", &r), ERR_LATER);
	assert_int_equal(r.retry_after, 3);
	stripe_reply_done(&r);
	assert_int_equal(stripe_get(s, "/v1/drop", &r), ERR_LATER);
	assert_int_equal(r.status, 0);
	assert_null(r.body);
	stripe_reply_done(&r);
	stripe_close(s);

	s = stripe_open("http://192.0.2.1", "sk_test_1", 1);
	assert_int_equal(stripe_get(s, "/v1/200", &r), ERR_INTERNAL);
	stripe_reply_done(&r);
	stripe_close(s);
}

static int
count_call(void *arg, const char *endpoint)
{
	(void)endpoint;
	(*(int *)arg)++;
	return 0;
}

struct told {
	int	 times;
	int	 all;
	int	 retry_after;
	char	 endpoint[64];
};

static void
take_word(void *arg, const char *endpoint, int all, int retry_after)
{
	struct told *t = arg;

	t->times++;
	t->all = all;
	t->retry_after = retry_after;
	text_cut(endpoint, t->endpoint, sizeof(t->endpoint));
}

static void
what_stripe_says_of_its_limits_is_told(void **unused)
{
	static const struct {
		const char	*path;
		struct told	 told;
	} cases[] = {
		{ "/v1/429/all", { 1, 1, 3, "GET /v1/{id}/all" } },
		{ "/v1/429/one", { 2, 0, 0, "GET /v1/{id}/one" } },
		/* An object is in use, or Stripe does not say what is full. */
		{ "/v1/429", { 2, 0, 0, "GET /v1/{id}/one" } },
		{ "/v1/429/bare", { 2, 0, 0, "GET /v1/{id}/one" } },
		{ "/v1/429/object", { 2, 0, 0, "GET /v1/{id}/one" } },
		{ "/v1/200", { 2, 0, 0, "GET /v1/{id}/one" } }
	};
	struct stripe *s = stripe_open(origin, "sk_test_1", 1);
	struct told told = { .times = 0 };
	struct stripe_reply r;
	size_t i;

	(void)unused;
	stripe_tell_full(s, take_word, &told);
	for (i = 0; i < NELEM(cases); i++) {
		print_message("# stripe: %s\n", cases[i].path);
		(void)!stripe_get(s, cases[i].path, &r);
		stripe_reply_done(&r);
		assert_int_equal(told.times, cases[i].told.times);
		assert_int_equal(told.all, cases[i].told.all);
		assert_int_equal(told.retry_after, cases[i].told.retry_after);
		assert_string_equal(told.endpoint, cases[i].told.endpoint);
	}
	stripe_close(s);
}

static void
what_stripe_owes_a_command_is_asked_for_again(void **unused)
{
	struct stripe *s = stripe_open(origin, "sk_test_1", 1);
	struct stripe_reply r;
	int calls = 0;

	(void)unused;
	stripe_ask_first(s, count_call, &calls);
	assert_int_equal(stripe_get(s, "/v1/500", &r), ERR_LATER);
	stripe_reply_done(&r);
	assert_int_equal(calls, 1);
	stripe_persist(s, 2);
	assert_int_equal(stripe_get(s, "/v1/500", &r), ERR_LATER);
	stripe_reply_done(&r);
	assert_int_equal(calls, 3);
	/* What is settled is not, and what is no reading is its caller's. */
	assert_int_equal(stripe_get(s, "/v1/404", &r), ERR_NOTFOUND);
	stripe_reply_done(&r);
	assert_int_equal(stripe_post(s, "/v1/500", "a=b", "key", &r),
	    ERR_LATER);
	stripe_reply_done(&r);
	assert_int_equal(calls, 5);
	assert_int_equal(stripe_get_once(s, "/v1/500", &r), ERR_LATER);
	stripe_reply_done(&r);
	assert_int_equal(calls, 6);
	stripe_close(s);
}

static void
test_stripe_log(void **unused)
{
	struct stripe *s = stripe_open(origin, "sk_secret_9", 1);
	char path[] = "/tmp/test_net.XXXXXX", text[4096];
	int fd = mkstemp(path), kept = dup(2);
	struct stripe_reply r;
	ssize_t n;

	(void)unused;
	(void)unlink(path);
	(void)dup2(fd, 2);
	assert_int_equal(stripe_get(s, "/v1/customers/cus_Nff?x=hunter2", &r),
	    ERR_LATER);
	stripe_reply_done(&r);
	assert_int_equal(stripe_post(s, "/v1/200", "email=hunter2", "key-1",
	    &r), ERR_OK);
	stripe_reply_done(&r);
	(void)dup2(kept, 2);
	close(kept);
	n = pread(fd, text, sizeof(text) - 1, 0);
	assert_true(n > 0);
	text[n] = '\0';
	close(fd);
	stripe_close(s);

	assert_non_null(strstr(text, "stripe_call"));
	assert_non_null(strstr(text, "GET /v1/customers/{id} "));
	assert_non_null(strstr(text, "req_2"));
	assert_null(strstr(text, "cus_Nff"));
	assert_null(strstr(text, "hunter2"));
	assert_null(strstr(text, "sk_secret"));
}

/* A key says its mode, and is told from others without being kept. */
static void
test_stripe_keys(void **unused)
{
	static const struct {
		const char	*key;
		int		 live;
	} keys[] = {
		{ "sk_test_1", 0 }, { "sk_live_1", 1 }, { "rk_test_1", 0 },
		{ "rk_live_1", 1 }, { "sk_live_2", 1 }, { "sk_liver", 0 },
		{ "x_sk_live_1", 0 }
	};
	struct stripe *s[NELEM(keys)];
	size_t i, j;

	(void)unused;
	for (i = 0; i < NELEM(keys); i++) {
		s[i] = stripe_open(origin, keys[i].key, 1);
		assert_int_equal(stripe_is_live(s[i]), keys[i].live);
		assert_int_equal(strlen(stripe_key_digest(s[i])), 64);
		for (j = 0; j < i; j++)
			assert_string_not_equal(stripe_key_digest(s[i]),
			    stripe_key_digest(s[j]));
	}
	for (i = 0; i < NELEM(keys); i++)
		stripe_close(s[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stripe_keys),
		cmocka_unit_test(test_stripe_meanings),
		cmocka_unit_test(test_stripe_reply),
		cmocka_unit_test(what_stripe_says_of_its_limits_is_told),
		cmocka_unit_test(what_stripe_owes_a_command_is_asked_for_again),
		cmocka_unit_test(test_stripe_log)
	};

	return cmocka_run_group_tests_name("stripe", tests, start, stop);
}
