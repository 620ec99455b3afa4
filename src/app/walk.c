/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/log.h"
#include "stripe/field.h"
#include "stripe/kind.h"

#include "app/app.h"

#include "app/walk.h"

/* The page behind `after`, which is then the last of its objects. */
static enum err
turn(struct app *a, const struct buf *path, char after[STRIPE_ID],
    struct stripe_reply *ret)
{
	struct buf at;
	enum err e = ERR_INPUT;

	memset(ret, 0, sizeof(*ret));
	buf_init(&at, STRIPE_PATH);
	buf_text(&at, path->data);
	stripe_path_behind(after, &at);
	if (!path->full && !at.full)
		e = stripe_get(a->stripe, at.data, ret);
	if (e == ERR_OK)
		e = field_next_page(ret->body, after);
	buf_done(&at);
	return e;
}

/*
 * Of ten thousand pages one that Stripe fails to show is not to cost the others:
 * it is asked for once more, unless Stripe says when.
 */
static enum err
turn_or_again(struct app *a, const struct buf *path, char after[STRIPE_ID],
    struct stripe_reply *ret)
{
	enum err e = turn(a, path, after, ret);

	if (e != ERR_LATER || ret->wait_ms > 0 || ret->retry_after > 0 ||
	    (ret->status > 0 && ret->status < 500))
		return e;
	stripe_reply_done(ret);
	return turn(a, path, after, ret);
}

enum err
walk(struct app *a, const struct buf *path, walk_page *each, void *arg,
    struct stripe_reply *ret_last)
{
	char after[STRIPE_ID] = "";
	enum err e;

	memset(ret_last, 0, sizeof(*ret_last));
	do {
		stripe_reply_done(ret_last);
		e = turn_or_again(a, path, after, ret_last);
		if (e == ERR_OK)
			e = each(ret_last->body, arg);
		else if (e == ERR_INPUT || e == ERR_NOTFOUND)
			e = ret_last->status == 200 ? ERR_INTERNAL : ERR_LATER;
	} while (e == ERR_OK && after[0] != '\0');
	return e;
}

enum err
walk_whole(struct app *a, const struct buf *path, size_t most,
    struct stripe_reply *ret_whole)
{
	char after[STRIPE_ID] = "";
	struct stripe_reply more;
	enum err e = turn(a, path, after, ret_whole);

	while (e == ERR_OK && after[0] != '\0') {
		if (--most == 0) {
			log_error("list_too_long", "a list of Stripe's has more"
			    " pages than are read, behind %s", after);
			return ERR_INPUT;
		}
		if ((e = turn(a, path, after, &more)) == ERR_OK) {
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
