/* SPDX-License-Identifier: MIT */

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

#include "base/slots.h"

#define STEP_MS	5	/* a third of a hash */

struct slots {
	int	 fd;
	int	 count;
	int	 held;		/* which; -1: none */
};

struct slots *
slots_open(const char *path, int count)
{
	struct slots *s;
	int fd;

	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd == -1) {
		log_error("slots_bad", "cannot open %s: %s", path,
		    strerror(errno));
		return NULL;
	}
	s = mem_zero(1, sizeof(*s));
	s->fd = fd;
	s->count = count;
	s->held = -1;
	return s;
}

void
slots_close(struct slots *s)
{
	if (s == NULL)
		return;
	(void)close(s->fd);
	free(s);
}

static int
lock_byte(const struct slots *s, int i, short type)
{
	struct flock l = { .l_type = type, .l_whence = SEEK_SET,
	    .l_start = i, .l_len = 1 };

	return fcntl(s->fd, F_OFD_SETLK, &l);
}

static enum err
take_any(struct slots *s)
{
	int i;

	for (i = 0; i < s->count; i++) {
		if (lock_byte(s, i, F_WRLCK) == 0) {
			s->held = i;
			return ERR_OK;
		}
		if (errno != EAGAIN && errno != EACCES) {
			log_error("slots_bad", "cannot lock a slot: %s",
			    strerror(errno));
			return ERR_INTERNAL;
		}
	}
	return ERR_LATER;
}

enum err
slots_take(struct slots *s, int ms)
{
	int64_t until = clock_mono_us() + (int64_t)ms * 1000;
	enum err e;

	assert(s->held == -1);
	/* There is no lock with a deadline, so it is asked for in steps. */
	while ((e = take_any(s)) == ERR_LATER && clock_mono_us() < until)
		(void)poll(NULL, 0, STEP_MS);
	return e;
}

void
slots_give(struct slots *s)
{
	if (s->held != -1)
		(void)lock_byte(s, s->held, F_UNLCK);
	s->held = -1;
}
