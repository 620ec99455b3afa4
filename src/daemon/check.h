/* SPDX-License-Identifier: MIT */
#ifndef DAEMON_CHECK_H
#define DAEMON_CHECK_H

/*
 * What has to be known about a configuration before it is used.  A child finds
 * out, so that the caller holds no secret and waits for no disk and no name
 * service (LDAP, SSSD) longer than CHECK_MS.
 */

#include <sys/types.h>

#include "app/config.h"
#include "base/err.h"
#include "daemon/peers.h"

#define CHECK_MS	5000

/* What only a name service knows. */
struct names {
	struct peers	 peers;
	gid_t		 group[CONFIG_POOLS];	/* or LISTENER_NO_GROUP */
};

/*
 * Can every secret file be used, and which users and groups are meant?
 * ERR_INPUT: no, logged by the child.  ERR_LATER: it did not find out in time
 * and is killed; logged.
 */
MUST_USE enum err check_config(const struct config *conf,
    struct names *ret_names);

#endif /* !DAEMON_CHECK_H */
