/* SPDX-License-Identifier: MIT */

/* endpin doctor: is the integration working, and what is the next step? */

#include <stdio.h>
#include <stdlib.h>

#include "app/app.h"
#include "app/checklist.h"
#include "app/config.h"
#include "app/doctor.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/json_write.h"
#include "base/mem.h"
#include "base/text.h"
#include "report/report.h"

#include "ctl/args.h"
#include "ctl/ctl.h"
#include "ctl/say.h"
#include "ctl/who.h"

#define JSON_LEN	(256u << 10)

/* --- in words --- */

static const char *
status_words(enum doctor_status s)
{
	static const char *const words[] = {
		[DOCTOR_CONNECTED] = "connected",
		[DOCTOR_WARNINGS] = "connected with warnings",
		[DOCTOR_NOT_CONNECTED] = "not connected"
	};

	return words[s];
}

static void
print_section(const struct doctor_section *s, const char *words, int64_t now)
{
	char span[CLOCK_SPAN], says[FINDING_TEXT];
	size_t i;

	printf("\n%-12s  %s, last seen %s%s\n", s->name, words, s->seen_at == 0
	    ? "never" : clock_span(now > s->seen_at ? now - s->seen_at : 0,
	    span), s->seen_at == 0 ? "" : " ago");
	printf("              %s\n", s->evidence);
	for (i = 0; i < s->findings; i++) {
		const struct finding *f = &s->finding[i];

		printf("  %-8s  %s: %s\n            %s\n",
		    finding_kind_name(f->kind), f->cause,
		    say_plain(f->says, says, sizeof(says)), f->fix);
	}
	if (s->source_how != NULL)
		printf("              source: %s; %s\n", s->source,
		    s->source_how);
}

static void
print_steps(const struct doctor_report *r, int all)
{
	size_t i;

	if (all)
		printf("\n");
	for (i = 0; i < DOCTOR_STEPS; i++) {
		const struct doctor_step *s = &r->step[i];

		if (all)
			printf("%-5s  %-13s  %s\n", step_state_name(s->state),
			    s->name, s->title);
		if (s->state == STEP_NEXT)
			printf(all ? "       to do: %s\n" :
			    "\nNext: %s\n", s->what);
	}
}

static void
print_all(const struct doctor_report *r)
{
	const struct doctor_evidence *d = &r->evidence;
	char span[CLOCK_SPAN];
	size_t i;

	printf("Integration health: %d/%d connected; Cello's %s looks at the"
	    " last %s\n", r->connected, DOCTOR_COMPONENTS,
	    d->conf->cello.environment, clock_span(doctor_window_s(d->conf),
	    span));
	for (i = 0; i < DOCTOR_PARTS; i++) {
		const struct doctor_section *s = &r->section[i];

		print_section(s, i < DOCTOR_COMPONENTS ? status_words(
		    s->status) : s->status == DOCTOR_CONNECTED ? "in order" :
		    "not in order", d->now);
	}
	print_steps(r, 0);
}

/* --- as JSON --- */

static void
print_json(const struct doctor_report *r)
{
	struct json_writer w;
	struct buf b;

	buf_init(&b, JSON_LEN);
	json_write_init(&w, &b);
	report_doctor(&w, NULL, r);
	printf("%s\n", b.data);
	buf_done(&b);
}

/* --- the checklist --- */

static void
print_list(const struct checklist *l)
{
	const char *phase = "";
	char at[CLOCK_TEXT], by[TICK_BY];
	size_t i;

	for (i = 0; i < l->count; i++) {
		const struct checklist_item *x = &l->item[i];

		if (!text_equal(phase, x->phase))
			printf("%s%s\n", i == 0 ? "" : "\n", x->phase);
		phase = x->phase;
		printf("  %-7s  %-20s  %s\n", item_state_name(x->state),
		    x->name, x->text);
		if (x->state != ITEM_TICKED)
			continue;
		clock_text((time_t)x->ticked_at, at);
		printf("  %-7s  %-20s  %s, by %s\n", "", "", at,
		    say_or_dash(say_plain(x->ticked_by, by, sizeof(by))));
	}
	printf("\n%zu of %zu are open; \"endpin doctor --tick NAME\" once you"
	    " have seen that one is so\n", l->open, l->count);
}

static void
put_list(const struct checklist *l)
{
	struct json_writer w;
	struct buf b;
	size_t i;

	buf_init(&b, JSON_LEN);
	json_write_init(&w, &b);
	json_open(&w, NULL);
	json_put_int(&w, "open", (int64_t)l->open);
	json_open_array(&w, "items");
	for (i = 0; i < l->count; i++) {
		const struct checklist_item *x = &l->item[i];

		json_open(&w, NULL);
		json_put_text(&w, "name", x->name);
		json_put_text(&w, "phase", x->phase);
		json_put_text(&w, "text", x->text);
		json_put_text(&w, "state", item_state_name(x->state));
		json_put_time(&w, "tickedAt", x->state == ITEM_TICKED ?
		    (time_t)x->ticked_at : 0);
		json_put_text(&w, "tickedBy", x->state == ITEM_TICKED ?
		    text_or_null(x->ticked_by) : NULL);
		json_put_bool(&w, "automatic", x->state == ITEM_OK ||
		    x->state == ITEM_NOT_OK);
		json_close(&w);
	}
	json_close_array(&w);
	json_close(&w);
	printf("%s\n", b.data);
	buf_done(&b);
}

static int
show_list(const struct doctor_report *r, int json)
{
	struct checklist l;
	const enum err e = checklist(r->evidence.conf, r, &l);

	if (e != ERR_OK)
		return say_could_not("look at all of it", e, SAY_SEE_CHECK);
	(json ? put_list : print_list)(&l);
	return l.open > 0 ? CTL_WRONG : CTL_OK;
}

static int
tick(const struct ctl *t, const char *name, const char *by)
{
	const enum err e = checklist_tick(t->conf, name, by);

	if (e == ERR_OK)
		return CTL_OK;
	if (e != ERR_NOTFOUND)
		return say_could_not("write it down", e, SAY_SEE_CHECK);
	fprintf(stderr, "endpin: doctor: a person ticks nothing called %s\n"
	    "hint: \"endpin doctor --checklist\" lists what there is\n", name);
	return CTL_USAGE;
}

/* --- the command --- */

static int
show(const struct doctor_report *r, int json, int only_steps)
{
	if (json)
		print_json(r);
	else if (only_steps)
		print_steps(r, 1);
	else
		print_all(r);
	return r->wrong > 0 ? CTL_WRONG : CTL_OK;
}

/*
 * endpin doctor [--steps | --checklist] [--offline] [--json],
 * endpin doctor --tick NAME [--by WHO] | --untick NAME: see endpin(1).
 */
int
ctl_doctor(const struct ctl *t)
{
	const struct app_role role = { .name = "endpin doctor",
	    .doorbell = -1, .statement_ms = DOCTOR_STATEMENT_MS };
	int json = 0, offline = 0, only_steps = 0, list = 0, status;
	const char *done = NULL, *undone = NULL, *by = NULL;
	char who[WHO];
	const struct arg_option options[] = {
		{ "json", ARG_FLAG, &json, 0 },
		{ "offline", ARG_FLAG, &offline, 0 },
		{ "steps", ARG_FLAG, &only_steps, 0 },
		{ "checklist", ARG_FLAG, &list, 0 },
		{ "tick", ARG_TEXT, &done, 0 },
		{ "untick", ARG_TEXT, &undone, 0 },
		{ "by", ARG_TEXT, &by, 0 },
		{ NULL, ARG_FLAG, NULL, 0 }
	};
	struct arg_words words = { .most = 0 };
	struct doctor_report *r;
	struct app *a;
	enum err e;

	if (!args_take(t, options, &words))
		return CTL_USAGE;
	if (done != NULL || undone != NULL)
		return tick(t, done != NULL ? done : undone,
		    done == NULL ? NULL : by != NULL ? by : who_asks(who));
	if ((a = app_open(t->conf, &role)) == NULL)
		return CTL_WRONG;
	r = mem_zero(1, sizeof(*r));
	e = doctor(a, offline ? DOCTOR_OFFLINE : DOCTOR_ALL, r);
	app_close(a);
	if (e != ERR_OK)
		status = say_could_not("look at all of it", e, SAY_SEE_CHECK);
	else
		status = list ? show_list(r, json) : show(r, json, only_steps);
	free(r);
	return status;
}
