/* SPDX-License-Identifier: MIT */
#ifndef API_DEVICE_H
#define API_DEVICE_H

/*
 * The cookie of a browser that somebody has logged in with (app/device.h), and
 * with that, what a request has to say for itself when passwords are hashed in
 * turns.
 */

struct claim;
struct config;
struct ctx;
struct req;
struct resp;

/* "__Host-endpin_device" where there is https. */
const char *device_cookie_name(const struct config *conf);

/* Hand it out; NULL: take it away. */
void device_cookie(const struct ctx *c, struct resp *p, const char *token);

/*
 * Whose turn it would be: of which network the address is (an IPv4 one has its
 * /24, an IPv6 one its /56), of which account it speaks, and whether the cookie
 * is of that account.  Asks the database, but only for who has such a cookie.
 */
void device_claim(const struct ctx *c, const struct req *q,
    struct claim *ret_claim);

#endif /* !API_DEVICE_H */
