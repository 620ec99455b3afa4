/* SPDX-License-Identifier: MIT */
#ifndef DAEMON_PEERS_H
#define DAEMON_PEERS_H

/* Who may connect to the unix sockets, besides what their mode says. */

#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"

#define PEERS	32

struct peers {
	uid_t	 uid[PEERS];
	size_t	 count;
};

/*
 * Look up `list`, names or numbers of users between commas, and add the user
 * that asks.  A name that nobody has is logged, and nobody gets in by it.
 * ERR_INPUT: more than PEERS; logged.  Asks the name service, however long that
 * takes.
 */
MUST_USE enum err peers_find(const char *list, struct peers *ret_peers);

/* May whoever connected `fd`, a unix socket? */
int peers_allow(const struct peers *p, int fd);

#endif /* !DAEMON_PEERS_H */
