/* SPDX-License-Identifier: MIT */
#ifndef DAEMON_MASTER_H
#define DAEMON_MASTER_H

/*
 * The master: forks, watches, replaces, renews, stops in steps.  It has no
 * signal handlers, holds no secret, and believes nothing that a child wrote.
 */

#include "base/config.h"
#include "daemon/heritage.h"

/* How to read the configuration again; NULL: it is wrong, and was logged. */
typedef struct config *master_reread(void *arg);

/*
 * Run until asked to stop.  Signals must be blocked (master_signals()).
 * `*h->conf` is owned by the caller; configurations read later are the
 * master's own.  `own_sockets`: the socket files are ours to remove.
 * Returns the exit status.
 */
int master_run(struct heritage *h, master_reread *reread, void *arg,
    int own_sockets);

/* Block the signals that the master fetches.  Before anything is forked. */
void master_signals(void);

#endif /* !DAEMON_MASTER_H */
