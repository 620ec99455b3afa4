/* SPDX-License-Identifier: MIT */

/* endpin funnel: how many came, signed up, tried and paid. */

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "app/app.h"
#include "app/funnel.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/json_write.h"
#include "base/text.h"
#include "report/report.h"

#include "ctl/args.h"
#include "ctl/ctl.h"
#include "ctl/funnel_chart.h"
#include "ctl/funnel_svg.h"
#include "ctl/say.h"

#define WEEKS		11		/* before this one */
#define PICTURE_LEN	(1u << 20)
#define JSON_LEN	(64u << 20)

static const char *const heads[] = { [FUNNEL_WEEK] = "WEEK",
	[FUNNEL_MONTH] = "MONTH", [FUNNEL_REFERRER] = "REFERRER",
	[FUNNEL_PLAN] = "PLAN" };

struct request {
	struct funnel_wish	 wish;
	struct funnel		 found;
	char			 since[CLOCK_TEXT], until[CLOCK_TEXT];
	const char		*svg;		/* NULL: none is wanted */
	int			 json, chart;
};

static int
complain(const char *problem, const char *hint)
{
	return say_problem(CTL_USAGE, "funnel", problem, hint);
}

/* --- a table --- */

#define SHARE	16
static const char *
share(int64_t part, int64_t whole, char ret[SHARE])
{
	if (whole <= 0)
		return "-";
	(void)snprintf(ret, SHARE, "%.1f%%", 100.0 * (double)part /
	    (double)whole);
	return ret;
}

/* Of views of those who were not referred nobody knows. */
static void
print_row(const char *key, const struct funnel_row *x, int wide)
{
	char views[TEXT_DIGITS] = "-", came[SHARE], paid[SHARE];

	if (x->referred)
		text_digits(x->views, views);
	printf("%-*s  %-8s  %8s  %8lld  %8s  %8lld  %8lld  %7s\n", wide, key,
	    x->referred ? "yes" : "no", views, (long long)x->signups,
	    share(x->signups, x->views, came), (long long)x->trials,
	    (long long)x->paid, share(x->paid, x->signups, paid));
}

static void
print_moneys(const char *key, const struct funnel_row *x, int wide)
{
	size_t i;

	for (i = 0; i < x->moneys; i++)
		printf("%-*s  %-8s  %-3s  %14lld  %14lld  %14lld\n", wide, key,
		    x->referred ? "yes" : "no", x->money[i].currency,
		    (long long)x->money[i].came, (long long)x->money[i].went,
		    (long long)x->money[i].yearly);
}

typedef void print_each(const char *key, const struct funnel_row *x, int wide);

static void
print_rows(const struct funnel *f, int wide, print_each *each)
{
	char plain[sizeof(f->row->key)];
	size_t i;

	for (i = 0; i < f->rows; i++)
		each(say_or_dash(say_plain(f->row[i].key, plain,
		    sizeof(plain))), &f->row[i], wide);
	each("all", &f->total[1], wide);
	each("all", &f->total[0], wide);
}

static void
print_table(const struct request *q)
{
	const struct funnel *f = &q->found;
	int wide = 10;
	size_t i;

	for (i = 0; i < f->rows; i++)
		if ((int)strlen(f->row[i].key) > wide)
			wide = (int)strlen(f->row[i].key);
	printf("%-*s  %-8s  %8s  %8s  %8s  %8s  %8s  %7s\n", wide,
	    heads[q->wish.by], "REFERRED", "VIEWS", "SIGNUPS", "OF VIEWS",
	    "TRIALS", "PAID", "OF THEM");
	print_rows(f, wide, print_row);
	if (f->total[0].moneys + f->total[1].moneys == 0)
		return;
	printf("\n%-*s  %-8s  %-3s  %14s  %14s  %14s\n", wide,
	    heads[q->wish.by], "REFERRED", "CUR", "CAME", "WENT", "YEARLY");
	print_rows(f, wide, print_moneys);
	printf("(in minor units, with tax; YEARLY is what runs now, at the"
	    " plans' prices)\n");
}

/* --- for programs --- */

static int
print_json(const struct request *q)
{
	struct json_writer w;
	struct buf b;
	int status = CTL_OK;

	buf_init(&b, JSON_LEN);
	json_write_init(&w, &b);
	report_funnel(&w, NULL, &q->wish, &q->found);
	if (b.full)
		status = say_problem(CTL_WRONG, "funnel", "this is too much"
		    " for one answer", "--since and --until look at less");
	else
		printf("%s\n", b.data);
	buf_done(&b);
	return status;
}

/* --- a picture --- */

static int
write_svg(const struct request *q, const struct funnel_caption *c)
{
	FILE *out = text_equal(q->svg, "-") ? stdout : fopen(q->svg, "w");
	struct buf b;
	int well = out != NULL;

	buf_init(&b, PICTURE_LEN);
	funnel_svg(&q->found, c, &b);
	if (well)
		well = fwrite(b.data, 1, b.len, out) == b.len;
	if (out != NULL && (out == stdout ? fflush(out) : fclose(out)) != 0)
		well = 0;
	buf_done(&b);
	return well ? CTL_OK : say_problem(CTL_WRONG, "funnel",
	    "the picture could not be written", "name a file in a directory"
	    " that you can write to, or - for standard output");
}

static int
print(const struct request *q)
{
	const struct funnel_caption caption = { .by = funnel_by_name(q->wish.by),
	    .since = q->since, .until = q->until };

	if (q->svg != NULL)
		return write_svg(q, &caption);
	if (q->json)
		return print_json(q);
	printf("Signed up %s%s and before %s, days of UTC\n\n", q->since[0] ==
	    '\0' ? "ever" : "since ", q->since, q->until);
	if (q->chart)
		funnel_chart(&q->found, &caption, stdout);
	else
		print_table(q);
	return CTL_OK;
}

/* --- the command --- */

/* "2026-11-23": its first moment. */
static int
take_day(const char *text, const char *hint, int64_t *ret_at)
{
	struct tm tm = { .tm_mday = 1 };
	const char *end;

	if (text == NULL)
		return 1;
	end = strptime(text, "%Y-%m-%d", &tm);
	if (end == NULL || *end != '\0' || strlen(text) != 10) {
		(void)complain("that is not a day", hint);
		return 0;
	}
	*ret_at = timegm(&tm);
	return 1;
}

static int
take_span(struct request *q, const char *since, const char *until)
{
	const int64_t now = (int64_t)clock_now();
	struct funnel_wish *w = &q->wish;

	w->until = day_after(now);
	w->since = text_equal(since, "ever") ? 0 : monday_before(now, WEEKS);
	if (!take_day(w->since == 0 ? NULL : since, "--since takes one like"
	    " 2026-11-23, or ever", &w->since) ||
	    !take_day(until, "--until takes one like 2026-11-23, which is the"
	    " first that does not count", &w->until))
		return CTL_USAGE;
	if (w->since >= w->until)
		return complain("no day is in there", "--until has to be later"
		    " than --since");
	if (w->since != 0) {
		clock_text((time_t)w->since, q->since);
		q->since[sizeof("2026-11-23") - 1] = '\0';
	}
	clock_text((time_t)w->until, q->until);
	q->until[sizeof("2026-11-23") - 1] = '\0';
	return CTL_OK;
}

static int
look(const struct ctl *t, struct request *q)
{
	const struct app_role role = { .name = "endpin funnel",
	    .doorbell = -1, .statement_ms = CTL_REPORT_MS };
	struct app *a = app_open(t->conf, &role);
	enum err e;
	int status;

	if (a == NULL)
		return CTL_WRONG;
	e = funnel(a, &q->wish, &q->found);
	app_close(a);
	if (e == ERR_INPUT)
		return complain("they have no such order", "paid, signups,"
		    " trials, views, came and yearly are some");
	if (e != ERR_OK)
		return say_could_not("count them", e, SAY_SEE_CHECK);
	status = print(q);
	funnel_done(&q->found);
	return status;
}

/* endpin funnel [--by ...]: see endpin(1). */
int
ctl_funnel(const struct ctl *t)
{
	struct request q = { .svg = NULL };
	const char *by = funnel_by_name(FUNNEL_WEEK), *since = NULL, *until = NULL;
	const struct arg_option options[] = {
		{ "by", ARG_TEXT, &by, 0 },
		{ "since", ARG_TEXT, &since, 0 },
		{ "until", ARG_TEXT, &until, 0 },
		{ "order", ARG_TEXT, &q.wish.order, 0 },
		{ "currency", ARG_TEXT, &q.wish.currency, 0 },
		{ "chart", ARG_FLAG, &q.chart, 0 },
		{ "svg", ARG_TEXT, &q.svg, 0 },
		{ "json", ARG_FLAG, &q.json, 0 },
		{ NULL, ARG_FLAG, NULL, 0 }
	};
	struct arg_words words = { .most = 0 };

	if (!args_take(t, options, &words))
		return CTL_USAGE;
	while (q.wish.by < NELEM(heads) &&
	    !text_equal(funnel_by_name(q.wish.by), by))
		q.wish.by++;
	if (q.wish.by == NELEM(heads))
		return complain("it cannot be told by that",
		    "week, month, referrer and plan can be told by");
	if (q.json + q.chart + (q.svg != NULL) > 1)
		return complain("that is more than one form",
		    "--chart, --svg and --json exclude each other");
	return take_span(&q, since, until) == CTL_OK ? look(t, &q) : CTL_USAGE;
}
