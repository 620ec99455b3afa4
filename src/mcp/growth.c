/* SPDX-License-Identifier: MIT */

/* The tools about growth: what "endpin funnel" counts, and who refers. */

#include "app/app.h"
#include "app/funnel.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "report/report.h"

#include "mcp/mcp.h"

#include "mcp/tool.h"

#define WEEKS_MOST	520
#define PAGES_MOST	10000

/* As of funnel_orders[]. */
#define ORDERS		"paid|signups|trials|views|came|yearly"

#define WEEKS								\
	{ .name = "weeks", .kind = SHAPE_NUMBER, .may = SHAPE_ABSENT,	\
	    .least = 1, .most = WEEKS_MOST, .about = "who signed up in"	\
	    " the last so many, this one among them; ever unless given" }

#define PAGE								\
	{ .name = "page", .kind = SHAPE_NUMBER, .may = SHAPE_ABSENT,	\
	    .least = 1, .most = PAGES_MOST, .about = "of ten; the first"	\
	    " unless given" }

/* 0: ever. */
static int64_t
since_of(const struct asked *q)
{
	const int64_t weeks = asked_number(q, "weeks", 0);

	return weeks == 0 ? 0 : monday_before((int64_t)clock_now(),
	    (int)weeks - 1);
}

const struct shape tool_metrics_input[] = {
	{ .name = "by", .words = "week|month|referrer|plan",
	    .may = SHAPE_ABSENT, .about = "month unless given" },
	WEEKS,
	{ .name = NULL }
};

enum err
tool_metrics(struct asked *q, struct json_writer *w)
{
	const char *by = json_text(q->args, "by");
	struct funnel_wish wish = { .by = FUNNEL_WEEK, .since = since_of(q) };
	struct funnel f;
	enum err e;

	while (!text_equal(funnel_by_name(wish.by), by == NULL ? "month" : by))
		wish.by++;
	if ((e = funnel(q->mcp->app, &wish, &f)) != ERR_OK)
		return e;
	report_funnel(w, NULL, &wish, &f);
	funnel_done(&f);
	return ERR_OK;
}

static enum err
answer(struct asked *q, const char *order, struct json_writer *w)
{
	const struct referrers_wish wish = { .since = since_of(q),
	    .order = order, .who = json_text(q->args, "who"),
	    .page = asked_number(q, "page", 1) };
	struct referrers r;
	enum err e = referrers(q->mcp->app, &wish, &r);

	if (e != ERR_OK)
		return e;
	report_referrers(w, NULL, &r);
	referrers_done(&r);
	return ERR_OK;
}

const struct shape tool_referrers_input[] = {
	{ .name = "who", .may = SHAPE_ABSENT, .least = 1, .most = 255,
	    .about = "only this one: a code (ucc), an e-mail address, or a"
	    " productUserId" },
	{ .name = "order", .words = ORDERS, .may = SHAPE_ABSENT,
	    .about = "the most first; paid unless given" },
	WEEKS,
	PAGE,
	{ .name = NULL }
};

enum err
tool_referrers(struct asked *q, struct json_writer *w)
{
	return answer(q, json_text(q->args, "order"), w);
}

const struct shape tool_top_input[] = {
	WEEKS,
	PAGE,
	{ .name = NULL }
};

enum err
tool_top(struct asked *q, struct json_writer *w)
{
	return answer(q, "yearly", w);
}
