/* SPDX-License-Identifier: MIT */
#ifndef APP_EXPLAIN_JUDGE_H
#define APP_EXPLAIN_JUDGE_H

/*
 * What may stand in the way of somebody's reward, by parts.  Each is a table in
 * the order in which it is to be looked at, and so are they.
 */

#include "app/finding.h"

struct evidence;

struct explain_rule {
	const char		*cause;	/* NULL: behind the last rule */
	enum finding_kind	 kind;	/* the judge may say otherwise */
	const char		*field;	/* NULL: it is about none */
	/* 1: that is so, and *f says what is the case. */
	int			(*judge)(const struct evidence *v,
				    struct finding *f);
	const char		*fix;
};

extern const struct explain_rule explain_customer[];
extern const struct explain_rule explain_told[];
extern const struct explain_rule explain_doubt[];
extern const struct explain_rule explain_paid[];

/* Seconds: longer than an errand that nothing is wrong with waits. */
#define EXPLAIN_SOON_S	300

/* Cello hears of what was before only so. */
#define EXPLAIN_RESEND \
	"resend the invoice.paid events that are less than 30 days" \
	" old to Cello's endpoint, at Stripe, Webhooks; older ones are for" \
	" Cello's support"

#endif /* !APP_EXPLAIN_JUDGE_H */
