/* SPDX-License-Identifier: MIT */
#ifndef BILLING_LISTING_H
#define BILLING_LISTING_H

/*
 * A page of one of Stripe's lists, held against the rows: which of its objects
 * should be read?  Those that are not here, or not as they are listed, unless
 * that is known: the object waits, is parked, dead, or dropped by somebody.
 */

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "stripe/kind.h"

#include "billing/object.h"

struct db;
struct json;
struct stmt;

#define LISTING_PAGE	100	/* the most that Stripe lists at once */

struct differing {
	size_t	 count;
	char	 id[LISTING_PAGE][STRIPE_ID];
};

/*
 * `page` is the answer to a GET of the list.  What cannot be read of it is
 * logged and passed over.
 */
typedef enum err listing_compare(struct db *db, const struct json *page,
    struct differing *ret_differing);

listing_compare subscription_compare;	/* subscription.c */
listing_compare invoice_compare;	/* invoice.c */
listing_compare payback_compare;	/* payback.c: of each of its kinds */

/*
 * Those whose period is over and that nobody has read since, or not for long:
 * up to LISTING_PAGE, in the order of their ids, behind `after` ("": from the
 * first).  One lost event must not end the access of somebody who pays.
 */
MUST_USE enum err subscription_overdue(struct db *db, const char *after,
    struct differing *ret_differing);

/* As above, of invoices: not settled, and not looked at for a day. */
MUST_USE enum err invoice_overdue(struct db *db, const char *after,
    struct differing *ret_differing);

/* As above, of refunds and disputes: the money may still move. */
MUST_USE enum err refund_overdue(struct db *db, const char *after,
    struct differing *ret_differing);
MUST_USE enum err dispute_overdue(struct db *db, const char *after,
    struct differing *ret_differing);

/* As above, of pages of Checkout: open here, and their time is over. */
MUST_USE enum err checkout_overdue(struct db *db, const char *after,
    struct differing *ret_differing);

/* For all of them: run `s`, which answers with ids. */
MUST_USE enum err listing_ask(struct db *db, const struct stmt *s,
    const char *const arg[], struct differing *ret_differing);

/*
 * For the two: `add` puts an object into the columns, which are the arguments
 * of `s`, if it can be read.
 */
#define LISTING_COLUMNS	8
#define LISTING_COLUMN	(1024u * 1024)	/* bytes of its text */
typedef void listing_add(const struct json *object, struct buf column[]);
MUST_USE enum err listing_hold(struct db *db, const struct stmt *s,
    const struct json *page, listing_add *add,
    struct differing *ret_differing);

/* The answer to one that takes `after` and how many. */
MUST_USE enum err listing_overdue(struct db *db, const struct stmt *s,
    const char *after, struct differing *ret_differing);

/*
 * Its errand `o` says already what is to be done, or somebody has to look.  What
 * a program did not know the kind of is not given up by one that lists it: of
 * two machines one was upgraded first.
 */
#define LISTING_SPOKEN_FOR \
	" (o.state IN ('waiting', 'parked', 'dropped') OR (o.state = 'dead'" \
	" AND o.last_error IS DISTINCT FROM '" OBJECT_UNKNOWN "'))"

/* Of what is listed as `l`, with a lane: none of it is spoken for. */
#define LISTING_UNKNOWN \
	" AND NOT EXISTS (SELECT FROM stripe_object o WHERE o.lane = l.lane" \
	" AND o.id = l.id AND" LISTING_SPOKEN_FOR ")"

/* The same of rows `r` of our own, whose lane has to be worked out. */
#define LISTING_UNHEARD \
	" AND NOT EXISTS (SELECT FROM stripe_object o WHERE o.id = r.id" \
	" AND o.lane = get_byte(sha256(convert_to(r.id, 'UTF8')), 0)" \
	" AND" LISTING_SPOKEN_FOR ")"

#endif /* !BILLING_LISTING_H */
