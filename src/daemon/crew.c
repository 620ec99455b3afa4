/* SPDX-License-Identifier: MIT */

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <sys/wait.h>

#include "base/clock.h"
#include "base/log.h"

#include "daemon/work.h"

#include "daemon/crew.h"

#define ASK_AGAIN_MS	1000
#define INSIST_MS	1000	/* between SIGTERM and SIGKILL */
#define HURRY_MS	500	/* the same, when stopping at once */
#define LOST_MOST	INT64_C(1000000000000)	/* lines; more is no count */

static struct board_slot *
slot_of(const struct crew *w, const struct child *c)
{
	return board_slot(w->board, (size_t)(c - w->child));
}

static int
is_of(const struct child *c, int kind, int generation)
{
	return c->pid != 0 && (kind == CREW_ALL || c->kind == kind) &&
	    (generation == CREW_ALL || c->generation == generation);
}

int
crew_count(const struct crew *w, int kind, int generation,
    enum board_stage least)
{
	const struct child *c;
	int n = 0;

	for (c = w->child; c < w->child + BOARD_SLOTS; c++)
		if (is_of(c, kind, generation) &&
		    slot_of(w, c)->stage >= (int)least)
			n++;
	return n;
}

int
crew_count_database(const struct crew *w, int generation,
    enum board_database what)
{
	const struct child *c;
	int n = 0;

	for (c = w->child; c < w->child + BOARD_SLOTS; c++)
		if (is_of(c, CREW_ALL, generation) && c->kind != KIND_COURIER &&
		    slot_of(w, c)->stage >= STAGE_OPEN &&
		    slot_of(w, c)->database == (int)what)
			n++;
	return n;
}

/* Of what a child writes nothing is believed that cannot be. */
static int64_t
lost_by(const struct crew *w, const struct child *c)
{
	int64_t lost = slot_of(w, c)->log_lost;

	if (lost < 0)
		return 0;
	return lost < LOST_MOST ? lost : LOST_MOST;
}

int64_t
crew_log_lost(const struct crew *w)
{
	const struct child *c;
	int64_t lost = w->log_lost;

	for (c = w->child; c < w->child + BOARD_SLOTS; c++)
		if (c->pid != 0)
			lost += lost_by(w, c);
	return lost;
}

int
crew_wanted(const struct generation *g, int kind)
{
	const struct config *conf = g->heritage.conf;

	if (kind == KIND_COURIER)
		return conf->courier.processes;
	return (size_t)kind < conf->pools ? conf->pool[kind].workers : 0;
}

int
crew_is_whole(const struct crew *w, const struct generation *g,
    enum board_stage least)
{
	int kind;

	for (kind = 0; kind < KINDS; kind++)
		if (crew_count(w, kind, g->number, least) <
		    crew_wanted(g, kind))
			return 0;
	return 1;
}

/* Note that one of this kind died young, and say so if that has a price. */
static void
brake(struct generation *g, int kind)
{
	int64_t wait = throttle_died(&g->throttle[kind], clock_mono_ms());

	if (wait == 0)
		return;
	g->braked = 1;
	/* On trial there is no next one. */
	if (!g->on_trial)
		log_error("respawn_slow", "too many of kind \"%s\" die young:"
		    " the next one comes in %d s",
		    child_kind_name(g->heritage.conf, kind),
		    (int)(wait / 1000));
}

void
crew_start_missing(struct crew *w, struct generation *g)
{
	int kind, missing;
	size_t row = 0;

	for (kind = 0; kind < KINDS; kind++) {
		missing = throttle_allow(&g->throttle[kind], clock_mono_ms(),
		    crew_wanted(g, kind) -
		    crew_count(w, kind, g->number, STAGE_BORN));
		for (; missing > 0 && row < BOARD_SLOTS; row++) {
			if (w->child[row].pid != 0)
				continue;
			if (!child_start(&w->child[row], row, g, kind)) {
				(void)snprintf(g->last_words, LAST_WORDS,
				    "no process can be made");
				brake(g, kind);
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
static int
is_too_young(const struct child *c, int status, enum board_stage stage)
{
	if (c->asked_ms != 0)
		return 0;
	if (stage == STAGE_BORN)
		return 1;
	return clock_mono_ms() - c->born_ms < THROTTLE_YOUNG_MS &&
	    status != 0 &&
	    !(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

/* 0: it left as it should. */
static int
say_death(const struct crew *w, const struct child *c, int status,
    char words[LAST_WORDS])
{
	const char *name = c->name;
	int stage = slot_of(w, c)->stage;
	int wished = w->hurry_ms != 0 || (c->killed && c->asked_ms != 0);

	if (WIFSIGNALED(status) && !wished) {
		(void)snprintf(words, LAST_WORDS, "%s %d was ended by signal"
		    " %d", name, (int)c->pid, WTERMSIG(status));
		log_warn("child_died", "%s", words);
		return 1;
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) != 0) {
		(void)snprintf(words, LAST_WORDS, "%s %d left with status %d%s",
		    name, (int)c->pid, WEXITSTATUS(status),
		    stage == STAGE_BORN ? " before it was ready" : "");
		log_error("child_died", "%s", words);
		return 1;
	}
	log_debug("child_left", "%s %d left", name, (int)c->pid);
	return 0;
}

static void
bury_one(struct crew *w, struct child *c, int status, struct generation *g)
{
	char words[LAST_WORDS];

	if (say_death(w, c, status, words) && g != NULL)
		memcpy(g->last_words, words, sizeof(words));
	if (g != NULL && is_too_young(c, status,
	    (enum board_stage)slot_of(w, c)->stage))
		brake(g, c->kind);
	w->log_lost += lost_by(w, c);
	c->pid = 0;
}

void
crew_bury(struct crew *w, struct generation *const g[], size_t count)
{
	struct child *c;
	int status;
	pid_t pid;
	size_t i;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (c = w->child; c < w->child + BOARD_SLOTS; c++)
			if (c->pid == pid)
				break;
		if (c == w->child + BOARD_SLOTS)
			continue;
		for (i = 0; i < count && g[i]->number != c->generation; i++)
			continue;
		bury_one(w, c, status, i < count ? g[i] : NULL);
	}
}

/* The signal for one that was asked to leave so long ago. */
static int
how_to_ask(const struct crew *w, const struct child *c, int64_t now)
{
	int64_t waited = now - c->asked_ms;

	if (w->hurry_ms != 0)
		return now - w->hurry_ms < HURRY_MS ? SIGTERM : SIGKILL;
	if (waited >= c->patience_ms + INSIST_MS)
		return SIGKILL;
	return waited >= c->patience_ms ? SIGTERM : SIGQUIT;
}

void
crew_dismiss(struct crew *w, int but)
{
	int64_t now = clock_mono_ms();
	struct child *c;
	int signo;

	for (c = w->child; c < w->child + BOARD_SLOTS; c++) {
		if (c->pid == 0 || c->generation == but)
			continue;
		if (c->asked_ms == 0)
			c->asked_ms = now;
		signo = how_to_ask(w, c, now);
		/* One that hears it twice does not mind. */
		if (signo == SIGQUIT && c->told_ms != 0 &&
		    now - c->told_ms < ASK_AGAIN_MS)
			continue;
		c->told_ms = now;
		slot_of(w, c)->leave = 1;
		(void)kill(c->pid, signo);
	}
}

static void
kill_one(struct child *c)
{
	c->killed = 1;
	(void)kill(c->pid, SIGKILL);
}

void
crew_kill(struct crew *w, int generation)
{
	struct child *c;

	for (c = w->child; c < w->child + BOARD_SLOTS; c++)
		if (is_of(c, CREW_ALL, generation)) {
			c->asked_ms = clock_mono_ms();
			kill_one(c);
		}
}

void
crew_say_last(struct crew *w)
{
	struct child *c;

	for (c = w->child; c < w->child + BOARD_SLOTS; c++)
		if (c->pid != 0)
			slot_of(w, c)->last = 1;
}

void
crew_go(struct crew *w, int generation)
{
	struct child *c;

	for (c = w->child; c < w->child + BOARD_SLOTS; c++)
		if (is_of(c, CREW_ALL, generation)) {
			slot_of(w, c)->go = 1;
			(void)kill(c->pid, SIGUSR1);
		}
}

void
crew_look(struct crew *w, int generation, int anew)
{
	struct board_slot *slot;
	struct child *c;

	for (c = w->child; c < w->child + BOARD_SLOTS; c++) {
		slot = slot_of(w, c);
		if (!is_of(c, CREW_ALL, generation) || c->kind == KIND_COURIER ||
		    slot->stage < STAGE_OPEN)
			continue;
		if (anew)
			slot->database = DATABASE_UNKNOWN;
		slot->look = 1;
		(void)kill(c->pid, SIGUSR1);
	}
}

static void
end_courier(const struct crew *w, struct child *c, int64_t now)
{
	int64_t heard = slot_of(w, c)->beat_ms;

	/* It may have beaten since we looked at the clock. */
	if (heard < c->born_ms || heard > now + c->limit_ms)
		heard = c->born_ms;
	if (now - heard <= c->limit_ms)
		return;
	log_error("courier_stuck", "courier %d has shown no sign of life for"
	    " %lld ms and is killed", (int)c->pid, (long long)(now - heard));
	kill_one(c);
}

static void
end_worker(const struct crew *w, struct child *c, int64_t now)
{
	const struct board_slot *slot = slot_of(w, c);
	const int64_t began = slot->began_ms;
	char work[WORK_TEXT];

	if (began <= 0 || now - began <= c->limit_ms)
		return;
	work_text(&slot->busy, work);
	log_error("worker_overdue", "%s %d has been busy with %s for %lld ms"
	    " and is killed", c->name, (int)c->pid, work,
	    (long long)(now - began));
	kill_one(c);
}

void
crew_end_stuck(struct crew *w)
{
	int64_t now = clock_mono_ms();
	struct child *c;

	for (c = w->child; c < w->child + BOARD_SLOTS; c++) {
		if (c->pid == 0 || c->killed)
			continue;
		if (c->kind == KIND_COURIER)
			end_courier(w, c, now);
		else
			end_worker(w, c, now);
	}
}
