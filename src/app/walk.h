/* SPDX-License-Identifier: MIT */
#ifndef APP_WALK_H
#define APP_WALK_H

/*
 * Stripe's lists come in pages, and whoever takes the first for the whole, or a
 * page that does not say whether there is another for the last, takes what is
 * missing for what is not.  So a list is gone through here and nowhere else;
 * adopt_page() and a sweep, which keep their place, go by the same word
 * (field_next_page()).
 */

#include <stddef.h>

#include "base/err.h"
#include "stripe/client.h"
#include "stripe/kind.h"

struct app;
struct buf;
struct json;

/* Anything but ERR_OK ends the walk and is what it returns. */
typedef enum err walk_page(const struct json *page, void *arg);

/*
 * Each page of the list at `path` (stripe/kind.h), to its end.  *ret_last is
 * what the last call came to, stripe_reply_done() whatever comes back.
 * ERR_INTERNAL: the key is refused, or it is no list; ERR_LATER: a page cannot
 * be had, nor a tenth of it, be it that what it was to begin behind is gone.
 */
MUST_USE enum err walk(struct app *a, const struct buf *path, walk_page *each,
    void *arg, struct stripe_reply *ret_last);

/*
 * The same from behind `after` on, "" from the beginning; which is then the last
 * object of the last page that came to ERR_OK, to go on there another time.
 */
MUST_USE enum err walk_on(struct app *a, const struct buf *path,
    char after[STRIPE_ID], walk_page *each, void *arg,
    struct stripe_reply *ret_last);

/*
 * All of a list as one: ret_whole->body is its first page with the objects of
 * the others behind its own.  As stripe_get(); ERR_INPUT too: it is no list, or
 * has more pages than `most`.
 */
MUST_USE enum err walk_whole(struct app *a, const struct buf *path,
    size_t most, struct stripe_reply *ret_whole);

#endif /* !APP_WALK_H */
