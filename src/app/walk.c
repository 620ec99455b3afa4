/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/log.h"
#include "stripe/field.h"
#include "stripe/kind.h"

#include "app/app.h"

#include "app/walk.h"

typedef enum err asking(struct stripe *s, const char *path,
    struct stripe_reply *r);

/* The page behind `after`, which is then the last of its objects. */
static enum err
turn(struct app *a, asking *ask, const struct buf *path, char after[STRIPE_ID],
    struct stripe_reply *ret)
{
	struct buf at;
	enum err e = ERR_INPUT;

	memset(ret, 0, sizeof(*ret));
	buf_init(&at, STRIPE_PATH);
	buf_text(&at, path->data);
	stripe_path_behind(after, &at);
	if (!path->full && !at.full)
		e = ask(a->stripe, at.data, ret);
	if (e == ERR_OK)
		e = field_next_page(ret->body, after);
	buf_done(&at);
	return e;
}

/* Stripe does not get it done, or it is more than we take; no matter when. */
static int
is_too_much(enum err e, const struct stripe_reply *r)
{
	return e == ERR_LATER && r->wait_ms == 0 && r->retry_after == 0 &&
	    (r->status == 0 || r->status == 200 || r->status >= 500);
}

/*
 * Of ten thousand pages one that cannot be had is not to cost the others: then
 * a tenth of it is asked for.  Once: who persists has done so with the whole.
 */
static enum err
turn_or_less(struct app *a, const struct buf *path, char after[STRIPE_ID],
    struct stripe_reply *ret)
{
	struct buf less;
	enum err e = turn(a, stripe_get, path, after, ret);

	if (!is_too_much(e, ret))
		return e;
	stripe_reply_done(ret);
	buf_init(&less, STRIPE_PATH);
	stripe_path_less(path->data, &less);
	e = turn(a, stripe_get_once, &less, after, ret);
	buf_done(&less);
	return e;
}

enum err
walk_on(struct app *a, const struct buf *path, char after[STRIPE_ID],
    walk_page *each, void *arg, struct stripe_reply *ret_last)
{
	char last[STRIPE_ID];
	enum err e;

	memcpy(last, after, sizeof(last));
	memset(ret_last, 0, sizeof(*ret_last));
	do {
		stripe_reply_done(ret_last);
		e = turn_or_less(a, path, last, ret_last);
		if (e == ERR_OK)
			e = each(ret_last->body, arg);
		else if (e == ERR_INPUT || e == ERR_NOTFOUND)
			e = ret_last->status == 200 ? ERR_INTERNAL : ERR_LATER;
		if (e == ERR_OK)
			memcpy(after, last, sizeof(last));
	} while (e == ERR_OK && last[0] != '\0');
	return e;
}

enum err
walk(struct app *a, const struct buf *path, walk_page *each, void *arg,
    struct stripe_reply *ret_last)
{
	char after[STRIPE_ID] = "";

	return walk_on(a, path, after, each, arg, ret_last);
}

enum err
walk_whole(struct app *a, const struct buf *path, size_t most,
    struct stripe_reply *ret_whole)
{
	char after[STRIPE_ID] = "";
	struct stripe_reply more;
	enum err e = turn(a, stripe_get, path, after, ret_whole);

	while (e == ERR_OK && after[0] != '\0') {
		if (--most == 0) {
			log_error("list_too_long", "a list of Stripe's has more"
			    " pages than are read, behind %s", after);
			return ERR_INPUT;
		}
		if ((e = turn(a, stripe_get, path, after, &more)) == ERR_OK) {
			json_join(ret_whole->body, "data", more.body);
			stripe_reply_done(&more);
			continue;
		}
		/* Why is what matters now. */
		stripe_reply_done(ret_whole);
		*ret_whole = more;
	}
	return e;
}
