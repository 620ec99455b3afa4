/* SPDX-License-Identifier: MIT */

#include "app/explain.h"
#include "base/json_write.h"
#include "base/text.h"

#include "report/report.h"

static const struct shape account_shape[] = {
	{ .name = "id" },
	{ .name = "email" },
	{ .name = "created", .kind = SHAPE_TIME },
	{ .name = NULL }
};

static const struct shape referral_shape[] = {
	{ .name = "ucc", .about = "the code of whoever referred them" },
	{ .name = "source", .about = "where it was found" },
	{ .name = "at", .kind = SHAPE_TIME },
	{ .name = NULL }
};

static const struct shape finding_shape[] = {
	{ .name = "cause", .about = "a word for it, always the same" },
	{ .name = "kind", .about = "wrong: no reward comes of it as it is;"
	    " warning: one may come all the same; wait: it takes its time;"
	    " unseen: only Stripe or Cello knows",
	    .words = "wrong|warning|wait|unseen" },
	{ .name = "field", .about = "which is missing or not as it has to be",
	    .may = SHAPE_NULL },
	{ .name = "says", .about = "what is the case" },
	{ .name = "fix", .about = "what to do about it" },
	{ .name = NULL }
};

static const struct shape moment_shape[] = {
	{ .name = "at", .kind = SHAPE_TIME },
	{ .name = "who", .about = "visitor, endpin, stripe or cello" },
	{ .name = "what" },
	{ .name = "id", .may = SHAPE_NULL },
	{ .name = "detail", .may = SHAPE_NULL },
	{ .name = NULL }
};

const struct shape report_explain_shape[] = {
	{ .name = "account", .kind = SHAPE_OBJECT, .of = account_shape },
	{ .name = "referral", .kind = SHAPE_OBJECT, .may = SHAPE_NULL,
	    .of = referral_shape },
	{ .name = "inTheWay", .kind = SHAPE_YES_NO,
	    .about = "whether a finding is wrong" },
	{ .name = "findings", .kind = SHAPE_LIST,
	    .about = "the likely cause first", .of = finding_shape },
	{ .name = "earlier", .kind = SHAPE_NUMBER,
	    .about = "moments before those of the timeline" },
	{ .name = "timeline", .kind = SHAPE_LIST,
	    .about = "from the click to the invoice, the oldest first",
	    .of = moment_shape },
	{ .name = NULL }
};

static void
put_account(struct json_writer *w, const struct evidence *v)
{
	json_open(w, "account");
	json_put_text(w, "id", v->account.id);
	json_put_text(w, "email", v->account.email);
	json_put_time(w, "created", (time_t)v->since);
	json_close(w);
	if (!v->referred) {
		json_put_null(w, "referral");
		return;
	}
	json_open(w, "referral");
	json_put_text(w, "ucc", v->referral.ucc);
	json_put_text(w, "source", v->referral.source);
	json_put_time(w, "at", (time_t)v->referral.at);
	json_close(w);
}

static void
put_findings(struct json_writer *w, const struct explained *x)
{
	size_t i;

	json_open_array(w, "findings");
	for (i = 0; i < x->findings; i++) {
		const struct finding *f = &x->finding[i];

		json_open(w, NULL);
		json_put_text(w, "cause", f->cause);
		json_put_text(w, "kind", finding_kind_name(f->kind));
		json_put_text(w, "field", f->field);
		json_put_text(w, "says", f->says);
		json_put_text(w, "fix", f->fix);
		json_close(w);
	}
	json_close_array(w);
}

void
report_explain(struct json_writer *w, const char *name,
    const struct explained *x, size_t most)
{
	const size_t earlier = x->moments > most ? x->moments - most : 0;
	size_t i;

	json_open(w, name);
	put_account(w, &x->evidence);
	json_put_bool(w, "inTheWay", explained_wrong(x) > 0);
	put_findings(w, x);
	json_put_int(w, "earlier", (int64_t)earlier);
	json_open_array(w, "timeline");
	for (i = earlier; i < x->moments; i++) {
		const struct explain_moment *m = &x->moment[i];

		json_open(w, NULL);
		json_put_time(w, "at", (time_t)m->at);
		json_put_text(w, "who", m->who);
		json_put_text(w, "what", m->what);
		json_put_text(w, "id", text_or_null(m->id));
		json_put_text(w, "detail", text_or_null(m->detail));
		json_close(w);
	}
	json_close_array(w);
	json_close(w);
}
