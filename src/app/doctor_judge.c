/* SPDX-License-Identifier: MIT */

#include <stdio.h>

#include "app/config.h"
#include "app/doctor.h"

#include "app/doctor_judge.h"

static const struct doctor_rule *const tables[] = { doctor_component,
    doctor_referrals, doctor_environment };

int
doctor_is_quiet(const struct doctor_evidence *d, struct finding *f, int64_t at,
    const char *nobody)
{
	char span[CLOCK_SPAN];

	return d->now - at > doctor_window_s(d->conf) && finding_says(f,
	    "%s for %s: it is quiet, not broken", nobody, doctor_ago(d, at,
	    span));
}

/* What was found of single people, if it is more than theirs. */
static void
judge_causes(struct doctor_report *r)
{
	const struct doctor_evidence *d = &r->evidence;
	const int run = d->looked < DOCTOR_RUN ? d->looked : DOCTOR_RUN;
	struct finding f;
	size_t i;

	for (i = 0; i < d->causes; i++) {
		const struct doctor_cause *c = &d->cause[i];

		finding_begin(&f, c->finding.kind == FINDING_WRONG &&
		    c->run >= run ? FINDING_WRONG : FINDING_WARNING,
		    c->finding.cause, "");
		(void)finding_says(&f,
		    "%d of the last %d who were referred, account"
		    " %s among them: %s", c->count, d->looked, c->account,
		    c->finding.says);
		(void)snprintf(f.fix, sizeof(f.fix), "%s; \"endpin explain"
		    " %s\" says more", c->finding.fix, c->account);
		/* Then customers are looked at for what they buy. */
		doctor_add(r, c->part == DOCTOR_SIGNUPS &&
		    cello_signups_by_api(&d->conf->cello) ? DOCTOR_PURCHASES :
		    c->part, &f);
	}
}

void
doctor_judge(struct doctor_report *r)
{
	const struct doctor_rule *rule;
	struct finding f;
	size_t i;

	judge_causes(r);
	for (i = 0; i < NELEM(tables); i++)
		for (rule = tables[i]; rule->cause != NULL; rule++) {
			finding_begin(&f, rule->kind, rule->cause, rule->fix);
			if (rule->judge(&r->evidence, &f))
				doctor_add(r, rule->part, &f);
		}
}
