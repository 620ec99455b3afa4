/* SPDX-License-Identifier: MIT */
#ifndef DAEMON_CHILD_H
#define DAEMON_CHILD_H

/* The master's table of children. */

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "daemon/heritage.h"

/* Kinds of children: as in conf->pool[], and behind them the couriers. */
#define KIND_COURIER	CONFIG_POOLS
#define KINDS		(CONFIG_POOLS + 1)

struct child {
	pid_t		 pid;		/* 0: a free row */
	int		 kind;
	int		 generation;
	int64_t		 born_ms;
	int64_t		 asked_ms;	/* to leave, first time; 0: not yet */
	int64_t		 told_ms;	/* the last time */
};

const char *child_kind_name(const struct heritage *h, int kind);

/*
 * Fork one into the free row `c`, whose number is that of its slot on the
 * board.  0: could not; logged.  In the child it does not return.
 */
int child_start(struct child *c, size_t row, const struct heritage *h,
    int kind, int generation);

#endif /* !DAEMON_CHILD_H */
