/* SPDX-License-Identifier: MIT */
#ifndef APP_RECONCILE_H
#define APP_RECONCILE_H

/*
 * Events can be missed for ever: an endpoint that was disabled over a weekend,
 * or one that Stripe never made.  So what Stripe lists, objects and not events,
 * is held against what is here, and what differs is heard of, to be read like
 * anything else.  Where nothing differs nothing is written.
 */

#include <stdint.h>

#include "base/err.h"
#include "app/round.h"

struct chore_turn;

struct reconciled {
	int64_t	 listed;	/* objects that Stripe showed */
	int64_t	 heard;		/* of which so many are to be read */
	int64_t	 overdue;	/* and so many that are due by our own rows */
	int	 pages;
	int	 retry_after;	/* seconds that Stripe asked for, 0 */
};

#define RECONCILE_PLACE	ROUND_TEXT

struct reconcile_wish {
	int64_t	 since_s;	/* what was made in the last so many seconds;
				   0: all subscriptions, invoices of 35 days */
	int	 dry_run;	/* hear of nothing, only count */
	/*
	 * Where the turn before stopped, and then where this one did, in
	 * RECONCILE_PLACE bytes; NULL: it is a round of its own.
	 */
	char	*place;
	/* Called after each page; NULL: nobody wants to know. */
	void	(*progress)(const struct reconciled *r, void *arg);
	void	*arg;
};

/*
 * ERR_OK: all was looked at.  ERR_LATER: Stripe or the database could not be
 * asked; what was heard of by then stays so, and a list that cannot be had holds
 * up none of the others.  ERR_INTERNAL: the key is refused
 * or another account's; logged.  ERR_CONFLICT: of chore_goes_on().
 */
MUST_USE enum err reconcile(const struct chore_turn *t,
    const struct reconcile_wish *wish, struct reconciled *ret_reconciled);

#endif /* !APP_RECONCILE_H */
