/* SPDX-License-Identifier: MIT */

#include <fcntl.h>
#include <syslog.h>
#include <unistd.h>

#include "base/streams.h"

/* As long as one is missing, it is the lowest that is free. */
int
streams_keep(void)
{
	int fd, flags;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) == -1 && open("/dev/null",
		    fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			return 0;
	flags = fcntl(STDERR_FILENO, F_GETFL);
	return (flags & O_ACCMODE) != O_RDONLY;
}

void
streams_complain(const char *program, const char *text)
{
	openlog(program, LOG_PID, LOG_DAEMON);
	syslog(LOG_ERR, "%s", text);
	closelog();
}
