/* SPDX-License-Identifier: MIT */

#include <assert.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/together.h"
#include "http/fcgi.h"
#include "http/response.h"
#include "http/route.h"

#include "daemon/batch.h"

/* What one request needs; those of a small batch are used again and again. */
struct seat {
	struct fcgi		*fcgi;
	struct req		 req;
	struct resp		 resp;
	const struct ready	*ready;
};

struct batch {
	struct seat	*seat[TOGETHER];	/* NULL: was not needed yet */
};

static struct seat *
seat_open(void)
{
	struct seat *s = mem_zero(1, sizeof(*s));

	if ((s->fcgi = fcgi_open()) == NULL) {
		free(s);
		return NULL;
	}
	resp_init(&s->resp);
	return s;
}

struct batch *
batch_open(void)
{
	struct batch *b = mem_zero(1, sizeof(*b));

	if ((b->seat[0] = seat_open()) == NULL) {
		free(b);
		return NULL;
	}
	return b;
}

void
batch_close(struct batch *b)
{
	size_t i;

	if (b == NULL)
		return;
	for (i = 0; i < TOGETHER && b->seat[i] != NULL; i++) {
		fcgi_close(b->seat[i]->fcgi);
		resp_done(&b->seat[i]->resp);
		free(b->seat[i]);
	}
	free(b);
}

/* Read a request into the seat number `i`.  0: it is gone. */
static int
seat_take(struct batch *b, size_t i, const struct ready *r, size_t most)
{
	struct seat *s;

	if (b->seat[i] == NULL)
		b->seat[i] = seat_open();
	s = b->seat[i];
	/* libfcgi is initialized with the first, and says no only then. */
	assert(s != NULL);
	s->ready = r;
	if (fcgi_begin(s->fcgi, &r->whole, most, &s->req) != ERR_OK)
		return 0;
	s->req.behind = r->behind;
	return 1;
}

size_t
batch_serve(struct batch *b, struct doors *d, size_t most, struct gate *g,
    const struct ready *r, size_t n, int leaving)
{
	struct resp *p[TOGETHER] = { NULL };
	struct req *q[TOGETHER] = { NULL };
	struct fcgi *f[TOGETHER] = { NULL };
	int keep[TOGETHER];
	size_t i, taken = 0;
	struct seat *s;

	for (i = 0; i < n; i++) {
		if (seat_take(b, taken, &r[i], most)) {
			s = b->seat[taken];
			f[taken] = s->fcgi;
			q[taken] = &s->req;
			p[taken++] = &s->resp;
		} else
			gate_return(g, &r[i], 0);
	}
	/* Who has their answer has their line in the log. */
	if (taken > 1)
		log_hold();
	route_run_all(&d->site, &d->ctx, q, p, taken);
	log_release();
	for (i = 0; i < taken; i++)
		keep[i] = !leaving && gate_keeps(g, b->seat[i]->ready);
	fcgi_end_all(f, q, p, &d->site.policy, keep, taken);
	for (i = 0; i < taken; i++)
		gate_return(g, b->seat[i]->ready, keep[i]);
	return taken;
}
