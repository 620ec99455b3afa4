/* SPDX-License-Identifier: MIT */

/* The tools that are commands, too: doctor, events, explain, recommend. */

#include <stdio.h>
#include <stdlib.h>

#include "app/app.h"
#include "app/doctor.h"
#include "app/explain.h"
#include "app/look_at_fields.h"
#include "app/recommend.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/json_write.h"
#include "base/mem.h"
#include "billing/event.h"
#include "report/report.h"

#include "mcp/mcp.h"

#include "mcp/tool.h"

#define EVENTS		20
#define EVENTS_MOST	100
#define HOURS_MOST	87600		/* ten years */
#define MOMENTS		100
#define MOMENTS_MOST	300

const struct shape tool_status_input[] = {
	{ .name = "offline", .kind = SHAPE_YES_NO, .may = SHAPE_ABSENT,
	    .about = "ask nobody, look at the rows only: at once" },
	{ .name = NULL }
};

static enum doctor_reach
reach_of(const struct asked *q, int offline)
{
	return q->mcp->offline ? DOCTOR_ROWS : offline ? DOCTOR_OFFLINE :
	    DOCTOR_ALL;
}

enum err
tool_status(struct asked *q, struct json_writer *w)
{
	struct doctor_report *r = mem_zero(1, sizeof(*r));
	enum err e = doctor(q->mcp->app, reach_of(q, json_yes(q->args,
	    "offline")), r);

	if (e == ERR_OK)
		report_doctor(w, NULL, r);
	free(r);
	return e;
}

const struct shape tool_events_input[] = {
	{ .name = "type", .may = SHAPE_ABSENT, .least = 1, .most = 255,
	    .about = "only these, like invoice.paid" },
	{ .name = "object", .may = SHAPE_ABSENT, .least = 1, .most = 255,
	    .about = "only about this object, like cus_123" },
	{ .name = "sinceHours", .kind = SHAPE_NUMBER, .may = SHAPE_ABSENT,
	    .least = 1, .most = HOURS_MOST,
	    .about = "only what came in so many hours" },
	{ .name = "limit", .kind = SHAPE_NUMBER, .may = SHAPE_ABSENT,
	    .least = 1, .most = EVENTS_MOST, .about = "20 unless given" },
	{ .name = NULL }
};

const struct shape tool_events_output[] = {
	{ .name = "events", .kind = SHAPE_LIST, .of = report_event_shape,
	    .about = "the last to come first" },
	{ .name = NULL }
};

enum err
tool_events(struct asked *q, struct json_writer *w)
{
	const struct event_wish wish = {
	    .type = json_text(q->args, "type"),
	    .object_id = json_text(q->args, "object"),
	    .since_s = CLOCK_HOUR_S * asked_number(q, "sinceHours", 0),
	    .most = (int)asked_number(q, "limit", EVENTS) };
	struct fields_looked *looked = mem_zero(1, sizeof(*looked));
	struct event_row *rows = NULL;
	struct fields fields;
	size_t count = 0, i;
	enum err e = event_list(q->mcp->app->db, &wish, &rows, &count);

	json_open(w, NULL);
	json_open_array(w, "events");
	for (i = 0; e == ERR_OK && i < count; i++) {
		e = look_at_fields(q->mcp->app, &rows[i], looked, &fields);
		if (e == ERR_OK)
			report_event(w, NULL, &rows[i], &fields);
	}
	json_close_array(w);
	json_close(w);
	free(rows);
	free(looked);
	return e;
}

const struct shape tool_explain_input[] = {
	{ .name = "who", .least = 1, .most = 255, .about = "an e-mail address,"
	    " the id of an account, or of a customer, a subscription or an"
	    " invoice at Stripe" },
	{ .name = "moments", .kind = SHAPE_NUMBER, .may = SHAPE_ABSENT,
	    .least = 1, .most = MOMENTS_MOST,
	    .about = "of the timeline the last so many; 100 unless given" },
	{ .name = NULL }
};

enum err
tool_explain(struct asked *q, struct json_writer *w)
{
	struct explained x;
	enum err e = explain(q->mcp->app, json_text(q->args, "who"), &x);

	if (e == ERR_NOTFOUND)
		(void)snprintf(q->problem, sizeof(q->problem), "nobody here has"
		    " this; an address has to be the one of the account");
	if (e != ERR_OK)
		return e;
	report_explain(w, NULL, &x, (size_t)asked_number(q, "moments",
	    MOMENTS));
	explained_done(&x);
	return ERR_OK;
}

enum err
tool_recommend(struct asked *q, struct json_writer *w)
{
	struct advised x;
	enum err e = recommend(q->mcp->app, reach_of(q, 1), &x);

	if (e == ERR_OK)
		report_advice(w, NULL, &x);
	return e;
}
