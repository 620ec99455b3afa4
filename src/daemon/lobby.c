/* SPDX-License-Identifier: MIT */

#include <stdlib.h>

#include "api/device.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/turns.h"
#include "http/duty.h"
#include "http/fcgi.h"
#include "http/response.h"
#include "http/route.h"

#include "daemon/gate.h"
#include "daemon/site.h"

#include "daemon/lobby.h"

#define GUESTS		(LOBBY_ROOM + 1)	/* one to judge by */
#define VISIT_MOST	64	/* taken in between two that are served */

struct guest {
	struct fcgi	*fcgi;		/* NULL: was not needed yet */
	struct ready	 ready;
	struct req	 req;
};

struct lobby {
	struct gate	*gate;		/* borrowed, as doors */
	struct doors	*doors;
	size_t		 most;
	struct resp	 resp;
	struct guest	*guest[GUESTS];	/* those that are taken first */
	struct claim	 claim[GUESTS];
	size_t		 count;
	size_t		 answered;	/* in this round */
	int		 leaving;
};

int
lobby_is_for(const struct pool_config *p)
{
	return p->serves == DUTY_PASSWORD;
}

struct lobby *
lobby_open(struct gate *g, struct doors *d, size_t most)
{
	struct lobby *l = mem_zero(1, sizeof(*l));
	size_t i;

	l->gate = g;
	l->doors = d;
	l->most = most;
	resp_init(&l->resp);
	for (i = 0; i < GUESTS; i++)
		l->guest[i] = mem_zero(1, sizeof(*l->guest[i]));
	return l;
}

void
lobby_close(struct lobby *l)
{
	size_t i;

	if (l == NULL)
		return;
	for (i = 0; i < GUESTS; i++) {
		fcgi_close(l->guest[i]->fcgi);
		free(l->guest[i]);
	}
	resp_done(&l->resp);
	free(l);
}

int
lobby_is_empty(const struct lobby *l)
{
	return l->count == 0;
}

/* Read the request, and what it has to say for itself. */
static void
let_in(struct lobby *l, const struct ready *r)
{
	struct guest *g = l->guest[l->count];

	if (g->fcgi == NULL && (g->fcgi = fcgi_open()) == NULL)
		abort();
	if (fcgi_begin(g->fcgi, &r->whole, l->most, &g->req) != ERR_OK) {
		gate_return(l->gate, r, 0);
		return;
	}
	g->ready = *r;
	device_claim(&l->doors->ctx, &g->req, &l->claim[l->count]);
	l->count++;
}

/* Answer number `i`, who leaves. */
static void
answer(struct lobby *l, size_t i)
{
	struct guest *g = l->guest[i];
	const struct site *s = &l->doors->site;
	struct req *q = &g->req;
	struct resp *resp = &l->resp;
	int kept;

	route_run_all(s, &l->doors->ctx, &q, &resp, 1);
	kept = fcgi_end(g->fcgi, q, resp, &s->policy,
	    !l->leaving && gate_keeps(l->gate, &g->ready));
	gate_return(l->gate, &g->ready, kept);
	l->answered++;
	l->count--;
	l->guest[i] = l->guest[l->count];
	l->claim[i] = l->claim[l->count];
	l->guest[l->count] = g;
}

static void
refuse(struct lobby *l, size_t i)
{
	l->guest[i]->req.late = 1;
	answer(l, i);
}

static void
refuse_late(struct lobby *l)
{
	const int64_t now = clock_mono_us();
	size_t i = 0;

	while (i < l->count)
		if (now - l->claim[i].since_us > LOBBY_WAIT_US)
			refuse(l, i);
		else
			i++;
}

static void
take_in(struct lobby *l, const struct ready *r)
{
	let_in(l, r);
	if (l->count > LOBBY_ROOM)
		refuse(l, turns_refused(l->claim, l->count));
}

static void
serve_next(struct lobby *l)
{
	struct turns *t = l->doors->app->turns;
	const int64_t now = clock_mono_us();
	size_t next;

	if (l->count == 0)
		return;
	next = turns_next(t, l->claim, l->count, now);
	turns_take(t, &l->claim[next], now);
	answer(l, next);
}

size_t
lobby_serve(struct lobby *l, const struct ready *r, size_t n, int leaving)
{
	const int64_t until = clock_mono_us() + LOBBY_WAIT_US;
	struct ready other;
	size_t i;

	l->answered = 0;
	l->leaving = leaving;
	for (i = 0; i < n; i++)
		take_in(l, &r[i]);
	/* Each may ask a database that is slow, and those who wait wait on. */
	for (; i < VISIT_MOST && clock_mono_us() < until; i++) {
		if (gate_next(l->gate, &other, 1, 0) == 0)
			break;
		take_in(l, &other);
	}
	refuse_late(l);
	serve_next(l);
	return l->answered;
}
