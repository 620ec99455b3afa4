/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <string.h>

#include "base/clock.h"

#include "daemon/trial.h"

#define LOOK_AGAIN_MS	1000

void
trial_begin(struct trial *t, const struct generation *g)
{
	memset(t, 0, sizeof(*t));
	t->g = *g;
	t->g.on_trial = 1;
	t->began_ms = t->asked_ms = clock_mono_ms();
}

/* Are all there?  Otherwise say who is not. */
static int
is_complete(const struct trial *t, const struct crew *w, char why[TRIAL_WHY])
{
	int kind, wanted, n;

	for (kind = 0; kind < KINDS; kind++) {
		wanted = crew_wanted(&t->g, kind);
		n = crew_count(w, kind, t->g.number, STAGE_OPEN);
		if (n >= wanted)
			continue;
		(void)snprintf(why, TRIAL_WHY, "%d of %d of kind \"%s\" are"
		    " ready%s%s", n, wanted,
		    child_kind_name(t->g.heritage.conf, kind),
		    t->g.last_words[0] == '\0' ? "" : "; ", t->g.last_words);
		return 0;
	}
	return 1;
}

/* An answer is old after a second, for all of them may change. */
static void
ask(struct trial *t, struct crew *w, const struct generation *old, int anew)
{
	t->asked_ms = clock_mono_ms();
	crew_look(w, old->number, anew);
	crew_look(w, t->g.number, 0);
}

/*
 * Do its workers reach their database?  Those in service are asked only if one
 * of them does not.
 */
static int
has_database(struct trial *t, struct crew *w, const struct generation *old,
    char why[TRIAL_WHY])
{
	int gone = crew_count_database(w, t->g.number, DATABASE_GONE);
	int unknown = crew_count_database(w, t->g.number, DATABASE_UNKNOWN);
	int there;

	if (gone == 0 && unknown == 0)
		return 1;
	(void)snprintf(why, TRIAL_WHY, "%d workers do not reach the database",
	    gone + unknown);
	if (gone == 0)
		return 0;
	if (!t->doubt || clock_mono_ms() - t->asked_ms >= LOOK_AGAIN_MS) {
		ask(t, w, old, !t->doubt);
		t->doubt = 1;
	}
	there = crew_count_database(w, old->number, DATABASE_THERE);
	if (there == 0)
		return unknown == 0 && crew_count_database(w, old->number,
		    DATABASE_UNKNOWN) == 0;
	(void)snprintf(why, TRIAL_WHY, "%d workers do not reach the database,"
	    " which %d of generation %d do", gone + unknown, there,
	    old->number);
	return 0;
}

enum trial_verdict
trial_judge(struct trial *t, struct crew *w, const struct generation *old,
    char ret_why[TRIAL_WHY])
{
	int64_t limit = (int64_t)t->g.heritage.conf->server.start_timeout *
	    1000;

	if (t->g.braked) {
		(void)snprintf(ret_why, TRIAL_WHY, "its children die at once;"
		    " %s", t->g.last_words);
		return VERDICT_LOST;
	}
	if (is_complete(t, w, ret_why) && has_database(t, w, old, ret_why))
		return VERDICT_WHOLE;
	return clock_mono_ms() - t->began_ms >= limit ? VERDICT_LOST :
	    VERDICT_NONE;
}
