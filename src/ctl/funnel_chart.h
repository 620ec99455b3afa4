/* SPDX-License-Identifier: MIT */
#ifndef CTL_FUNNEL_CHART_H
#define CTL_FUNNEL_CHART_H

/* The funnel as bars, for a terminal of 80 columns. */

#include <stdio.h>

#include "referral/funnel.h"

struct funnel_caption {
	const char	*by;			/* "week" */
	const char	*since, *until;		/* days; "": ever */
};

/* What both pictures show one by one; the others are one bar in the end. */
#define FUNNEL_BARS	120

struct funnel_bar {
	const char	*key;
	int64_t		 signups[2], paid[2];	/* of the others, of referred */
};

/* Returns how many there are, and the largest of their signups. */
size_t funnel_bars(const struct funnel *f,
    struct funnel_bar ret_bar[FUNNEL_BARS + 1], int64_t *ret_most);

/*
 * In colour if `out` is a terminal, of blocks if the locale has UTF-8, else of
 * '#' and '-'.
 */
void funnel_chart(const struct funnel *f, const struct funnel_caption *c,
    FILE *out);

#endif /* !CTL_FUNNEL_CHART_H */
