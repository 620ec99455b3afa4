/* SPDX-License-Identifier: MIT */

#include <poll.h>
#include <signal.h>
#include <string.h>

#include "app/look_ready.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "base/together.h"
#include "courier/courier.h"
#include "http/duty.h"
#include "http/route.h"

#include "daemon/batch.h"
#include "daemon/gate.h"
#include "daemon/lobby.h"
#include "daemon/site.h"

#include "daemon/worker.h"

struct worker {
	const struct heritage	*h;
	struct board_slot	*slot;
	struct gate		*gate;
	struct batch		*batch;
	struct lobby		*lobby;		/* instead; NULL: nobody waits */
	struct doors		*doors;
	size_t			 most;		/* bytes of a body */
	size_t			 together;	/* requests */
	int64_t			 left;		/* requests; < 0: for ever */
	int64_t			 last_us;	/* served the last of them */
};

#define GO_TICK_MS	1000	/* while waiting for the word to begin */
#define OUT_US	INT64_C(2000000)	/* to get everybody out of the house */
#define ALONE_US	INT64_C(100000)	/* web servers send at once */

static struct board_slot *mine;		/* for the handler */

static void
asked_to_leave(int signo)
{
	(void)signo;
	mine->leave = 1;
}

static void
asked_to_look(int signo)
{
	/* That it ends a wait is all: what is wanted is on the board. */
	(void)signo;
}

/*
 * SIGQUIT asks to leave and SIGUSR1 to look at the board, and both are heard
 * only while we wait; SIGTERM insists and is heard always.  Comes after
 * FCGX_Init(), which takes SIGTERM for itself.  SIGINT goes to everybody at a
 * terminal: the master decides.
 */
static void
signals_init(struct board_slot *slot)
{
	struct sigaction a;
	sigset_t waiting;

	mine = slot;
	memset(&a, 0, sizeof(a));
	a.sa_handler = asked_to_leave;
	(void)sigaction(SIGQUIT, &a, NULL);
	a.sa_handler = asked_to_look;
	(void)sigaction(SIGUSR1, &a, NULL);
	a.sa_handler = SIG_DFL;
	(void)sigaction(SIGTERM, &a, NULL);
	(void)sigaction(SIGCHLD, &a, NULL);
	a.sa_handler = SIG_IGN;
	(void)sigaction(SIGPIPE, &a, NULL);
	(void)sigaction(SIGINT, &a, NULL);
	(void)sigaction(SIGHUP, &a, NULL);
	(void)sigaction(SIGUSR2, &a, NULL);

	(void)sigemptyset(&waiting);
	(void)sigaddset(&waiting, SIGQUIT);
	(void)sigaddset(&waiting, SIGUSR1);
	(void)sigprocmask(SIG_SETMASK, &waiting, NULL);
}

/* Wait for up to `ms`, letting signals in. */
static void
wait_for_signal(int ms)
{
	const struct timespec limit = { .tv_sec = ms / 1000,
	    .tv_nsec = (long)(ms % 1000) * 1000000 };
	sigset_t none;

	(void)sigemptyset(&none);
	(void)ppoll(NULL, 0, &limit, &none);
}

/* 90 to 110 of a hundred: workers are not to leave all at once. */
static int64_t
requests_to_serve(int max)
{
	unsigned char r;

	if (max == 0)
		return -1;
	random_bytes(&r, sizeof(r));
	return ((int64_t)max * (90 * 255 + 20 * r) + 100 * 255 - 1) /
	    (100 * 255);
}

static int
is_leaving(const struct worker *w)
{
	return w->slot->leave || w->left == 0;
}

/* Has this worker a database that it can work with?  Only when the master wants to know. */
static void
look_if_asked(struct worker *w)
{
	if (!w->slot->look)
		return;
	w->slot->database = look_ready(w->doors->app, 0, NULL) == ERR_OK ?
	    DATABASE_THERE : DATABASE_GONE;
	w->slot->look = 0;
}

/*
 * On trial it serves nobody until the whole generation is there.  0: it is not
 * going to.
 */
static int
wait_for_go(struct worker *w)
{
	w->slot->stage = STAGE_OPEN;
	for (;;) {
		if (w->slot->leave)
			return 0;
		if (w->slot->go)
			return 1;
		look_if_asked(w);
		if (!w->slot->go)
			wait_for_signal(GO_TICK_MS);
	}
}

/* Wait for requests, and serve those that are there. */
static void
serve(struct worker *w)
{
	const int idle = w->lobby == NULL || lobby_is_empty(w->lobby);
	struct ready ready[TOGETHER];
	size_t n;

	look_if_asked(w);
	n = gate_next(w->gate, ready, w->together, idle);
	if (n == 0 && idle)
		return;
	look_if_asked(w);
	w->doors->ctx.draining = is_leaving(w);
	w->doors->late.coming_ms = gate_coming_ms(w->gate);
	w->slot->began_ms = clock_mono_ms();
	n = w->lobby != NULL ?
	    lobby_serve(w->lobby, ready, n, is_leaving(w)) :
	    batch_serve(w->batch, w->doors, w->most, w->gate, ready, n,
	    is_leaving(w));
	w->slot->began_ms = 0;
	if (w->left > 0) {
		w->left = w->left > (int64_t)n ? w->left - (int64_t)n : 0;
		w->last_us = clock_mono_us();
	}
}

/*
 * One that leaves because it has served enough lets others in to the last: its
 * replacement comes only then.  But it does leave, whoever is always half in.
 */
static int
is_open(const struct worker *w)
{
	if (w->slot->leave)
		return 0;
	return w->left != 0 || (!gate_is_empty(w->gate) &&
	    clock_mono_us() - w->last_us < OUT_US);
}

/*
 * Until it is not open any more, and then until the connections have had their
 * say or are silent.
 */
static void
serve_all(struct worker *w)
{
	while (is_open(w))
		serve(w);

	/* If nobody comes after us, who has connected already is served. */
	while (w->slot->last && gate_let_in(w->gate, w->together))
		serve(w);
	gate_shut(w->gate);
	/* A replacement comes when this one is gone. */
	if (!w->slot->leave)
		gate_hurry(w->gate);
	while (!gate_is_empty(w->gate))
		serve(w);
}

static int
worker_open(struct worker *w, size_t pool)
{
	if ((w->batch = batch_open()) == NULL)
		return 0;
	signals_init(w->slot);
	w->doors = doors_open(w->h->conf, pool, w->h->doorbell_write);
	if (w->doors == NULL)
		return 0;
	w->doors->site.busy = &w->slot->busy;
	w->most = route_most(&w->doors->site);
	w->left = requests_to_serve(w->h->conf->pool[pool].max_requests);
	return 1;
}

/*
 * Together only where a request waits for nothing but the database: behind a
 * hash or Stripe the others would wait while another worker could have them.
 */
static size_t
together(const struct pool_config *pool)
{
	return (pool->serves & (DUTY_PASSWORD | DUTY_STRIPE)) != 0 ? 1 :
	    TOGETHER;
}

/* Once it is watched, connections come. */
static int
worker_go(struct worker *w, size_t pool)
{
	const struct pool_config *own = &w->h->conf->pool[pool];
	struct gate_limits limits = {
	    .keep = (size_t)own->keep_connections,
	    .body = w->most };

	w->together = together(own);
	/* In a lobby whoever is there is taken in, and it knows who is next. */
	if (w->together == 1 && !lobby_is_for(own))
		limits.alone_us = ALONE_US;
	w->gate = gate_open(&w->h->listener[pool], &w->h->peers, &limits);
	if (w->gate == NULL)
		return 0;
	if (lobby_is_for(own))
		w->lobby = lobby_open(w->gate, w->doors, w->most);
	w->slot->stage = STAGE_SERVING;
	serve_all(w);
	return 1;
}

int
worker_run(const struct heritage *h, size_t pool, struct board_slot *slot)
{
	struct worker w = { .h = h, .slot = slot };
	int ok;

	log_process(h->conf->pool[pool].name);
	if ((ok = worker_open(&w, pool)) && wait_for_go(&w))
		ok = worker_go(&w, pool);
	lobby_close(w.lobby);
	gate_close(w.gate);
	doors_close(w.doors);
	batch_close(w.batch);
	return ok ? 0 : 1;
}

static void
beat(void *slot)
{
	((struct board_slot *)slot)->beat_ms = clock_mono_ms();
}

/* The master has read its secrets already; the database it can wait for. */
int
worker_courier(const struct heritage *h, struct board_slot *slot)
{
	log_process("courier");
	signals_init(slot);
	slot->stage = STAGE_OPEN;
	while (!slot->go && !slot->leave) {
		beat(slot);
		wait_for_signal(GO_TICK_MS);
	}
	slot->stage = STAGE_SERVING;
	return courier_run(h->conf, h->doorbell_read, beat, slot,
	    &slot->leave);
}
