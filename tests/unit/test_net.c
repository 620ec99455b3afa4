/* SPDX-License-Identifier: MIT */

/* net/ against a server of our own. */

#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "net/fetch.h"
#include "net/form.h"
#include "server.h"
#include "slow.h"

#include "names.h"

/* When what never ends is given up, and how long that takes at most. */
#define TIMEOUT_MS	400
#define MOST_MS		1000

/*
 * ENDPIN_SLOW: limits are so many times as long.  TIMEOUT_MS is only where the
 * request has to be sent before it is over: to wait for what never comes takes
 * no processor.
 */
static int slow = 1;

/* A client and its last answer, per test. */
struct trial {
	struct fetch		*fetch;
	struct fetch_reply	 reply;
	int64_t			 us;
};

static int
trial_open(void **state)
{
	struct trial *t = calloc(1, sizeof(*t));

	t->fetch = fetch_open();
	fetch_reply_init(&t->reply);
	*state = t;
	return 0;
}

static int
trial_close(void **state)
{
	struct trial *t = *state;

	fetch_reply_done(&t->reply);
	fetch_close(t->fetch);
	free(t);
	return 0;
}

static enum err
send_within(struct trial *t, int ms, const char *url,
    const struct fetch_request *like)
{
	struct fetch_request q = *like;
	enum err e;

	q.url = url;
	q.timeout_ms = ms;
	t->us = clock_mono_us();
	e = fetch_run(t->fetch, &q, &t->reply);
	t->us = clock_mono_us() - t->us;
	return e;
}

static enum err
send_to(struct trial *t, const char *url, const struct fetch_request *like)
{
	return send_within(t, TIMEOUT_MS, url, like);
}

static int
at_most(const struct trial *t, int ms)
{
	return t->us < slow * ms * MS;
}

/* It was given up when its time, `ms`, was over. */
static int
timed_out(const struct trial *t, int ms)
{
	return t->us >= (ms - 50) * MS && at_most(t, MOST_MS);
}

static enum err
go(struct trial *t, const char *path, const struct fetch_request *like)
{
	char url[256];

	(void)snprintf(url, sizeof(url), "%s%s", origin, path);
	return send_within(t, slow * TIMEOUT_MS, url, like);
}

static const struct fetch_request get = { .method = "GET" };
static const struct fetch_request post = { .method = "POST",
    .body = "a=b", .body_len = 3 };
static const char *const with_key[] = { "Idempotency-Key: k1",
    "Content-Type: text/plain", NULL };
static const struct fetch_request post_with_key = { .method = "POST",
    .header = with_key, .body = "a=b", .body_len = 3 };

static int
hits(const char *path)
{
	return atomic_load(&page_find(path)->hits);
}

static void
test_statuses(void **state)
{
	struct trial *t = *state;

	assert_int_equal(go(t, "/ok", &get), ERR_OK);
	assert_int_equal(t->reply.status, 200);
	assert_string_equal(t->reply.body.data, "hello");
	assert_string_equal(t->reply.request_id, "req_1");
	assert_int_equal(t->reply.replayed, 0);
	assert_int_equal(t->reply.should_retry, -1);
	assert_int_equal(t->reply.retry_after, 0);

	assert_int_equal(go(t, "/gone", &post), ERR_OK);
	assert_int_equal(t->reply.status, 404);
	assert_string_equal(t->reply.body.data, "");
	assert_string_equal(t->reply.request_id, "");

	assert_int_equal(go(t, "/busy", &get), ERR_OK);
	assert_int_equal(t->reply.status, 503);
	assert_int_equal(t->reply.retry_after, 7);
	assert_int_equal(t->reply.should_retry, 1);

	assert_int_equal(go(t, "/busy/long", &get), ERR_OK);
	assert_int_equal(t->reply.retry_after, 3600);
	assert_int_equal(t->reply.should_retry, 0);

	assert_int_equal(go(t, "/replayed", &post_with_key), ERR_OK);
	assert_int_equal(t->reply.replayed, 1);
}

static void
test_what_is_sent(void **state)
{
	struct trial *t = *state;

	assert_int_equal(go(t, "/ok", &post_with_key), ERR_OK);
	assert_true(was_said("POST /ok HTTP/1.1\r\n"));
	assert_true(was_said("\r\nUser-Agent: endpin/"));
	assert_true(was_said("\r\nIdempotency-Key: k1\r\n"));
	assert_true(was_said("\r\nContent-Type: text/plain\r\n"));
	assert_true(was_said("\r\nContent-Length: 3\r\n"));
	assert_true(was_said("\r\n\r\na=b"));
	assert_false(was_said("Expect:"));
	assert_false(was_said("Accept-Encoding:"));

	assert_int_equal(go(t, "/ok", &get), ERR_OK);
	assert_true(was_said("GET /ok HTTP/1.1\r\n"));
	assert_false(was_said("Content-Length:"));
}

static void
test_connection_is_kept(void **state)
{
	int before = atomic_load(&connections), i;
	struct trial *t = *state;

	for (i = 0; i < 5; i++) {
		assert_int_equal(go(t, "/ok", &get), ERR_OK);
		assert_int_equal(go(t, "/ok", &post_with_key), ERR_OK);
	}
	assert_int_equal(atomic_load(&connections) - before, 1);
}

static void
test_kept_connection_was_closed(void **state)
{
	struct trial *t = *state;
	int i;

	for (i = 0; i < 5; i++) {
		assert_int_equal(go(t, "/close", &post_with_key), ERR_OK);
		assert_int_equal(go(t, "/close", &get), ERR_OK);
	}
	assert_int_equal(hits("/close"), 10);
}

static void
test_kept_connection_dies(void **state)
{
	struct trial *t = *state;

	/* It may have been acted on: once more is harmless with these. */
	assert_int_equal(go(t, "/ok", &get), ERR_OK);
	assert_int_equal(go(t, "/kept", &get), ERR_OK);
	assert_string_equal(t->reply.body.data, "fresh");
	assert_int_equal(hits("/kept"), 2);

	assert_int_equal(go(t, "/ok", &get), ERR_OK);
	assert_int_equal(go(t, "/kept", &post_with_key), ERR_OK);
	assert_int_equal(hits("/kept"), 4);

	/* And not with this. */
	assert_int_equal(go(t, "/ok", &get), ERR_OK);
	assert_int_equal(go(t, "/kept", &post), ERR_OK);
	assert_int_equal(hits("/kept"), 5);
	assert_int_equal(go(t, "/ok", &get), ERR_OK);
	assert_int_equal(go(t, "/drop", &post), ERR_INTERNAL);
	assert_int_equal(hits("/drop"), 1);
}

static void
test_broken_off(void **state)
{
	struct trial *t = *state;
	int before = hits("/drop");

	assert_int_equal(go(t, "/drop", &get), ERR_INTERNAL);
	assert_int_equal(go(t, "/drop", &post_with_key), ERR_INTERNAL);
	assert_int_equal(hits("/drop") - before, 2);
	assert_int_equal(go(t, "/half", &get), ERR_INTERNAL);
	assert_int_equal(go(t, "/ok", &get), ERR_OK);
	assert_string_equal(t->reply.body.data, "hello");
}

static void
test_not_sent(void **state)
{
	struct trial *t = *state;
	char url[128];
	int fd, port;

	fd = listen_somewhere(&port);
	close(fd);
	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%d/", port);
	assert_int_equal(send_to(t, url, &post), ERR_LATER);

	/* No name that one could ask for; and nobody there to speak TLS. */
	assert_int_equal(send_to(t, "https://a..b/", &post), ERR_LATER);
	(void)snprintf(url, sizeof(url), "https%s/ok", origin + 4);
	assert_int_equal(send_to(t, url, &post), ERR_LATER);
}

static void
test_not_allowed(void **state)
{
	static const char *const urls[] = { "http://192.0.2.1/",
	    "http://example.com/", "http://127.0.0.1.example.com/",
	    "http://localhost@192.0.2.1/", "ftp://127.0.0.1/",
	    "file:///etc/passwd", "nonsense", "" };
	struct trial *t = *state;
	size_t i;

	for (i = 0; i < NELEM(urls); i++)
		assert_int_equal(send_to(t, urls[i], &get), ERR_INPUT);
}

static void
test_time_out(void **state)
{
	static const char *const hung[] = { "/hang", "/dribble" };
	struct trial *t = *state;
	char url[128];
	int fd, port;
	size_t i;

	for (i = 0; i < NELEM(hung); i++) {
		assert_int_equal(go(t, hung[i], &post), ERR_INTERNAL);
		assert_true(timed_out(t, slow * TIMEOUT_MS));
	}

	/* The kernel accepts, and nobody ever reads. */
	fd = listen_somewhere(&port);
	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%d/", port);
	assert_int_equal(send_within(t, slow * TIMEOUT_MS, url, &post),
	    ERR_INTERNAL);
	assert_true(at_most(t, MOST_MS));

	/* With TLS the request waits for a handshake that never comes. */
	(void)snprintf(url, sizeof(url), "https://127.0.0.1:%d/", port);
	assert_int_equal(send_to(t, url, &post), ERR_LATER);
	assert_true(at_most(t, MOST_MS));
	close(fd);
}

/*
 * With a name service that is silent neither the request nor the end of the
 * client takes longer than the request may.
 */
static void
test_name_service_is_silent(void **state)
{
	struct trial *t = *state;

	(void)alarm((unsigned)(slow * 10));	/* rather than wait for ever */
	assert_int_equal(send_to(t, "https://never.test/", &post), ERR_LATER);
	assert_true(timed_out(t, TIMEOUT_MS));
	assert_int_equal(send_to(t, "https://never.test/", &get), ERR_LATER);
	assert_true(timed_out(t, TIMEOUT_MS));
	names_await(2);

	/* The client is of use as before. */
	assert_int_equal(go(t, "/ok", &get), ERR_OK);

	assert_int_equal(send_to(t, "https://never.test/", &get), ERR_LATER);
	print_message("# a silent name service: %lld ms to the error",
	    (long long)t->us / MS);
	t->us = clock_mono_us();
	fetch_close(t->fetch);
	t->fetch = NULL;
	t->us = clock_mono_us() - t->us;
	print_message(", %lld us to close\n", (long long)t->us);
	assert_true(at_most(t, 300));
	names_await(3);
	names_answer();
	(void)alarm(0);
}

/* A queue that is full: the kernel does not answer who wants to connect. */
static void
test_no_connection(void **state)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	struct fetch_request q = post_with_key;
	struct trial *t = *state;
	int fd, port, i, full[8];
	char url[64];

	fd = listen_somewhere(&port);
	assert_int_equal(listen(fd, 0), 0);
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	a.sin_port = htons((uint16_t)port);
	for (i = 0; i < 8; i++) {
		full[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		(void)!connect(full[i], (struct sockaddr *)&a, sizeof(a));
	}

	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%d/", port);
	q.url = url;
	q.timeout_ms = 3 * FETCH_CONNECT_MS;
	t->us = clock_mono_us();
	assert_int_equal(fetch_run(t->fetch, &q, &t->reply), ERR_LATER);
	t->us = clock_mono_us() - t->us;
	assert_true(t->us >= (FETCH_CONNECT_MS - 50) * MS);
	assert_true(t->us < (1 + slow) * FETCH_CONNECT_MS * MS);

	/* And never for longer than the whole may take. */
	assert_int_equal(send_to(t, url, &post), ERR_LATER);
	assert_true(at_most(t, MOST_MS));
	for (i = 0; i < 8; i++)
		close(full[i]);
	close(fd);
}

static void
test_too_large(void **state)
{
	struct fetch_request q = get;
	struct trial *t = *state;
	char url[128];

	/* It is not the time-out that ends it. */
	(void)snprintf(url, sizeof(url), "%s/flood", origin);
	q.url = url;
	q.timeout_ms = 60000;
	assert_int_equal(fetch_run(t->fetch, &q, &t->reply), ERR_INTERNAL);
	assert_true(t->reply.body.len <= FETCH_BODY);
	assert_int_equal(go(t, "/ok", &get), ERR_OK);
	assert_string_equal(t->reply.body.data, "hello");
}

static void
test_redirect(void **state)
{
	struct trial *t = *state;

	assert_int_equal(go(t, "/moved", &get), ERR_OK);
	assert_int_equal(t->reply.status, 302);
	assert_int_equal(hits("/target"), 0);
}

static void
test_form(void **unused)
{
	struct buf b;

	(void)unused;
	buf_init(&b, 4096);
	form_text(&b, "metadata[cello_ucc]", "a b&c=d");
	form_text(&b, "left_out", "");
	form_text(&b, "left_out", NULL);
	form_int(&b, "line_items[0][quantity]", -3);
	form_text(&b, "url", "https://x/?s={ID}&u=\xc3\xa9");
	assert_string_equal(b.data, "metadata[cello_ucc]=a%20b%26c%3Dd"
	    "&line_items[0][quantity]=-3"
	    "&url=https%3A%2F%2Fx%2F%3Fs%3D%7BID%7D%26u%3D%C3%A9");

	buf_reset(&b);
	form_escape(&b, "../a-b_c.d~[]%");
	assert_string_equal(b.data, "..%2Fa-b_c.d~%5B%5D%25");
	buf_done(&b);
}

#define TRIAL(f)	cmocka_unit_test_setup_teardown(f, trial_open, \
    trial_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TRIAL(test_statuses),
		TRIAL(test_what_is_sent),
		TRIAL(test_connection_is_kept),
		TRIAL(test_kept_connection_was_closed),
		TRIAL(test_kept_connection_dies),
		TRIAL(test_broken_off),
		TRIAL(test_not_sent),
		TRIAL(test_not_allowed),
		TRIAL(test_time_out),
		TRIAL(test_name_service_is_silent),
		TRIAL(test_no_connection),
		TRIAL(test_too_large),
		TRIAL(test_redirect),
		cmocka_unit_test(test_form)
	};

	slow = slowness();
	return cmocka_run_group_tests_name("net", tests, start, stop);
}
