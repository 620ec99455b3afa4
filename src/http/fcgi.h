/* SPDX-License-Identifier: MIT */
#ifndef HTTP_FCGI_H
#define HTTP_FCGI_H

/*
 * FastCGI through libfcgi, and nothing else knows libfcgi.  The caller accepts
 * connections and sets their deadlines; this file reads one request from one
 * and writes one answer, and copes with what libfcgi 2.4.2 was seen to do (see
 * fcgi.c).  While it has a connection it may close it: libfcgi does.
 */

#include <stddef.h>

#include "base/err.h"
#include "http/request.h"

struct fcgi;
struct head_policy;
struct resp;

/* Once per process, after fork.  NULL: libfcgi says no. */
struct fcgi *fcgi_open(void);
void fcgi_close(struct fcgi *f);

/*
 * Take `fd` and read one request from it, keeping up to `most` bytes of its
 * body; what is beyond is read, dropped, and told in q->too_large.  ERR_OK: *q
 * is filled and stays valid until fcgi_end(), which has to follow.  Otherwise
 * `fd` has been closed; ERR_NOTFOUND: the peer did so before.  ERR_INPUT: it
 * does not speak FastCGI, was too slow, or sent too much.
 */
MUST_USE enum err fcgi_begin(struct fcgi *f, int fd, size_t most,
    struct req *q);

/*
 * Write the answer in one go and forget the request.  1: the connection is
 * open, and the peer will send another request there.  0: it has been closed.
 */
int fcgi_end(struct fcgi *f, struct req *q, const struct resp *p,
    const struct head_policy *policy);

#endif /* !HTTP_FCGI_H */
