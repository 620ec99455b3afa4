/* SPDX-License-Identifier: MIT */

/* endpin recommend: how the referral program could do better. */

#include <stdio.h>

#include "app/app.h"
#include "app/doctor.h"
#include "app/recommend.h"
#include "base/buf.h"
#include "base/json_write.h"
#include "report/report.h"

#include "ctl/args.h"
#include "ctl/ctl.h"
#include "ctl/say.h"
#include "ctl/who.h"

#define JSON_LEN	(64u << 10)

static void
print_state(const struct advised *x, enum advice_state state, const char *head)
{
	int lines = 0;
	size_t i;

	for (i = 0; i < x->count; i++) {
		const struct advice *a = &x->advice[i];

		if (a->state != state)
			continue;
		if (lines++ == 0)
			printf("\n%s\n", head);
		printf("  %-20s  %-10s  %s%s%s\n", a->name,
		    advice_area_name(a->area), a->title, a->why[0] == '\0' ?
		    "" : ": ", a->why);
		if (state != ADVICE_DONE)
			printf("  %-20s  %-10s  %s (%s)%s%s\n", "", "",
			    a->what, a->effort, a->figure == NULL ? "" : "; ",
			    a->figure == NULL ? "" : a->figure);
	}
}

static void
print_all(const struct advised *x)
{
	printf("Look first at %s: %s.\n", advice_area_name(x->weakest),
	    x->because);
	print_state(x, ADVICE_PENDING, "Pending:");
	print_state(x, ADVICE_UNKNOWN, "Cannot be seen from here; once it is"
	    " so, \"endpin recommend --done NAME\":");
	print_state(x, ADVICE_DONE, "Completed:");
	printf("\nHow often links are shared, and what the campaign promises,"
	    " only Cello's portal knows.\n");
}

static void
print_json(const struct advised *x)
{
	struct json_writer w;
	struct buf b;

	buf_init(&b, JSON_LEN);
	json_write_init(&w, &b);
	report_advice(&w, NULL, x);
	printf("%s\n", b.data);
	buf_done(&b);
}

static int
tick(struct app *a, const char *name, const char *by)
{
	const enum err e = advice_tick(a, name, by);

	if (e == ERR_OK)
		return CTL_OK;
	if (e != ERR_NOTFOUND)
		return say_could_not("write it down", e, SAY_SEE_CHECK);
	fprintf(stderr, "endpin: recommend: nothing is called %s\n"
	    "hint: \"endpin recommend\" lists what there is\n", name);
	return CTL_USAGE;
}

static int
show(struct app *a, int json)
{
	struct advised x;
	enum err e;

	if ((e = recommend(a, DOCTOR_OFFLINE, &x)) != ERR_OK)
		return say_could_not("look at all of it", e, SAY_SEE_CHECK);
	(json ? print_json : print_all)(&x);
	return CTL_OK;
}

/* endpin recommend [--done NAME | --undone NAME] [--json]: see endpin(1). */
int
ctl_recommend(const struct ctl *t)
{
	const struct app_role role = { .name = "endpin recommend",
	    .doorbell = -1, .statement_ms = DOCTOR_STATEMENT_MS };
	const char *done = NULL, *undone = NULL;
	char who[WHO];
	int json = 0, status;
	const struct arg_option options[] = {
		{ "json", ARG_FLAG, &json, 0 },
		{ "done", ARG_TEXT, &done, 0 },
		{ "undone", ARG_TEXT, &undone, 0 },
		{ NULL, ARG_FLAG, NULL, 0 }
	};
	struct arg_words words = { .most = 0 };
	struct app *a;

	if (!args_take(t, options, &words))
		return CTL_USAGE;
	if ((a = app_open(t->conf, &role)) == NULL)
		return CTL_WRONG;
	if (done != NULL || undone != NULL)
		status = tick(a, done != NULL ? done : undone,
		    done != NULL ? who_asks(who) : NULL);
	else
		status = show(a, json);
	app_close(a);
	return status;
}
