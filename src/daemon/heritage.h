/* SPDX-License-Identifier: MIT */
#ifndef DAEMON_HERITAGE_H
#define DAEMON_HERITAGE_H

/* Everything that crosses fork() is a field of this, and nothing else does. */

#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>

#include "app/config.h"
#include "daemon/listener.h"
#include "daemon/peers.h"

#define BOARD_SLOTS	4096	/* children of all generations together */

/*
 * Between the master and one child.  The master believes no more than two
 * numbers of it.
 */
struct board_slot {
	_Atomic int64_t		 began_ms;	/* of a request; 0: none */
	_Atomic int		 ready;		/* it has what it needs */
	/*
	 * From the master: finish and go.  SIGQUIT says the same to one who
	 * waits; a worker that always finds something to do does not wait, and
	 * Linux delivers no signal in a ppoll(2) that has something to report.
	 */
	volatile sig_atomic_t	 leave;
};

/* Shared memory.  No pointers, no lengths. */
struct board {
	_Atomic int		 last;	/* nobody serves who is left over */
	struct board_slot	 slot[BOARD_SLOTS];
};

struct heritage {
	const struct config	*conf;
	struct listener		 listener[CONFIG_POOLS];
	struct peers		 peers;
	int			 doorbell_read;
	int			 doorbell_write;
	struct board		*board;
};

#endif /* !DAEMON_HERITAGE_H */
