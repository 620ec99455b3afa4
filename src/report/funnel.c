/* SPDX-License-Identifier: MIT */

#include "app/funnel.h"
#include "base/json_write.h"
#include "base/text.h"

#include "report/report.h"

static const struct shape money_shape[] = {
	{ .name = "currency" },
	{ .name = "came", .kind = SHAPE_NUMBER,
	    .about = "paid until now, minor units with tax" },
	{ .name = "went", .kind = SHAPE_NUMBER,
	    .about = "back to them, below zero" },
	{ .name = "yearly", .kind = SHAPE_NUMBER, .about = "what subscriptions"
	    " that run now bring in a year, at their plans' prices" },
	{ .name = NULL }
};

#define COUNTS								\
	{ .name = "views", .kind = SHAPE_NUMBER, .may = SHAPE_NULL,	\
	    .about = "links that were followed; null: not known" },	\
	{ .name = "signups", .kind = SHAPE_NUMBER },			\
	{ .name = "trials", .kind = SHAPE_NUMBER },			\
	{ .name = "paid", .kind = SHAPE_NUMBER,				\
	    .about = "people, unless all of it went back" },		\
	{ .name = "money", .kind = SHAPE_LIST, .of = money_shape }

static const struct shape row_shape[] = {
	{ .name = "key", .may = SHAPE_NULL,
	    .about = "a week, month, code or plan; null: none" },
	{ .name = "referred", .kind = SHAPE_YES_NO },
	COUNTS,
	{ .name = NULL }
};

static const struct shape total_shape[] = {
	{ .name = "referred", .kind = SHAPE_YES_NO },
	COUNTS,
	{ .name = NULL }
};

const struct shape report_funnel_shape[] = {
	{ .name = "by", .words = "week|month|referrer|plan" },
	{ .name = "since", .kind = SHAPE_TIME, .may = SHAPE_NULL,
	    .about = "who signed up from then on; null: ever" },
	{ .name = "until", .kind = SHAPE_TIME, .about = "and before then" },
	{ .name = "rows", .kind = SHAPE_LIST, .of = row_shape },
	{ .name = "referred", .kind = SHAPE_OBJECT, .of = total_shape,
	    .about = "all who were referred" },
	{ .name = "others", .kind = SHAPE_OBJECT, .of = total_shape,
	    .about = "all who were not" },
	{ .name = NULL }
};

static void
put_counts(struct json_writer *w, const struct funnel_row *x)
{
	size_t i;

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
}

/* A row, or (with a name) a total, which has no key. */
static void
put_row(struct json_writer *w, const char *name, const struct funnel_row *x)
{
	json_open(w, name);
	if (name == NULL)
		json_put_text(w, "key", text_or_null(x->key));
	json_put_bool(w, "referred", x->referred);
	put_counts(w, x);
	json_close(w);
}

void
report_funnel(struct json_writer *w, const char *name,
    const struct funnel_wish *wish, const struct funnel *f)
{
	size_t i;

	json_open(w, name);
	json_put_text(w, "by", funnel_by_name(wish->by));
	json_put_time(w, "since", (time_t)wish->since);
	json_put_time(w, "until", (time_t)wish->until);
	json_open_array(w, "rows");
	for (i = 0; i < f->rows; i++)
		put_row(w, NULL, &f->row[i]);
	json_close_array(w);
	put_row(w, "referred", &f->total[1]);
	put_row(w, "others", &f->total[0]);
	json_close(w);
}

/* --- who refers --- */

static const struct shape referrer_shape[] = {
	{ .name = "ucc" },
	{ .name = "productUserId", .may = SHAPE_NULL,
	    .about = "as far as Cello has said whose code it is" },
	{ .name = "email", .may = SHAPE_NULL,
	    .about = "of the account that this is" },
	COUNTS,
	{ .name = NULL }
};

const struct shape report_referrers_shape[] = {
	{ .name = "all", .kind = SHAPE_NUMBER, .about = "on all pages" },
	{ .name = "currency",
	    .about = "whose figures order them, if money does" },
	{ .name = "referrers", .kind = SHAPE_LIST, .of = referrer_shape },
	{ .name = NULL }
};

void
report_referrers(struct json_writer *w, const char *name,
    const struct referrers *r)
{
	const struct referrer *x;

	json_open(w, name);
	json_put_int(w, "all", (int64_t)r->all);
	json_put_text(w, "currency", r->currency);
	json_open_array(w, "referrers");
	for (x = r->referrer; x < r->referrer + r->count; x++) {
		json_open(w, NULL);
		json_put_text(w, "ucc", x->row->key);
		json_put_text(w, "productUserId", text_or_null(x->owner));
		json_put_text(w, "email", text_or_null(x->email));
		put_counts(w, x->row);
		json_close(w);
	}
	json_close_array(w);
	json_close(w);
}
