/* SPDX-License-Identifier: MIT */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sys/wait.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "daemon/child.h"
#include "daemon/listener.h"
#include "daemon/notify.h"
#include "daemon/throttle.h"

#include "daemon/master.h"

#define TICK_MS		1000	/* nothing is going on */
#define BUSY_TICK_MS	50	/* children come and go */
#define ASK_AGAIN_MS	1000
#define INSIST_MS	1000	/* between SIGTERM and SIGKILL */
#define NOW_MS		500	/* the same, when stopping at once */
#define RELOAD_MS	500	/* generations are at least this far apart */

enum stop { STOP_NO, STOP_GRACEFUL, STOP_NOW };

struct master {
	struct heritage	*h;
	struct child	 child[BOARD_SLOTS];
	struct throttle	 throttle[KINDS];
	int		 generation;
	enum stop	 stop;
	int64_t		 stop_ms;
	int		 reload;	/* wanted */
	int64_t		 reload_ms;	/* the last one */
	int		 told_ready;
};

static int64_t
now_ms(void)
{
	return clock_mono_us() / 1000;
}

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

static int
wanted(const struct master *m, int kind)
{
	if (kind == KIND_COURIER)
		return m->h->conf->courier.processes;
	return (size_t)kind < m->h->conf->pools ?
	    m->h->conf->pool[kind].workers : 0;
}

/* Children of this kind; generation -1: of any; ready or not. */
static int
count(const struct master *m, int kind, int generation, int ready)
{
	const struct child *c;
	int n = 0;

	for (c = m->child; c < m->child + BOARD_SLOTS; c++)
		if (c->pid != 0 && (kind == -1 || c->kind == kind) &&
		    (generation == -1 || c->generation == generation) &&
		    (!ready || m->h->board->slot[c - m->child].ready))
			n++;
	return n;
}

static int
all_ready(const struct master *m)
{
	int kind;

	for (kind = 0; kind < KINDS; kind++)
		if (count(m, kind, m->generation, 1) < wanted(m, kind))
			return 0;
	return 1;
}

static void
start_missing(struct master *m)
{
	int64_t now = now_ms();
	int kind, missing;
	size_t row = 0;

	for (kind = 0; kind < KINDS; kind++) {
		missing = throttle_allow(&m->throttle[kind], now,
		    wanted(m, kind) - count(m, kind, m->generation, 0));
		for (; missing > 0 && row < BOARD_SLOTS; row++) {
			if (m->child[row].pid != 0)
				continue;
			if (!child_start(&m->child[row], row, m->h, kind,
			    m->generation)) {
				(void)throttle_died(&m->throttle[kind], now);
				return;
			}
			missing--;
		}
	}
}

/*
 * A child that dies young would not do better at once.  One that others killed
 * might.
 */
static void
hold_back(struct master *m, const struct child *c, int status, int ready)
{
	int64_t now = now_ms(), wait;

	if (c->asked_ms != 0 || (ready &&
	    (now - c->born_ms >= THROTTLE_YOUNG_MS || status == 0 ||
	    (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL))))
		return;
	if ((wait = throttle_died(&m->throttle[c->kind], now)) != 0)
		log_error("respawn_slow", "too many of kind \"%s\" die young:"
		    " the next one comes in %d s", child_kind_name(m->h, c->kind),
		    (int)(wait / 1000));
}

static void
say_death(const struct master *m, const struct child *c, int status, int ready)
{
	const char *name = child_kind_name(m->h, c->kind);

	if (WIFSIGNALED(status) && m->stop != STOP_NOW)
		log_warn("child_died", "%s %d was ended by signal %d", name,
		    (int)c->pid, WTERMSIG(status));
	else if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
		log_error("child_died", "%s %d left with status %d%s", name,
		    (int)c->pid, WEXITSTATUS(status),
		    ready ? "" : " before it was ready");
	else
		log_debug("child_left", "%s %d left", name, (int)c->pid);
}

static void
bury(struct master *m)
{
	struct child *c;
	int status, ready;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (c = m->child; c < m->child + BOARD_SLOTS; c++)
			if (c->pid == pid)
				break;
		if (c == m->child + BOARD_SLOTS)
			continue;
		ready = m->h->board->slot[c - m->child].ready;
		say_death(m, c, status, ready);
		hold_back(m, c, status, ready);
		c->pid = 0;
	}
}

/*
 * Ask, then insist, then kill.  Asking is repeated; a child that hears it
 * twice does not mind.
 */
static void
tell(struct master *m, struct child *c, int64_t now)
{
	int64_t patience = (int64_t)m->h->conf->server.stop_timeout * 1000, waited;
	int signo = SIGQUIT;

	if (c->asked_ms == 0)
		c->asked_ms = now;
	waited = now - c->asked_ms;
	if (m->stop == STOP_NOW)
		signo = now - m->stop_ms < NOW_MS ? SIGTERM : SIGKILL;
	else if (waited >= patience + INSIST_MS)
		signo = SIGKILL;
	else if (waited >= patience)
		signo = SIGTERM;
	if (signo == SIGQUIT && c->told_ms != 0 &&
	    now - c->told_ms < ASK_AGAIN_MS)
		return;
	c->told_ms = now;
	m->h->board->slot[c - m->child].leave = 1;
	(void)kill(c->pid, signo);
}

/* All children, or only those of the generations before. */
static void
tell_old(struct master *m, int all)
{
	int64_t now = now_ms();
	struct child *c;

	for (c = m->child; c < m->child + BOARD_SLOTS; c++)
		if (c->pid != 0 && (all || c->generation != m->generation))
			tell(m, c, now);
}

/* A worker that has been busy with one request for too long is stuck. */
static void
end_overdue(struct master *m)
{
	int64_t now = now_ms(), began, limit;
	struct child *c;

	for (c = m->child; c < m->child + BOARD_SLOTS; c++) {
		if (c->pid == 0 || c->kind == KIND_COURIER)
			continue;
		began = m->h->board->slot[c - m->child].began_ms;
		limit = (int64_t)m->h->conf->pool[c->kind].request_timeout *
		    1000;
		if (began <= 0 || now - began <= limit)
			continue;
		log_error("worker_overdue", "%s %d has been busy with one "
		    "request for %lld ms and is killed",
		    child_kind_name(m->h, c->kind), (int)c->pid,
		    (long long)(now - began));
		(void)kill(c->pid, SIGKILL);
	}
}

static void
renew(struct master *m, master_reread *reread, void *arg)
{
	char text[64];

	m->reload = 0;
	m->reload_ms = now_ms();
	(void)snprintf(text, sizeof(text), "RELOADING=1\nMONOTONIC_USEC=%lld",
	    (long long)clock_mono_us());
	notify_tell(text);
	if (reread(m->h, arg) != ERR_OK) {
		log_error("reload_refused", "the new configuration cannot be"
		    " used, the old one stays");
	} else {
		m->generation++;
		memset(m->throttle, 0, sizeof(m->throttle));
		log_info("reload", "generation %d begins", m->generation);
	}
	notify_tell("READY=1");
}

static void
begin_stop(struct master *m, enum stop how)
{
	size_t i;

	if (m->stop >= how)
		return;
	log_info("stop", how == STOP_NOW ? "stopping at once" :
	    "stopping when all is finished");
	notify_tell("STOPPING=1");
	m->stop = how;
	m->stop_ms = now_ms();
	/*
	 * From now on nobody comes; who came already is served.  A socket of
	 * systemd's stays, and whoever waits there, for the next to serve.
	 */
	for (i = 0; i < m->h->conf->pools; i++) {
		listener_unlink(&m->h->listener[i]);
		if (m->h->listener[i].path[0] != '\0')
			m->h->board->last = 1;
	}
}

static void
fetch_signal(struct master *m, int busy)
{
	const int64_t ms = busy ? BUSY_TICK_MS : TICK_MS;
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

static void
say_ready(struct master *m)
{
	if (m->told_ready || !all_ready(m))
		return;
	m->told_ready = 1;
	log_info("ready", "all workers and couriers are ready");
	notify_tell("READY=1\nSTATUS=serving");
}

int
master_run(struct heritage *h, master_reread *reread, void *arg)
{
	struct master *m = mem_zero(1, sizeof(*m));
	int busy;

	m->h = h;
	for (;;) {
		bury(m);
		if (m->stop != STOP_NO) {
			if (count(m, -1, -1, 0) == 0)
				break;
			tell_old(m, 1);
		} else {
			if (m->reload && now_ms() - m->reload_ms >= RELOAD_MS)
				renew(m, reread, arg);
			start_missing(m);
			say_ready(m);
			/* The old ones go when the new ones can take over. */
			if (all_ready(m))
				tell_old(m, 0);
		}
		end_overdue(m);
		busy = m->stop != STOP_NO || m->reload || !all_ready(m) ||
		    count(m, -1, -1, 0) != count(m, -1, m->generation, 0);
		fetch_signal(m, busy);
	}
	free(m);
	return 0;
}
