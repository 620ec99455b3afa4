/* SPDX-License-Identifier: MIT */

#include "app/config.h"
#include "app/doctor.h"
#include "base/json_write.h"

#include "report/report.h"

static const struct shape finding_shape[] = {
	{ .name = "cause", .about = "a word for it, always the same" },
	{ .name = "kind", .about = "wrong: no reward comes of it as it is;"
	    " warning: one may come all the same; wait: nothing is wrong, it"
	    " takes its time; unseen: only Stripe or Cello knows",
	    .words = "wrong|warning|wait|unseen" },
	{ .name = "says", .about = "what is the case" },
	{ .name = "fix", .about = "what to do about it" },
	{ .name = NULL }
};

static const struct shape component_shape[] = {
	{ .name = "name", .words = "component|attribution|signups|purchases" },
	{ .name = "connectionStatus",
	    .words = "connected|connectedWithWarnings|notConnected" },
	{ .name = "lastSeen", .kind = SHAPE_TIME, .may = SHAPE_NULL },
	{ .name = "evidence", .about = "what the rows show" },
	{ .name = "source", .about = "how Cello learns of it",
	    .may = SHAPE_NULL },
	{ .name = "sourceHow", .may = SHAPE_NULL },
	{ .name = "findings", .kind = SHAPE_LIST, .of = finding_shape },
	{ .name = NULL }
};

static const struct shape surrounding_shape[] = {
	{ .name = "name" },
	{ .name = "lastSeen", .kind = SHAPE_TIME, .may = SHAPE_NULL },
	{ .name = "evidence" },
	{ .name = "findings", .kind = SHAPE_LIST, .of = finding_shape },
	{ .name = NULL }
};

static const struct shape step_shape[] = {
	{ .name = "name" },
	{ .name = "title" },
	{ .name = "state", .words = "done|next|later" },
	{ .name = "do", .about = "what there is to do" },
	{ .name = NULL }
};

const struct shape report_doctor_shape[] = {
	{ .name = "environment", .about = "of Cello's",
	    .words = "sandbox|production" },
	{ .name = "windowSeconds", .kind = SHAPE_NUMBER,
	    .about = "how far back Cello's own status page looks" },
	{ .name = "asked", .kind = SHAPE_YES_NO, .about = "whether Stripe,"
	    " Cello and the pages were asked as well, and not only the rows" },
	{ .name = "connected", .kind = SHAPE_NUMBER,
	    .about = "of the four components" },
	{ .name = "wrong", .kind = SHAPE_NUMBER, .about = "findings that are" },
	{ .name = "components", .kind = SHAPE_LIST, .of = component_shape },
	{ .name = "surroundings", .kind = SHAPE_LIST,
	    .about = "keys, clocks and what else they share",
	    .of = surrounding_shape },
	{ .name = "steps", .kind = SHAPE_LIST,
	    .about = "of Cello's guide, in its order", .of = step_shape },
	{ .name = NULL }
};

static void
put_findings(struct json_writer *w, const struct doctor_section *s)
{
	size_t i;

	json_open_array(w, "findings");
	for (i = 0; i < s->findings; i++) {
		json_open(w, NULL);
		json_put_text(w, "cause", s->finding[i].cause);
		json_put_text(w, "kind", finding_kind_name(s->finding[i].kind));
		json_put_text(w, "says", s->finding[i].says);
		json_put_text(w, "fix", s->finding[i].fix);
		json_close(w);
	}
	json_close_array(w);
}

static void
put_section(struct json_writer *w, const struct doctor_section *s,
    int is_component)
{
	json_open(w, NULL);
	json_put_text(w, "name", s->name);
	if (is_component)
		json_put_text(w, "connectionStatus",
		    doctor_status_name(s->status));
	json_put_time(w, "lastSeen", (time_t)s->seen_at);
	json_put_text(w, "evidence", s->evidence);
	if (is_component) {
		json_put_text(w, "source", s->source);
		json_put_text(w, "sourceHow", s->source_how);
	}
	put_findings(w, s);
	json_close(w);
}

static void
put_steps(struct json_writer *w, const struct doctor_report *r)
{
	size_t i;

	json_open_array(w, "steps");
	for (i = 0; i < DOCTOR_STEPS; i++) {
		json_open(w, NULL);
		json_put_text(w, "name", r->step[i].name);
		json_put_text(w, "title", r->step[i].title);
		json_put_text(w, "state", step_state_name(r->step[i].state));
		json_put_text(w, "do", r->step[i].what);
		json_close(w);
	}
	json_close_array(w);
}

void
report_doctor(struct json_writer *w, const char *name,
    const struct doctor_report *r)
{
	const struct config *conf = r->evidence.conf;
	size_t i;

	json_open(w, name);
	json_put_text(w, "environment", conf->cello.environment);
	json_put_int(w, "windowSeconds", doctor_window_s(conf));
	json_put_bool(w, "asked", r->evidence.reach == DOCTOR_ALL);
	json_put_int(w, "connected", r->connected);
	json_put_int(w, "wrong", r->wrong);
	json_open_array(w, "components");
	for (i = 0; i < DOCTOR_COMPONENTS; i++)
		put_section(w, &r->section[i], 1);
	json_close_array(w);
	json_open_array(w, "surroundings");
	for (; i < DOCTOR_PARTS; i++)
		put_section(w, &r->section[i], 0);
	json_close_array(w);
	put_steps(w, r);
	json_close(w);
}
