/* SPDX-License-Identifier: MIT */
#ifndef DAEMON_HERITAGE_H
#define DAEMON_HERITAGE_H

/* Everything that crosses fork() is a field of this, and nothing else does. */

#include "app/config.h"
#include "daemon/board.h"
#include "daemon/listener.h"
#include "daemon/peers.h"

struct heritage {
	/* These two belong to a generation, the rest is the same for all. */
	struct config		*conf;
	struct peers		 peers;
	struct listener		 listener[CONFIG_POOLS];
	int			 doorbell_read;
	int			 doorbell_write;
	struct board		 board;
};

/* Log no less than the configuration says. */
void heritage_log_level(const struct heritage *h);

#endif /* !DAEMON_HERITAGE_H */
