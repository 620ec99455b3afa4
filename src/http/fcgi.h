/* SPDX-License-Identifier: MIT */
#ifndef HTTP_FCGI_H
#define HTTP_FCGI_H

/*
 * FastCGI, read through libfcgi, and nothing else knows libfcgi.  The caller
 * accepts connections and sets the deadline for reading; this file reads one
 * request from each and writes the answers of several, and copes with what
 * libfcgi 2.4.2 was seen to do (see fcgi.c).  It may close a connection that it
 * has, and says so.
 */

#include <stddef.h>

#include "base/err.h"
#include "http/request.h"

struct fcgi;		/* one request at a time; there may be several */
struct answer_policy;
struct resp;

/* A request that is completely there, and was judged (http/judge.h). */
struct whole {
	int	 fd;	/* where it came from and the answer goes */
	int	 store;	/* a file that it was read into; -1: it is in `fd` */
	size_t	 len;	/* bytes of it, with all that frames it */
};

/*
 * After fork; the first one before signal handlers are set.  NULL: libfcgi says
 * no.
 */
struct fcgi *fcgi_open(void);
void fcgi_close(struct fcgi *f);

/*
 * Take w->fd and w->store and read the request, keeping up to `most` bytes of
 * its body; what is beyond is read, dropped, and told in q->too_large.  ERR_OK:
 * *q is filled and stays valid until fcgi_end() or
 * fcgi_end_all(), one of which has to follow.  ERR_INPUT:
 * it is not one after all, or has too many parameters; both have been closed.
 */
MUST_USE enum err fcgi_begin(struct fcgi *f, const struct whole *w,
    size_t most, struct req *q);

/*
 * Send p[i] as the answer to q[i], which came by f[i], and forget the request;
 * `n` is at most TOGETHER.  Nobody waits for a peer that does not read before
 * all others have theirs (http/sending.h); those that do not are waited for
 * together, for policy->wait_ms.  keep[i]: may the connection stay open?  It is
 * set to 0 if it does not, and has been closed: the peer did not want that, or
 * has gone.
 */
void fcgi_end_all(struct fcgi *const f[], struct req *const q[],
    struct resp *const p[], const struct answer_policy *policy, int keep[],
    size_t n);

/* The same for one.  Returns what keep[0] would be set to. */
int fcgi_end(struct fcgi *f, struct req *q, struct resp *p,
    const struct answer_policy *policy, int keep);

#endif /* !HTTP_FCGI_H */
