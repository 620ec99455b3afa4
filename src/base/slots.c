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
#define NEXT_STEP_MS	2	/* of who is the next */
#define NEXT_US	INT64_C(20000)	/* so long it is believed to be there */
#define USUAL	8	/* that many count for what is usual */
#define LATE	12	/* times as long as that is too long */
#define STEEP	4	/* times as long counts for no more */
#define LONG_US	INT64_C(4000000)	/* nothing takes longer */

struct slots {
	int	 fd;
	int	 count;
	int	 most;		/* with those beyond it, while others are late */
	int	 held;		/* which; -1: none */
	int64_t	 next_us;	/* when we said that we are; 0: we are not */
	int64_t	 since_us;
	int64_t	 hold_us;	/* 0: for ever */
	int64_t	*doubt;		/* for each: the late holder seen there */
};

struct slots *
slots_open(const char *path, int count, int hold_ms)
{
	struct slots *s;
	int fd;

	assert(count > 0 && count <= SLOTS_MOST);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd == -1) {
		log_error("slots_bad", "cannot open %s: %s", path,
		    strerror(errno));
		return NULL;
	}
	s = mem_zero(1, sizeof(*s));
	s->fd = fd;
	s->count = count;
	/* Should all of them be late, and one beyond that. */
	s->most = hold_ms == 0 ? count : 2 * count + 1;
	s->held = -1;
	s->hold_us = INT64_C(1000) * hold_ms;
	s->doubt = mem_zero((size_t)s->most, sizeof(*s->doubt));
	return s;
}

void
slots_close(struct slots *s)
{
	if (s == NULL)
		return;
	(void)close(s->fd);
	free(s->doubt);
	free(s);
}

static struct flock
byte(int i, short type)
{
	return (struct flock){ .l_type = type, .l_whence = SEEK_SET,
	    .l_start = i, .l_len = 1 };
}

static int
lock_byte(const struct slots *s, int i, short type)
{
	struct flock l = byte(i, type);

	return fcntl(s->fd, F_OFD_SETLK, &l);
}

static int
is_free(const struct slots *s, int i)
{
	struct flock l = byte(i, F_WRLCK);

	return fcntl(s->fd, F_OFD_GETLK, &l) == 0 && l.l_type == F_UNLCK;
}

/*
 * The file is numbers: how long a slot is held usually, in microseconds, then
 * for each since when it is; 0: it is not.  Behind the last that there can be,
 * 2 * SLOTS_MOST + 1 of them: when who is to have the next one has said so.
 */
static off_t
at(int i)
{
	return (off_t)(i + 1) * (off_t)sizeof(int64_t);
}

#define AT_USUAL	at(-1)
#define AT_NEXT		at(2 * SLOTS_MOST + 1)

/* What is not there, or cannot be, is 0. */
static int64_t
number_read(const struct slots *s, off_t where)
{
	int64_t n;

	return pread(s->fd, &n, sizeof(n), where) == sizeof(n) && n > 0 ? n :
	    0;
}

static void
number_write(const struct slots *s, off_t where, int64_t n)
{
	(void)!pwrite(s->fd, &n, sizeof(n), where);
}

/* Of how long slots are held, which counts where that has an end. */
static int64_t
held_read(const struct slots *s, off_t where)
{
	return s->hold_us != 0 ? number_read(s, where) : 0;
}

/* Without room for it on the disk they are held for ever. */
static void
held_write(const struct slots *s, off_t where, int64_t n)
{
	if (s->hold_us != 0)
		number_write(s, where, n);
}

static int64_t
usual_us(const struct slots *s)
{
	int64_t us = held_read(s, AT_USUAL);

	return us > LONG_US / LATE ? LONG_US / LATE : us;
}

/* One was held for `us`; one alone cannot make much usual. */
static void
learn(const struct slots *s, int64_t us)
{
	const int64_t usual = usual_us(s);

	if (usual != 0 && us > STEEP * usual)
		us = STEEP * usual;
	held_write(s, AT_USUAL, usual == 0 ? us :
	    usual + (us - usual) / USUAL);
}

/*
 * Slot `i` is taken: for too long?  Who has got it this moment has not noted it
 * yet, so it is believed the second time that it is seen.
 */
static int
is_late(const struct slots *s, int i)
{
	const int64_t since = held_read(s, at(i)), before = s->doubt[i];
	const int64_t held = clock_mono_us() - since;

	s->doubt[i] = 0;
	if (since == 0 || held < s->hold_us || held < LATE * usual_us(s))
		return 0;
	s->doubt[i] = since;
	return since == before;
}

/*
 * Is somebody else the next?  Who gives a slot back and takes it again at once
 * would else always be faster than who looks now and then.  One that was
 * stopped or killed is not waited for.
 */
static int
another_is_next(const struct slots *s)
{
	const int64_t said = number_read(s, AT_NEXT);

	return said != 0 && said != s->next_us &&
	    llabs(clock_mono_us() - said) < NEXT_US;
}

/* The first that is free is left to the next; there may be others. */
static enum err
take_any(struct slots *s)
{
	int count = s->count, leave_one = another_is_next(s), i;

	for (i = 0; i < count; i++) {
		if (leave_one && is_free(s, i)) {
			leave_one = 0;
			continue;
		}
		if (lock_byte(s, i, F_WRLCK) == 0) {
			s->held = i;
			s->since_us = clock_mono_us();
			held_write(s, at(i), s->since_us);
			return ERR_OK;
		}
		if (errno != EAGAIN && errno != EACCES) {
			log_error("slots_bad", "cannot lock a slot: %s",
			    strerror(errno));
			return ERR_INTERNAL;
		}
		if (is_late(s, i) && count < s->most)
			count++;
	}
	return ERR_LATER;
}

static void
say_next(struct slots *s)
{
	s->next_us = another_is_next(s) ? 0 : clock_mono_us();
	if (s->next_us != 0)
		number_write(s, AT_NEXT, s->next_us);
}

static void
say_no_more(struct slots *s)
{
	if (s->next_us != 0 && number_read(s, AT_NEXT) == s->next_us)
		number_write(s, AT_NEXT, 0);
	s->next_us = 0;
}

enum err
slots_take(struct slots *s, int ms)
{
	int64_t until = clock_mono_us() + (int64_t)ms * 1000;
	enum err e;

	assert(s->held == -1);
	/* There is no lock with a deadline, so it is asked for in steps. */
	while ((e = take_any(s)) == ERR_LATER && clock_mono_us() < until) {
		say_next(s);
		(void)poll(NULL, 0, s->next_us != 0 ? NEXT_STEP_MS : STEP_MS);
	}
	say_no_more(s);
	return e;
}

void
slots_give(struct slots *s)
{
	if (s->held != -1) {
		learn(s, clock_mono_us() - s->since_us);
		held_write(s, at(s->held), 0);
		(void)lock_byte(s, s->held, F_UNLCK);
	}
	s->held = -1;
}
