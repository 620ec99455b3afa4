/* SPDX-License-Identifier: MIT */
#ifndef APP_FINDING_H
#define APP_FINDING_H

/*
 * Something that stands in the way, and what to do about it: what "endpin
 * explain" finds of a person and "endpin doctor" of the installation.
 */

#include "base/err.h"

enum finding_kind {
	FINDING_WRONG,		/* no reward comes of it as it is */
	FINDING_WARNING,	/* one may come all the same */
	FINDING_WAIT,		/* nothing is wrong: it takes its time */
	FINDING_UNSEEN		/* only Stripe or Cello knows */
};

#define FINDING_TEXT	768
struct finding {
	enum finding_kind kind;
	const char	*cause;		/* "ucc_missing" */
	const char	*field;		/* which it is about; NULL: none */
	char		 says[FINDING_TEXT];	/* what is the case */
	char		 fix[FINDING_TEXT];
};

/* Nothing is said yet, and it is about no field. */
void finding_begin(struct finding *f, enum finding_kind kind,
    const char *cause, const char *fix);

/* What is the case; what does not fit is cut off.  Returns 1: it is one. */
PRINTF(2, 3) int finding_says(struct finding *f, const char *format, ...);

/* "wrong", "warning", "wait", "unseen". */
const char *finding_kind_name(enum finding_kind kind);

#endif /* !APP_FINDING_H */
