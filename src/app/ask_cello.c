/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "db/db.h"
#include "errand/errand.h"
#include "referral/bearer.h"

#include "app/app.h"
#include "app/config.h"

#include "app/ask_cello.h"

#define WHY		64
#define FETCHING_MS	200	/* somebody else does */
#define AWAY_LEAST_MS	1000	/* it does not answer: doubled each time */
#define AWAY_MOST_MS	30000

#define PEOPLE_PERCENT	50	/* of the limit, as [stripe] people_percent */

static void
leave_alone(struct app *a, int ms)
{
	if (ms > a->wait_ms)
		a->wait_ms = ms;
}

/* What any answer says of Cello, whatever it says of what was asked. */
static void
note_health(struct app *a, int answers)
{
	if (answers) {
		a->cello_well_us = clock_mono_us();
		a->cello_away_ms = 0;
		return;
	}
	a->cello_well_us = 0;
	a->cello_away_ms = a->cello_away_ms == 0 ? AWAY_LEAST_MS :
	    a->cello_away_ms > AWAY_MOST_MS / 2 ? AWAY_MOST_MS :
	    2 * a->cello_away_ms;
	leave_alone(a, a->cello_away_ms);
}

int
cello_is_well(const struct app *a)
{
	return a->cello_well_us != 0 && clock_mono_us() - a->cello_well_us <
	    CELLO_WELL_S * INT64_C(1000000);
}

/* Without a database nothing is counted, and hardly anything asked. */
static int
limits_allow(struct app *a)
{
	const int most = a->conf->cello.calls_per_second;
	const struct pace_limits limits = { .of = "cello ",
	    .per_second = most, .per_endpoint = most,
	    .people_percent = PEOPLE_PERCENT };
	int wait_ms;

	if (pace_take(a->db, &limits, a->pace, 0, "any", a->cello_slice,
	    &wait_ms) != ERR_OK)
		return 1;
	leave_alone(a, wait_ms);
	return wait_ms == 0;
}

/* --- the token --- */

/* A refresh that is refused is no reason not to ask with the keys. */
static enum err
exchange(struct app *a, const char *refresh, struct cello_grant *g)
{
	enum err e = ERR_DENIED;

	if (refresh[0] != '\0')
		e = cello_exchange(a->cello, refresh, g);
	return e == ERR_DENIED ? cello_exchange(a->cello, NULL, g) : e;
}

static enum err
fetch(struct app *a, struct bearer *bearer)
{
	char refresh[CELLO_TOKEN];
	struct cello_grant g;
	enum err e, kept;

	e = bearer_begin(a->db, a->cello, bearer, refresh);
	if (e == ERR_CONFLICT) {
		leave_alone(a, FETCHING_MS);
		return ERR_LATER;
	}
	if (e != ERR_OK)
		return e;
	e = exchange(a, refresh, &g);
	note_health(a, e != ERR_LATER);
	kept = bearer_end(a->db, a->cello, bearer, e == ERR_OK ? &g : NULL);
	if (e == ERR_OK) {
		memcpy(bearer->token, g.access, sizeof(g.access));
		e = kept;
	} else if (e == ERR_DENIED) {
		log_error("cello_keys_refused", "Cello refuses the access"
		    " keys of [cello]: nothing can be told or asked");
		leave_alone(a, CELLO_KEYS_REFUSED_S * 1000);
		e = ERR_INTERNAL;
	}
	explicit_bzero(&g, sizeof(g));
	explicit_bzero(refresh, sizeof(refresh));
	return e;
}

static enum err
find_token(struct app *a, struct cello_permit *p)
{
	enum err e = bearer_find(a->db, a->cello, &p->bearer);

	if ((p->is_new = e == ERR_NOTFOUND))
		e = fetch(a, &p->bearer);
	if (e != ERR_OK)
		cello_permit_done(p);
	return e;
}

/* --- the call --- */

enum err
ask_cello_may(struct app *a, struct cello_permit *ret)
{
	return limits_allow(a) ? find_token(a, ret) : ERR_LATER;
}

void
cello_permit_done(struct cello_permit *p)
{
	explicit_bzero(p, sizeof(*p));
}

static enum err
refuse_new(struct app *a)
{
	log_error("cello_token_refused", "Cello refuses a token that it has"
	    " just given out");
	leave_alone(a, CELLO_KEYS_REFUSED_S * 1000);
	return ERR_INTERNAL;
}

enum err
ask_cello_now(struct app *a, struct cello_permit *p,
    const struct cello_request *q, struct cello_reply *r)
{
	struct cello_request one = *q;
	enum err e, forgot;

	memset(r, 0, sizeof(*r));
	one.token = p->bearer.token;
	e = cello_ask(a->cello, &one, r);
	note_health(a, r->status != 0 && !r->unsure);
	if (e == ERR_DENIED && p->is_new)
		e = refuse_new(a);
	else if (e == ERR_DENIED && (forgot = bearer_forget(a->db, a->cello,
	    &p->bearer)) != ERR_OK)
		e = forgot;
	cello_permit_done(p);
	return e;
}

/* The former was refused; whoever has fetched this one has just done so. */
static enum err
ask_again(struct app *a, const struct cello_request *q, struct cello_reply *r)
{
	struct cello_permit p;
	enum err e;

	cello_reply_done(r);
	memset(r, 0, sizeof(*r));
	if ((e = find_token(a, &p)) == ERR_OK)
		e = ask_cello_now(a, &p, q, r);
	return e == ERR_DENIED ? refuse_new(a) : e;
}

enum err
ask_cello(struct app *a, const struct cello_request *q, struct cello_reply *r)
{
	struct cello_permit p;
	enum err e;

	memset(r, 0, sizeof(*r));
	if ((e = ask_cello_may(a, &p)) == ERR_OK)
		e = ask_cello_now(a, &p, q, r);
	return e == ERR_DENIED ? ask_again(a, q, r) : e;
}

enum err
ask_cello_put_back(struct app *a, const struct errand_kind *k,
    const struct errand *x)
{
	if (a->wait_ms == 0)
		a->wait_ms = AWAY_LEAST_MS;
	return errand_back(a->db, k, x);
}

enum err
ask_cello_later(struct app *a, const struct errand_kind *k,
    const struct errand *x, enum err e, const struct cello_reply *r)
{
	char why[WHY];

	if (e == ERR_INTERNAL || r->status == 0)
		return ask_cello_put_back(a, k, x);
	(void)snprintf(why, sizeof(why), "Cello answered %d", r->status);
	return errand_later(a->db, k, x, why, r->retry_after);
}
