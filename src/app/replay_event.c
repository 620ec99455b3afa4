/* SPDX-License-Identifier: MIT */

#include <stdlib.h>
#include <string.h>

#include "billing/event.h"
#include "billing/object.h"
#include "stripe/event.h"
#include "stripe/kind.h"

#include "app/app.h"
#include "app/hear_event.h"

#include "app/replay_event.h"

/*
 * One that could not be read when it came is a dead errand under its own id;
 * this program can read it, so nobody has to look at it any more.
 */
static enum err
settle_unread(struct app *a, const struct event_row *row)
{
	enum err e;

	if (row->object_id[0] != '\0')
		return ERR_OK;
	e = errand_drop(a->db, &object_errands, row->lane, row->id);
	return e == ERR_NOTFOUND ? ERR_OK : e;
}

static enum err
hear(struct app *a, const struct event *event, const struct event_row *row,
    int later)
{
	const enum stripe_kind kind = stripe_kind(event->object_kind);
	enum err e;

	e = later > 0 ?
	    object_hear_later(a->db, kind, event->object_id, later) :
	    object_hear(a->db, kind, event->object_id);
	return e == ERR_OK ? settle_unread(a, row) : e;
}

enum err
replay_event(struct app *a, const struct event_row *row, int later,
    enum replay *ret_what)
{
	char *payload = NULL;
	const char *foreign;
	struct event event;
	enum err e;

	if ((e = event_payload(a->db, row, &payload)) != ERR_OK)
		return e;
	event_read(payload, strlen(payload), &event);
	free(payload);
	if ((e = hear_event_whose(a, &event, &foreign)) != ERR_OK)
		return e;
	*ret_what = foreign != NULL ? REPLAY_FOREIGN :
	    event_followed(&event) ? REPLAY_HEARD : REPLAY_NOTHING;
	return *ret_what == REPLAY_HEARD ? hear(a, &event, row, later) :
	    ERR_OK;
}
