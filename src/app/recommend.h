/* SPDX-License-Identifier: MIT */
#ifndef APP_RECOMMEND_H
#define APP_RECOMMEND_H

/*
 * How the referral program could do better: what Cello recommends, held against
 * what this installation's rows and settings show, with the figures that Cello
 * has published (docs.cello.so/guides/best-practices).
 */

#include <stddef.h>
#include <stdint.h>

#include "app/doctor.h"
#include "base/err.h"

struct app;

enum advice_area { ADVICE_ACTIVATION, ADVICE_SHARING, ADVICE_CONVERSION };
enum advice_state {
	ADVICE_PENDING,		/* it is seen not to be so */
	ADVICE_UNKNOWN,		/* only a person can say; see advice_tick() */
	ADVICE_DONE
};

#define ADVICE_WHY	256
struct advice {
	const char		*name;
	enum advice_area	 area;
	enum advice_state	 state;
	const char		*title;
	const char		*what;		/* to do */
	const char		*figure;	/* that Cello gives; NULL: none */
	const char		*effort;	/* "minutes", "hours" */
	int			 weight;	/* of what it brings */
	char			 why[ADVICE_WHY]; /* here; "": nothing to add */
};

#define ADVICES		16
struct advised {
	int64_t		 accounts, referred;	/* in TALLY_DAYS */
	int64_t		 paid_referred, paid_others;	/* accounts, ever */
	int64_t		 all_referred, all_others;
	enum advice_area weakest;		/* as far as the rows tell */
	char		 because[ADVICE_WHY];
	struct advice	 advice[ADVICES];	/* the first thing first */
	size_t		 count;
};

/* `reach`: DOCTOR_OFFLINE or DOCTOR_ROWS. */
MUST_USE enum err recommend(struct app *a, enum doctor_reach reach,
    struct advised *ret_advised);

/* A person has seen to it, or not.  ERR_NOTFOUND: there is no such advice. */
MUST_USE enum err advice_tick(struct app *a, const char *name,
    const char *by);

const char *advice_area_name(enum advice_area a);
const char *advice_state_name(enum advice_state s);

#endif /* !APP_RECOMMEND_H */
