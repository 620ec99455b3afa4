/* SPDX-License-Identifier: MIT */
#ifndef CTL_FUNNEL_SVG_H
#define CTL_FUNNEL_SVG_H

/* The funnel as a picture: who was referred beside who came by themselves. */

#include <stdio.h>

struct funnel_row;

void funnel_svg(const struct funnel_row *referred,
    const struct funnel_row *others, FILE *out);

#endif /* !CTL_FUNNEL_SVG_H */
