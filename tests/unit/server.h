/* SPDX-License-Identifier: MIT */
#ifndef TESTS_SERVER_H
#define TESTS_SERVER_H

/*
 * A server of our own on the loopback, which answers from a table and can
 * misbehave: hang, dribble, hang up.  start() and stop() are a group's setup
 * and teardown.
 */

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

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

#define SIXTY	"It is so, because it is so, and whoever asks is told it is. "

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
	{ "/v1/400/words", ANSWER, "400 Bad", "", "{\"error\":{\"message\":"
	    "\"Invalid email address:\\n a\u00a0b@example.com (see <x@y>\\t"
	    "or @) \u00e9.\"}}", 0 },
	{ "/v1/400/long", ANSWER, "400 Bad", "", "{\"error\":{\"message\":\""
	    SIXTY SIXTY SIXTY SIXTY SIXTY "\"}}", 0 },
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
	{ "/v1/429/all", ANSWER, "429 Slow", "Retry-After: 3\r\n"
	    "Stripe-Rate-Limited-Reason: global-concurrency\r\n",
	    ERROR("rate_limit"), 0 },
	{ "/v1/429/one", ANSWER, "429 Slow",
	    "Stripe-Rate-Limited-Reason: endpoint-rate\r\n",
	    ERROR("rate_limit"), 0 },
	{ "/v1/429/object", ANSWER, "429 Slow",
	    "Stripe-Rate-Limited-Reason: resource-specific\r\n",
	    ERROR("rate_limit"), 0 },
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

/*
 * What a test makes it say, looked at before the table: "POST /v1/customers".
 * Entries are not used twice, so whoever reads one may go on.
 */
#define OWNS	512

static struct own {
	char		 what[128];
	char		 text[4096];
	struct page	 page;
} own[OWNS];
static int owns, owns_from;

/* From now on `what` is answered so; its body is copied. */
static inline void
server_says(const char *what, enum manner manner, const char *status,
    const char *text)
{
	struct own *o = &own[owns];

	assert_true(owns < OWNS);
	(void)snprintf(o->what, sizeof(o->what), "%s", what);
	(void)snprintf(o->text, sizeof(o->text), "%s", text);
	o->page = (struct page){ .manner = manner, .status = status,
	    .header = "", .body = o->text };
	pthread_mutex_lock(&lock);
	owns++;
	pthread_mutex_unlock(&lock);
}

/* Everything that a test has made it say is forgotten. */
static inline void
server_forgets(void)
{
	pthread_mutex_lock(&lock);
	owns_from = owns;
	pthread_mutex_unlock(&lock);
}

/* How often `what` was asked for since server_forgets(). */
static inline int
server_heard(const char *what)
{
	int i, hits = 0;

	pthread_mutex_lock(&lock);
	for (i = owns_from; i < owns; i++)
		if (strcmp(own[i].what, what) == 0)
			hits += atomic_load(&own[i].page.hits);
	pthread_mutex_unlock(&lock);
	return hits;
}

/* The newest that begins a request so. */
static struct page *
own_find(const char *request)
{
	size_t len = strcspn(strchr(request, ' ') + 1, "? ") +
	    strcspn(request, " ") + 1;
	struct page *found = NULL;
	int i;

	pthread_mutex_lock(&lock);
	for (i = owns; found == NULL && i-- > owns_from;)
		if (strlen(own[i].what) == len &&
		    memcmp(own[i].what, request, len) == 0)
			found = &own[i].page;
	pthread_mutex_unlock(&lock);
	return found;
}

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
		/* Its header has no end. */
		for (i = 0; is_there(fd, 50); i++)
			if (!say(fd, i < n - 2 ? head + i : "x", 1))
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
		if ((p = own_find(request)) == NULL &&
		    (p = page_find(strchr(request, ' ') + 1)) == NULL)
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

static inline int
was_said(const char *text)
{
	int found;

	pthread_mutex_lock(&lock);
	found = strstr(last_request, text) != NULL;
	pthread_mutex_unlock(&lock);
	return found;
}

#endif /* !TESTS_SERVER_H */
