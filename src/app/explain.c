/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "account/organization.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "billing/event.h"
#include "billing/object.h"
#include "cello/webhook.h"
#include "db/db.h"
#include "errand/errand.h"
#include "ledger/report.h"

#include "app/app.h"
#include "app/config.h"
#include "app/find_person.h"

#include "app/explain.h"

#define EVENTS_MOST	100	/* of one object */
#define ERRANDS_MOST	100	/* that are looked through for theirs */

struct gathering {
	struct db		*db;
	struct explained	*x;
};

/* What is more than EXPLAIN_MOMENTS is left out: nobody reads so far. */
static struct explain_moment *
moment_add(struct explained *x, int64_t at, const char *who, const char *what)
{
	struct explain_moment *m;

	if (x->moments == EXPLAIN_MOMENTS)
		return NULL;
	m = &x->moment[x->moments];
	memset(m, 0, sizeof(*m));
	m->at = at;
	m->order = x->moments++;
	m->who = who;
	text_cut(what, m->what, sizeof(m->what));
	return m;
}

/* --- who is meant --- */

static enum err
find_referral(struct db *db, struct evidence *v)
{
	enum err e = referral_show(db, v->account.id, &v->referral);

	v->referred = e == ERR_OK;
	if (e != ERR_OK)
		return e == ERR_NOTFOUND ? ERR_OK : e;
	return doubt_of(db, v->account.id, v->referral.ucc, &v->doubt);
}

/* --- what the ledger has --- */

static void
sum_entry(const struct ledger_row *row, void *arg)
{
	struct evidence *v = arg;

	if (text_equal(row->kind, "payment"))
		v->came += row->amount;
	else
		v->went += row->amount;
	if (text_equal(row->kind, "dispute"))
		v->disputed += row->amount;
}

static void
add_entry(const struct ledger_row *row, void *arg)
{
	struct gathering *t = arg;
	struct explain_moment *m;
	int64_t at;

	sum_entry(row, &t->x->evidence);
	if (clock_read(row->booked, &at) != ERR_OK ||
	    (m = moment_add(t->x, at, "endpin", "booked")) == NULL)
		return;
	text_cut(row->source, m->id, sizeof(m->id));
	(void)snprintf(m->detail, sizeof(m->detail), "%s of %lld %s, earned"
	    " %lld for %s", row->kind, (long long)row->amount, row->currency,
	    (long long)row->earned, row->ucc[0] == '\0' ? "nobody" : row->ucc);
}

/* --- what Cello was told by its API --- */

static void
add_fact(const struct fact_row *x, void *arg)
{
	struct gathering *t = arg;
	struct evidence *v = &t->x->evidence;
	const int told = text_equal(x->state, "done");
	struct explain_moment *m;

	if (text_equal(x->trigger, "new-signup"))
		v->signups_told++;
	if (!told && !text_equal(x->state, "dropped") &&
	    v->untold.id[0] == '\0')
		v->untold = *x;
	if (told && x->warnings[0] != '\0')
		v->warned = *x;
	m = moment_add(t->x, x->settled_at != 0 ? x->settled_at :
	    x->sent_at != 0 ? x->sent_at : x->written_at,
	    told ? "cello" : "endpin", told ? "was told" : "tells Cello");
	if (m == NULL)
		return;
	text_cut(x->id, m->id, sizeof(m->id));
	(void)snprintf(m->detail, sizeof(m->detail), "%s%s%.480s", x->state,
	    x->last_error[0] == '\0' ? "" : ", ", x->last_error);
}

/* --- what Stripe told us, and Cello by its own endpoint --- */

static int
is_told_cello(const char *type)
{
	size_t i = 0;

	while (cello_events[i] != NULL && !text_equal(cello_events[i], type))
		i++;
	return cello_events[i] != NULL;
}

static enum err
add_events(struct gathering *t, const char *object_id)
{
	const struct event_wish wish = { .object_id = object_id,
	    .most = EVENTS_MOST };
	struct event_row *rows;
	struct explain_moment *m;
	size_t i, count;
	int64_t at;
	enum err e;

	e = event_list(t->db, &wish, &rows, &count);
	if (e != ERR_OK)
		return e;
	for (i = 0; i < count; i++) {
		if (clock_read(rows[i].created, &at) != ERR_OK ||
		    (m = moment_add(t->x, at, "stripe", rows[i].type)) == NULL)
			continue;
		text_cut(object_id, m->id, sizeof(m->id));
		(void)snprintf(m->detail, sizeof(m->detail), "%s, came %s%s%s"
		    "%s", rows[i].id, rows[i].received,
		    rows[i].state[0] == '\0' ? "" : ", its object is ",
		    rows[i].state, is_told_cello(rows[i].type) ?
		    "; Cello is told by its own endpoint" : "");
	}
	free(rows);
	return ERR_OK;
}

/* Each object once, though it has several moments. */
static enum err
add_all_events(struct gathering *t)
{
	const size_t count = t->x->moments;
	size_t i, j;
	enum err e = ERR_OK;

	for (i = 0; i < count && e == ERR_OK; i++) {
		const char *id = t->x->moment[i].id;

		if (stripe_kind_of_id(id) == STRIPE_KINDS)
			continue;
		for (j = 0; j < i; j++)
			if (text_equal(t->x->moment[j].id, id))
				break;
		if (j == i)
			e = add_events(t, id);
	}
	return e;
}

/* --- what could not be read --- */

/* Whose is it, as the newest event about it says? */
static enum err
is_theirs(struct gathering *t, const char *object_id, int *ret_theirs)
{
	const struct event_wish wish = { .object_id = object_id, .most = 1 };
	struct event_row *rows;
	struct json *said = NULL;
	char *payload = NULL;
	size_t count;
	enum err e;

	*ret_theirs = 0;
	e = event_list(t->db, &wish, &rows, &count);
	if (e != ERR_OK)
		return e;
	if (count == 1 && event_payload(t->db, rows, &payload) == ERR_OK &&
	    json_parse_kindly(payload, strlen(payload), &said) == ERR_OK)
		*ret_theirs = text_equal(json_id(said, "data.object.customer"),
		    t->x->evidence.customer.id);
	json_free(said);
	free(payload);
	free(rows);
	return ERR_OK;
}

static enum err
find_unread(struct gathering *t, const char *state)
{
	struct evidence *v = &t->x->evidence;
	struct errand_row *rows;
	size_t i, count;
	int theirs;
	enum err e;

	e = errand_list(t->db, &object_errands, state, NULL, ERRANDS_MOST,
	    &rows, &count);
	if (e != ERR_OK)
		return e;
	for (i = 0; i < count && e == ERR_OK && v->unread[0] == '\0'; i++) {
		if (rows[i].last_error[0] == '\0')
			continue;
		e = is_theirs(t, rows[i].id, &theirs);
		if (e == ERR_OK && theirs) {
			text_cut(rows[i].id, v->unread, sizeof(v->unread));
			text_cut(rows[i].last_error, v->unread_why,
			    sizeof(v->unread_why));
		}
	}
	free(rows);
	return e;
}

/* --- all of it --- */

static void
add_story(const struct story_moment *s, void *arg)
{
	struct gathering *t = arg;
	struct explain_moment *m = moment_add(t->x, s->at,
	    text_begins(s->what, "call") ? "endpin" : "stripe", s->what);

	if (m == NULL)
		return;
	text_cut(s->id, m->id, sizeof(m->id));
	text_cut(s->detail, m->detail, sizeof(m->detail));
}

static void
add_signup(struct explained *x)
{
	const struct evidence *v = &x->evidence;
	struct explain_moment *m;

	if (v->referred && v->referral.clicked_at != 0) {
		m = moment_add(x, v->referral.clicked_at, "visitor",
		    "followed the link");
		(void)snprintf(m->detail, sizeof(m->detail), "of %s",
		    v->referral.ucc);
	}
	(void)moment_add(x, v->since, "visitor", "signed up");
	if (!v->referred)
		return;
	m = moment_add(x, v->referral.at, "visitor", "was referred");
	(void)snprintf(m->detail, sizeof(m->detail), "by %s, from the %s",
	    v->referral.ucc, text_equal(v->referral.source, "first") ?
	    "first link" : v->referral.source);
	if (v->referral.trusted_at == 0)
		return;
	m = moment_add(x, v->referral.trusted_at, "endpin", "was trusted");
	(void)snprintf(m->detail, sizeof(m->detail), "an operator said that"
	    " whoever has %s is another", v->referral.ucc);
}

static void
add_welcome(struct explained *x)
{
	const struct welcome *w = &x->evidence.welcome;
	const int booked = w->outcome == WELCOME_BOOKED;
	struct explain_moment *m;

	if (w->value == 0)
		return;
	m = moment_add(x, w->promised_at, "endpin", "promised credit");
	(void)snprintf(m->detail, sizeof(m->detail), "of %lld %s, once they"
	    " have paid", (long long)w->value, w->currency);
	if (w->outcome == WELCOME_OPEN)
		return;
	m = moment_add(x, w->decided_at, "endpin",
	    booked ? "gave credit" : "refused credit");
	(void)snprintf(m->detail, sizeof(m->detail), "of %lld %s%s%s",
	    (long long)(booked ? w->booked : w->value), w->currency,
	    booked ? "" : ": ",
	    booked ? "" : welcome_outcome_name(w->outcome));
}

static enum err
learn(struct db *db, const char *who, struct evidence *v)
{
	char first[TEXT_UUID];
	enum err e;

	if ((e = find_person(db, who, &v->account, &v->since)) != ERR_OK ||
	    (e = find_referral(db, v)) != ERR_OK ||
	    (e = story_customer(db, v->account.id, &v->customer)) != ERR_OK ||
	    (e = story_call(db, v->account.id, &v->call)) != ERR_OK)
		return e;
	if ((e = welcome_find(db, v->account.id, &v->welcome)) != ERR_OK)
		return e;
	if (cello_counts_organizations(&v->conf->cello) &&
	    (e = organization_of(db, v->account.id, v->organization, first)) !=
	    ERR_OK)
		return e;
	return story_bought(db, v->account.id, &v->bought);
}

enum err
explain_evidence(struct app *a, const char *who, struct evidence *ret)
{
	struct ledger_wish wish = { .account_id = ret->account.id };
	enum err e;

	memset(ret, 0, sizeof(*ret));
	ret->conf = a->conf;
	ret->now = (int64_t)clock_now();
	e = learn(a->db, who, ret);
	return e != ERR_OK ? e : ledger_list(a->db, &wish, sum_entry, ret);
}

static enum err
gather(struct gathering *t, const char *who)
{
	struct evidence *v = &t->x->evidence;
	struct ledger_wish wish = { .account_id = v->account.id };
	enum err e;

	if ((e = learn(t->db, who, v)) != ERR_OK)
		return e;
	add_signup(t->x);
	add_welcome(t->x);
	if ((e = story_moments(t->db, v->account.id, add_story, t)) !=
	    ERR_OK || (e = add_all_events(t)) != ERR_OK ||
	    (e = ledger_list(t->db, &wish, add_entry, t)) != ERR_OK ||
	    (e = fact_list(t->db, v->account.id, add_fact, t)) != ERR_OK)
		return e;
	if (v->customer.id[0] != '\0' &&
	    (e = find_unread(t, "dead")) == ERR_OK && v->unread[0] == '\0')
		e = find_unread(t, "waiting");
	return e;
}

static int
compare(const void *a, const void *b)
{
	const struct explain_moment *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

enum err
explain(struct app *a, const char *who, struct explained *ret_explained)
{
	struct explained *x = ret_explained;
	struct gathering t = { .db = a->db, .x = x };
	enum err e;

	memset(x, 0, sizeof(*x));
	x->evidence.conf = a->conf;
	x->evidence.now = (int64_t)clock_now();
	x->moment = mem_zero(EXPLAIN_MOMENTS, sizeof(*x->moment));
	if ((e = gather(&t, who)) != ERR_OK) {
		explained_done(x);
		return e;
	}
	qsort(x->moment, x->moments, sizeof(*x->moment), compare);
	explain_judge(&x->evidence, x->finding, &x->findings);
	return ERR_OK;
}

void
explained_done(struct explained *x)
{
	free(x->moment);
	x->moment = NULL;
}

int
explained_wrong(const struct explained *x)
{
	int count = 0;
	size_t i;

	for (i = 0; i < x->findings; i++)
		count += x->finding[i].kind == FINDING_WRONG;
	return count;
}
