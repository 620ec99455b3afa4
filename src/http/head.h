/* SPDX-License-Identifier: MIT */
#ifndef HTTP_HEAD_H
#define HTTP_HEAD_H

/* The header block of an answer, in the form that CGI has for it. */

struct buf;
struct req;
struct resp;

/* What an operator decides of an answer; wait_ms is fcgi_end_all()'s. */
struct answer_policy {
	const char	*csp;	/* Content-Security-Policy of a page */
	const char	*hsts;	/* Strict-Transport-Security; NULL or "": none */
	int		 wait_ms;	/* for who does not read it */
};

/*
 * Append status, type, length, request id and what every answer carries for
 * the browser's protection, `p`'s own headers and the empty line.  The policy's
 * is for text/html without one of its own; anything else may load nothing.
 * out->full: it does not fit.
 *
 * To an authorizer's "yes" nothing is added: Apache would put it on the
 * product's own answer.
 */
void head_write(struct buf *out, const struct req *q, const struct resp *p,
    const struct answer_policy *policy);

#endif /* !HTTP_HEAD_H */
