/* SPDX-License-Identifier: MIT */

/*
 * What was measured of libfcgi 2.4.2, and what is done about it here:
 *
 * - It waits for connections without hearing signals, and for bytes without a
 *   deadline.  It is never given a listening socket, and no connection before a
 *   whole request is there.
 * - It waits for whoever does not read their answer, in each write() anew.  So
 *   it writes nothing: sending.c does, as it frames an answer.
 * - It mishandles management records, padding and lengths: see judge.h.
 * - It takes a read that failed between two parameters for the end of the
 *   parameters: the stream's error is looked at before anything is believed.
 * - On an error it closes the connection, first waiting for the peer to do so:
 *   not if the request is "detached".  Without an error it closes only what is
 *   not kept: everything is, and closed here.
 * - It reads ahead, and what a peer sends before it has the answer is lost.  No
 *   web server does that, and the next look at the connection finds out.
 */

#include <assert.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <fastcgi.h>
#include <fcgiapp.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/together.h"

#include "http/head.h"
#include "http/params.h"
#include "http/request.h"
#include "http/response.h"
#include "http/sending.h"
#include "http/status.h"

#include "http/fcgi.h"

#define BODY_KEPT	(64u << 10)	/* room that is not given back */

struct fcgi {
	FCGX_Request	 request;
	int		 peer_keeps;	/* it asked for that */
	char		*body;
	size_t		 room;
	struct buf	 head;
	struct sending	 sending;
};

struct fcgi *
fcgi_open(void)
{
	struct fcgi *f;

	if (FCGX_Init() != 0) {
		log_error("fcgi_init", "could not initialize libfcgi");
		return NULL;
	}
	f = mem_zero(1, sizeof(*f));
	(void)FCGX_InitRequest(&f->request, -1, 0);
	buf_init(&f->head, RESPONSE_HEADERS);
	return f;
}

void
fcgi_close(struct fcgi *f)
{
	if (f == NULL)
		return;
	buf_done(&f->head);
	free(f->body);
	free(f);
}

static void
body_room(struct fcgi *f, size_t size)
{
	if (f->room >= size)
		return;
	f->body = mem_grow(f->body, size);
	f->room = size;
}

/* It may have been a password. */
static void
body_forget(struct fcgi *f, size_t len)
{
	if (len > 0)
		explicit_bzero(f->body, len);
	if (f->room > BODY_KEPT) {
		free(f->body);
		f->body = NULL;
		f->room = 0;
	}
}

/* Read the body to its end, whatever CONTENT_LENGTH says: Apache sends none. */
static enum err
body_read(struct fcgi *f, size_t most, struct req *q)
{
	FCGX_Stream *in = f->request.in;
	char dropped[4096];
	int n;

	if (most >= INT_MAX)
		most = INT_MAX - 1;
	body_room(f, most + 1);
	n = FCGX_GetStr(f->body, (int)most, in);
	q->body_len = n > 0 ? (size_t)n : 0;
	f->body[q->body_len] = '\0';
	q->body = f->body;

	if (q->body_len == most)
		while (FCGX_GetStr(dropped, (int)sizeof(dropped), in) > 0)
			q->too_large = 1;
	return FCGX_GetError(in) != 0 ? ERR_INPUT : ERR_OK;
}

/* Everything is in memory, here or the kernel's: this waits for nobody. */
static enum err
request_read(struct fcgi *f, size_t most, struct req *q)
{
	FCGX_Request *r = &f->request;

	if (FCGX_Accept_r(r) != 0)
		return ERR_INPUT;
	f->peer_keeps = r->keepConnection;
	*q = (struct req){ .now = clock_now(), .began_us = clock_mono_us(),
	    .authorizer = r->role == FCGI_AUTHORIZER };
	if (FCGX_GetError(r->in) != 0 ||
	    params_read(r->envp, q) != ERR_OK ||
	    (!q->authorizer && body_read(f, most, q) != ERR_OK)) {
		FCGX_Free(r, 1);
		return ERR_INPUT;
	}
	return ERR_OK;
}

enum err
fcgi_begin(struct fcgi *f, const struct whole *w, size_t most, struct req *q)
{
	FCGX_Request *r = &f->request;
	const int stored = w->store != -1;
	enum err e;

	/* libfcgi accepts a connection only if it has none. */
	r->ipcFd = stored ? w->store : w->fd;
	r->keepConnection = 1;
	(void)FCGX_Detach(r);
	e = request_read(f, most < w->len ? most : w->len, q);
	if (stored && e == ERR_OK) {
		/* The answer does not go where the request was read. */
		(void)close(w->store);
		r->ipcFd = w->fd;
	} else if (stored)
		(void)close(w->fd);
	return e;
}

static void
apologize(struct resp *p)
{
	log_error("answer_too_large", "an answer is over the ceiling of %u"
	    " bytes of headers or %u of body", RESPONSE_HEADERS, RESPONSE_BODY);
	resp_reset(p);
	status_of_err(p, ERR_INTERNAL);
}

/* Whatever it is, it is framed as an answer. */
static void
answer_put(struct fcgi *f, const struct req *q, struct resp *p,
    const struct answer_policy *policy, int last)
{
	static const struct answer_policy nothing = { .csp = "" };

	buf_reset(&f->head);
	head_write(&f->head, q, p, policy);
	if (f->head.full || p->headers.full || p->body.full) {
		apologize(p);
		buf_reset(&f->head);
		head_write(&f->head, q, p, &nothing);
	}
	if (q->method == HEAD)
		buf_reset(&p->body);
	sending_begin(&f->sending, f->request.ipcFd, f->request.requestId,
	    &f->head, &p->body, last);
}

/* 1: the peer has its answer, and the connection stays. */
static int
answer_end(struct fcgi *f, struct req *q)
{
	const int fd = f->sending.fd, sent = f->sending.sent == SENT_ALL;
	const int stays = sent && !f->sending.last;

	FCGX_Free(&f->request, 0);
	f->request.ipcFd = -1;
	body_forget(f, q->body_len);
	*q = (struct req){ .body = NULL };
	if (!sent)
		log_debug("peer_gone", "the web server did not wait for the"
		    " answer, or did not take it");
	if (!stays)
		(void)close(fd);
	return stays;
}

void
fcgi_end_all(struct fcgi *const f[], struct req *const q[],
    struct resp *const p[], const struct answer_policy *policy, int keep[],
    size_t n)
{
	struct sending *s[TOGETHER] = { NULL };
	size_t i;

	assert(n <= NELEM(s));
	for (i = 0; i < n; i++) {
		answer_put(f[i], q[i], p[i], policy,
		    !keep[i] || !f[i]->peer_keeps);
		s[i] = &f[i]->sending;
	}
	if (n > 0)
		sending_all(s, n, policy->wait_ms);
	for (i = 0; i < n; i++)
		keep[i] = answer_end(f[i], q[i]);
}

int
fcgi_end(struct fcgi *f, struct req *q, struct resp *p,
    const struct answer_policy *policy, int keep)
{
	fcgi_end_all(&f, &q, &p, policy, &keep, 1);
	return keep;
}
