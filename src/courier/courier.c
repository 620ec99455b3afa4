/* SPDX-License-Identifier: MIT */

#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/app.h"
#include "app/config.h"
#include "app/errands.h"
#include "app/know_home.h"
#include "base/mem.h"
#include "http/duty.h"

#include "courier/courier.h"

/* A lease that ends just now must not make the wait a busy one. */
#define WAIT_LEAST_MS	10

/* How long a database that does not answer is left alone. */
#define WAIT_TROUBLE_MS	1000

/* Rounds between two steps of what takes long. */
#define MEANWHILE_MOST	20

/* A kind of errand, and the lanes in which something was due. */
struct round {
	const struct errand_job	*job;
	struct errand_look	 look;
	size_t			 at;	/* the next of these lanes */
};

struct courier {
	const volatile sig_atomic_t *stop;
	struct app	*app;
	struct round	*round;		/* one for each kind */
	size_t		 rounds;
};


/* Take all rings at once: one look finds everything that is due. */
static void
doorbell_drain(int fd)
{
	char rings[256];

	while (read(fd, rings, sizeof(rings)) > 0)
		continue;
}

/*
 * Wait up to `ms` for the doorbell; the only place where signals are let in.
 * One whose other end is gone is forgotten: it would ring for ever.
 */
static void
wait_for_ring(int *doorbell, int ms)
{
	const struct timespec limit = { .tv_sec = ms / 1000,
	    .tv_nsec = (long)(ms % 1000) * 1000000 };
	struct pollfd p = { .fd = *doorbell, .events = POLLIN };
	sigset_t none;

	(void)sigemptyset(&none);
	if (ppoll(&p, 1, &limit, &none) != 1)
		return;
	if (p.revents & POLLIN)
		doorbell_drain(*doorbell);
	else
		*doorbell = -1;
}

/* What one errand came to. */
enum done {
	DONE,			/* one was done, or put off */
	DONE_NONE,		/* nothing is due */
	DONE_TROUBLE		/* the database does not answer */
};

/*
 * One errand of this kind.  Lanes are gone through in turn, and looked for
 * anew when all that were found have been.
 */
static enum done
do_one(struct courier *c, struct round *r)
{
	const struct errand_kind *kind = r->job->kind;
	struct errand x;
	enum err e;

	if (r->at == r->look.lanes) {
		r->at = 0;
		if (errand_look(c->app->db, kind, &r->look) != ERR_OK) {
			r->look.lanes = 0;
			return DONE_TROUBLE;
		}
	}
	while (r->at < r->look.lanes) {
		e = errand_claim(c->app->db, kind, r->look.lane[r->at++], &x);
		if (e == ERR_NOTFOUND)
			continue;	/* another courier was faster */
		if (e == ERR_OK)
			e = r->job->run(c->app, &x);
		return e == ERR_OK ? DONE : DONE_TROUBLE;
	}
	return DONE_NONE;
}

/* Milliseconds until something is due, at most the poll interval. */
static int
next_due(const struct courier *c)
{
	int64_t ms = (int64_t)c->app->conf->courier.poll * 1000;
	size_t i;

	for (i = 0; i < c->rounds; i++)
		if (c->round[i].look.next_ms != -1 &&
		    c->round[i].look.next_ms < ms)
			ms = c->round[i].look.next_ms;
	return ms < WAIT_LEAST_MS ? WAIT_LEAST_MS : (int)ms;
}

/*
 * With a key that is not good, or not known to be, nothing is taken up that
 * Stripe must be asked for: no attempt is used up by somebody's mistake.
 */
static void
rest(struct round *r)
{
	r->look.lanes = r->at = 0;
	r->look.next_ms = -1;
}

/*
 * One errand of each kind, so that none waits for all of another; of kinds that
 * may take long only if there is time for them.
 */
static enum done
go_round(struct courier *c, int has_time)
{
	const int at_home = know_home(c->app) == ERR_OK;
	enum done all = DONE_NONE, one;
	struct round *r;

	for (r = c->round; r < c->round + c->rounds; r++) {
		app_beat(c->app);
		if (r->job->takes_long && !has_time)
			continue;
		if (r->job->asks_stripe && !at_home) {
			rest(r);
			continue;
		}
		one = do_one(c, r);
		if (one == DONE || all == DONE_NONE)
			all = one;
	}
	return all;
}

/* For app_meanwhile(): somebody's chore takes long, and others wait. */
static int
meanwhile(void *arg)
{
	struct courier *c = arg;
	int n;

	for (n = 0; n < MEANWHILE_MOST && !*c->stop; n++)
		if (go_round(c, 0) != DONE)
			break;
	return !*c->stop;
}

/* How long to wait before the next: not at all while there is work. */
static int
do_errands(struct courier *c)
{
	switch (go_round(c, 1)) {
	case DONE:
		return 0;
	case DONE_TROUBLE:
		return WAIT_TROUBLE_MS;
	default:
		return next_due(c);
	}
}

static void
rounds_make(struct courier *c)
{
	size_t i;

	while (errand_jobs[c->rounds].kind != NULL)
		c->rounds++;
	c->round = mem_zero(c->rounds, sizeof(*c->round));
	for (i = 0; i < c->rounds; i++)
		c->round[i].job = &errand_jobs[i];
}

int
courier_run(const struct config *conf, int doorbell, void (*beat)(void *),
    void *arg, const volatile sig_atomic_t *stop)
{
	struct courier c = { .stop = stop };
	const struct app_role role = { .name = "endpin courier",
	    .duties = DUTY_STRIPE, .doorbell = -1, .beat = beat,
	    .beat_arg = arg, .meanwhile = meanwhile, .meanwhile_arg = &c };
	int ms;

	if ((c.app = app_open(conf, &role)) == NULL)
		return EXIT_FAILURE;
	rounds_make(&c);
	while (!*stop) {
		ms = do_errands(&c);
		app_beat(c.app);
		wait_for_ring(&doorbell, ms);
	}
	free(c.round);
	app_close(c.app);
	return EXIT_SUCCESS;
}
