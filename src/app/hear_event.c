/* SPDX-License-Identifier: MIT */

#include "base/log.h"
#include "billing/event.h"
#include "stripe/event.h"
#include "stripe/signature.h"

#include "app/app.h"

#include "app/hear_event.h"

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

enum err
hear_event(struct app *a, const struct telling *t)
{
	struct event event;
	int fresh;
	enum err e;

	if (signature_check(a->signatures, t->signature, t->body, t->len,
	    t->now) != ERR_OK)
		return ERR_DENIED;
	event_read(t->body, t->len, &event);
	e = event_record(a->db, &event, t->body, t->len, &fresh);
	if (e != ERR_OK || !fresh)
		return e;
	if (event.odd != NULL)
		say_odd(&event);
	app_ring(a);
	return ERR_OK;
}
