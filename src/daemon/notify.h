/* SPDX-License-Identifier: MIT */
#ifndef DAEMON_NOTIFY_H
#define DAEMON_NOTIFY_H

/* Telling the service manager, by sd_notify(3)'s protocol. */

#include <stdint.h>

/*
 * `path` is $NOTIFY_SOCKET; NULL: there is nobody to tell.  Borrowed.  `patience`
 * is $WATCHDOG_USEC, microseconds; 0: nobody watches.
 */
void notify_init(const char *path, int64_t patience);

/* "READY=1", "STOPPING=1", "STATUS=...". */
void notify_tell(const char *text);

/* A reload begins; "READY=1" ends it. */
void notify_reloading(void);

/* Something goes on that takes its time.  At most once a second. */
void notify_extend(void);

/*
 * "I am alive", for the watchdog.  Returns after how many milliseconds that has
 * to be said again; -1: never.
 */
int64_t notify_alive(void);

#endif /* !DAEMON_NOTIFY_H */
