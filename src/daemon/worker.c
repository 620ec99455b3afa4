/* SPDX-License-Identifier: MIT */

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "api/api.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "courier/courier.h"
#include "crypto/random.h"
#include "http/fcgi.h"
#include "http/response.h"
#include "http/route.h"

#include "daemon/worker.h"

#define READ_SECONDS	1	/* between two pieces of a request */
#define WRITE_SECONDS	5
#define IDLE_US		1000000	/* a kept connection silent for this is closed */

static volatile sig_atomic_t asked_to_leave;

struct connection {
	int	 fd;
	int64_t	 spoke_us;
};

struct worker {
	const struct heritage	*h;
	const struct pool_config *conf;
	struct board_slot	*slot;
	int			 listener;
	struct ctx		*ctx;
	const struct site	*site;
	struct fcgi		*fcgi;
	size_t			 most;
	struct req		 req;
	struct resp		 resp;
	int64_t			 left;		/* requests; < 0: for ever */
	int			 leaving;
	struct connection	*kept;
	struct pollfd		*polled;	/* the listener, then the kept */
	size_t			 count;		/* kept now */
	size_t			 first;		/* whose turn it is */
};

static void
leave(int signo)
{
	(void)signo;
	asked_to_leave = 1;
}

/*
 * SIGQUIT asks and is heard only while we wait; SIGTERM insists and is heard
 * always.  Comes after FCGX_Init(), which takes SIGTERM for itself.  SIGINT
 * comes to all from a terminal: the master decides.
 */
static void
signals_init(void)
{
	struct sigaction a;
	sigset_t quit;

	memset(&a, 0, sizeof(a));
	a.sa_handler = leave;
	(void)sigaction(SIGQUIT, &a, NULL);
	a.sa_handler = SIG_DFL;
	(void)sigaction(SIGTERM, &a, NULL);
	(void)sigaction(SIGCHLD, &a, NULL);
	(void)sigaction(SIGUSR1, &a, NULL);
	a.sa_handler = SIG_IGN;
	(void)sigaction(SIGPIPE, &a, NULL);
	(void)sigaction(SIGINT, &a, NULL);
	(void)sigaction(SIGHUP, &a, NULL);

	(void)sigemptyset(&quit);
	(void)sigaddset(&quit, SIGQUIT);
	(void)sigprocmask(SIG_SETMASK, &quit, NULL);
}

static void
kept_close(struct worker *w, size_t i)
{
	(void)close(w->kept[i].fd);
	w->kept[i] = w->kept[--w->count];
}

/* No more than this many requests; not all workers at once. */
static int64_t
requests_to_serve(int max)
{
	unsigned char r;

	if (max == 0)
		return -1;
	random_bytes(&r, sizeof(r));
	/* 90 to 110 of a hundred */
	return (int64_t)max * (230 + r * 52 / 255) / 256 + 1;
}

static int
has_room(const struct worker *w)
{
	return !w->leaving && w->count < (size_t)w->conf->keep_connections;
}

/* One request from `fd`.  1: it stays open for another; 0: it is closed. */
static int
serve(struct worker *w, int fd)
{
	int keep;

	w->slot->began_ms = clock_mono_us() / 1000;
	if (fcgi_begin(w->fcgi, fd, w->most, &w->req) != ERR_OK) {
		w->slot->began_ms = 0;
		return 0;
	}
	w->ctx->draining = w->leaving || asked_to_leave;
	route_run(w->site, w->ctx, &w->req, &w->resp);
	keep = fcgi_end(w->fcgi, &w->req, &w->resp, w->site->csp);
	w->slot->began_ms = 0;
	if (w->left > 0 && --w->left == 0)
		w->leaving = 1;
	if (keep && w->leaving) {
		(void)close(fd);
		keep = 0;
	}
	return keep;
}

static int
is_peer(const struct worker *w, int fd)
{
	static uid_t told = (uid_t)-1;
	struct ucred who;
	socklen_t len = sizeof(who);
	size_t i;

	if (w->conf->listen[0] != '/')
		return 1;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) == -1)
		return 0;
	for (i = 0; i < w->h->peers; i++)
		if (w->h->peer[i] == who.uid)
			return 1;
	if (who.uid != told)
		log_warn("peer_refused", "user %ld may not connect; see peers "
		    "in [server]", (long)who.uid);
	told = who.uid;
	return 0;
}

/* Take one connection, if another worker has not, and serve it.  0: none. */
static int
take_one(struct worker *w)
{
	const struct timeval in = { .tv_sec = READ_SECONDS };
	const struct timeval out = { .tv_sec = WRITE_SECONDS };
	int fd, room = has_room(w);

	if ((fd = accept4(w->listener, NULL, NULL, SOCK_CLOEXEC)) == -1) {
		if (errno != EAGAIN && errno != ECONNABORTED && errno != EINTR)
			log_warn("accept_failed", "could not accept: %s",
			    strerror(errno));
		return 0;
	}
	if (!is_peer(w, fd)) {
		(void)close(fd);
		return 1;
	}
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &in, sizeof(in));
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &out, sizeof(out));
	if (!serve(w, fd))
		return 1;
	if (!room) {
		(void)close(fd);
		return 1;
	}
	w->kept[w->count].fd = fd;
	w->kept[w->count++].spoke_us = clock_mono_us();
	return 1;
}

/* Close what has been silent for too long; the time until the next, in ms. */
static int
close_silent(struct worker *w)
{
	int64_t now = clock_mono_us(), next = IDLE_US, age;
	size_t i;

	for (i = 0; i < w->count;) {
		age = now - w->kept[i].spoke_us;
		if (age >= IDLE_US) {
			kept_close(w, i);
			continue;
		}
		if (IDLE_US - age < next)
			next = IDLE_US - age;
		i++;
	}
	return w->count == 0 ? -1 : (int)(next / 1000) + 1;
}

/* Wait for something to do.  Signals are let in here and nowhere else. */
static void
wait_for_work(struct worker *w)
{
	struct timespec t;
	sigset_t none;
	size_t i;
	int ms;

	ms = close_silent(w);
	w->polled[0].fd = w->leaving ? -1 : w->listener;
	w->polled[0].events = POLLIN;
	w->polled[0].revents = 0;
	for (i = 0; i < w->count; i++) {
		w->polled[i + 1].fd = w->kept[i].fd;
		w->polled[i + 1].events = POLLIN;
		w->polled[i + 1].revents = 0;
	}
	if (w->leaving && w->count == 0)
		return;
	t.tv_sec = ms / 1000;
	t.tv_nsec = ms % 1000 * 1000000L;
	(void)sigemptyset(&none);
	if (ppoll(w->polled, w->count + 1, ms == -1 ? NULL : &t, &none) == -1)
		for (i = 0; i <= w->count; i++)
			w->polled[i].revents = 0;
}

/* Serve the kept connections that have spoken, beginning with another one
 * each time. */
static void
serve_kept(struct worker *w)
{
	size_t n = w->count, i, k, closed = 0;

	for (k = 0; k < n; k++) {
		i = (w->first + k) % n;
		if (w->polled[i + 1].revents == 0)
			continue;
		if (serve(w, w->kept[i].fd)) {
			w->kept[i].spoke_us = clock_mono_us();
			continue;
		}
		w->kept[i].fd = -1;
		closed++;
	}
	w->first++;
	for (i = 0; closed > 0 && i < w->count;) {
		if (w->kept[i].fd != -1) {
			i++;
			continue;
		}
		w->kept[i] = w->kept[--w->count];
		closed--;
	}
}

/*
 * Asked to leave: others will take what waits at the listener, unless the
 * whole program is stopping; then nothing that was sent may be lost.
 */
static void
drain_listener(struct worker *w)
{
	while (w->h->board->stopping && take_one(w))
		continue;
}

static int
worker_open(struct worker *w, const struct heritage *h, enum pool pool,
    struct board_slot *slot)
{
	size_t keep;

	w->h = h;
	w->conf = &h->conf->pool[pool];
	w->slot = slot;
	w->listener = h->listener[pool];
	w->left = requests_to_serve(w->conf->max_requests);
	if ((w->fcgi = fcgi_open()) == NULL) {
		log_error("fcgi_failed", "libfcgi cannot be initialized");
		return 0;
	}
	signals_init();
	if ((w->ctx = ctx_open(h->conf, pool, h->doorbell_write)) == NULL)
		return 0;
	w->site = ctx_site(w->ctx);
	w->most = route_most(w->site);
	keep = (size_t)w->conf->keep_connections;
	w->kept = mem_zero(keep + 1, sizeof(*w->kept));
	w->polled = mem_zero(keep + 2, sizeof(*w->polled));
	resp_init(&w->resp);
	return 1;
}

static void
worker_close(struct worker *w)
{
	while (w->count > 0)
		kept_close(w, w->count - 1);
	ctx_close(w->ctx);
	fcgi_close(w->fcgi);
	resp_done(&w->resp);
	free(w->kept);
	free(w->polled);
	free(w);
}

int
worker_run(const struct heritage *h, enum pool pool, struct board_slot *slot)
{
	struct worker *w = mem_zero(1, sizeof(*w));

	log_process(pool_names[pool]);
	if (!worker_open(w, h, pool, slot))
		return 1;
	slot->ready = 1;

	while (!w->leaving || w->count > 0) {
		wait_for_work(w);
		serve_kept(w);
		if (!w->leaving && w->polled[0].revents != 0)
			(void)take_one(w);
		if (asked_to_leave) {
			w->leaving = 1;
			drain_listener(w);
		}
	}
	worker_close(w);
	return 0;
}

int
worker_courier(const struct heritage *h, struct board_slot *slot)
{
	log_process("courier");
	signals_init();
	slot->ready = 1;
	return courier_run(h->conf, h->doorbell_read, &asked_to_leave);
}
