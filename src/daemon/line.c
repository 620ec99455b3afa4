/* SPDX-License-Identifier: MIT */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/socket.h>

#include "base/log.h"

#include "daemon/line.h"

#define RECORD		(64u << 10)	/* the most that one has of content */

/* FastCGI 1.0, 3.3: the end of a body. */
#define VERSION		1
#define STDIN		5
#define HEADER_LEN	8

void
line_open(struct line *l, int fd, int64_t now)
{
	*l = (struct line){ .state = LINE_IDLE, .fd = fd, .store = -1,
	    .since_us = now, .late_us = now + LINE_SILENT_US };
}

static void
store_close(struct line *l)
{
	if (l->store != -1)
		(void)close(l->store);
	l->store = -1;
}

void
line_close(struct line *l)
{
	store_close(l);
	(void)close(l->fd);
	*l = (struct line){ .state = LINE_FREE, .fd = -1, .store = -1 };
}

void
line_rest(struct line *l, int64_t now)
{
	l->state = LINE_IDLE;
	l->judged = (struct judged){ .len = 0 };
	l->pieces = 0;
	l->since_us = now;
	l->late_us = now + LINE_SILENT_US;
}

/* Some of a request is here, and the rest has not come. */
static void
wait_for_rest(struct line *l, int64_t now)
{
	const int large = l->judged.len >= LINE_FULL ||
	    ++l->pieces >= LINE_PIECES;

	if (l->state == LINE_IDLE)
		l->since_us = now;
	l->state = large ? LINE_CROWD : LINE_PART;
	l->late_us = l->since_us + LINE_WHOLE_US;
	/* A large one may fill the buffer, and cannot go on. */
	if (!large && now + LINE_PAUSE_US < l->late_us)
		l->late_us = now + LINE_PAUSE_US;
}

static int
look_in_kernel(struct line *l, unsigned char *look, int64_t now)
{
	const size_t seen = l->judged.len;

	switch (judge_fd(l->fd, look, LINE_LOOK, &l->judged)) {
	case JUDGE_WHOLE:
		l->state = LINE_WHOLE;
		return 1;
	case JUDGE_MORE:
		if (l->hung)
			return 0;
		if (l->judged.len > seen)
			wait_for_rest(l, now);
		return 1;
	default:
		return 0;
	}
}

static int
store_write(struct line *l, const void *bytes, size_t len)
{
	if (write(l->store, bytes, len) == (ssize_t)len)
		return 1;
	log_error("memory", "could not store a large request: %s",
	    strerror(errno));
	return 0;
}

/* Is the body longer than `most`, up to the record that is being judged? */
static int
is_beyond(const struct line *l, size_t most)
{
	return l->judged.body > most + RECORD;
}

/*
 * Keep what was just judged.  Of a body beyond the ceiling the file gets as
 * many whole records as show that it is, and an end.
 */
static int
store_piece(struct line *l, const unsigned char *piece, size_t len,
    size_t most, int was_beyond)
{
	if (was_beyond)
		return 1;
	/* No web server sends more around a body than there is in it. */
	if (l->judged.len > 2 * most + LINE_FRAME ||
	    !store_write(l, piece, len))
		return 0;
	return !is_beyond(l, most) || (ftruncate(l->store,
	    (off_t)(l->judged.len - l->judged.into)) == 0 &&
	    lseek(l->store, 0, SEEK_END) != -1);
}

/* To its end, and back to the beginning for who reads it. */
static int
store_end(struct line *l, size_t most)
{
	unsigned char end[HEADER_LEN] = { VERSION, STDIN };

	if (is_beyond(l, most)) {
		/* Of the same request. */
		if (pread(l->store, end + 2, 2, 2) != 2 ||
		    !store_write(l, end, sizeof(end)))
			return 0;
	}
	l->state = LINE_WHOLE;
	return lseek(l->store, 0, SEEK_SET) == 0;
}

static int64_t
earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* What has come moves it on, as far as it is worth at the least rate. */
static void
store_deadline(struct line *l, int64_t now, int moved)
{
	int64_t paid = ((int64_t)l->judged.len - (int64_t)l->before) *
	    1000000 / LINE_RATE;

	if (!moved)
		return;
	l->late_us = l->since_us + earlier(LINE_GRACE_US + paid,
	    LINE_LARGE_US);
	l->late_us = earlier(l->late_us, now + LINE_STILL_US);
}

/* What has come, to the last byte. */
static int
look_and_store(struct line *l, unsigned char *look, size_t most, int64_t now)
{
	const size_t had = l->judged.len;
	enum verdict v = JUDGE_MORE;
	size_t seen;
	int beyond;
	ssize_t n;

	while (v == JUDGE_MORE) {
		n = recv(l->fd, look, LINE_LOOK, MSG_DONTWAIT);
		if (n == -1 && (errno == EAGAIN || errno == EINTR))
			break;
		if (n <= 0)
			return 0;
		beyond = is_beyond(l, most);
		seen = l->judged.len;
		v = judge_bytes(look, (size_t)n, &l->judged);
		if (v == JUDGE_BAD || l->judged.len - seen != (size_t)n ||
		    l->judged.len > LINE_LARGE ||
		    !store_piece(l, look, (size_t)n, most, beyond))
			return 0;
	}
	if (v == JUDGE_WHOLE)
		return store_end(l, most);
	store_deadline(l, now, l->judged.len > had);
	return 1;
}

int
line_look(struct line *l, unsigned char *look, size_t most, int64_t now)
{
	return l->state == LINE_STORE ? look_and_store(l, look, most, now) :
	    look_in_kernel(l, look, now);
}

/* It is judged once more from its beginning, as it is read. */
int
line_store(struct line *l, int64_t now)
{
	if ((l->store = memfd_create("endpin-request", MFD_CLOEXEC)) == -1) {
		log_error("memory", "could not store a large request: %s",
		    strerror(errno));
		return 0;
	}
	l->before = l->judged.len;
	l->judged = (struct judged){ .len = 0 };
	l->state = LINE_STORE;
	l->since_us = now;
	l->late_us = now + LINE_GRACE_US;
	return 1;
}

void
line_excuse(struct line *l, int64_t away)
{
	l->since_us += away;
	l->late_us += away;
}

int
line_hang_up(struct line *l)
{
	char c;

	(void)shutdown(l->fd, SHUT_RD);
	l->hung = recv(l->fd, &c, 1, MSG_PEEK | MSG_DONTWAIT) == 1;
	return l->hung;
}
