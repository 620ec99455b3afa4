/* SPDX-License-Identifier: MIT */
#ifndef DAEMON_WORKER_H
#define DAEMON_WORKER_H

/*
 * A worker of one pool: waits, serves one request at a time, keeps a few
 * connections of the web server open.  A courier: courier_run() with the
 * signals of a child.
 */

#include "base/config.h"
#include "daemon/heritage.h"

/* After fork, in the child.  Returns its exit status. */
int worker_run(const struct heritage *h, enum pool pool,
    struct board_slot *slot);
int worker_courier(const struct heritage *h, struct board_slot *slot);

#endif /* !DAEMON_WORKER_H */
