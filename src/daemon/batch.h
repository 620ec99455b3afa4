/* SPDX-License-Identifier: MIT */
#ifndef DAEMON_BATCH_H
#define DAEMON_BATCH_H

/* Requests that are served together: all are read, all answered, all sent. */

#include <stddef.h>

#include "daemon/gate.h"
#include "daemon/site.h"

struct batch;

/* After fork, before signal handlers are set.  NULL: logged. */
struct batch *batch_open(void);
void batch_close(struct batch *b);

/*
 * Serve the `n` requests that `g` gave, and return their connections to it; to
 * be closed if `leaving`.  Returns how many were answered.
 */
size_t batch_serve(struct batch *b, struct doors *d, size_t most,
    struct gate *g, const struct ready *r, size_t n, int leaving);

#endif /* !DAEMON_BATCH_H */
