/* SPDX-License-Identifier: MIT */

/* endpin recommend: how the referral program could do better. */

#include <stdio.h>

#include "app/recommend.h"
#include "base/buf.h"
#include "base/json_write.h"
#include "base/text.h"

#include "ctl/args.h"
#include "ctl/ctl.h"
#include "ctl/say.h"

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
put_advice(struct json_writer *w, const struct advice *a)
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

static void
print_json(const struct advised *x)
{
	struct json_writer w;
	struct buf b;
	size_t i;

	buf_init(&b, JSON_LEN);
	json_write_init(&w, &b);
	json_open(&w, NULL);
	json_put_text(&w, "weakest", advice_area_name(x->weakest));
	json_put_text(&w, "because", x->because);
	json_open_array(&w, "tasks");
	for (i = 0; i < x->count; i++)
		put_advice(&w, &x->advice[i]);
	json_close_array(&w);
	json_close(&w);
	printf("%s\n", b.data);
	buf_done(&b);
}

static int
tick(const struct ctl *t, const char *name, int done)
{
	const enum err e = advice_tick(t->conf, name, done);

	if (e == ERR_OK)
		return CTL_OK;
	if (e != ERR_NOTFOUND)
		return say_could_not("write it down", e, SAY_SEE_CHECK);
	fprintf(stderr, "endpin: recommend: nothing is called %s\n"
	    "hint: \"endpin recommend\" lists what there is\n", name);
	return CTL_USAGE;
}

/* endpin recommend [--done NAME | --undone NAME] [--json]: see endpin(1). */
int
ctl_recommend(const struct ctl *t)
{
	const char *done = NULL, *undone = NULL;
	int json = 0;
	const struct arg_option options[] = {
		{ "json", ARG_FLAG, &json, 0 },
		{ "done", ARG_TEXT, &done, 0 },
		{ "undone", ARG_TEXT, &undone, 0 },
		{ NULL, ARG_FLAG, NULL, 0 }
	};
	struct arg_words words = { .most = 0 };
	struct advised x;
	enum err e;

	if (!args_take(t, options, &words))
		return CTL_USAGE;
	if (done != NULL || undone != NULL)
		return tick(t, done != NULL ? done : undone, done != NULL);
	if ((e = recommend(t->conf, &x)) != ERR_OK)
		return say_could_not("look at all of it", e, SAY_SEE_CHECK);
	(json ? print_json : print_all)(&x);
	return CTL_OK;
}
