/* SPDX-License-Identifier: MIT */

/* endpin resync and endpin tidy: chores, when a person wants them done. */

#include <stdio.h>

#include "app/app.h"
#include "app/chores.h"
#include "app/reconcile.h"
#include "app/tidy.h"
#include "base/err.h"
#include "http/duty.h"

#include "ctl/args.h"
#include "ctl/ctl.h"
#include "ctl/say.h"

#define SINCE_MOST	315360000	/* ten years */

static void
tell_progress(const struct reconciled *r, void *arg)
{
	(void)arg;
	fprintf(stderr, "endpin: page %d: %lld listed, %lld to be read\n",
	    r->pages, (long long)r->listed, (long long)(r->heard + r->overdue));
}

static void
say_reconciled(const struct reconciled *r, int dry_run)
{
	const long long found = r->heard + r->overdue;

	printf("of %lld objects that Stripe lists %lld differ from what is"
	    " here, and %lld are overdue by our own rows\n",
	    (long long)r->listed, (long long)r->heard, (long long)r->overdue);
	if (dry_run)
		printf("nothing was changed: without --dry-run these %lld"
		    " would be read again\n", found);
	else if (found == 0)
		printf("nothing was missed\n");
	else
		printf("couriers read these %lld now: \"endpin errands --kind"
		    " object\" shows what is left\n", found);
}

/* endpin resync [--since DURATION] [--dry-run] */
int
ctl_resync(const struct ctl *t)
{
	struct reconcile_wish wish = { .progress = tell_progress };
	const struct arg_option options[] = {
		{ "since", ARG_DURATION, &wish.since_s, SINCE_MOST },
		{ "dry-run", ARG_FLAG, &wish.dry_run, 0 },
		{ NULL, ARG_FLAG, NULL, 0 }
	};
	const struct app_role role = { .name = "endpin resync",
	    .duties = DUTY_STRIPE, .doorbell = -1 };
	struct arg_words words = { .most = 0 };
	struct chore_turn turn = { .errand = NULL };
	struct reconciled done;
	enum err e;

	if (!args_take(t, options, &words))
		return CTL_USAGE;
	if ((turn.a = app_open(t->conf, &role)) == NULL)
		return say_could_not("read the key", ERR_INPUT, "the line"
		    " above names the option; see \"endpin check\"");
	e = reconcile(&turn, &wish, &done);
	app_close(turn.a);
	if (e == ERR_OK || done.pages > 0 || done.overdue > 0)
		say_reconciled(&done, wish.dry_run);
	return e == ERR_OK ? CTL_OK : say_could_not("look at everything", e,
	    "\"endpin check\" says whether the database and Stripe can be"
	    " asked, and with whose key; then run it again");
}

/* endpin tidy */
int
ctl_tidy(const struct ctl *t)
{
	const struct app_role role = { .name = "endpin tidy", .doorbell = -1 };
	struct chore_turn turn = { .errand = NULL };
	struct tidied d;
	enum err e;

	if (!args_none(t))
		return CTL_USAGE;
	if ((turn.a = app_open(t->conf, &role)) == NULL)
		return CTL_WRONG;
	e = tidy(&turn, &d);
	app_close(turn.a);
	printf("deleted %lld sessions, %lld events, %lld objects, %lld calls,"
	    " %lld pages of Checkout and %lld customers of nobody's\n",
	    (long long)d.sessions, (long long)d.events, (long long)d.objects,
	    (long long)d.calls, (long long)d.checkouts,
	    (long long)d.customers);
	return e == ERR_OK ? CTL_OK : say_could_not("delete everything that"
	    " has had its time", e, "the line above says why; what was deleted"
	    " stays so, run it again");
}
