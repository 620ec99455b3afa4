/* SPDX-License-Identifier: MIT */

#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/app.h"
#include "app/config.h"
#include "app/errands.h"
#include "app/know_home.h"
#include "app/tell_of.h"
#include "base/clock.h"
#include "base/mem.h"
#include "http/duty.h"

#include "courier/courier.h"

/* A lease that ends just now must not make the wait a busy one. */
#define WAIT_LEAST_MS	10

/* How long a database that does not answer is left alone. */
#define WAIT_TROUBLE_MS	1000

/* With something due in so many lanes, much is due. */
#define MUCH		(LANES / 2)

/* How often it is looked whether much is due where little was. */
#define LOOK_AGAIN_US	INT64_C(1000000)

/*
 * Rings that come closer together than this are answered together: looking at
 * all kinds costs more than taking in the event that rang.
 */
#define RINGS_APART_MS	25

/* Rounds between two steps of what takes long. */
#define MEANWHILE_MOST	20

/* A kind of errand, and the lanes in which something was due. */
struct round {
	const struct errand_job	*job;
	struct errand_look	 look;
	size_t			 at;	/* the next of these lanes */
	int64_t			 from_us;	/* not before: Stripe's limits */
	int64_t			 looked_us;
};

struct courier {
	const volatile sig_atomic_t *stop;
	struct app	*app;
	struct round	*round;		/* one for each kind */
	size_t		 rounds;
	int64_t		 looked_us;	/* at all of them */
	int64_t		 began_us;
	int		 is_noted;	/* which way purchases go */
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
 * Do it within its share of Stripe's limits.  If that is used up the errand is
 * anybody's again, and this round rests until there is more.
 */
static enum done
run(struct courier *c, struct round *r, const struct errand *x)
{
	struct app *a = c->app;
	const enum pace pace = a->pace;
	const int begun = a->begun, waited_ms = a->wait_ms;
	int wait_ms;
	enum err e;

	a->pace = r->job->pace;
	a->begun = a->wait_ms = 0;
	e = r->job->run(a, x);
	/* As it was for whoever lets others through. */
	wait_ms = a->wait_ms;
	a->pace = pace;
	a->begun = begun;
	a->wait_ms = waited_ms;
	if (wait_ms > 0) {
		r->from_us = clock_mono_us() + wait_ms * INT64_C(1000);
		/* More comes in than goes out. */
		if (r->from_us > r->looked_us + LOOK_AGAIN_US)
			r->at = r->look.lanes;
	}
	return e != ERR_OK ? DONE_TROUBLE : wait_ms > 0 ? DONE_NONE : DONE;
}

/* What is due, and whether there is a better way than one by one. */
static enum err
look(struct courier *c, struct round *r)
{
	enum err e = errand_look(c->app->db, r->job->kind, &r->look);
	int better = 0;

	r->at = 0;
	r->looked_us = clock_mono_us();
	if (e == ERR_OK && r->job->survey != NULL && r->look.lanes >= MUCH)
		e = r->job->survey(c->app, &better);
	if (e != ERR_OK || better)
		r->look.lanes = 0;
	return e;
}

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

	if (r->at == r->look.lanes && look(c, r) != ERR_OK)
		return DONE_TROUBLE;
	while (r->at < r->look.lanes) {
		e = errand_claim(c->app->db, kind, r->look.lane[r->at++], &x);
		if (e == ERR_NOTFOUND)
			continue;	/* another courier was faster */
		return e == ERR_OK ? run(c, r, &x) : DONE_TROUBLE;
	}
	return DONE_NONE;
}

/* Milliseconds until something is due, at most the poll interval. */
static int
next_due(const struct courier *c)
{
	int64_t ms = (int64_t)c->app->conf->courier.poll * 1000;
	const int64_t now_us = clock_mono_us();
	const struct round *r;
	int64_t due;

	for (r = c->round; r < c->round + c->rounds; r++) {
		if ((due = r->look.next_ms) == -1)
			continue;
		if (due < (r->from_us - now_us) / 1000)
			due = (r->from_us - now_us) / 1000;
		if (due < ms)
			ms = due;
	}
	return ms < WAIT_LEAST_MS ? WAIT_LEAST_MS : (int)ms;
}

/*
 * With a key that is not good, or not known to be, nothing is taken up that
 * Stripe must be asked for, and without Cello's keys nothing that it must be
 * told: no attempt is used up by somebody's mistake.
 */
static void
rest(struct round *r)
{
	r->look.lanes = r->at = 0;
	r->look.next_ms = -1;
}

/*
 * Something of a kind that covers others waits, as far as was looked: for its
 * turn, or for whoever does it.  What is put off for longer holds nobody up.
 */
static int
is_covering(const struct round *r)
{
	return r->job->covers && r->look.next_ms != -1 &&
	    r->look.next_ms <= r->job->kind->lease * INT64_C(1000);
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
	int covered = 0;
	struct round *r;

	for (r = c->round; r < c->round + c->rounds; r++) {
		app_beat(c->app);
		if (r->job->takes_long && !has_time) {
			covered |= is_covering(r);
			continue;
		}
		if ((r->job->asks_stripe && !at_home) ||
		    (r->job->asks_cello && c->app->cello == NULL) ||
		    (r->job->is_covered && covered)) {
			rest(r);
			continue;
		}
		one = clock_mono_us() < r->from_us ? DONE_NONE : do_one(c, r);
		covered |= is_covering(r);
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

/*
 * How long to wait before the next: not at all while there is work.  None is
 * done before it is noted which way purchases go: Cello would never be told of
 * one that is applied before.
 */
static int
do_errands(struct courier *c)
{
	c->looked_us = clock_mono_us();
	if (!c->is_noted && tell_of_purchases_since(c->app,
	    (c->looked_us - c->began_us) / 1000000) != ERR_OK)
		return WAIT_TROUBLE_MS;
	c->is_noted = 1;
	switch (go_round(c, 1)) {
	case DONE:
		return 0;
	case DONE_TROUBLE:
		return WAIT_TROUBLE_MS;
	default:
		return next_due(c);
	}
}

/* Deaf at first, if it looked a moment ago. */
static void
wait_for_work(const struct courier *c, int *doorbell, int ms)
{
	const int64_t left_ms = RINGS_APART_MS -
	    (clock_mono_us() - c->looked_us) / 1000;
	const int deaf_ms = left_ms < 0 ? 0 : left_ms < ms ? (int)left_ms : ms;
	int no_bell = -1;

	if (deaf_ms > 0)
		wait_for_ring(&no_bell, deaf_ms);
	if (!*c->stop)
		wait_for_ring(doorbell, ms - deaf_ms);
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
	struct courier c = { .stop = stop, .began_us = clock_mono_us() };
	const struct app_role role = { .name = "endpin courier",
	    .duties = DUTY_STRIPE | DUTY_CELLO, .doorbell = -1, .beat = beat,
	    .beat_arg = arg, .meanwhile = meanwhile, .meanwhile_arg = &c };
	int ms;

	if ((c.app = app_open(conf, &role)) == NULL)
		return EXIT_FAILURE;
	rounds_make(&c);
	while (!*stop) {
		ms = do_errands(&c);
		app_beat(c.app);
		wait_for_work(&c, &doorbell, ms);
	}
	free(c.round);
	app_close(c.app);
	return EXIT_SUCCESS;
}
