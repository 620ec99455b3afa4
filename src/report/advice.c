/* SPDX-License-Identifier: MIT */

#include "app/recommend.h"
#include "base/json_write.h"
#include "base/text.h"

#include "report/report.h"

static const struct shape task_shape[] = {
	{ .name = "name" },
	{ .name = "category", .words = "activation|sharing|conversion" },
	{ .name = "state", .about = "unknown: only a person can say",
	    .words = "pending|unknown|completed" },
	{ .name = "title" },
	{ .name = "why", .about = "what is seen of it here",
	    .may = SHAPE_NULL },
	{ .name = "do", .about = "what there is to do" },
	{ .name = "effort", .about = "minutes, hours or days" },
	{ .name = "figure", .about = "that Cello has published",
	    .may = SHAPE_NULL },
	{ .name = NULL }
};

const struct shape report_advice_shape[] = {
	{ .name = "weakest", .about = "the area to look at first",
	    .words = "activation|sharing|conversion" },
	{ .name = "because" },
	{ .name = "tasks", .kind = SHAPE_LIST,
	    .about = "the first thing first", .of = task_shape },
	{ .name = NULL }
};

static void
put_task(struct json_writer *w, const struct advice *a)
{
	json_open(w, NULL);
	json_put_text(w, "name", a->name);
	json_put_text(w, "category", advice_area_name(a->area));
	json_put_text(w, "state", advice_state_name(a->state));
	json_put_text(w, "title", a->title);
	json_put_text(w, "why", text_or_null(a->why));
	json_put_text(w, "do", a->what);
	json_put_text(w, "effort", a->effort);
	json_put_text(w, "figure", a->figure);
	json_close(w);
}

void
report_advice(struct json_writer *w, const char *name,
    const struct advised *x)
{
	size_t i;

	json_open(w, name);
	json_put_text(w, "weakest", advice_area_name(x->weakest));
	json_put_text(w, "because", x->because);
	json_open_array(w, "tasks");
	for (i = 0; i < x->count; i++)
		put_task(w, &x->advice[i]);
	json_close_array(w);
	json_close(w);
}
