/* SPDX-License-Identifier: MIT */

#include <stdint.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "billing/event.h"
#include "billing/home.h"
#include "billing/trait.h"
#include "stripe/event.h"
#include "stripe/signature.h"

#include "app/app.h"

#include "app/hear_event.h"

#define SECOND_US	INT64_C(1000000)
#define MINUTE_US	(60 * SECOND_US)

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

enum err
hear_event(struct app *a, const struct telling *t)
{
	struct event event;
	const char *foreign;
	unsigned matched;
	int fresh;
	enum err e;

	if (signature_check(a->signatures, t->signature, t->body, t->len,
	    t->now, &matched) != ERR_OK)
		return ERR_DENIED;
	event_read(t->body, t->len, &event);
	if ((e = hear_event_whose(a, &event, &foreign)) != ERR_OK)
		return e;
	event.is_foreign = foreign != NULL;
	e = event_record(a->db, &event, t->body, t->len, &fresh);
	if (e != ERR_OK)
		return e;
	note_all(a, &event, matched, foreign);
	if (!fresh)
		return ERR_OK;
	if (foreign != NULL)
		log_warn("event_foreign", "event %s is kept and not acted upon:"
		    " it is of another account or mode (%s)", event.id,
		    foreign);
	else if (event.odd != NULL)
		say_odd(&event);
	app_ring(a);
	return ERR_OK;
}
