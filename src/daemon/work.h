/* SPDX-License-Identifier: MIT */
#ifndef DAEMON_WORK_H
#define DAEMON_WORK_H

/* What a worker is at, in words. */

#include "http/busy.h"

#define WORK_TEXT	160

/*
 * "GET /api/session", "GET /api/session, one of 5 requests", "5 requests
 * together".  The row is one of ours, or is not named: what the worker
 * has written may be anything.
 */
void work_text(const struct busy *b, char ret_text[WORK_TEXT]);

#endif /* !DAEMON_WORK_H */
