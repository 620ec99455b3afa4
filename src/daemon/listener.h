/* SPDX-License-Identifier: MIT */
#ifndef DAEMON_LISTENER_H
#define DAEMON_LISTENER_H

/* The sockets that web servers connect to. */

#include <sys/stat.h>

#include "app/config.h"
#include "base/err.h"

/*
 * Connections that wait for a worker; beyond that the web server answers by
 * itself, and at once.  Workers refuse earlier, and know whom: see http/late.h,
 * and where each request takes long on purpose, and most have to be refused,
 * daemon/lobby.h.
 */
#define LISTENER_BACKLOG	1024
#define LISTENER_BACKLOG_SLOW	128

#define LISTENER_PATH		108	/* of a sockaddr_un */

#define LISTENER_NO_GROUP	((gid_t)-1)

struct listener {
	int	 fd;			/* non-blocking; -1: none */
	int	 is_unix;
	char	 path[LISTENER_PATH];	/* of a file that we made, or "" */
	dev_t	 dev;			/* which file that was */
	ino_t	 ino;
};

/*
 * The group that p->group names; LISTENER_NO_GROUP: it names none, or one that
 * does not exist.  Asks the name service, however long that takes.
 */
gid_t listener_group(const struct pool_config *p);

/*
 * Open p->listen: a unix socket that never exists with a wider mode than
 * p->mode, or a loopback port.  `group` is listener_group()'s.  A socket file
 * that nobody listens on is replaced, and one whose master was killed: for
 * workers that are about to follow it this waits up to two seconds.
 * ERR_CONFLICT: somebody listens there.  ERR_INTERNAL: cannot.  Both logged.
 */
MUST_USE enum err listener_open(const struct pool_config *p, gid_t group,
    struct listener *ret_listener);

/*
 * Take the one called `name` among `count` descriptors that systemd handed
 * over, whose names are in `names` (LISTEN_FDS, LISTEN_FDNAMES).
 * ERR_NOTFOUND: there is none.
 */
MUST_USE enum err listener_inherit(int count, const char *names,
    const char *name, struct listener *ret_listener);

/*
 * The sockets of all of conf's pools, or none, then closed again: taken over as
 * above (`names` counts with `count` > 0 only), else opened; group[i] is pool
 * i's.  One endpind does so at a time in a run_dir: between bind and listen a
 * socket looks like one that nobody listens on, and two that start together
 * would each replace the other's.  Who comes second waits, and then finds
 * somebody listening.  ERR_CONFLICT: or another has been at it for ten seconds.
 * ERR_INTERNAL: or it cannot be known whose turn it is.  All logged.
 */
MUST_USE enum err listener_open_all(const struct config *conf,
    const gid_t group[], int count, const char *names,
    struct listener ret_listener[]);

/* Let so many connections wait, whoever opened the socket. */
void listener_queue(const struct listener *l, int backlog);

/* Remove the file, if it is ours and still there: nobody connects any more. */
void listener_unlink(const struct listener *l);

#endif /* !DAEMON_LISTENER_H */
