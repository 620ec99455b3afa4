/* SPDX-License-Identifier: MIT */
#ifndef HTTP_PEEK_H
#define HTTP_PEEK_H

/*
 * A look at what a peer has sent, before libfcgi reads it.  libfcgi 2.4.2
 * overflows its stack on a FCGI_GET_VALUES record that repeats a name, waits
 * for ever after one that stands alone, and reserves whatever memory a length
 * asks for.  No web server sends any of that; who does is sent away.
 */

#include "base/err.h"

/*
 * Wait for the beginning of a request on `fd`, as long as its SO_RCVTIMEO, and
 * leave it there.  ERR_OK: it is a FastCGI request to a responder or to an
 * authorizer, and all of it that has arrived so far is records of a request.
 * ERR_NOTFOUND: the peer closed.  ERR_INPUT: anything else.
 */
MUST_USE enum err peek_request(int fd);

#endif /* !HTTP_PEEK_H */
