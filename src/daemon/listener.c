/* SPDX-License-Identifier: MIT */

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/slots.h"
#include "base/text.h"
#include "http/route.h"

#include "daemon/listener.h"

#define FIRST_INHERITED	3	/* SD_LISTEN_FDS_START */

/* What the workers of a master that was killed may take to follow it. */
#define FOLLOW_MS	2000
#define LOOK_MS		20

#define TURN_MS		10000	/* another endpind may take so long to start */

union address {
	struct sockaddr		 any;
	struct sockaddr_un	 un;
	struct sockaddr_in	 in;
	struct sockaddr_in6	 in6;
};

/*
 * Has the process that made this socket listen ended?  Then those who have it
 * from there are ending too, or are stopped and will when they go on.
 */
static int
is_orphan(int fd)
{
	struct ucred maker;
	socklen_t size = sizeof(maker);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &maker, &size) == 0 &&
	    maker.pid > 0 && kill(maker.pid, 0) == -1 && errno == ESRCH;
}

/* Is somebody listening on this socket file? */
static int
is_alive(const struct sockaddr_un *un)
{
	int fd, alive;

	/* One whose queue is full is alive, and not waited for. */
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1)
		return 1;
	if (connect(fd, (const struct sockaddr *)un, sizeof(*un)) == 0)
		alive = !is_orphan(fd);
	else
		alive = errno != ECONNREFUSED && errno != ENOENT;
	(void)close(fd);
	return alive;
}

/* 0: that is long enough. */
static int
wait_on(int64_t until_ms)
{
	if (clock_mono_ms() >= until_ms)
		return 0;
	(void)poll(NULL, 0, LOOK_MS);
	return 1;
}

static enum err
remove_stale(const struct sockaddr_un *un)
{
	const int64_t until_ms = clock_mono_ms() + FOLLOW_MS;
	struct stat st;

	if (lstat(un->sun_path, &st) == -1)
		return ERR_OK;
	if (!S_ISSOCK(st.st_mode)) {
		log_error("listen_failed", "%s exists and is not a socket",
		    un->sun_path);
		return ERR_CONFLICT;
	}
	while (is_alive(un)) {
		if (wait_on(until_ms))
			continue;
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
	const int64_t until_ms = clock_mono_ms() + FOLLOW_MS;
	int one = 1, bound, error;

	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	do
		bound = bind(fd, &a->any, len) == 0;
	while (!bound && errno == EADDRINUSE && wait_on(until_ms));
	if (!bound || listen(fd, LISTENER_BACKLOG) == -1) {
		error = errno;
		log_error("listen_failed", "could not listen on %s: %s", name,
		    strerror(error));
		return error == EADDRINUSE ? ERR_CONFLICT : ERR_INTERNAL;
	}
	return ERR_OK;
}

gid_t
listener_group(const struct pool_config *p)
{
	struct group *g;

	if (text_empty(p->group) || (g = getgrnam(p->group)) == NULL)
		return LISTENER_NO_GROUP;
	return g->gr_gid;
}

/* Mode and group of the file; it was made for its owner alone. */
static enum err
open_up(const struct pool_config *p, gid_t group)
{
	if (!text_empty(p->group)) {
		if (group == LISTENER_NO_GROUP) {
			log_error("listen_failed", "there is no group \"%s\"",
			    p->group);
			return ERR_INTERNAL;
		}
		if (chown(p->listen, (uid_t)-1, group) == -1) {
			log_error("listen_failed", "could not give %s to group"
			    " \"%s\": %s", p->listen, p->group,
			    strerror(errno));
			return ERR_INTERNAL;
		}
	}
	if (chmod(p->listen, (mode_t)strtoul(p->mode, NULL, 8)) == -1) {
		log_error("listen_failed", "could not set the mode of %s: %s",
		    p->listen, strerror(errno));
		return ERR_INTERNAL;
	}
	return ERR_OK;
}

static enum err
listen_unix(const struct pool_config *p, gid_t group, struct listener *l)
{
	union address a;
	struct stat st;
	mode_t before;
	enum err e;

	memset(&a, 0, sizeof(a));
	a.un.sun_family = AF_UNIX;
	(void)snprintf(a.un.sun_path, sizeof(a.un.sun_path), "%s", p->listen);
	if ((e = remove_stale(&a.un)) != ERR_OK)
		return e;
	before = umask(0177);
	e = bind_and_listen(l->fd, &a, sizeof(a.un), p->listen);
	(void)umask(before);
	if (e != ERR_OK)
		return e;

	if (lstat(p->listen, &st) == 0) {
		(void)snprintf(l->path, sizeof(l->path), "%s", p->listen);
		l->dev = st.st_dev;
		l->ino = st.st_ino;
	}
	if ((e = open_up(p, group)) != ERR_OK)
		listener_unlink(l);
	return e;
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
listener_open(const struct pool_config *p, gid_t group,
    struct listener *ret_listener)
{
	struct listener l = { .is_unix = p->listen[0] == '/' };
	int is_v6 = p->listen[0] == '[';
	enum err e;

	l.fd = socket(l.is_unix ? AF_UNIX : is_v6 ? AF_INET6 : AF_INET,
	    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (l.fd == -1) {
		log_error("listen_failed", "could not make a socket: %s",
		    strerror(errno));
		return ERR_INTERNAL;
	}
	e = l.is_unix ? listen_unix(p, group, &l) :
	    listen_tcp(p, l.fd, is_v6);
	if (e != ERR_OK)
		(void)close(l.fd);
	else
		*ret_listener = l;
	return e;
}

enum err
listener_inherit(int count, const char *names, const char *name,
    struct listener *ret_listener)
{
	struct listener l = { .fd = FIRST_INHERITED };
	int domain = 0;
	socklen_t size = sizeof(domain);
	size_t len;

	for (; l.fd < FIRST_INHERITED + count; l.fd++) {
		len = strcspn(names, ":");
		if (strlen(name) == len && strncmp(names, name, len) == 0)
			break;
		names += len + (names[len] == ':');
	}
	if (l.fd == FIRST_INHERITED + count)
		return ERR_NOTFOUND;
	if (getsockopt(l.fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) == -1 ||
	    fcntl(l.fd, F_SETFL, O_NONBLOCK) == -1 ||
	    fcntl(l.fd, F_SETFD, FD_CLOEXEC) == -1) {
		log_error("listen_failed", "could not take the socket \"%s\""
		    " from systemd: %s", name, strerror(errno));
		return ERR_INTERNAL;
	}
	l.is_unix = domain == AF_UNIX;
	*ret_listener = l;
	return ERR_OK;
}

/* Not all, so none: what was made is taken back. */
static enum err
open_each(const struct config *conf, const gid_t group[], int count,
    const char *names, struct listener ret_listener[])
{
	const struct pool_config *pool = conf->pool;
	enum err e = ERR_OK;
	size_t i;

	for (i = 0; i < conf->pools; i++) {
		e = listener_inherit(count, names, pool[i].name,
		    &ret_listener[i]);
		if (e == ERR_NOTFOUND)
			e = listener_open(&pool[i], group[i],
			    &ret_listener[i]);
		if (e != ERR_OK)
			break;
		if (pool[i].serves & DUTY_PASSWORD)
			listener_queue(&ret_listener[i],
			    LISTENER_BACKLOG_SLOW);
	}
	while (e != ERR_OK && i-- > 0) {
		listener_unlink(&ret_listener[i]);
		(void)close(ret_listener[i].fd);
	}
	return e;
}

enum err
listener_open_all(const struct config *conf, const gid_t group[], int count,
    const char *names, struct listener ret_listener[])
{
	char path[CONFIG_PATH];
	struct slots *turn;
	enum err e;

	config_run_path(conf, "start.slots", path);
	if ((turn = slots_open(path, 1, 0)) == NULL)
		return ERR_INTERNAL;
	if ((e = slots_take(turn, TURN_MS)) == ERR_OK)
		e = open_each(conf, group, count, names, ret_listener);
	else if (e == ERR_LATER) {
		log_error("listen_failed", "another endpind is starting, and"
		    " has had %s for %d s", path, TURN_MS / 1000);
		e = ERR_CONFLICT;
	}
	slots_give(turn);
	slots_close(turn);
	return e;
}

void
listener_queue(const struct listener *l, int backlog)
{
	/* On a socket that listens already this only sets the limit. */
	if (listen(l->fd, backlog) == -1)
		log_error("listen_failed", "could not set a queue of %d: %s",
		    backlog, strerror(errno));
}

void
listener_unlink(const struct listener *l)
{
	struct stat st;

	if (l->path[0] != '\0' && lstat(l->path, &st) == 0 &&
	    st.st_dev == l->dev && st.st_ino == l->ino)
		(void)unlink(l->path);
}
