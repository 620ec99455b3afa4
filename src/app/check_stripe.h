/* SPDX-License-Identifier: MIT */
#ifndef APP_CHECK_STRIPE_H
#define APP_CHECK_STRIPE_H

/*
 * Is there at Stripe what the configuration counts on?  Each of these would be
 * seen first by a visitor otherwise, who is refused, or by nobody, if events or
 * a discount do not come.  What the files check_stripe*.c share.
 */

#include <stdint.h>

#include "base/err.h"

#include "app/checkup.h"

#define PATH_LEN	1024
#define SENTENCE	512

struct app;
struct buf;
struct config;
struct json;
struct stripe;
struct stripe_reply;

struct asking {
	struct checkup	*c;
	struct stripe	*stripe;
	int		 away;		/* it does not answer: said once */
	int		 denied;	/* something was not looked at */
	int64_t		 skew_s;	/* its clock before ours, at the worst */
	int		 dated;		/* this is known */
};

/* Findings, as say_well() and say_wrong() print them. */
void well(struct asking *q, const char *text);
void wrong(struct asking *q, const char *detail, const char *hint,
    const char *format, ...) PRINTF(4, 5);

/*
 * Read `path` at Stripe; `what` is for people.  ERR_OK and ERR_NOTFOUND are for
 * the caller to judge; of all else it has been said what it is.  A restricted
 * key need not be allowed to look.  stripe_reply_done() is due in any case.
 */
MUST_USE enum err ask(struct asking *q, const char *what, const char *path,
    struct stripe_reply *r);

/* "/v1/prices/price_1?expand[]=product", `id` escaped.  Begins `b`. */
void ask_path(struct buf *b, const char *before, const char *id,
    const char *after);

/*
 * Is there at Stripe what the configuration counts on: prices, coupons, the
 * portal's settings, webhook endpoints?  `a` has the duty to ask, and its key
 * is the one of the rows.
 */
void check_stripe(struct checkup *c, struct app *a);

void check_permissions(struct asking *q, const struct config *conf);
void check_plans(struct asking *q);
void check_portal(struct asking *q);
void check_clock(struct asking *q);
void check_endpoints(struct asking *q);

/* What that does, in parts: as ask(), then each looks at the list. */
MUST_USE enum err ask_endpoints(struct asking *q, struct stripe_reply *r);
void check_our_endpoint(struct asking *q, const struct json *list);
void check_cello_endpoint(struct asking *q, const struct json *list);

/* Which of our signing secrets has Stripe used, and when last? */
void check_vouching(struct asking *q, struct app *a);

#endif /* !APP_CHECK_STRIPE_H */
