/* SPDX-License-Identifier: MIT */
#ifndef WEB_KEEP_H
#define WEB_KEEP_H

/*
 * Keep the code of a referral link as Cello's own script would, for browsers
 * that do not run it, and in a cookie of ours which links there were.  A page
 * that a browser fetches in advance, or a robot's HEAD, is nobody's visit; and
 * nothing is kept that wants a consent that is not there.
 */

struct ctx;
struct req;
struct resp;

void keep_code(const struct ctx *c, const struct req *q, struct resp *p);

#endif /* !WEB_KEEP_H */
