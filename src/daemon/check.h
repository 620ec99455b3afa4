/* SPDX-License-Identifier: MIT */
#ifndef DAEMON_CHECK_H
#define DAEMON_CHECK_H

#include "app/config.h"
#include "base/err.h"

/*
 * Can every secret file be used?  A child reads them, so that the caller holds
 * no secret.  ERR_INPUT: no; logged by the child.
 */
MUST_USE enum err check_secrets(const struct config *conf);

#endif /* !DAEMON_CHECK_H */
