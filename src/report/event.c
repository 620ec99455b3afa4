/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "app/look_at_fields.h"
#include "base/json_write.h"
#include "base/text.h"
#include "billing/event.h"

#include "report/report.h"

static const struct shape field_shape[] = {
	{ .name = "name" },
	{ .name = "status", .words = FIELD_STATES },
	{ .name = "says", .may = SHAPE_NULL, .about = "what is the case" },
	{ .name = NULL }
};

const struct shape report_event_shape[] = {
	{ .name = "id" },
	{ .name = "type", .may = SHAPE_NULL },
	{ .name = "objectKind", .may = SHAPE_NULL },
	{ .name = "object", .may = SHAPE_NULL,
	    .about = "the id of what it is about" },
	{ .name = "account", .may = SHAPE_NULL,
	    .about = "at Stripe; null: ours" },
	{ .name = "mode", .may = SHAPE_NULL, .about = "test or live" },
	{ .name = "apiVersion", .may = SHAPE_NULL },
	{ .name = "created", .kind = SHAPE_TIME, .may = SHAPE_NULL },
	{ .name = "received", .kind = SHAPE_TIME, .may = SHAPE_NULL },
	{ .name = "errand", .may = SHAPE_NULL, .about = "how far the object"
	    " has got: waiting, parked, attended, done, dead, dropped" },
	{ .name = "lastError", .may = SHAPE_NULL,
	    .about = "why it has not got further" },
	{ .name = "cello", .may = SHAPE_NULL | SHAPE_ABSENT, .about = "what"
	    " Cello takes it for: signup or purchase; null: neither" },
	{ .name = "fields", .kind = SHAPE_LIST, .may = SHAPE_ABSENT,
	    .of = field_shape, .about = "of those, what Cello needs of the"
	    " customer, as it is by now; none: it is nobody's here, was not"
	    " read yet, or some 20 objects were judged already" },
	{ .name = NULL }
};

static const char *
mode_of(const struct event_row *x)
{
	return x->livemode == -1 ? "" : x->livemode ? "live" : "test";
}

void
report_event_facts(const struct event_row *x,
    const char *ret_name_value[REPORT_EVENT_FACTS][2])
{
	const char *const facts[REPORT_EVENT_FACTS][2] = {
		{ "id", x->id }, { "type", x->type },
		{ "objectKind", x->object_kind },
		{ "object", x->object_id }, { "account", x->account },
		{ "mode", mode_of(x) }, { "apiVersion", x->version },
		{ "created", x->created }, { "received", x->received },
		{ "errand", x->state }, { "lastError", x->last_error },
		{ NULL, NULL }
	};

	memcpy(ret_name_value, facts, sizeof(facts));
}

static void
put_fields(struct json_writer *w, const struct fields *f)
{
	size_t i;

	json_put_text(w, "cello", f->part);
	json_open_array(w, "fields");
	for (i = 0; i < f->count; i++) {
		json_open(w, NULL);
		json_put_text(w, "name", f->field[i].name);
		json_put_text(w, "status",
		    field_state_name(f->field[i].state));
		json_put_text(w, "says", text_or_null(f->field[i].says));
		json_close(w);
	}
	json_close_array(w);
}

void
report_event(struct json_writer *w, const char *name,
    const struct event_row *x, const struct fields *fields)
{
	const char *fact[REPORT_EVENT_FACTS][2];
	size_t i;

	report_event_facts(x, fact);
	json_open(w, name);
	for (i = 0; fact[i][0] != NULL; i++)
		json_put_text(w, fact[i][0], text_or_null(fact[i][1]));
	if (fields != NULL)
		put_fields(w, fields);
	json_close(w);
}
