/* SPDX-License-Identifier: MIT */

/*
 * usage: pace PORT FILE LENGTH CONNECTIONS RATE SECONDS [EARLY]
 *
 * Send the requests of FILE, each of LENGTH bytes, over so many connections to
 * 127.0.0.1, RATE of them a second; 0: each connection sends its next one as
 * soon as it has its answer.  After the last request of FILE comes the first.
 *
 * When a request is due is drawn as if people who do not know of each other
 * sent them (a Poisson process), the same in every run.  One that finds no free
 * connection waits, and its time counts from when it was due: a server that
 * stands still is not spared what would have come meanwhile.
 *
 * Prints "result ANSWERS US P50 P99 MAX ERRORS", times in microseconds, and for
 * each status "status STATUS ANSWERS P50 P99 MAX WITHOUT", times from when it
 * was sent, and how many came without Retry-After; those that were sent in the
 * first EARLY seconds apart, as "early".  "lost N": connections that ended.
 */

#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <math.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS	1024
#define ANSWER		(64 << 10)
#define TIMER		UINT32_MAX	/* among the connections */

struct connection {
	int	 fd;
	int	 busy;
	int64_t	 due, sent;		/* of what it has sent, ns */
	size_t	 len;			/* of the answer, so far */
	char	 answer[ANSWER];
};

struct took {
	int64_t	 due, sent;		/* since then, ns */
	int	 status, again;		/* Retry-After was there */
	int	 early;
};

static struct {
	struct connection c[CONNECTIONS];
	size_t	 connections;
	size_t	 idle[CONNECTIONS], idles;	/* who may send; if paced */
	int	 port, epoll, timer;
	const char *file;
	size_t	 length, requests;	/* in the file */
	double	 rate;
	uint64_t random;
	int64_t	 due, early, end;	/* of the next one; of all, ns */
	size_t	 sent, answers, errors, lost, room;
	struct took *took;		/* of each answer */
} x;

static int64_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Seconds until the next one, whose mean is 1 / rate (xorshift64*). */
static int64_t
pause_ns(void)
{
	double u;

	x.random ^= x.random >> 12;
	x.random ^= x.random << 25;
	x.random ^= x.random >> 27;
	u = (double)((x.random * UINT64_C(2685821657736338717)) >> 11) /
	    (double)(UINT64_C(1) << 53);
	return (int64_t)(-log(1 - u) / x.rate * 1e9);
}

static void
dial(size_t i)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
	    .sin_port = htons((uint16_t)x.port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct epoll_event e = { .events = EPOLLIN, .data.u32 = (uint32_t)i };
	int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;

	if (fd == -1 || connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0)
		err(1, "cannot connect to port %d", x.port);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	fcntl(fd, F_SETFL, O_NONBLOCK);
	if (epoll_ctl(x.epoll, EPOLL_CTL_ADD, fd, &e) != 0)
		err(1, "epoll_ctl");
	x.c[i].fd = fd;
	x.c[i].busy = 0;
}

static void
rest(size_t i)
{
	x.c[i].busy = 0;
	if (x.rate != 0)
		x.idle[x.idles++] = i;
}

static void
fail(size_t i)
{
	x.errors++;
	x.lost++;
	close(x.c[i].fd);
	dial(i);
	rest(i);
}

/* On a free connection. */
static void
send_next(size_t i, int64_t due)
{
	struct connection *c = &x.c[i];
	const char *at = x.file + x.sent++ % x.requests * x.length;

	c->busy = 1;
	c->due = due;
	c->sent = now();
	c->len = 0;
	/* A request fits into the socket's buffer, which is empty. */
	if (send(c->fd, at, x.length, MSG_NOSIGNAL) != (ssize_t)x.length)
		fail(i);
}

/* Send what is due, as long as somebody is free; then set the timer. */
static void
send_due(void)
{
	struct itimerspec t = { .it_value = { 0 } };
	int64_t present = now();

	while (x.idles > 0 && x.due <= present && x.due < x.end) {
		send_next(x.idle[--x.idles], x.due);
		x.due += pause_ns();
	}
	if (x.due > present) {
		t.it_value.tv_sec = x.due / 1000000000;
		t.it_value.tv_nsec = x.due % 1000000000;
		timerfd_settime(x.timer, TFD_TIMER_ABSTIME, &t, NULL);
	}
}

/* 0: not whole; else its status. */
static int
answer_status(struct connection *c)
{
	const char *end, *length;
	int status;

	c->answer[c->len] = '\0';
	if ((end = strstr(c->answer, "\r\n\r\n")) == NULL)
		return 0;
	if (sscanf(c->answer, "HTTP/1.1 %d", &status) != 1)
		return 999;
	if (status == 204)
		return status;
	length = strcasestr(c->answer, "\r\nContent-Length:");
	if (length == NULL || length > end)
		return 999;
	return c->len < (size_t)(end + 4 - c->answer) +
	    (size_t)strtoul(length + 17, NULL, 10) ? 0 : status;
}

static void
hear(size_t i)
{
	struct connection *c = &x.c[i];
	struct took *t;
	ssize_t n = recv(c->fd, c->answer + c->len, ANSWER - 1 - c->len, 0);
	int status;

	if (n <= 0) {
		if (c->busy)
			fail(i);
		else {
			close(c->fd);
			dial(i);
		}
		return;
	}
	c->len += (size_t)n;
	if ((status = answer_status(c)) == 0)
		return;
	if (status < 200 || status > 299)
		x.errors++;
	if (x.answers == x.room) {
		x.room = x.room == 0 ? 1 << 16 : 2 * x.room;
		x.took = realloc(x.took, x.room * sizeof(x.took[0]));
		if (x.took == NULL)
			err(1, NULL);
	}
	t = &x.took[x.answers++];
	t->due = now() - c->due;
	t->sent = now() - c->sent;
	t->status = status;
	t->early = c->sent < x.early;
	t->again = strcasestr(c->answer, "\r\nRetry-After:") != NULL;
	/* A web server lets go of one after so many requests. */
	if (strcasestr(c->answer, "\r\nConnection: close") != NULL) {
		close(c->fd);
		dial(i);
	}
	rest(i);
}

static int
busy(void)
{
	size_t i;

	for (i = 0; i < x.connections; i++)
		if (x.c[i].busy)
			return 1;
	return 0;
}

static void
run(void)
{
	struct epoll_event e[CONNECTIONS + 1];
	uint64_t ticks;
	size_t i;
	int n, j;

	for (i = 0; i < x.connections && x.rate == 0; i++)
		send_next(i, now());
	while (now() < x.end || busy()) {
		if (x.rate != 0)
			send_due();
		n = epoll_wait(x.epoll, e, CONNECTIONS + 1, 100);
		for (j = 0; j < n; j++) {
			i = e[j].data.u32;
			if (i == TIMER) {
				(void)!read(x.timer, &ticks, sizeof(ticks));
				continue;
			}
			hear(i);
			if (x.rate == 0 && !x.c[i].busy && now() < x.end)
				send_next(i, now());
		}
	}
}

static int
by_due(const void *a, const void *b)
{
	int64_t p = ((const struct took *)a)->due;
	int64_t q = ((const struct took *)b)->due;

	return (p > q) - (p < q);
}

static int
by_status(const void *a, const void *b)
{
	const struct took *p = a, *q = b;

	if (p->early != q->early)
		return q->early - p->early;
	if (p->status != q->status)
		return p->status - q->status;
	return (p->sent > q->sent) - (p->sent < q->sent);
}

/* All of one status, of which `t` is the quickest. */
static size_t
print_status(const struct took *t, size_t left)
{
	size_t n, without = 0;

	for (n = 0; n < left && t[n].status == t->status &&
	    t[n].early == t->early; n++)
		without += !t[n].again;
	printf("%s %d %zu %ld %ld %ld %zu\n", t->early ? "early" : "status",
	    t->status, n,
	    (long)(t[n / 2].sent / 1000), (long)(t[n * 99 / 100].sent / 1000),
	    (long)(t[n - 1].sent / 1000), without);
	return n;
}

static void
open_file(const char *path)
{
	struct stat s;
	int fd = open(path, O_RDONLY);

	if (fd == -1 || fstat(fd, &s) != 0)
		err(1, "%s", path);
	x.requests = (size_t)s.st_size / x.length;
	x.file = mmap(NULL, (size_t)s.st_size, PROT_READ,
	    MAP_SHARED | MAP_POPULATE, fd, 0);
	if (x.file == MAP_FAILED || x.requests == 0)
		err(1, "%s", path);
}

int
main(int argc, char *argv[])
{
	struct epoll_event e = { .events = EPOLLIN, .data.u32 = TIMER };
	int64_t began, took;
	size_t i;

	if (argc != 7 && argc != 8)
		errx(2, "see the source");
	prctl(PR_SET_TIMERSLACK, 1);
	x.port = atoi(argv[1]);
	x.length = strtoul(argv[3], NULL, 10);
	x.connections = strtoul(argv[4], NULL, 10);
	x.rate = strtod(argv[5], NULL);
	x.random = 9;
	open_file(argv[2]);
	if (x.connections == 0 || x.connections > CONNECTIONS)
		errx(2, "1 to %d connections", CONNECTIONS);
	x.epoll = epoll_create1(0);
	x.timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
	epoll_ctl(x.epoll, EPOLL_CTL_ADD, x.timer, &e);
	for (i = 0; i < x.connections; i++) {
		dial(i);
		rest(i);
	}
	began = x.due = now();
	x.early = began;
	if (argc == 8)
		x.early += (int64_t)(strtod(argv[7], NULL) * 1e9);
	x.end = began + (int64_t)(strtod(argv[6], NULL) * 1e9);
	run();
	took = now() - began;
	qsort(x.took, x.answers, sizeof(x.took[0]), by_due);
	if (x.answers == 0)
		errx(1, "no answer");
	printf("result %zu %ld %ld %ld %ld %zu\n", x.answers,
	    (long)(took / 1000), (long)(x.took[x.answers / 2].due / 1000),
	    (long)(x.took[x.answers * 99 / 100].due / 1000),
	    (long)(x.took[x.answers - 1].due / 1000), x.errors);
	qsort(x.took, x.answers, sizeof(x.took[0]), by_status);
	for (i = 0; i < x.answers;)
		i += print_status(x.took + i, x.answers - i);
	printf("lost %zu\n", x.lost);
	return 0;
}
