/* SPDX-License-Identifier: MIT */
#ifndef DAEMON_HERITAGE_H
#define DAEMON_HERITAGE_H

/* Everything that crosses fork() is a field of this, and nothing else does. */

#include <stdatomic.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/config.h"

#define PEERS		32
#define BOARD_SLOTS	4096	/* children of all generations together */

/* What a child says of itself.  The master believes no more than two numbers. */
struct board_slot {
	_Atomic int64_t	 began_ms;	/* of the request at hand; 0: none */
	_Atomic int	 ready;		/* it has what it needs */
};

/* Shared memory.  No pointers, no lengths. */
struct board {
	_Atomic int		 stopping;	/* nobody comes after us */
	struct board_slot	 slot[BOARD_SLOTS];
};

struct heritage {
	const struct config	*conf;
	int			 listener[POOLS];
	int			 doorbell_read;
	int			 doorbell_write;
	uid_t			 peer[PEERS];	/* who may connect */
	size_t			 peers;
	struct board		*board;
};

#endif /* !DAEMON_HERITAGE_H */
