/* SPDX-License-Identifier: MIT */
#ifndef DAEMON_STALE_H
#define DAEMON_STALE_H

/*
 * Of what use is a socket file that is there already?  A master that was killed
 * leaves it, and for a moment also the workers that had it from there.
 */

struct sockaddr_un;

/*
 * Does nobody listen on `un`, or nobody but those whose master is gone?  They
 * are ending too, or are stopped and will when they go on.  What cannot be found
 * out counts as no.
 */
int stale_is(const struct sockaddr_un *un);

#endif /* !DAEMON_STALE_H */
