/* SPDX-License-Identifier: MIT */
#ifndef DAEMON_LOBBY_H
#define DAEMON_LOBBY_H

/*
 * Where requests with passwords wait, with what they say: each costs a core for
 * a while, and in the queue of a socket nobody can tell a member from the
 * thousandth guess of somebody else.  So a worker of a pool that serves nothing
 * else takes in all who have come, before each that it serves, and serves who is
 * next (base/turns.h).  For whom there is no room, and who has waited for too
 * long, is told to come later, at once.
 */

#include <stddef.h>
#include <stdint.h>

#include "app/config.h"

#define LOBBY_ROOM	16		/* who wait, of one worker */
#define LOBBY_WAIT_US	INT64_C(500000)	/* it is about what they take */

struct doors;
struct gate;
struct lobby;
struct ready;

/* Do passwords wait here? */
int lobby_is_for(const struct pool_config *p);

/* `g` and `d` are borrowed; bodies have up to `most` bytes. */
struct lobby *lobby_open(struct gate *g, struct doors *d, size_t most);
void lobby_close(struct lobby *l);

int lobby_is_empty(const struct lobby *l);

/*
 * Take in the `n` requests that the gate gave, and all others that are there,
 * answer who is next, and those who have to come later.  Connections go back to
 * the gate, to be closed if `leaving`.  Returns how many were answered.
 */
size_t lobby_serve(struct lobby *l, const struct ready *r, size_t n,
    int leaving);

#endif /* !DAEMON_LOBBY_H */
