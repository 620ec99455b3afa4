/* SPDX-License-Identifier: MIT */
#ifndef DAEMON_LINE_H
#define DAEMON_LINE_H

/*
 * One connection of a web server, and how much of its next request has come.
 * What has come is looked at where it is, in the kernel's buffer, and nothing
 * waits for the rest.  What is too large for that buffer is read into a file in
 * memory, piece by piece, when there is a place for it.
 */

#include <stddef.h>
#include <stdint.h>

#include "http/judge.h"

/* Looked at in one go; a request of more is not served out of the kernel. */
#define LINE_LOOK	(64u << 10)
/*
 * From so many bytes on a request that is not whole is taken out of the kernel.
 * A peer that waits with poll(2) until it may write, as Apache does, writes no
 * more when a quarter of its buffer is used: by 50 kB in records of 8 kB, by
 * 20 kB in small ones (measured, net.core.wmem_default = 212992).
 */
#define LINE_FULL	(16u << 10)
/*
 * Or in so many pieces: a quarter of that buffer is 69 pieces, however small.
 */
#define LINE_PIECES	32

/* Microseconds. */
#define LINE_SILENT_US	INT64_C(1000000)	/* nothing of a request */
#define LINE_PAUSE_US	INT64_C(3000000)	/* between two pieces */
#define LINE_WHOLE_US	INT64_C(10000000)	/* from first to last byte */
/* Of one that is read into a file: from its first byte there. */
#define LINE_LARGE_US	INT64_C(10000000)
#define LINE_GRACE_US	INT64_C(1000000)	/* before its rate counts */
#define LINE_RATE	65536			/* bytes a second, at least */
#define LINE_STILL_US	INT64_C(1000000)	/* between two pieces */
#define LINE_LARGE	(17u << 20)	/* bytes; most of them are dropped */
#define LINE_FRAME	(256u << 10)	/* around a body of which all is kept */

enum line_state {
	LINE_FREE,		/* there is no connection */
	LINE_IDLE,		/* nothing has come */
	LINE_PART,		/* some of a request has */
	LINE_CROWD,		/* too much to stay there: waits for a place */
	LINE_STORE,		/* has one, and is read as it comes */
	LINE_WHOLE,		/* all of it is there */
	LINE_LENT		/* and is being served */
};

struct line {
	enum line_state	 state;
	int		 fd;
	int		 store;		/* of LINE_STORE; -1 */
	int		 watched;	/* the gate's: epoll knows it */
	int		 kept;		/* the gate's: it has been served */
	int		 again;		/* the gate's: it moved, unlooked at */
	int		 hung;		/* nothing more can come */
	int		 pieces;	/* looks at which more had come */
	int64_t		 since_us;	/* it is in this part of its life */
	int64_t		 late_us;	/* and is closed then */
	size_t		 before;	/* bytes when it got its place */
	struct judged	 judged;
};

/* `fd`, just accepted; it is the line's.  Blocking, as libfcgi wants it. */
void line_open(struct line *l, int fd, int64_t now);
void line_close(struct line *l);

/* It has been served, and the next request may come. */
void line_rest(struct line *l, int64_t now);

/*
 * Look at what has come; `look` has LINE_LOOK bytes to work with.  If it was
 * LINE_STORE, what is beyond `most` bytes of body is dropped.  0: it is over,
 * because it was closed, is not FastCGI, or too much; to be closed.
 */
int line_look(struct line *l, unsigned char *look, size_t most, int64_t now);

/* A place for one of LINE_CROWD, which is to be looked at next.  0: no. */
int line_store(struct line *l, int64_t now);

/* For so many microseconds nobody read what came on one of LINE_STORE. */
void line_excuse(struct line *l, int64_t away);

/*
 * Close a line on which a request may come any moment, and lose none: first let
 * nothing more in, which the peer notices when it sends, and goes elsewhere;
 * then look whether something came before.  1: something did, and it is open.
 */
int line_hang_up(struct line *l);

#endif /* !DAEMON_LINE_H */
