/* SPDX-License-Identifier: MIT */
#ifndef DAEMON_CHILD_H
#define DAEMON_CHILD_H

/* One child, as the master knows it. */

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "conf/layout.h"
#include "daemon/generation.h"

struct child {
	pid_t		 pid;		/* 0: a free row */
	int		 kind;
	char		 name[LAYOUT_NAME + 1];	/* of its kind */
	int		 generation;
	int64_t		 born_ms;
	int64_t		 limit_ms;	/* of a request, a courier's silence */
	int64_t		 patience_ms;	/* once it has been asked to leave */
	int64_t		 asked_ms;	/* to leave, first time; 0: not yet */
	int64_t		 told_ms;	/* the last time */
	int		 killed;	/* by us; it is as good as gone */
};

/* "courier", or the name of the pool. */
const char *child_kind_name(const struct config *conf, int kind);

/*
 * Fork one of `kind` into the free row `c`, whose number is that of its slot on
 * the board.  0: could not; logged.  In the child it does not return.
 */
int child_start(struct child *c, size_t row, const struct generation *g,
    int kind);

#endif /* !DAEMON_CHILD_H */
