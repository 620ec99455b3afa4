/* SPDX-License-Identifier: MIT */
#ifndef DAEMON_WORKER_H
#define DAEMON_WORKER_H

/*
 * What children do until they are asked to leave: a worker of conf->pool[pool]
 * serves requests as they become whole, a courier runs courier_run().
 */

#include "app/config.h"
#include "daemon/heritage.h"

/* After fork, in the child.  Returns its exit status. */
int worker_run(const struct heritage *h, size_t pool,
    struct board_slot *slot);
int worker_courier(const struct heritage *h, struct board_slot *slot);

#endif /* !DAEMON_WORKER_H */
