/* SPDX-License-Identifier: MIT */

#include <stdint.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/together.h"
#include "billing/event.h"
#include "billing/home.h"
#include "billing/trait.h"
#include "stripe/event.h"
#include "stripe/signature.h"

#include "app/app.h"
#include "app/vouch.h"

#include "app/hear_event.h"

#define SECOND_US	INT64_C(1000000)
#define MINUTE_US	(60 * SECOND_US)
#define HEAR_US		(8 * SECOND_US)	/* then no other is begun */
#define PARTINGS	2		/* each has cost a wait for a row */

/* Whoever signs it is not told: it would only come again. */
static void
say_odd(const struct event *e)
{
	if (event_followed(e))
		log_warn("event_odd", "event %s was taken for its object %s:"
		    " %s", e->id, e->object_id, e->odd);
	else
		log_error("event_unreadable", "event %s is kept, and somebody"
		    " has to look at it: %s", e->id, e->odd);
}

/*
 * As of a minute ago, or a second as long as they are nobody's: then, and on an
 * error, *ret is as it was.
 */
static enum err
know_rows(struct app *a, struct home *ret_home)
{
	const int64_t now = clock_mono_us();
	enum err e;

	if (now >= a->home_until_us) {
		e = home_find(a->db, &a->home);
		if (e != ERR_OK && e != ERR_NOTFOUND)
			return e;
		a->home_found = e == ERR_OK;
		a->home_until_us = now +
		    (a->home_found ? MINUTE_US : SECOND_US);
	}
	if (a->home_found)
		*ret_home = a->home;
	return ERR_OK;
}

/*
 * As long as nobody has asked Stripe whose the rows are, an event that names an
 * account is a connected one's: of our own none does.
 */
enum err
hear_event_whose(struct app *a, const struct event *e, const char **ret_why)
{
	struct home rows = { .livemode = e->livemode };
	enum err err = know_rows(a, &rows);

	*ret_why = NULL;
	if (e->livemode != -1 && e->livemode != rows.livemode)
		*ret_why = e->livemode ? "live" : "test";
	if (!text_empty(e->account) && !text_equal(e->account, rows.account))
		*ret_why = "account";
	return err;
}

/* For an operator: who cannot write it down now does so a minute later. */
static void
note(struct app *a, enum trait t, const char *value)
{
	const int64_t now = clock_mono_us();
	struct noted *n;
	size_t i;

	for (i = 0; i < APP_NOTED; i++) {
		n = &a->noted[i];
		if (n->trait == t && now < n->until_us &&
		    text_equal(n->value, value))
			return;
	}
	n = &a->noted[a->noted_next++ % APP_NOTED];
	n->trait = t;
	n->until_us = now + MINUTE_US;
	text_cut(value, n->value, sizeof(n->value));
	(void)!trait_note(a->db, t, value);
}

static void
note_all(struct app *a, const struct event *e, unsigned matched,
    const char *foreign)
{
	const char *secret;
	size_t i;

	for (i = 0; (secret = signature_key_name(a->signatures, i)) != NULL;
	    i++)
		if ((matched & 1u << i) != 0)
			note(a, TRAIT_SECRET, secret);
	if (e->is_thin || !text_empty(e->api_version))
		note(a, TRAIT_VERSION, e->is_thin ? "thin" : e->api_version);
	if (foreign != NULL)
		note(a, TRAIT_FOREIGN, foreign);
}

/* One of those that were told together. */
struct hearing {
	const struct telling	*told;
	struct event		 event;
	const char		*foreign;	/* why; NULL: it is ours */
	unsigned		 matched;	/* secrets that vouch for it */
	int			 waits;		/* to be recorded */
	int			 apart;		/* and had better be so alone */
	int			 kept;		/* it is committed */
	int			 fresh;
};

/*
 * All but recording it.  *whose is how the last question ended whose the rows
 * are: a database that did not say is not asked once more for each.
 */
static enum err
take(struct app *a, struct hearing *h, enum err *whose)
{
	const struct telling *t = h->told;

	if (vouch(a, t, &h->matched) != ERR_OK)
		return ERR_DENIED;
	event_read(t->body, t->len, &h->event);
	if (*whose == ERR_OK)
		*whose = hear_event_whose(a, &h->event, &h->foreign);
	if (*whose != ERR_OK)
		return *whose;
	h->event.is_foreign = h->foreign != NULL;
	h->waits = 1;
	return ERR_OK;
}

/* Those that wait and can be recorded together, as far as one goes. */
static size_t
find_mates(struct hearing all[], size_t n, struct hearing *ret_mate[])
{
	size_t i, mates = 0, bytes = 0;
	const struct telling *t;

	for (i = 0; i < n && mates < TOGETHER; i++) {
		t = all[i].told;
		if (!all[i].waits || all[i].apart ||
		    bytes + t->len > EVENT_ALL_BYTES ||
		    !event_is_plain(&all[i].event, t->body, t->len))
			continue;
		bytes += t->len;
		ret_mate[mates++] = &all[i];
	}
	return mates;
}

static void
told_fill(struct hearing *const mate[], size_t mates,
    struct event_told ret_told[])
{
	size_t i;

	for (i = 0; i < mates; i++)
		ret_told[i] = (struct event_told){ .event = &mate[i]->event,
		    .payload = mate[i]->told->body,
		    .len = mate[i]->told->len };
}

static enum err
record_mates(struct app *a, struct hearing *const mate[], size_t mates)
{
	struct event_told told[TOGETHER];
	enum err e;
	size_t i;

	told_fill(mate, mates, told);
	if ((e = event_record_all(a->db, told, mates)) != ERR_OK)
		return e;
	for (i = 0; i < mates; i++) {
		mate[i]->waits = 0;
		mate[i]->kept = 1;
		mate[i]->fresh = told[i].fresh;
	}
	return ERR_OK;
}

/* Whoever has to wait for a row that somebody has does so alone. */
static enum err
part_mates(struct app *a, struct hearing *const mate[], size_t mates)
{
	struct event_told told[TOGETHER];
	enum err e;
	size_t i;

	told_fill(mate, mates, told);
	e = event_find_apart(a->db, told, mates);
	for (i = 0; i < mates; i++)
		mate[i]->apart = told[i].apart;
	return e;
}

/*
 * As many as can be in one commit, or none: whatever stands in the way of one
 * stands in the way of all.  If that is a row that somebody has, the others go
 * on without it (PARTINGS times); whatever else it is, all are left to be
 * recorded one by one.  Where it was a mistake of ours, or a database that
 * cannot (a distributed one), it would be so the next time as well.
 */
static void
record_together(struct app *a, struct hearing all[], size_t n,
    int64_t until_us)
{
	struct hearing *mate[TOGETHER];
	enum err e = ERR_OK;
	size_t mates;
	int parted = 0;

	while (e == ERR_OK && clock_mono_us() < until_us &&
	    clock_mono_us() >= a->apart_until_us &&
	    (mates = find_mates(all, n, mate)) > 1) {
		e = record_mates(a, mate, mates);
		if (e == ERR_CONFLICT && parted++ < PARTINGS)
			e = part_mates(a, mate, mates);
	}
	if (e == ERR_INTERNAL)
		a->apart_until_us = clock_mono_us() + MINUTE_US;
}

static enum err
record_alone(struct app *a, struct hearing *h)
{
	enum err e;

	h->waits = 0;
	e = event_record(a->db, &h->event, h->told->body, h->told->len,
	    &h->fresh);
	h->kept = e == ERR_OK;
	return e;
}

static void
say(struct app *a, const struct hearing *h)
{
	const struct event *e = &h->event;

	note_all(a, e, h->matched, h->foreign);
	if (h->fresh && h->foreign != NULL)
		log_warn("event_foreign", "event %s is kept and not acted upon:"
		    " it is of another account or mode (%s)", e->id,
		    h->foreign);
	else if (h->fresh && e->odd != NULL)
		say_odd(e);
}

/* What is still to be recorded after so long comes again: nobody waits on. */
static void
record_rest(struct app *a, struct hearing all[], enum err ret[], size_t n,
    int64_t until_us)
{
	int first = 1;
	size_t i;

	for (i = 0; i < n; i++) {
		if (!all[i].waits)
			continue;
		log_request(all[i].told->request);
		ret[i] = first || clock_mono_us() < until_us ?
		    record_alone(a, &all[i]) : ERR_LATER;
		first = 0;
	}
}

void
hear_events(struct app *a, const struct telling told[], enum err ret[],
    size_t n)
{
	const int64_t until_us = clock_mono_us() + HEAR_US;
	struct hearing *all = mem_zero(n, sizeof(*all));
	enum err whose = ERR_OK;
	int fresh = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		log_request(told[i].request);
		all[i].told = &told[i];
		ret[i] = take(a, &all[i], &whose);
	}
	if (n > 1) {
		log_request(NULL);
		record_together(a, all, n, until_us);
	}
	record_rest(a, all, ret, n, until_us);
	for (i = 0; i < n; i++) {
		log_request(told[i].request);
		if (all[i].kept)
			say(a, &all[i]);
		fresh |= all[i].fresh;
	}
	if (fresh)
		app_ring(a);
	free(all);
}
