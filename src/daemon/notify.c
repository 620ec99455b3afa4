/* SPDX-License-Identifier: MIT */

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>
#include <sys/un.h>

#include "base/clock.h"

#include "daemon/notify.h"

#define EXTEND_EVERY_US	1000000
#define EXTEND		"EXTEND_TIMEOUT_USEC=10000000"

static const char *socket_path;
static int64_t alive_every_us;		/* 0: nobody watches */
static int64_t alive_us, extended_us;	/* said the last time */

void
notify_init(const char *path, int64_t patience)
{
	socket_path = path;
	/* Twice as often as need be, as sd_watchdog_enabled(3) advises. */
	alive_every_us = path == NULL ? 0 : patience / 2;
}

void
notify_tell(const char *text)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	size_t len;
	int fd;

	if (socket_path == NULL ||
	    (len = strlen(socket_path)) >= sizeof(a.sun_path))
		return;
	memcpy(a.sun_path, socket_path, len + 1);
	if (a.sun_path[0] == '@')
		a.sun_path[0] = '\0';	/* the abstract name space */
	if ((fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) == -1)
		return;
	(void)!sendto(fd, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT,
	    (const struct sockaddr *)&a,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len));
	(void)close(fd);
}

void
notify_reloading(void)
{
	char text[64];

	(void)snprintf(text, sizeof(text), "RELOADING=1\nMONOTONIC_USEC=%lld",
	    (long long)clock_mono_us());
	notify_tell(text);
}

void
notify_extend(void)
{
	int64_t now = clock_mono_us();

	if (socket_path == NULL || now - extended_us < EXTEND_EVERY_US)
		return;
	extended_us = now;
	notify_tell(EXTEND);
}

int64_t
notify_alive(void)
{
	int64_t now, left;

	if (alive_every_us <= 0)
		return -1;
	now = clock_mono_us();
	left = alive_us + alive_every_us - now;
	if (alive_us == 0 || left <= 0) {
		alive_us = now;
		left = alive_every_us;
		notify_tell("WATCHDOG=1");
	}
	return left / 1000 + 1;
}
