/* SPDX-License-Identifier: MIT */
#ifndef HTTP_ENFORCE_H
#define HTTP_ENFORCE_H

/*
 * What the row of a request says, enforced in the order that http/route.h
 * promises.  Whoever is refused has the answer in `p`.
 */

#include "http/route.h"

/*
 * All that holds before anybody is identified.  q->json is set if the row wants
 * it, and is the caller's to free, also of a request that is refused.  Returns
 * the row whose handler is to answer; NULL: refused.  *ret_near is the row that
 * the request was for, as far as there is one.
 */
const struct route *enforce_row(const struct site *s, struct req *q,
    struct resp *p, const struct route **ret_near);

/*
 * Does the row let this visitor in?  *ret_account is who it is, if somebody is,
 * and holds until `c` forgets it.  0: refused.
 */
int enforce_entry(const struct site *s, const struct route *r, struct ctx *c,
    const struct req *q, struct resp *p, const char **ret_account);

#endif /* !HTTP_ENFORCE_H */
