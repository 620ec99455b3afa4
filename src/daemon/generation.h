/* SPDX-License-Identifier: MIT */
#ifndef DAEMON_GENERATION_H
#define DAEMON_GENERATION_H

/* Children that work with the same configuration. */

#include "daemon/heritage.h"
#include "daemon/throttle.h"

/* Kinds of children: as in conf->pool[], and behind them the couriers. */
#define KIND_COURIER	CONFIG_POOLS
#define KINDS		(CONFIG_POOLS + 1)

#define LAST_WORDS	128

struct generation {
	int		 number;		/* 0: there is none */
	int		 on_trial;		/* its children wait for `go` */
	struct heritage	 heritage;		/* owns its conf */
	struct throttle	 throttle[KINDS];
	int		 braked;		/* too many have died young */
	char		 last_words[LAST_WORDS];	/* of one that failed */
};

#endif /* !DAEMON_GENERATION_H */
