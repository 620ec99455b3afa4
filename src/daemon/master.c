/* SPDX-License-Identifier: MIT */

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

#include "daemon/crew.h"
#include "daemon/listener.h"
#include "daemon/loss.h"
#include "daemon/notify.h"
#include "daemon/status.h"
#include "daemon/trial.h"

#include "daemon/master.h"

#define TICK_MS		1000	/* nothing is going on */
#define BUSY_TICK_MS	50	/* children come and go */
#define RELOAD_MS	500	/* generations are at least this far apart */
#define STOP_GRACE_MS	5000	/* for insisting and killing, at the end */

enum stop { STOP_NO, STOP_GRACEFUL, STOP_NOW };

struct master {
	struct crew		 crew;
	struct generation	 serving;
	struct trial		 trial;
	int			 generations;	/* so far, those given up too */
	master_reread		*reread;
	void			*arg;
	enum stop		 stop;
	int64_t			 stop_ms;
	int			 reload;	/* wanted */
	int64_t			 reload_ms;	/* the last one */
	int64_t			 taken_ms;	/* when `serving` took over */
	int			 relieved;	/* the one before may go */
	int			 told_ready;
	struct loss		 loss;
};

static void
watched(sigset_t *s)
{
	static const int signo[] = { SIGCHLD, SIGHUP, SIGINT, SIGTERM, SIGQUIT,
	    SIGUSR1, SIGUSR2 };
	size_t i;

	(void)sigemptyset(s);
	for (i = 0; i < NELEM(signo); i++)
		(void)sigaddset(s, signo[i]);
}

void
master_signals(void)
{
	sigset_t s;

	watched(&s);
	(void)sigprocmask(SIG_BLOCK, &s, NULL);

	/* A log that nobody reads any more is no reason to die. */
	(void)signal(SIGPIPE, SIG_IGN);
}

/* --- reload --- */

/* Children of neither the generation in service nor the one on trial. */
static int
count_leaving(const struct master *m)
{
	int n = crew_count(&m->crew, CREW_ALL, CREW_ALL, STAGE_BORN) -
	    crew_count(&m->crew, CREW_ALL, m->serving.number, STAGE_BORN);

	return m->trial.g.number == 0 ? n : n -
	    crew_count(&m->crew, CREW_ALL, m->trial.g.number, STAGE_BORN);
}

static void
begin_trial(struct master *m)
{
	struct generation g;

	m->reload = 0;
	m->reload_ms = clock_mono_ms();
	if (m->told_ready)
		notify_reloading();
	m->told_ready = 0;
	memset(&g, 0, sizeof(g));
	if (m->reread(&m->serving.heritage, &g.heritage, m->arg) != ERR_OK) {
		log_error("reload_refused", "the new configuration cannot be"
		    " used, the old one stays");
		return;
	}
	g.number = ++m->generations;
	trial_begin(&m->trial, &g);
	log_info("reload_begin", "generation %d is being tried", g.number);
}

/* Without a word: who asked for it knows. */
static void
end_trial(struct master *m)
{
	if (m->trial.g.number == 0)
		return;
	crew_kill(&m->crew, m->trial.g.number);
	config_free(m->trial.g.heritage.conf);
	memset(&m->trial, 0, sizeof(m->trial));
}

static void
give_up(struct master *m, const char *why)
{
	log_error("reload_given_up", "generation %d has not become whole and is"
	    " given up, generation %d stays: %s", m->trial.g.number,
	    m->serving.number, why);
	end_trial(m);
}

static void
take_over(struct master *m)
{
	config_free(m->serving.heritage.conf);
	m->serving = m->trial.g;
	m->serving.on_trial = 0;
	memset(&m->trial, 0, sizeof(m->trial));
	m->taken_ms = clock_mono_ms();
	m->relieved = 0;
	heritage_log_level(&m->serving.heritage);
	crew_go(&m->crew, m->serving.number);
	log_info("reload", "generation %d takes over", m->serving.number);
}

/*
 * The old ones go as soon as all the new ones serve.  That is a matter of
 * milliseconds; should something have gone wrong since the trial, old ones that
 * stay for ever would be in the way of a reload that mends it.
 */
static void
relieve_old(struct master *m)
{
	int64_t limit = INT64_C(1000) *
	    m->serving.heritage.conf->server.start_timeout;

	if (m->trial.g.number != 0)
		return;
	if (crew_is_whole(&m->crew, &m->serving, STAGE_SERVING) ||
	    clock_mono_ms() - m->taken_ms >= limit)
		m->relieved = 1;
	if (m->relieved)
		crew_dismiss(&m->crew, m->serving.number);
}

static void
try_new(struct master *m)
{
	char why[TRIAL_WHY];

	crew_start_missing(&m->crew, &m->trial.g);
	switch (trial_judge(&m->trial, &m->crew, &m->serving, why)) {
	case VERDICT_WHOLE:
		take_over(m);
		break;
	case VERDICT_LOST:
		give_up(m, why);
		break;
	case VERDICT_NONE:
		break;
	}
}

/* --- stop --- */

static void
begin_stop(struct master *m, enum stop how)
{
	const struct heritage *h = &m->serving.heritage;
	size_t i;

	if (m->stop >= how)
		return;
	log_info("stop", how == STOP_NOW ? "stopping at once" :
	    "stopping when all is finished");
	notify_tell("STOPPING=1");
	m->stop = how;
	m->stop_ms = clock_mono_ms();
	if (how == STOP_NOW)
		m->crew.hurry_ms = m->stop_ms;
	end_trial(m);
	/*
	 * From now on nobody comes; who came already is served.  A socket of
	 * systemd's stays, and whoever waits there, for the next to serve.
	 */
	for (i = 0; i < h->conf->pools; i++) {
		listener_unlink(&h->listener[i]);
		if (h->listener[i].path[0] != '\0')
			crew_say_last(&m->crew);
	}
}

static void
fetch_signal(struct master *m, int64_t ms)
{
	const struct timespec tick = { .tv_sec = ms / 1000,
	    .tv_nsec = ms % 1000 * 1000000L };
	sigset_t s;

	watched(&s);
	switch (sigtimedwait(&s, NULL, &tick)) {
	case SIGINT:
	case SIGTERM:
		begin_stop(m, STOP_NOW);
		break;
	case SIGQUIT:
		begin_stop(m, STOP_GRACEFUL);
		break;
	case SIGHUP:
		m->reload = 1;
		break;
	default:
		break;
	}
}

/* --- the service manager --- */

static void
say_ready(struct master *m)
{
	if (m->told_ready || m->trial.g.number != 0 ||
	    !crew_is_whole(&m->crew, &m->serving, STAGE_SERVING))
		return;
	m->told_ready = 1;
	log_info("ready", "all workers and couriers are ready");
	notify_tell("READY=1");
}

/* Lines of the log, also those of the children. */
static void
say_lost(struct master *m, int64_t now)
{
	int64_t owed = loss_owed(&m->loss,
	    log_lost() + crew_log_lost(&m->crew), now);

	if (owed > 0 && log_say_lost(owed))
		loss_said(&m->loss);
}

/* Is something under way that ends by itself, however long it may take? */
static int
is_patient(const struct master *m)
{
	if (m->stop == STOP_GRACEFUL)
		return clock_mono_ms() - m->stop_ms < STOP_GRACE_MS +
		    INT64_C(1000) *
		    m->serving.heritage.conf->server.stop_timeout;
	return m->trial.g.number != 0;
}

/* Returns for how long it need not be told anything. */
static int64_t
tell_manager(struct master *m, int64_t tick)
{
	int64_t watchdog;

	status_tell(&m->crew, &m->serving, &m->trial, m->stop != STOP_NO);
	if (is_patient(m))
		notify_extend();
	watchdog = notify_alive();
	return watchdog != -1 && watchdog < tick ? watchdog : tick;
}

/* --- */

static void
turn(struct master *m)
{
	if (m->reload && m->trial.g.number == 0 && count_leaving(m) == 0 &&
	    clock_mono_ms() - m->reload_ms >= RELOAD_MS)
		begin_trial(m);
	/* Also while a new one is tried: it may turn out to be no good. */
	crew_start_missing(&m->crew, &m->serving);
	if (m->trial.g.number != 0)
		try_new(m);
	say_ready(m);
	relieve_old(m);
}

static int
is_busy(const struct master *m)
{
	return m->stop != STOP_NO || m->reload || m->trial.g.number != 0 ||
	    !crew_is_whole(&m->crew, &m->serving, STAGE_SERVING) ||
	    count_leaving(m) > 0;
}

static void
run_until_stopped(struct master *m)
{
	struct generation *const all[] = { &m->serving, &m->trial.g };

	for (;;) {
		crew_bury(&m->crew, all, NELEM(all));
		if (m->stop == STOP_NO)
			turn(m);
		else if (crew_count(&m->crew, CREW_ALL, CREW_ALL,
		    STAGE_BORN) == 0)
			return;
		else
			crew_dismiss(&m->crew, CREW_ALL);
		crew_end_stuck(&m->crew);
		say_lost(m, clock_mono_ms());
		fetch_signal(m, tell_manager(m, is_busy(m) ? BUSY_TICK_MS :
		    TICK_MS));
	}
}

int
master_run(const struct heritage *h, master_reread *reread, void *arg)
{
	struct master *m = mem_zero(1, sizeof(*m));

	m->reread = reread;
	m->arg = arg;
	m->crew.board = &h->board;
	m->serving.number = m->generations = 1;
	m->serving.heritage = *h;
	run_until_stopped(m);
	say_lost(m, INT64_MAX);
	config_free(m->serving.heritage.conf);
	free(m);
	return 0;
}
