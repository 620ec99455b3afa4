/* SPDX-License-Identifier: MIT */
#ifndef DAEMON_STATUS_H
#define DAEMON_STATUS_H

/* One line about all processes, for "systemctl status". */

#include "daemon/crew.h"
#include "daemon/trial.h"

/* Tell it, if it is not what was told before. */
void status_tell(const struct crew *w, const struct generation *serving,
    const struct trial *t, int stopping);

#endif /* !DAEMON_STATUS_H */
