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

#include "ctl/args.h"
#include "ctl/ctl.h"
#include "ctl/funnel_chart.h"
#include "ctl/funnel_svg.h"
#include "ctl/say.h"

#define WEEKS		11		/* before this one */
#define PICTURE_LEN	(1u << 20)
#define JSON_LEN	(64u << 20)

static const struct {
	const char	*name;
	const char	*head;
	enum funnel_by	 by;
} ways[] = {
	{ "week", "WEEK", FUNNEL_WEEK },
	{ "month", "MONTH", FUNNEL_MONTH },
	{ "referrer", "REFERRER", FUNNEL_REFERRER },
	{ "plan", "PLAN", FUNNEL_PLAN }
};

struct request {
	size_t			 way;
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
	    ways[q->way].head, "REFERRED", "VIEWS", "SIGNUPS", "OF VIEWS",
	    "TRIALS", "PAID", "OF THEM");
	print_rows(f, wide, print_row);
	if (f->total[0].moneys + f->total[1].moneys == 0)
		return;
	printf("\n%-*s  %-8s  %-3s  %14s  %14s  %14s\n", wide,
	    ways[q->way].head, "REFERRED", "CUR", "CAME", "WENT", "YEARLY");
	print_rows(f, wide, print_moneys);
	printf("(in minor units, with tax; YEARLY is what runs now, at the"
	    " plans' prices)\n");
}

/* --- for programs --- */

static void
put_row(struct json_writer *w, const char *name, const struct funnel_row *x)
{
	size_t i;

	json_open(w, name);
	if (name == NULL)
		json_put_text(w, "key", text_or_null(x->key));
	json_put_bool(w, "referred", x->referred);
	if (x->referred)
		json_put_int(w, "views", x->views);
	else
		json_put_null(w, "views");
	json_put_int(w, "signups", x->signups);
	json_put_int(w, "trials", x->trials);
	json_put_int(w, "paid", x->paid);
	json_open_array(w, "money");
	for (i = 0; i < x->moneys; i++) {
		json_open(w, NULL);
		json_put_text(w, "currency", x->money[i].currency);
		json_put_int(w, "came", x->money[i].came);
		json_put_int(w, "went", x->money[i].went);
		json_put_int(w, "yearly", x->money[i].yearly);
		json_close(w);
	}
	json_close_array(w);
	json_close(w);
}

static int
print_json(const struct request *q)
{
	struct json_writer w;
	struct buf b;
	int status = CTL_OK;
	size_t i;

	buf_init(&b, JSON_LEN);
	json_write_init(&w, &b);
	json_open(&w, NULL);
	json_put_text(&w, "by", ways[q->way].name);
	json_put_time(&w, "since", (time_t)q->wish.since);
	json_put_time(&w, "until", (time_t)q->wish.until);
	json_open_array(&w, "rows");
	for (i = 0; i < q->found.rows; i++)
		put_row(&w, NULL, &q->found.row[i]);
	json_close_array(&w);
	put_row(&w, "referred", &q->found.total[1]);
	put_row(&w, "others", &q->found.total[0]);
	json_close(&w);
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
	const struct funnel_caption caption = { .by = ways[q->way].name,
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
	struct request q = { .way = 0 };
	const char *by = ways[0].name, *since = NULL, *until = NULL;
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
	while (q.way < NELEM(ways) && !text_equal(ways[q.way].name, by))
		q.way++;
	if (q.way == NELEM(ways))
		return complain("it cannot be told by that",
		    "week, month, referrer and plan can be told by");
	if (q.json + q.chart + (q.svg != NULL) > 1)
		return complain("that is more than one form",
		    "--chart, --svg and --json exclude each other");
	q.wish.by = ways[q.way].by;
	return take_span(&q, since, until) == CTL_OK ? look(t, &q) : CTL_USAGE;
}
