/* SPDX-License-Identifier: MIT */
#ifndef APP_DOCTOR_JUDGE_H
#define APP_DOCTOR_JUDGE_H

/*
 * What may follow from the evidence.  Each is a table in the order in which it
 * is to be looked at.
 */

#include "app/doctor.h"

/* So many in a row, the newest, are how it is now. */
#define DOCTOR_RUN	3

struct doctor_rule {
	enum doctor_part	 part;
	const char		*cause;	/* NULL: behind the last rule */
	enum finding_kind	 kind;	/* the judge may say otherwise */
	/* 1: that is so, and *f says what is the case. */
	int			(*judge)(const struct doctor_evidence *d,
				    struct finding *f);
	const char		*fix;
};

extern const struct doctor_rule doctor_component[];
extern const struct doctor_rule doctor_referrals[];
extern const struct doctor_rule doctor_environment[];

/*
 * Was the last of them, at `at`, longer ago than what is looked at?  *f then
 * says for how long `nobody` has done what they did.
 */
int doctor_is_quiet(const struct doctor_evidence *d, struct finding *f,
    int64_t at, const char *nobody);

#endif /* !APP_DOCTOR_JUDGE_H */
