/* SPDX-License-Identifier: MIT */
#ifndef DAEMON_GATE_H
#define DAEMON_GATE_H

/*
 * Which requests a worker serves next: those that are completely there, of the
 * connections that web servers keep open and of new ones, together.  What comes
 * slowly waits in the kernel or in a file, has a deadline (daemon/line.h), and
 * occupies nobody.  Nothing waits for a batch to become larger.
 */

#include "daemon/listener.h"
#include "daemon/peers.h"
#include "http/fcgi.h"

#define GATE_BYTES	(1u << 20)	/* served together, after the first */
#define GATE_OPEN	256		/* connections beyond those it keeps */

struct gate;

struct gate_limits {
	/*
	 * Connections kept open between requests: more while more are in use.
	 * 0: none.
	 */
	size_t	 keep;
	size_t	 body;		/* bytes of one that anybody reads */
	int64_t	 alone_us;	/* of its entrance (daemon/entrance.h) */
};

/* A request to be served.  `line` is the gate's own. */
struct ready {
	struct whole	 whole;
	size_t		 line;
	size_t		 behind;	/* requests that are there after all of
					 * these */
};

/* `l` and `p` are borrowed.  NULL: logged. */
struct gate *gate_open(const struct listener *l, const struct peers *p,
    const struct gate_limits *limits);
void gate_close(struct gate *g);

/*
 * Put up to `most` requests into `ret`, waiting until there is one, and letting
 * signals in, if `wait`.  Each is the caller's until gate_return(), also beyond
 * the next call.  0: look around, and come again.
 */
size_t gate_next(struct gate *g, struct ready *ret, size_t most, int wait);

/*
 * For so many milliseconds, and for certain, people have kept coming while this
 * worker had enough to do.
 */
int64_t gate_coming_ms(const struct gate *g);

/* May its connection stay open?  To be asked before it has its answer. */
int gate_keeps(const struct gate *g, const struct ready *r);

/* `kept`: another request may come there; or its connection has been closed. */
void gate_return(struct gate *g, const struct ready *r, int kept);

/*
 * Let in, without waiting, who has connected already, until `most` requests are
 * there.  0: there was nobody.
 */
int gate_let_in(struct gate *g, size_t most);

/* From now on let nobody in. */
void gate_shut(struct gate *g);

/* Nor wait for a request that is not whole. */
void gate_hurry(struct gate *g);

/* Are there no connections that may still speak? */
int gate_is_empty(const struct gate *g);

#endif /* !DAEMON_GATE_H */
