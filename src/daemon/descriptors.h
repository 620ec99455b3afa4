/* SPDX-License-Identifier: MIT */
#ifndef DAEMON_DESCRIPTORS_H
#define DAEMON_DESCRIPTORS_H

/*
 * How many descriptors a process may have, RLIMIT_NOFILE, and how many the
 * busiest worker can need.  One that finds out by running out of them dies, and
 * so does the next.
 */

#include "app/config.h"
#include "base/err.h"

/* Raise our limit, as far as we may; for all that are forked after that. */
void descriptors_raise(void);

/* ERR_INTERNAL: there are too few for this configuration; logged. */
MUST_USE enum err descriptors_check(const struct config *c);

#endif /* !DAEMON_DESCRIPTORS_H */
