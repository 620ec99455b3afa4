/* SPDX-License-Identifier: MIT */
#ifndef DAEMON_MASTER_H
#define DAEMON_MASTER_H

/*
 * The master: forks, watches, replaces, renews, stops in steps.  It has no
 * signal handlers, holds no secret, and believes nothing that a child wrote.
 */

#include "app/config.h"
#include "daemon/heritage.h"

/*
 * Read the configuration again and put what comes of it into `h`.  Otherwise
 * `h` is as before; logged.
 */
typedef enum err master_reread(struct heritage *h, void *arg);

/*
 * Run until asked to stop.  Signals must be blocked (master_signals()).
 * Returns the exit status.
 */
int master_run(struct heritage *h, master_reread *reread, void *arg);

/*
 * Block the signals that the master fetches, and ignore SIGPIPE, for itself and
 * all that it forks.
 */
void master_signals(void);

#endif /* !DAEMON_MASTER_H */
