/* SPDX-License-Identifier: MIT */
#ifndef DAEMON_BOARD_H
#define DAEMON_BOARD_H

/*
 * Memory that the master and its children share, a page for each child: the
 * master has all of them, a child has its own and no other, so that what goes
 * wrong in a child stays there.  Of what is on a page the master believes no
 * more than a few numbers.
 */

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "http/busy.h"

#define BOARD_SLOTS	4096	/* children of all generations together */

/* How far a child has come. */
enum board_stage {
	STAGE_BORN,
	STAGE_OPEN,		/* has what it needs, and waits for `go` */
	STAGE_SERVING
};

/* Whether a worker has a database of use; asked for with `look`. */
enum board_database {
	DATABASE_UNKNOWN,	/* not asked, or it has not answered yet */
	DATABASE_THERE,
	DATABASE_GONE
};

struct board_slot {
	_Atomic int64_t		 began_ms;	/* of requests; 0: none */
	struct busy		 busy;		/* with which */
	_Atomic int64_t		 beat_ms;	/* of a courier, the last */
	_Atomic int64_t		 log_lost;	/* lines, as of log_lost() */
	_Atomic int		 stage;
	_Atomic int		 database;
	/* From the master: begin to serve. */
	_Atomic int		 go;
	/* From the master, and back to 0 when `database` says what was seen. */
	_Atomic int		 look;
	/*
	 * From the master: finish and go.  SIGQUIT says the same to one who
	 * waits; a worker that always finds something to do does not wait, and
	 * Linux delivers no signal in a ppoll(2) that has something to report.
	 */
	volatile sig_atomic_t	 leave;
	_Atomic int		 last;	/* nobody serves who is left over */
};

struct board {
	char			*pages;
	size_t			 page;	/* bytes of one */
};

/* ERR_INTERNAL: no memory; logged. */
MUST_USE enum err board_open(struct board *b);
void board_close(struct board *b);

/* The slot number `row`, on the page of that number. */
struct board_slot *board_slot(const struct board *b, size_t row);

/*
 * In a child: give up all but the slot `row`, for good.  ERR_INTERNAL: cannot;
 * logged.
 */
MUST_USE enum err board_confine(const struct board *b, size_t row);

#endif /* !DAEMON_BOARD_H */
