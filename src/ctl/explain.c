/* SPDX-License-Identifier: MIT */

/* endpin explain: why a referral did or did not lead to a reward. */

#include <stdio.h>

#include "app/app.h"
#include "app/explain.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/json_write.h"
#include "base/text.h"
#include "report/report.h"

#include "ctl/args.h"
#include "ctl/ctl.h"
#include "ctl/say.h"

#define JSON_LEN	(8u << 20)	/* of all moments together */

/* --- in words --- */

static void
print_moment(const struct explain_moment *m)
{
	char at[CLOCK_TEXT], detail[STORY_DETAIL];

	clock_text((time_t)m->at, at);
	printf("%-20s  %-7s  %-32s  %s%s%s\n", at, m->who, m->what, m->id,
	    m->id[0] == '\0' || m->detail[0] == '\0' ? "" : ": ",
	    say_plain(m->detail, detail, sizeof(detail)));
}

static void
print_findings(const struct explained *x, enum finding_kind kind,
    const char *head)
{
	char says[FINDING_TEXT];
	int lines = 0;
	size_t i;

	for (i = 0; i < x->findings; i++) {
		const struct finding *f = &x->finding[i];

		if (f->kind != kind)
			continue;
		if (lines++ == 0)
			printf("\n%s\n", head);
		printf("  %s%s%s: %s\n      %s\n", f->cause,
		    f->field == NULL ? "" : ", ",
		    f->field == NULL ? "" : f->field,
		    say_plain(f->says, says, sizeof(says)), f->fix);
	}
}

static void
print_all(const struct explained *x)
{
	const struct evidence *v = &x->evidence;
	size_t i;

	printf("%s, account %s, %s%s\n\n", v->account.email, v->account.id,
	    v->referred ? "referred by " : "not referred",
	    v->referred ? v->referral.ucc : "");
	for (i = 0; i < x->moments; i++)
		print_moment(&x->moment[i]);
	print_findings(x, FINDING_WRONG,
	    "In the way of a reward, the likely cause first:");
	print_findings(x, FINDING_WARNING, "Not in its way, but not right:");
	print_findings(x, FINDING_WAIT, "In its time:");
	print_findings(x, FINDING_UNSEEN, "Cannot be seen from here:");
	if (explained_wrong(x) == 0)
		printf("\nNothing that can be seen from here is in the way.\n");
}

/* --- as JSON --- */

static void
print_json(const struct explained *x)
{
	struct json_writer w;
	struct buf b;

	buf_init(&b, JSON_LEN);
	json_write_init(&w, &b);
	report_explain(&w, NULL, x, EXPLAIN_MOMENTS);
	printf("%s\n", b.data);
	buf_done(&b);
}

/* endpin explain EMAIL|ID [--json]: see endpin(1). */
int
ctl_explain(const struct ctl *t)
{
	const struct app_role role = { .name = "endpin explain",
	    .doorbell = -1, .statement_ms = CTL_REPORT_MS };
	int json = 0, status = CTL_OK;
	const struct arg_option options[] = {
		{ "json", ARG_FLAG, &json, 0 },
		{ NULL, ARG_FLAG, NULL, 0 }
	};
	struct arg_words words = { .least = 1, .most = 1 };
	struct explained x;
	struct app *a;
	enum err e;

	if (!args_take(t, options, &words))
		return CTL_USAGE;
	if ((a = app_open(t->conf, &role)) == NULL)
		return CTL_WRONG;
	e = explain(a, words.word[0], &x);
	if (e == ERR_OK) {
		(json ? print_json : print_all)(&x);
		status = explained_wrong(&x) > 0 ? CTL_WRONG : CTL_OK;
		explained_done(&x);
	} else if (e == ERR_NOTFOUND)
		status = say_nobody("explain");
	else
		status = say_could_not("look at all of it", e, SAY_SEE_CHECK);
	app_close(a);
	return status;
}
