/* SPDX-License-Identifier: MIT */
#ifndef CTL_FUNNEL_SVG_H
#define CTL_FUNNEL_SVG_H

/* The funnel as a picture: who was referred beside who came by themselves. */

struct buf;
struct funnel;
struct funnel_caption;

void funnel_svg(const struct funnel *f, const struct funnel_caption *c,
    struct buf *out);

#endif /* !CTL_FUNNEL_SVG_H */
