/* SPDX-License-Identifier: MIT */
#ifndef HTTP_HEAD_H
#define HTTP_HEAD_H

/* The header block of an answer, in the form that CGI has for it. */

struct buf;
struct req;
struct resp;

/*
 * Append status, type, length, request id and what every answer carries for
 * the browser's protection, `p`'s own headers and the empty line.  `csp` is for
 * text/html; anything else may load nothing.  out->full: it does not fit.
 */
void head_write(struct buf *out, const struct req *q, const struct resp *p,
    const char *csp);

#endif /* !HTTP_HEAD_H */
