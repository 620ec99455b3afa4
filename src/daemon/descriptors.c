/* SPDX-License-Identifier: MIT */

#include <sys/resource.h>

#include "base/log.h"
#include "daemon/gate.h"
#include "daemon/places.h"

#include "daemon/descriptors.h"

/*
 * Standard streams, listener, doorbell, database, slots, Stripe and the name
 * service, and where child.c moves what is in the way.
 */
#define OWN		80

/* No configuration needs more. */
#define ENOUGH		4096

void
descriptors_raise(void)
{
	struct rlimit l;

	if (getrlimit(RLIMIT_NOFILE, &l) == -1 || l.rlim_cur >= ENOUGH)
		return;
	l.rlim_cur = l.rlim_max < ENOUGH ? l.rlim_max : ENOUGH;
	(void)setrlimit(RLIMIT_NOFILE, &l);
}

enum err
descriptors_check(const struct config *c)
{
	rlim_t needed = OWN + GATE_OPEN + PLACES_MOST;
	int keep = 0;
	struct rlimit l;
	size_t i;

	for (i = 0; i < c->pools; i++)
		if (c->pool[i].keep_connections > keep)
			keep = c->pool[i].keep_connections;
	needed += (rlim_t)keep;
	if (getrlimit(RLIMIT_NOFILE, &l) == -1 || l.rlim_cur >= needed)
		return ERR_OK;
	log_error("descriptors_few", "a process may have %llu descriptors"
	    " (ulimit -n, LimitNOFILE=), and a worker may need %llu",
	    (unsigned long long)l.rlim_cur, (unsigned long long)needed);
	return ERR_INTERNAL;
}
