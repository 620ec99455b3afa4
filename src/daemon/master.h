/* SPDX-License-Identifier: MIT */
#ifndef DAEMON_MASTER_H
#define DAEMON_MASTER_H

/*
 * The master: forks, watches, replaces, renews, stops in steps.  It has no
 * signal handlers, holds no secret, believes nothing that a child wrote, and
 * waits for nothing but signals.
 *
 * There are never more than two generations: one in service, and a new one on
 * trial (trial.h) or an old one that is leaving.  A reload that is asked for
 * meanwhile begins when there is one again.
 */

#include "app/config.h"
#include "daemon/heritage.h"

/*
 * Read the configuration again and put what comes of it into *ret_fresh, a copy
 * of `now`, whose conf is then a new one.  Otherwise nothing has changed;
 * logged.
 */
typedef enum err master_reread(const struct heritage *now,
    struct heritage *ret_fresh, void *arg);

/*
 * Run until asked to stop.  Signals must be blocked (master_signals()).  Takes
 * h->conf, which is freed.  Returns the exit status.
 */
int master_run(const struct heritage *h, master_reread *reread, void *arg);

/*
 * Block the signals that the master fetches, and ignore SIGPIPE, for itself and
 * all that it forks.
 */
void master_signals(void);

#endif /* !DAEMON_MASTER_H */
