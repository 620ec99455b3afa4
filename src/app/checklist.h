/* SPDX-License-Identifier: MIT */
#ifndef APP_CHECKLIST_H
#define APP_CHECKLIST_H

/*
 * Cello's acceptance checklist and the testbook of before the launch
 * (docs.cello.so/resources/integration-qa-checklist, .../guides/integration/
 * pre-launch-testbook; only a part of the first could be read, the rest is put
 * together of other pages of Cello's).  What can be seen from here is judged,
 * what only eyes can see is ticked by a person.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "referral/tick.h"

struct config;
struct doctor_report;

enum item_state {
	ITEM_OK,		/* seen to be so */
	ITEM_NOT_OK,		/* not seen to be so */
	ITEM_TICKED,
	ITEM_OPEN		/* nobody has ticked it */
};

struct checklist_item {
	const char	*name;
	const char	*phase;
	const char	*text;
	enum item_state	 state;
	int64_t		 ticked_at;	/* 0: it is not */
	char		 ticked_by[TICK_BY];
};

#define CHECKLIST_ITEMS	48
struct checklist {
	struct checklist_item	 item[CHECKLIST_ITEMS];
	size_t			 count;
	size_t			 open;		/* not ok, or not ticked */
};

/* By what `r` says, and what was ticked. */
MUST_USE enum err checklist(const struct config *conf,
    const struct doctor_report *r, struct checklist *ret_list);

/*
 * Somebody has seen that it is so; `by` NULL: it is not.  ERR_NOTFOUND: nothing
 * that a person ticks has this name.
 */
MUST_USE enum err checklist_tick(const struct config *conf, const char *name,
    const char *by);

const char *item_state_name(enum item_state s);

#endif /* !APP_CHECKLIST_H */
