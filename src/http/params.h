/* SPDX-License-Identifier: MIT */
#ifndef HTTP_PARAMS_H
#define HTTP_PARAMS_H

/* What a web server says of a request: CGI's variables, "NAME=value". */

#include "base/err.h"
#include "http/request.h"

/*
 * Fill *q, except for body, times and q->authorizer, which is read, from the
 * NULL-terminated `envp`, which has to live as long as *q.  Of a name that is
 * there twice the first counts, and of Cookie all; if it is one that decides
 * something, q->duplicate tells.  ERR_INPUT: more than REQUEST_PARAMS bytes.
 */
MUST_USE enum err params_read(char *const envp[], struct req *q);

#endif /* !HTTP_PARAMS_H */
