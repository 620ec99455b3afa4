/* SPDX-License-Identifier: MIT */

#include "billing/event.h"
#include "stripe/event.h"
#include "stripe/signature.h"

#include "app/app.h"

#include "app/hear_event.h"

enum err
hear_event(struct app *a, const struct telling *t)
{
	struct event event;
	int fresh;
	enum err e;

	if (signature_check(a->signatures, t->signature, t->body, t->len,
	    t->now) != ERR_OK ||
	    event_read(t->body, t->len, &event) != ERR_OK)
		return ERR_DENIED;
	if ((e = event_record(a->db, &event, t->body, &fresh)) != ERR_OK)
		return e;
	if (fresh)
		app_ring(a);
	return ERR_OK;
}
