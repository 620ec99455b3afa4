/* SPDX-License-Identifier: MIT */
#ifndef DAEMON_LINES_H
#define DAEMON_LINES_H

/*
 * All connections of a worker: who has moved on, whose request is whole and
 * comes next, who is late, and who has to go so that others find room.
 */

#include <stddef.h>
#include <stdint.h>

#include "daemon/line.h"
#include "daemon/places.h"

/* Other files read it and do not write. */
struct lines {
	int		 epoll;		/* borrowed */
	unsigned char	*look;		/* LINE_LOOK bytes */
	struct line	*line;
	size_t		 count;
	size_t		 keep;		/* between requests, of those */
	size_t		 body;		/* bytes of one that anybody reads */
	size_t		 open;		/* not free */
	size_t		 kept;
	struct places	 places;	/* of large ones */
	/* Those of LINE_WHOLE, first come first served; a ring. */
	size_t		*queue;
	size_t		 first;
	size_t		 queued;
	int64_t		 due_us;	/* nobody is late before */
	int64_t		 away_us;	/* not looked at since then; 0: are */
};

/*
 * Room for `keep` that are kept and `others`.  `epoll` tells who moves, data.u32
 * of its events is which; of a body `body` bytes are kept.
 */
void lines_init(struct lines *ls, int epoll, size_t keep, size_t others,
    size_t body);
void lines_done(struct lines *ls);

/* Would lines_open() find room? */
int lines_have_room(const struct lines *ls);

/*
 * Take `fd`, which has just been accepted, and look at what has come.  If there
 * is no room the slowest has to go.  Where the line is: it may be over already,
 * and free.  NULL: all are being served, and `fd` is closed.
 */
const struct line *lines_open(struct lines *ls, int fd, int64_t now);

/* Number `i` has moved, or was closed at the other end if `hung`. */
void lines_moved(struct lines *ls, size_t i, int hung, int64_t now);

/* Close who is late, if it is time for that. */
void lines_close_late(struct lines *ls, int64_t now);

/* Give places to large ones, as long as there are some. */
void lines_give_places(struct lines *ls, int64_t now);

/* Whose request has been whole for longest; NULL: nobody's is. */
const struct line *lines_next(const struct lines *ls);

/* It is served from now on.  Returns its number. */
size_t lines_lend(struct lines *ls);

/* From now on nobody is looked at, which is not their fault.  By the clock. */
void lines_go_away(struct lines *ls);
void lines_come_back(struct lines *ls);

/* Number `i` has been served, and was closed. */
void lines_forget(struct lines *ls, size_t i);

/*
 * Or the next request may come there.  1: that is so for the first time.  If
 * there are too many such the one that has been silent for longest goes.
 */
int lines_keep(struct lines *ls, size_t i, int64_t now);

/* Close all whose request is not whole. */
void lines_hurry(struct lines *ls);

#endif /* !DAEMON_LINES_H */
