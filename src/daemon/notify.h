/* SPDX-License-Identifier: MIT */
#ifndef DAEMON_NOTIFY_H
#define DAEMON_NOTIFY_H

/* Telling the service manager, by sd_notify(3)'s protocol. */

/* `path` is $NOTIFY_SOCKET; NULL: there is nobody to tell.  Borrowed. */
void notify_init(const char *path);

/* "READY=1", "STOPPING=1", "STATUS=...". */
void notify_tell(const char *text);

#endif /* !DAEMON_NOTIFY_H */
