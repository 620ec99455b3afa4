/* SPDX-License-Identifier: MIT */

#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/together.h"

#include "http/busy.h"
#include "http/enforce.h"
#include "http/late.h"
#include "http/response.h"
#include "http/status.h"

#include "http/route.h"

/* For who watches; NULL: none of them, or all. */
static void
say_row(const struct site *s, const struct route *r)
{
	if (s->busy != NULL)
		s->busy->row = (uintptr_t)r;
}

/* How the handler of `r` has ended. */
static void
settle(const struct route *r, enum err e, struct resp *p)
{
	if (e == ERR_OK && p->status != 0)
		return;
	if (e == ERR_OK)
		log_error("no_answer", "the handler of %s did not answer",
		    r->path);
	status_of_err(p, e);
}

/*
 * Paths are below the prefix, and the rows know none.  What is left behind it
 * begins with a slash, or is no path and so none of ours.
 */
static void
prefix_take(const struct site *s, struct req *q)
{
	size_t len = strlen(s->prefix);

	if (len == 0 || q->authorizer)
		return;
	if (strncmp(q->path, s->prefix, len) != 0)
		q->path[0] = '\0';
	else
		memmove(q->path, q->path + len, strlen(q->path + len) + 1);
}

/* One of the requests that came together, on its way through. */
struct turn {
	struct req		*q;
	struct resp		*p;
	const struct route	*row;	/* its handler is to answer; NULL */
	struct log_access	 line;
};

static void
turn_begin(const struct site *s, struct turn *t, struct req *q, struct resp *p)
{
	const struct route *near;

	*t = (struct turn){ .q = q, .p = p,
	    .line = { .method = method_names[q->method], .route = "-",
	    .remote = q->remote } };
	resp_reset(p);
	log_request(q->id);
	prefix_take(s, q);
	t->row = enforce_row(s, q, p, &near);
	if (near != NULL)
		t->line.route = near->path;
}

/* `until_us`: then nobody is served any more but who watches. */
static void
turn_serve(const struct site *s, struct ctx *c, struct turn *t,
    int64_t until_us)
{
	const struct route *r = t->row;

	log_request(t->q->id);
	s->begin(c);
	if (r == NULL)
		return;
	say_row(s, r);
	if (clock_mono_us() > until_us && r->limit != FREE_WATCHED)
		(void)resp_later(t->p, LATE_RETRY_S);
	else if (enforce_entry(s, r, c, t->q, t->p, &t->line.account))
		settle(r, r->handler(c, t->q, t->p), t->p);
	t->row = NULL;
}

/* Written before the next one's `c` forgets whose account it is. */
static void
turn_end(struct turn *t)
{
	log_request(t->q->id);
	if (t->q->method == HEAD)
		buf_reset(&t->p->body);
	json_free(t->q->json);
	t->q->json = NULL;

	t->line.status = t->p->status;
	t->line.code = t->p->code;
	t->line.us = clock_mono_us() - t->q->began_us;
	log_access(&t->line);
	log_request(NULL);
}

/* Of those whose handler is g's, if there are several. */
static void
serve_together(const struct site *s, struct ctx *c, const struct together *g,
    struct turn turn[], size_t n)
{
	const struct route *row[TOGETHER];
	const struct req *q[TOGETHER];
	struct resp *p[TOGETHER];
	enum err e[TOGETHER];
	size_t i, mates = 0;

	for (i = 0; i < n; i++) {
		if (turn[i].row == NULL || turn[i].row->handler != g->handler)
			continue;
		row[mates] = turn[i].row;
		q[mates] = turn[i].q;
		p[mates++] = turn[i].p;
	}
	if (mates < 2)
		return;
	s->begin(c);
	say_row(s, row[0]);
	g->all(c, q, p, e, mates);
	say_row(s, NULL);
	for (i = 0; i < mates; i++) {
		log_request(q[i]->id);
		settle(row[i], e[i], p[i]);
	}
	for (i = 0; i < n; i++)
		if (turn[i].row != NULL && turn[i].row->handler == g->handler)
			turn[i].row = NULL;
}

/* Of those that are served one after the other, if there are several. */
static void
ask_ahead(const struct site *s, struct ctx *c, const struct turn turn[],
    size_t n)
{
	const struct route *row[TOGETHER];
	const struct req *q[TOGETHER];
	size_t i, mates = 0;

	for (i = 0; i < n; i++) {
		if (turn[i].row == NULL)
			continue;
		row[mates] = turn[i].row;
		q[mates++] = turn[i].q;
	}
	if (mates > 1 && s->ahead != NULL) {
		log_request(NULL);	/* it is about all of them */
		s->ahead(c, q, row, mates);
	}
}

static void
run_some(const struct site *s, struct ctx *c, struct req *const q[],
    struct resp *const p[], size_t n)
{
	const int64_t until_us = n == 1 || s->together_us == 0 ? INT64_MAX :
	    clock_mono_us() + s->together_us;
	struct turn turn[TOGETHER];
	const struct together *g;
	size_t i;

	for (i = 0; i < n; i++)
		turn_begin(s, &turn[i], q[i], p[i]);
	for (g = s->together; n > 1 && g != NULL && g->handler != NULL; g++)
		serve_together(s, c, g, turn, n);
	ask_ahead(s, c, turn, n);
	for (i = 0; i < n; i++) {
		turn_serve(s, c, &turn[i], until_us);
		turn_end(&turn[i]);
	}
	say_row(s, NULL);
	if (n > 1 && s->ahead_over != NULL)
		s->ahead_over(c);
}

void
route_run_all(const struct site *s, struct ctx *c, struct req *const q[],
    struct resp *const p[], size_t n)
{
	size_t some;

	if (s->busy != NULL)
		s->busy->requests = (int)n;
	for (; n > 0; n -= some, q += some, p += some) {
		some = n < TOGETHER ? n : TOGETHER;
		run_some(s, c, q, p, some);
	}
}

void
route_run(const struct site *s, struct ctx *c, struct req *q, struct resp *p)
{
	route_run_all(s, c, &q, &p, 1);
}
