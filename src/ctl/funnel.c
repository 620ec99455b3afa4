/* SPDX-License-Identifier: MIT */

/* endpin funnel: how many came, signed up, tried and paid. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "app/config.h"
#include "base/buf.h"
#include "base/json_write.h"
#include "base/text.h"
#include "referral/funnel.h"

#include "ctl/args.h"
#include "ctl/ctl.h"
#include "ctl/funnel_svg.h"
#include "ctl/say.h"

#define SINCE_DEFAULT	7257600		/* twelve weeks */
#define SINCE_MOST	315360000	/* ten years */
#define JSON_LEN	(4u << 20)
#define BAR_WIDE	48

static const struct {
	const char	*name;
	const char	*head;
	enum funnel_by	 by;
} ways[] = {
	{ "week", "WEEK", FUNNEL_WEEK },
	{ "referrer", "REFERRER", FUNNEL_REFERRER },
	{ "plan", "PLAN", FUNNEL_PRICE }
};

struct request {
	const struct config	*conf;
	size_t			 way;
	int64_t			 since;
	int			 json, bars, svg;
	struct funnel_row	*rows;		/* owned */
	size_t			 count;
};

static int
complain(const char *problem, const char *hint)
{
	fprintf(stderr, "endpin: funnel: %s\nhint: %s\n", problem, hint);
	return CTL_USAGE;
}

/* Prices that mean one plan are one; of no plan they are no plan's. */
static void
name_plans(struct request *q)
{
	const struct plan_config *plan;
	struct funnel_row *x, *y;
	size_t i, j, n = 0;

	for (i = 0; i < q->count; i++) {
		x = &q->rows[i];
		plan = plan_of_price(&q->conf->billing, x->key);
		text_cut(plan != NULL ? plan->name : x->key[0] == '\0' ? "" :
		    "another", x->key, sizeof(x->key));
		for (j = 0; j < n; j++)
			if (q->rows[j].referred == x->referred &&
			    text_equal(q->rows[j].key, x->key))
				break;
		y = &q->rows[j];
		if (j == n) {
			memmove(y, x, sizeof(*y));
			n++;
			continue;
		}
		y->signups += x->signups;
		y->trials += x->trials;
		y->paid += x->paid;
	}
	q->count = n;
}

/* Of those who were referred, and of the others. */
static struct funnel_row
total(const struct request *q, int referred)
{
	struct funnel_row sum = { .referred = referred,
	    .views = referred ? 0 : -1 };
	size_t i;

	for (i = 0; i < q->count; i++) {
		const struct funnel_row *x = &q->rows[i];

		if (x->referred != referred)
			continue;
		if (referred)
			sum.views += x->views;
		sum.signups += x->signups;
		sum.trials += x->trials;
		sum.paid += x->paid;
	}
	return sum;
}

/* --- in words --- */

static const char *
share(int64_t part, int64_t whole, char ret[16])
{
	if (whole <= 0)
		return "-";
	(void)snprintf(ret, 16, "%.1f%%", 100.0 * (double)part /
	    (double)whole);
	return ret;
}

static void
print_row(const char *key, const struct funnel_row *x, int wide)
{
	char views[TEXT_DIGITS] = "-", came[16], paid[16];

	if (x->views != -1)
		text_digits(x->views, views);
	printf("%-*s  %-8s  %8s  %8lld  %7s  %8lld  %8lld  %7s\n", wide, key,
	    x->referred ? "yes" : "no", views, (long long)x->signups,
	    share(x->signups, x->views, came), (long long)x->trials,
	    (long long)x->paid, share(x->paid, x->signups, paid));
}

static void
print_table(const struct request *q)
{
	const struct funnel_row yes = total(q, 1), no = total(q, 0);
	size_t i, wide = sizeof("REFERRER") - 1;

	for (i = 0; i < q->count; i++)
		if (strlen(q->rows[i].key) > wide)
			wide = strlen(q->rows[i].key);
	if (wide < 11)
		wide = 11;
	printf("%-*s  %-8s  %8s  %8s  %7s  %8s  %8s  %7s\n", (int)wide,
	    ways[q->way].head, "REFERRED", "VIEWS", "SIGNUPS", "OF VIEWS",
	    "TRIALS", "PAID", "OF THEM");
	for (i = 0; i < q->count; i++)
		print_row(say_or_dash(q->rows[i].key), &q->rows[i],
		    (int)wide);
	print_row("all", &yes, (int)wide);
	print_row("all", &no, (int)wide);
}

static void
print_bar(const char *name, int64_t n, int64_t most)
{
	int64_t i, full = most == 0 ? 0 : (n * BAR_WIDE + most - 1) / most;

	printf("  %-7s  ", name);
	for (i = 0; i < full; i++)
		printf("#");
	printf("%s%lld\n", full == 0 ? "" : " ", (long long)n);
}

static void
print_bars(const struct request *q)
{
	int referred;

	for (referred = 1; referred >= 0; referred--) {
		const struct funnel_row x = total(q, referred);
		const int64_t most = x.views > x.signups ? x.views :
		    x.signups;

		printf("\n%s\n", referred ? "Who was referred" :
		    "Who came by themselves");
		if (referred)
			print_bar("views", x.views, most);
		print_bar("signups", x.signups, most);
		print_bar("trials", x.trials, most);
		print_bar("paid", x.paid, most);
	}
}

/* --- for programs --- */

static void
put_row(struct json_writer *w, const char *name, const char *key,
    const struct funnel_row *x)
{
	json_open(w, name);
	if (name == NULL)
		json_put_text(w, "key", text_or_null(key));
	json_put_bool(w, "referred", x->referred);
	if (x->views == -1)
		json_put_null(w, "views");
	else
		json_put_int(w, "views", x->views);
	json_put_int(w, "signups", x->signups);
	json_put_int(w, "trials", x->trials);
	json_put_int(w, "paid", x->paid);
	json_close(w);
}

static void
print_json(const struct request *q)
{
	const struct funnel_row yes = total(q, 1), no = total(q, 0);
	struct json_writer w;
	struct buf b;
	size_t i;

	buf_init(&b, JSON_LEN);
	json_write_init(&w, &b);
	json_open(&w, NULL);
	json_put_text(&w, "by", ways[q->way].name);
	json_put_int(&w, "sinceSeconds", q->since);
	json_open_array(&w, "rows");
	for (i = 0; i < q->count; i++)
		put_row(&w, NULL, q->rows[i].key, &q->rows[i]);
	json_close_array(&w);
	put_row(&w, "referred", NULL, &yes);
	put_row(&w, "others", NULL, &no);
	json_close(&w);
	if (b.full)
		fprintf(stderr, "endpin: funnel: this is too much for one"
		    " answer\nhint: --since looks at less\n");
	else
		printf("%s\n", b.data);
	buf_done(&b);
}

static void
print(const struct request *q)
{
	const struct funnel_row yes = total(q, 1), no = total(q, 0);

	if (q->svg)
		funnel_svg(&yes, &no, stdout);
	else if (q->json)
		print_json(q);
	else {
		print_table(q);
		if (q->bars)
			print_bars(q);
	}
}

static int
look(struct request *q, const struct app_role *role)
{
	struct app *a = app_open(q->conf, role);
	enum err e;

	if (a == NULL)
		return CTL_WRONG;
	e = funnel_list(a->db, ways[q->way].by, q->since, &q->rows,
	    &q->count);
	app_close(a);
	if (e != ERR_OK)
		return say_could_not("count them", e, SAY_SEE_CHECK);
	if (ways[q->way].by == FUNNEL_PRICE)
		name_plans(q);
	print(q);
	free(q->rows);
	return CTL_OK;
}

/* endpin funnel [--by ...]: see endpin(1). */
int
ctl_funnel(const struct ctl *t)
{
	const struct app_role role = { .name = "endpin funnel",
	    .doorbell = -1, .statement_ms = CTL_REPORT_MS };
	struct request q = { .conf = t->conf, .since = SINCE_DEFAULT };
	const char *by = ways[0].name;
	const struct arg_option options[] = {
		{ "by", ARG_TEXT, &by, 0 },
		{ "since", ARG_DURATION, &q.since, SINCE_MOST },
		{ "bars", ARG_FLAG, &q.bars, 0 },
		{ "svg", ARG_FLAG, &q.svg, 0 },
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
		    "week, referrer and plan can be told by");
	if (q.json + q.bars + q.svg > 1)
		return complain("that is more than one form",
		    "--bars, --svg and --json exclude each other");
	return look(&q, &role);
}
