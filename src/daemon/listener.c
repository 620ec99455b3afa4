/* SPDX-License-Identifier: MIT */

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"

#include "daemon/listener.h"

#define FIRST_INHERITED	3	/* SD_LISTEN_FDS_START */

union address {
	struct sockaddr		 any;
	struct sockaddr_un	 un;
	struct sockaddr_in	 in;
	struct sockaddr_in6	 in6;
};

/* Is somebody listening on this socket file? */
static int
is_alive(const struct sockaddr_un *un)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), alive;

	if (fd == -1)
		return 1;
	alive = connect(fd, (const struct sockaddr *)un, sizeof(*un)) == 0 ||
	    (errno != ECONNREFUSED && errno != ENOENT);
	(void)close(fd);
	return alive;
}

static enum err
remove_stale(const struct sockaddr_un *un)
{
	struct stat st;

	if (lstat(un->sun_path, &st) == -1)
		return ERR_OK;
	if (!S_ISSOCK(st.st_mode)) {
		log_error("listen_failed", "%s exists and is not a socket",
		    un->sun_path);
		return ERR_CONFLICT;
	}
	if (is_alive(un)) {
		log_error("listen_failed", "another program listens on %s",
		    un->sun_path);
		return ERR_CONFLICT;
	}
	(void)unlink(un->sun_path);
	return ERR_OK;
}

static enum err
bind_and_listen(int fd, const union address *a, socklen_t len,
    const char *name)
{
	int one = 1;

	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, &a->any, len) == -1 ||
	    listen(fd, LISTENER_BACKLOG) == -1) {
		log_error("listen_failed", "cannot listen on %s: %s", name,
		    strerror(errno));
		return errno == EADDRINUSE ? ERR_CONFLICT : ERR_INTERNAL;
	}
	return ERR_OK;
}

/* Mode and group of the file; it was made with neither group nor others. */
static enum err
open_up(const struct pool_config *p)
{
	struct group *g;
	mode_t mode = (mode_t)strtoul(p->mode, NULL, 8);

	if (!text_empty(p->group)) {
		if ((g = getgrnam(p->group)) == NULL) {
			log_error("listen_failed", "there is no group %s",
			    p->group);
			return ERR_INTERNAL;
		}
		if (chown(p->listen, (uid_t)-1, g->gr_gid) == -1) {
			log_error("listen_failed",
			    "cannot give %s to group %s: %s", p->listen,
			    p->group, strerror(errno));
			return ERR_INTERNAL;
		}
	}
	if (chmod(p->listen, mode) == -1) {
		log_error("listen_failed", "cannot change the mode of %s: %s",
		    p->listen, strerror(errno));
		return ERR_INTERNAL;
	}
	return ERR_OK;
}

static enum err
listen_unix(const struct pool_config *p, int fd)
{
	union address a;
	mode_t before;
	enum err e;

	memset(&a, 0, sizeof(a));
	a.un.sun_family = AF_UNIX;
	(void)snprintf(a.un.sun_path, sizeof(a.un.sun_path), "%s", p->listen);
	if ((e = remove_stale(&a.un)) != ERR_OK)
		return e;
	before = umask(0177);
	e = bind_and_listen(fd, &a, sizeof(a.un), p->listen);
	(void)umask(before);
	return e == ERR_OK ? open_up(p) : e;
}

static enum err
listen_tcp(const struct pool_config *p, int fd, int is_v6)
{
	const char *colon = strrchr(p->listen, ':');
	in_port_t port = htons((in_port_t)strtoul(colon + 1, NULL, 10));
	union address a;
	socklen_t len;

	memset(&a, 0, sizeof(a));
	if (is_v6) {
		a.in6.sin6_family = AF_INET6;
		a.in6.sin6_addr = in6addr_loopback;
		a.in6.sin6_port = port;
		len = sizeof(a.in6);
	} else {
		a.in.sin_family = AF_INET;
		a.in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		a.in.sin_port = port;
		len = sizeof(a.in);
	}
	return bind_and_listen(fd, &a, len, p->listen);
}

enum err
listener_open(const struct pool_config *p, int *ret_fd)
{
	int is_unix = p->listen[0] == '/', is_v6 = p->listen[0] == '[', fd;
	enum err e;

	fd = socket(is_unix ? AF_UNIX : is_v6 ? AF_INET6 : AF_INET,
	    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1) {
		log_error("listen_failed", "cannot make a socket: %s",
		    strerror(errno));
		return ERR_INTERNAL;
	}
	e = is_unix ? listen_unix(p, fd) : listen_tcp(p, fd, is_v6);
	if (e != ERR_OK)
		(void)close(fd);
	else
		*ret_fd = fd;
	return e;
}

int
listener_inherited(int count, const char *names, const char *name)
{
	size_t len;
	int fd;

	for (fd = FIRST_INHERITED; fd < FIRST_INHERITED + count; fd++) {
		len = strcspn(names, ":");
		if (strlen(name) == len && strncmp(names, name, len) == 0) {
			(void)fcntl(fd, F_SETFL, O_NONBLOCK);
			(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
			return fd;
		}
		names += len + (names[len] == ':');
	}
	return -1;
}

void
listener_unlink(const struct pool_config *p)
{
	if (p->listen[0] == '/')
		(void)unlink(p->listen);
}
