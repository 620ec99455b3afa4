/* SPDX-License-Identifier: MIT */
#ifndef APP_REPLAY_EVENT_H
#define APP_REPLAY_EVENT_H

/*
 * Act upon an event that is kept as if it had just come: what it says is read
 * again, by this program, and its object is heard of.  Its row stays as it is.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct app;
struct event_row;

enum replay {
	REPLAY_HEARD,		/* its object is going to be read */
	REPLAY_FOREIGN,		/* another account's or mode's */
	REPLAY_NOTHING		/* it names nothing that is followed */
};

/*
 * `later`: in so many seconds and not now, for whoever replays many.
 * ERR_NOTFOUND: it is not kept any more.
 */
MUST_USE enum err replay_event(struct app *a, const struct event_row *row,
    int later, enum replay *ret_what);

#endif /* !APP_REPLAY_EVENT_H */
