/* SPDX-License-Identifier: MIT */
#ifndef DAEMON_CREW_H
#define DAEMON_CREW_H

/*
 * The master's table of children, of all generations: who is there, who is
 * missing, who has died, who has to go.  Nothing here waits.
 */

#include "daemon/board.h"
#include "daemon/child.h"
#include "daemon/generation.h"

#define CREW_ALL	(-1)		/* kinds, or generations */

struct crew {
	const struct board	*board;
	struct child		 child[BOARD_SLOTS];
	int64_t			 hurry_ms;	/* since then nobody is asked
						 * any more; 0: not yet */
	int64_t			 log_lost;	/* lines, by those buried */
};

/* Children of this kind and generation that have come at least so far. */
int crew_count(const struct crew *w, int kind, int generation,
    enum board_stage least);

/* Workers of this generation whose word about their database is `what`. */
int crew_count_database(const struct crew *w, int generation,
    enum board_database what);

/* Lines of the log that all children have lost so far, the dead ones too. */
int64_t crew_log_lost(const struct crew *w);

/* How many of `kind` the generation's configuration wants. */
int crew_wanted(const struct generation *g, int kind);

/* Has the generation all its children, and have they come so far? */
int crew_is_whole(const struct crew *w, const struct generation *g,
    enum board_stage least);

/* Start who is missing, as fast as the throttle lets. */
void crew_start_missing(struct crew *w, struct generation *g);

/*
 * Take out the dead.  What is worth remembering of one is written into its
 * generation, if it is among the `count` of `g`.
 */
void crew_bury(struct crew *w, struct generation *const g[], size_t count);

/*
 * Ask, then insist, then kill: all but the generation `but`.  To be repeated
 * until they are gone.
 */
void crew_dismiss(struct crew *w, int but);

/* The generation is over before it has served anybody: no reason to ask. */
void crew_kill(struct crew *w, int generation);

/* Nobody comes after them: who has connected already is served. */
void crew_say_last(struct crew *w);

/* Those who are waiting for it may begin to serve. */
void crew_go(struct crew *w, int generation);

/*
 * Have the workers of this generation look for their database.  Their answers
 * of before are forgotten if `anew`.
 */
void crew_look(struct crew *w, int generation, int anew);

/*
 * Kill who is stuck: a worker that has been busy without a pause for too long,
 * a courier that has not been heard of for too long.
 */
void crew_end_stuck(struct crew *w);

#endif /* !DAEMON_CREW_H */
