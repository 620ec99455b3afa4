/* SPDX-License-Identifier: MIT */
#ifndef DAEMON_TRIAL_H
#define DAEMON_TRIAL_H

/*
 * A new generation is tried before it takes over.  Its children are started
 * beside those in service, open what they need and serve nobody.  It is whole
 * when all of them are there and each worker has a database that it can work
 * with, as look_ready() has it.  Without one it is whole all the same if the
 * generation in service has none either, so that a reload during an outage can
 * repair something; and the very first generation, which replaces nobody, is
 * not tried at all: with the database down the service starts, /livez answers
 * and /readyz says 503.
 *
 * It is given up when its children keep dying young, and when [server]
 * start_timeout is over.  The generation in service stays at strength meanwhile
 * and afterwards.
 */

#include "daemon/crew.h"
#include "daemon/generation.h"

#define TRIAL_WHY	256

enum trial_verdict {
	VERDICT_NONE,		/* not yet */
	VERDICT_WHOLE,
	VERDICT_LOST
};

struct trial {
	struct generation	 g;		/* number 0: there is no trial */
	int64_t			 began_ms;
	int64_t			 asked_ms;	/* about databases, last time */
	int			 doubt;		/* some do not reach theirs */
};

/* Try `g`, which is taken over. */
void trial_begin(struct trial *t, const struct generation *g);

/*
 * How is it with the trial beside the generation `old`?  Unless it is whole,
 * ret_why says what is missing.
 */
enum trial_verdict trial_judge(struct trial *t, struct crew *w,
    const struct generation *old, char ret_why[TRIAL_WHY]);

#endif /* !DAEMON_TRIAL_H */
