/* SPDX-License-Identifier: MIT */
#ifndef DAEMON_GATE_H
#define DAEMON_GATE_H

/*
 * Which connection a worker serves next: one of those that web servers keep
 * open, whichever speaks, or a new one.  A kept connection that is silent does
 * not occupy the worker, and is closed after a second.
 */

#include "base/err.h"
#include "daemon/listener.h"
#include "daemon/peers.h"

struct gate;

/* Keep up to `keep` connections.  `l` and `p` are borrowed.  NULL: logged. */
struct gate *gate_open(const struct listener *l, const struct peers *p,
    int keep);
void gate_close(struct gate *g);

/*
 * Wait, letting SIGQUIT in, and return a connection that has something to say;
 * its deadlines are set.  It is the caller's until gate_return(); without that,
 * the caller has closed it.  -1: look around, and come again.
 */
int gate_next(struct gate *g);

/*
 * Take back `fd`, the last one given out: keep it if it may `stay` and there is
 * room, or hang up.  1: its next request was faster than that; it is the
 * caller's still, to be served.
 */
MUST_USE int gate_return(struct gate *g, int fd, int stay);

/* The next of those that want to be let in, without waiting; -1: none. */
int gate_accept(struct gate *g);

/* From now on let nobody in. */
void gate_shut(struct gate *g);

/*
 * Are there no connections that may still speak?  Not while the caller has one
 * that it is going to return.
 */
int gate_is_empty(struct gate *g);

#endif /* !DAEMON_GATE_H */
