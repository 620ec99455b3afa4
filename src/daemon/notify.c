/* SPDX-License-Identifier: MIT */

#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>
#include <sys/un.h>

#include "daemon/notify.h"

static const char *socket_path;

void
notify_init(const char *path)
{
	socket_path = path;
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
