/* SPDX-License-Identifier: MIT */

/*
 * net/ against a server of our own on the loopback, which answers from a table
 * and can misbehave: hang, dribble, hang up.
 */

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
#include "net/stripe.h"

#define MS		1000
#define CONNECTIONS	256
#define REQUEST_MAX	8192

enum manner {
	ANSWER,
	THEN_CLOSE,	/* answer, and hang up without having said so */
	HANG,		/* say nothing until the client leaves */
	DROP,		/* hang up without an answer */
	DROP_KEPT,	/* the same, but only on a connection in use before */
	HALF,		/* hang up in the middle of the answer */
	DRIBBLE,	/* a byte every now and then */
	FLOOD		/* more than the ceiling */
};

/* What the server says where, and how. */
struct page {
	const char	*path;
	enum manner	 manner;
	const char	*status;	/* "200 OK" */
	const char	*header;	/* whole lines */
	const char	*body;
	atomic_int	 hits;
};

#define ERROR(code)	"{\"error\":{\"code\":\"" code "\",\"param\":\"p\"}}"

static struct page pages[] = {
	{ "/ok", ANSWER, "200 OK", "Request-Id: req_1\r\n", "hello", 0 },
	{ "/close", THEN_CLOSE, "200 OK", "", "bye", 0 },
	{ "/gone", ANSWER, "404 Not Found", "", "", 0 },
	{ "/busy", ANSWER, "503 Unavailable", "Retry-After: 7\r\n"
	    "Stripe-Should-Retry: true\r\n", "", 0 },
	{ "/busy/long", ANSWER, "503 Unavailable", "Retry-After: 9999999\r\n"
	    "stripe-should-retry: false\r\n", "", 0 },
	{ "/replayed", ANSWER, "200 OK", "Idempotent-Replayed: true\r\n", "",
	    0 },
	{ "/moved", ANSWER, "302 Found", "Location: /target\r\n", "", 0 },
	{ "/target", ANSWER, "200 OK", "", "", 0 },
	{ "/hang", HANG, "", "", "", 0 },
	{ "/drop", DROP, "", "", "", 0 },
	{ "/kept", DROP_KEPT, "200 OK", "", "fresh", 0 },
	{ "/half", HALF, "200 OK", "", "hello", 0 },
	{ "/dribble", DRIBBLE, "200 OK", "", "hello", 0 },
	{ "/flood", FLOOD, "200 OK", "", "", 0 },

	{ "/v1/200", ANSWER, "200 OK", "Request-Id: req_2\r\n",
	    "{\"id\":\"cus_1\"}", 0 },
	{ "/v1/200/bad", ANSWER, "200 OK", "", "<html>", 0 },
	{ "/v1/400", ANSWER, "400 Bad", "", ERROR("parameter_unknown"), 0 },
	{ "/v1/400/missing", ANSWER, "400 Bad", "", ERROR("resource_missing"),
	    0 },
	{ "/v1/400/rate", ANSWER, "400 Bad", "", ERROR("rate_limit"), 0 },
	{ "/v1/400/key", ANSWER, "400 Bad", "",
	    "{\"error\":{\"type\":\"idempotency_error\"}}", 0 },
	{ "/v1/400/again", ANSWER, "400 Bad", "Stripe-Should-Retry: true\r\n",
	    ERROR("whatever"), 0 },
	{ "/v1/401", ANSWER, "401 No", "", ERROR("api_key_expired"), 0 },
	{ "/v1/402", ANSWER, "402 Pay", "", ERROR("card_declined"), 0 },
	{ "/v1/403", ANSWER, "403 No", "", "", 0 },
	{ "/v1/404", ANSWER, "404 No", "", ERROR("resource_missing"), 0 },
	{ "/v1/409/key", ANSWER, "409 No", "",
	    ERROR("idempotency_key_in_use"), 0 },
	{ "/v1/409/lock", ANSWER, "409 No", "", ERROR("lock_timeout"), 0 },
	{ "/v1/429", ANSWER, "429 Slow", "Retry-After: 3\r\n",
	    ERROR("lock_timeout"), 0 },
	{ "/v1/429/bare", ANSWER, "429 Slow", "", "", 0 },
	{ "/v1/408/bare", ANSWER, "408 Late", "", "", 0 },
	{ "/v1/409/bare", ANSWER, "409 No", "", "", 0 },
	{ "/v1/403/lock", ANSWER, "403 No", "", ERROR("lock_timeout"), 0 },
	{ "/v1/500", ANSWER, "500 Oops", "Stripe-Should-Retry: false\r\n"
	    "Idempotent-Replayed: true\r\n", ERROR("oops"), 0 },
	{ "/v1/503/html", ANSWER, "503 Oops", "", "<html>", 0 },
	{ "/v1/302", ANSWER, "302 Found", "Location: /v1/200\r\n", "", 0 },
	{ "/v1/hang", HANG, "", "", "", 0 },
	{ "/v1/drop", DROP, "", "", "", 0 }
};

static int listen_fd;
static atomic_int connections;
static char origin[64], last_request[REQUEST_MAX];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_t server, peer[CONNECTIONS];

static struct page *
page_find(const char *path)
{
	size_t i, len = strcspn(path, "? ");

	for (i = 0; i < NELEM(pages); i++)
		if (strlen(pages[i].path) == len &&
		    memcmp(pages[i].path, path, len) == 0)
			return &pages[i];
	return NULL;
}

static int
say(int fd, const char *text, size_t len)
{
	return send(fd, text, len, MSG_NOSIGNAL) == (ssize_t)len;
}

/* Wait until the client has hung up, or for `ms`.  Returns 0: it has. */
static int
is_there(int fd, int ms)
{
	struct pollfd p = { .fd = fd, .events = POLLRDHUP };

	return poll(&p, 1, ms) == 0;
}

/* Returns 0 when it is time to hang up. */
static int
answer(int fd, const struct page *p, int requests)
{
	static const char zeros[65536];
	size_t len = p->manner == FLOOD ? (size_t)1 << 30 : strlen(p->body);
	char head[1024];
	int n, i;

	if (p->manner == DROP || (p->manner == DROP_KEPT && requests > 1))
		return 0;
	if (p->manner == HANG)
		return is_there(fd, -1);
	n = snprintf(head, sizeof(head), "HTTP/1.1 %s\r\n%s"
	    "Content-Length: %zu\r\n\r\n", p->status, p->header, len);
	if (p->manner == DRIBBLE) {
		for (i = 0; i < n && is_there(fd, 50); i++)
			if (!say(fd, head + i, 1))
				break;
		return 0;
	}
	if (!say(fd, head, (size_t)n))
		return 0;
	if (p->manner == FLOOD) {
		while (say(fd, zeros, sizeof(zeros)))
			continue;
		return 0;
	}
	if (p->manner == HALF)
		len /= 2;
	return say(fd, p->body, len) && p->manner != HALF &&
	    p->manner != THEN_CLOSE;
}

/* A whole request into `to`.  Returns 0: the client has hung up. */
static int
hear(int fd, char *to)
{
	size_t len = 0, want = 0;
	const char *at;
	ssize_t n;

	for (;;) {
		to[len] = '\0';
		if (want == 0 && (at = strstr(to, "\r\n\r\n")) != NULL) {
			want = (size_t)(at - to) + 4;
			if ((at = strstr(to, "Content-Length: ")) != NULL)
				want += strtoul(at + 16, NULL, 10);
		}
		if (want != 0 && len >= want)
			return 1;
		n = read(fd, to + len, REQUEST_MAX - 1 - len);
		if (n <= 0)
			return 0;
		len += (size_t)n;
	}
}

static void *
peer_main(void *arg)
{
	int fd = (int)(intptr_t)arg, requests = 0;
	char request[REQUEST_MAX];
	struct page *p;

	while (hear(fd, request)) {
		pthread_mutex_lock(&lock);
		memcpy(last_request, request, sizeof(request));
		pthread_mutex_unlock(&lock);
		if ((p = page_find(strchr(request, ' ') + 1)) == NULL)
			break;
		atomic_fetch_add(&p->hits, 1);
		if (!answer(fd, p, ++requests))
			break;
	}
	close(fd);
	return NULL;
}

static void *
server_main(void *unused)
{
	int fd, n;

	(void)unused;
	while ((fd = accept(listen_fd, NULL, NULL)) != -1) {
		/* Head and body go apart; do not wait between them. */
		(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 },
		    sizeof(int));
		n = atomic_fetch_add(&connections, 1);
		if (n >= CONNECTIONS)
			abort();
		(void)pthread_create(&peer[n], NULL, peer_main,
		    (void *)(intptr_t)fd);
	}
	return NULL;
}

/* A listening socket on the loopback; its port in *ret_port. */
static int
listen_somewhere(int *ret_port)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(fd, 16), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &len), 0);
	*ret_port = ntohs(a.sin_port);
	return fd;
}

static int
start(void **unused)
{
	int port;

	(void)unused;
	listen_fd = listen_somewhere(&port);
	(void)snprintf(origin, sizeof(origin), "http://127.0.0.1:%d", port);

	/* All requests below would go there, if anybody looked. */
	(void)setenv("http_proxy", "http://127.0.0.1:1", 1);
	(void)setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
	return pthread_create(&server, NULL, server_main, NULL);
}

static int
stop(void **unused)
{
	int i;

	(void)unused;
	(void)shutdown(listen_fd, SHUT_RDWR);
	(void)pthread_join(server, NULL);
	for (i = 0; i < atomic_load(&connections); i++)
		(void)pthread_join(peer[i], NULL);
	close(listen_fd);
	return 0;
}

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
send_to(struct trial *t, const char *url, const struct fetch_request *like)
{
	struct fetch_request q = *like;
	enum err e;

	q.url = url;
	q.timeout_ms = 400;
	t->us = clock_mono_us();
	e = fetch_run(t->fetch, &q, &t->reply);
	t->us = clock_mono_us() - t->us;
	return e;
}

static enum err
go(struct trial *t, const char *path, const struct fetch_request *like)
{
	char url[256];

	(void)snprintf(url, sizeof(url), "%s%s", origin, path);
	return send_to(t, url, like);
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
	assert_int_equal(t->reply.retry_after, 86400);
	assert_int_equal(t->reply.should_retry, 0);

	assert_int_equal(go(t, "/replayed", &post_with_key), ERR_OK);
	assert_int_equal(t->reply.replayed, 1);
}

static int
was_said(const char *text)
{
	int found;

	pthread_mutex_lock(&lock);
	found = strstr(last_request, text) != NULL;
	pthread_mutex_unlock(&lock);
	return found;
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
	static const char *const slow[] = { "/hang", "/dribble" };
	struct trial *t = *state;
	char url[64];
	int fd, port;
	size_t i;

	for (i = 0; i < NELEM(slow); i++) {
		assert_int_equal(go(t, slow[i], &post), ERR_INTERNAL);
		assert_true(t->us >= 350 * MS && t->us < 1000 * MS);
	}

	/* The kernel accepts, and nobody ever reads. */
	fd = listen_somewhere(&port);
	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%d/", port);
	assert_int_equal(send_to(t, url, &post), ERR_INTERNAL);
	assert_true(t->us < 1000 * MS);

	/* With TLS the request waits for a handshake that never comes. */
	(void)snprintf(url, sizeof(url), "https://127.0.0.1:%d/", port);
	assert_int_equal(send_to(t, url, &post), ERR_LATER);
	assert_true(t->us < 1000 * MS);
	close(fd);
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
	assert_true(t->us < 2 * FETCH_CONNECT_MS * MS);

	/* And never for longer than the whole may take. */
	assert_int_equal(send_to(t, url, &post), ERR_LATER);
	assert_true(t->us < 1000 * MS);
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
		TRIAL(test_no_connection),
		TRIAL(test_too_large),
		TRIAL(test_redirect),
		cmocka_unit_test(test_form),
		cmocka_unit_test(test_stripe_meanings),
		cmocka_unit_test(test_stripe_reply),
		cmocka_unit_test(test_stripe_log)
	};

	return cmocka_run_group_tests_name("net", tests, start, stop);
}
