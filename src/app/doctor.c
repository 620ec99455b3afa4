/* SPDX-License-Identifier: MIT */

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "billing/event.h"
#include "billing/home.h"
#include "conf/secret.h"
#include "http/duty.h"
#include "stripe/client.h"

#include "app/app.h"
#include "app/ask_cello.h"
#include "app/check_stripe.h"
#include "app/config.h"

#include "app/doctor.h"

/* Stripe tells all endpoints at once, and tries again minutes later. */
#define UNTAKEN_S	20
#define EVENTS_MOST	10

/* A code like any other, and nobody's. */
#define NO_CODE		"00000000000"

int64_t
doctor_window_s(const struct config *conf)
{
	return cello_is_production(&conf->cello) ? CLOCK_HOUR_S : CLOCK_DAY_S;
}

const char *
doctor_ago(const struct doctor_evidence *d, int64_t at, char span[CLOCK_SPAN])
{
	return clock_span(d->now > at ? d->now - at : 0, span);
}

void
doctor_add(struct doctor_report *r, enum doctor_part part,
    const struct finding *f)
{
	struct doctor_section *s = &r->section[part];

	if (s->findings == DOCTOR_FINDINGS)
		return;
	s->finding[s->findings++] = *f;
	r->wrong += f->kind == FINDING_WRONG;
}

/* --- secrets --- */

static void
look_at_secret(struct doctor_evidence *d)
{
	static const char *const others[] = { "sk_", "rk_", "pk_", "whsec_",
	    "p1:" };
	const struct config *conf = d->conf;
	struct secret s;
	size_t i;

	if (!conf->cello.enabled || secret_read("cello.product_secret_file",
	    conf->cello.product_secret_file, conf->credentials_dir, &s) !=
	    ERR_OK)
		return;
	d->has_secret = 1;
	for (i = 0; i < NELEM(others); i++)
		d->secret_odd |= text_begins(s.line[0], others[i]);
	secret_done(&s);
}

/* --- what Stripe says --- */

/* Where what check_stripe*.c finds goes. */
struct filing {
	struct doctor_report	*r;
	const char		*cause;
	enum finding_kind	 kind;
	int			 is_cellos;	/* of Cello's endpoint */
};

/* Nothing has ever happened here: what is not there is a step to come. */
static int
is_fresh(const struct doctor_evidence *d)
{
	return d->heard_at == 0 && d->referrals.all == 0;
}

static void
file_as(struct filing *x, enum doctor_part part, enum finding_kind kind,
    const struct remark *m)
{
	struct finding f;

	finding_begin(&f, is_fresh(&x->r->evidence) ? FINDING_WAIT : kind,
	    x->cause, m->hint);
	(void)finding_says(&f, "%s%s%s", m->text, m->detail == NULL ? "" : ": ",
	    m->detail == NULL ? "" : m->detail);
	doctor_add(x->r, part, &f);
	x->r->evidence.endpoint_faults[part]++;
}

/* A list of events that it lacks is a fault of what they tell of. */
static void
file_remark(void *arg, const struct remark *m)
{
	struct filing *x = arg;

	if (m->ok)
		return;
	if (!x->is_cellos) {
		file_as(x, DOCTOR_ENVIRONMENT, x->kind, m);
		return;
	}
	if (!cello_signups_by_api(&x->r->evidence.conf->cello) &&
	    (m->lacks == NULL || strstr(m->lacks, "customer.created") != NULL))
		file_as(x, DOCTOR_SIGNUPS, FINDING_WRONG, m);
	file_as(x, DOCTOR_PURCHASES, m->lacks == NULL ||
	    strstr(m->lacks, "invoice.paid") != NULL ? FINDING_WRONG :
	    FINDING_WARNING, m);
}

/* Did we take it, and does another endpoint still not? */
static void
look_at_event(struct app *a, struct doctor_evidence *d,
    const struct json *event)
{
	struct event_wish wish = { .id = json_text(event, "id"), .most = 1 };
	struct event_row *rows;
	int64_t created = 0, pending = 0;
	size_t count;

	if (wish.id == NULL ||
	    json_int(event, "created", &created) != ERR_OK ||
	    json_int(event, "pending_webhooks", &pending) != ERR_OK ||
	    d->now - created < UNTAKEN_S ||
	    event_list(a->db, &wish, &rows, &count) != ERR_OK)
		return;
	free(rows);
	if (count == 0)
		return;
	d->took++;
	/* Those in a row up to the newest. */
	if (pending > 0 && d->untaken == d->took - 1) {
		d->untaken++;
		d->untaken_since = created;
	}
}

static void
look_at_events(struct app *a, struct asking *q, struct doctor_evidence *d)
{
	struct stripe_reply r;
	size_t i;

	if (ask(q, "events", "/v1/events?limit=10&types[0]=invoice.paid"
	    "&types[1]=customer.created", &r) == ERR_OK)
		for (i = 0; i < json_count(r.body, "data") &&
		    i < EVENTS_MOST; i++)
			look_at_event(a, d, json_item(r.body, "data", i));
	stripe_reply_done(&r);
}

static void
ask_stripe(struct app *a, struct doctor_report *r)
{
	struct filing x = { .r = r, .kind = FINDING_WRONG };
	struct checkup c = { .conf = r->evidence.conf, .say = file_remark,
	    .arg = &x };
	struct asking q = { .c = &c, .stripe = a->stripe };
	struct stripe_reply list;

	x.cause = "our_endpoint";
	if (ask_endpoints(&q, &list) == ERR_OK) {
		r->evidence.asked = 1;
		check_our_endpoint(&q, list.body);
		x.cause = "cello_endpoint";
		x.is_cellos = 1;
		check_cello_endpoint(&q, list.body);
		x.is_cellos = 0;
	}
	stripe_reply_done(&list);
	x.cause = "events";
	if (cello_looks_at_stripe(&c.conf->cello) &&
	    r->evidence.endpoint_faults[DOCTOR_PURCHASES] == 0)
		look_at_events(a, &q, &r->evidence);
	x.cause = "clock";
	check_clock(&q);
	x.cause = "plans";
	x.kind = FINDING_WARNING;
	check_plans(&q);
}

/* --- what Cello's API says --- */

/* With the token that all processes share: a fresh one may be its end. */
static void
ask_api(const struct config *conf, struct doctor_evidence *d)
{
	const struct app_role role = { .name = "endpin doctor",
	    .duties = DUTY_CELLO, .doorbell = -1 };
	const struct cello_request q = { .route = CELLO_CODE, .id = NO_CODE };
	struct cello_reply r = { .status = 0 };
	struct app *a = app_open(conf, &role);

	d->has_api = 1;
	d->api = a == NULL ? ERR_DENIED : ask_cello(a, &q, &r);
	cello_reply_done(&r);
	app_close(a);
}

/* --- all of it --- */

static void
look_at_secrets(const struct config *conf, struct doctor_report *r)
{
	const struct app_role role = { .name = "endpin doctor",
	    .duties = DUTY_STRIPE, .doorbell = -1 };
	struct app *asking;

	look_at_secret(&r->evidence);
	if (r->evidence.reach == DOCTOR_ALL && cello_api_is_asked(&conf->cello))
		ask_api(conf, &r->evidence);
	if ((asking = app_open(conf, &role)) != NULL) {
		r->evidence.has_key = 1;
		r->evidence.is_live = stripe_is_live(asking->stripe);
		if (r->evidence.reach == DOCTOR_ALL)
			ask_stripe(asking, r);
	}
	app_close(asking);
}

/*
 * A worker has the secrets of its duties and reads no other: of Stripe's key it
 * knows what the rows say, whose they are.
 */
static enum err
look_without_secrets(struct app *a, struct doctor_evidence *d)
{
	struct home home;
	enum err e = home_find(a->db, &home);

	d->has_secret = a->signer != NULL;
	if (e != ERR_OK)
		return e == ERR_NOTFOUND ? ERR_OK : e;
	d->has_key = 1;
	d->is_live = home.livemode;
	return ERR_OK;
}

static enum err
look(struct app *a, struct doctor_report *r)
{
	enum err e = doctor_rows(a, &r->evidence);

	if (e != ERR_OK)
		return e;
	if (r->evidence.reach == DOCTOR_ROWS)
		return look_without_secrets(a, &r->evidence);
	look_at_secrets(a->conf, r);
	return ERR_OK;
}

enum err
doctor(struct app *a, enum doctor_reach reach,
    struct doctor_report *ret_report)
{
	struct doctor_report *r = ret_report;
	enum err e;

	memset(r, 0, sizeof(*r));
	r->evidence.conf = a->conf;
	r->evidence.now = (int64_t)clock_now();
	r->evidence.reach = reach;
	if ((e = look(a, r)) != ERR_OK)
		return e;
	if (reach == DOCTOR_ALL)
		doctor_pages(r);
	doctor_judge(r);
	doctor_settle(r);
	return ERR_OK;
}
