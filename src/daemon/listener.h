/* SPDX-License-Identifier: MIT */
#ifndef DAEMON_LISTENER_H
#define DAEMON_LISTENER_H

/* The sockets that the web server connects to. */

#include "base/config.h"
#include "base/err.h"

#define LISTENER_BACKLOG	1024	/* a full one is a 502 at once */

/*
 * Open p->listen: a unix socket that never exists with a wider mode than
 * p->mode, or a loopback port.  A socket file that nobody listens on is
 * replaced.  ERR_CONFLICT: somebody listens there.  ERR_INTERNAL: cannot.
 * Both logged.  The descriptor is non-blocking.
 */
MUST_USE enum err listener_open(const struct pool_config *p, int *ret_fd);

/*
 * The descriptor called `name` among those that systemd handed over
 * (LISTEN_FDS, LISTEN_FDNAMES), made non-blocking; -1: none.
 */
int listener_inherited(int count, const char *names, const char *name);

/* Remove the socket file, so that nobody connects any more. */
void listener_unlink(const struct pool_config *p);

#endif /* !DAEMON_LISTENER_H */
