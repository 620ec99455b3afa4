/* SPDX-License-Identifier: MIT */

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>
#include <sys/un.h>

#include "base/text.h"

#include "daemon/stale.h"

/* proc(5): Num RefCount Protocol Flags Type St Inode Path. */
#define SOCKETS		"/proc/net/unix"
#define LISTENS		0x10000u	/* of Flags: __SO_ACCEPTCON */

/* Has `pid` that socket?  1 also if that is not ours to know. */
static int
has_socket(pid_t pid, unsigned long inode)
{
	char path[32], want[32], link[32];
	struct dirent *e;
	int found = 0;
	ssize_t n;
	DIR *d;

	(void)snprintf(path, sizeof(path), "/proc/%ld/fd", (long)pid);
	(void)snprintf(want, sizeof(want), "socket:[%lu]", inode);
	if ((d = opendir(path)) == NULL)
		return errno != ENOENT;
	while (!found && (e = readdir(d)) != NULL) {
		n = readlinkat(dirfd(d), e->d_name, link, sizeof(link) - 1);
		link[n > 0 ? n : 0] = '\0';
		found = text_equal(link, want);
	}
	(void)closedir(d);
	return found;
}

/* Has `pid` one that listens at `path`?  1 also if there is none to be seen. */
static int
listens(pid_t pid, const char *path)
{
	unsigned long flags, inode;
	char line[256];
	int at, seen = 0, has = 0;
	FILE *f;

	if ((f = fopen(SOCKETS, "re")) == NULL)
		return 1;
	while (!has && fgets(line, sizeof(line), f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		at = 0;
		if (sscanf(line, "%*s %*s %*s %lx %*s %*s %lu %n", &flags,
		    &inode, &at) != 2 || (flags & LISTENS) == 0 ||
		    at == 0 || !text_equal(line + at, path))
			continue;
		seen = 1;
		has = has_socket(pid, inode);
	}
	(void)fclose(f);
	return has || !seen;
}

/*
 * Has the process that made this socket listen ended?  Another one may have its
 * number by now: somebody else's, or one that has not this socket.
 */
static int
is_orphan(int fd, const char *path)
{
	struct ucred maker;
	socklen_t size = sizeof(maker);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &maker, &size) == -1 ||
	    maker.pid <= 0)
		return 0;
	if (kill(maker.pid, 0) == -1)
		return errno == ESRCH ||
		    (errno == EPERM && maker.uid == geteuid());
	return !listens(maker.pid, path);
}

int
stale_is(const struct sockaddr_un *un)
{
	int fd, stale;

	/* One whose queue is full is alive, and not waited for. */
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1)
		return 0;
	if (connect(fd, (const struct sockaddr *)un, sizeof(*un)) == 0)
		stale = is_orphan(fd, un->sun_path);
	else
		stale = errno == ECONNREFUSED || errno == ENOENT;
	(void)close(fd);
	return stale;
}
