/* SPDX-License-Identifier: MIT */
#ifndef HTTP_ORIGIN_H
#define HTTP_ORIGIN_H

struct req;

/*
 * May this request change something?  Sec-Fetch-Site decides where it was sent
 * (only same-origin and none pass; any other value, and same-site, do not);
 * without it Origin must equal `origin`; without both the request is refused if
 * it carries the cookie of that name, a session: else there is nothing to ride
 * on.  So a client that is no browser sends Origin along with its session.
 * OWASP Cross-Site Request Forgery Prevention; the decision table is
 * tests/unit/test_http.c.
 */
int origin_ok(const struct req *q, const char *origin, const char *cookie);

#endif /* !HTTP_ORIGIN_H */
