/* SPDX-License-Identifier: MIT */
#ifndef DAEMON_WORK_H
#define DAEMON_WORK_H

/* What a worker is at, in words. */

#include "http/busy.h"

#define WORK_TEXT	160

/*
 * "GET /api/session", "GET /api/session, one of 5 requests", "5 requests
 * together".  Of what the worker has written nothing is believed that is not a
 * row of ours.
 */
void work_text(const struct busy *b, char ret_text[WORK_TEXT]);

#endif /* !DAEMON_WORK_H */
