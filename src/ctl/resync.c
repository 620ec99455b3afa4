/* SPDX-License-Identifier: MIT */

/* endpin resync and endpin tidy: chores, when a person wants them done. */

#include <stdio.h>

#include "app/app.h"
#include "app/chores.h"
#include "app/reconcile.h"
#include "app/tidy.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json_write.h"
#include "http/duty.h"

#include "ctl/args.h"
#include "ctl/ctl.h"
#include "ctl/open.h"
#include "ctl/say.h"

#define SINCE_MOST	315360000	/* ten years */
#define JSON_MAX	1024

struct figure {
	const char	*name;		/* NULL: the last one */
	int64_t		 n;
};

static void
tell_progress(const struct reconciled *r, void *arg)
{
	(void)arg;
	fprintf(stderr, "endpin: page %d: %lld listed, %lld to be read\n",
	    r->pages, (long long)r->listed, (long long)(r->heard + r->overdue));
}

/* One object; nothing in it can be too long for `text`. */
static void
print_object(const struct figure *figures, int dry_run)
{
	const struct figure *f;
	struct json_writer w;
	struct buf text;

	buf_init(&text, JSON_MAX);
	json_write_init(&w, &text);
	json_open(&w, NULL);
	for (f = figures; f->name != NULL; f++)
		json_put_int(&w, f->name, f->n);
	if (dry_run != -1)
		json_put_bool(&w, "dryRun", dry_run);
	json_close(&w);
	printf("%s\n", text.data);
	buf_done(&text);
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

/* endpin resync [--since DURATION] [--dry-run] [--json] */
int
ctl_resync(const struct ctl *t)
{
	struct reconcile_wish wish = { .progress = tell_progress };
	int json = 0;
	const struct arg_option options[] = {
		{ "since", ARG_DURATION, &wish.since_s, SINCE_MOST },
		{ "dry-run", ARG_FLAG, &wish.dry_run, 0 },
		{ "json", ARG_FLAG, &json, 0 },
		{ NULL, ARG_FLAG, NULL, 0 }
	};
	const struct app_role role = { .name = "endpin resync",
	    .duties = DUTY_STRIPE, .doorbell = -1, .persists = 1 };
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
	if (json)
		print_object((const struct figure[]){
		    { "listed", done.listed }, { "differ", done.heard },
		    { "overdue", done.overdue }, { NULL, 0 } }, wish.dry_run);
	else if (e == ERR_OK || done.pages > 0 || done.overdue > 0)
		say_reconciled(&done, wish.dry_run);
	return e == ERR_OK ? CTL_OK : say_could_not("look at everything", e,
	    "\"endpin check\" says whether the database and Stripe can be"
	    " asked, and with whose key; then run it again");
}

static void
say_tidied(const struct tidied *d)
{
	printf("deleted %lld sessions, %lld events, %lld objects, %lld calls,"
	    " %lld pages of Checkout, %lld customers of nobody's, %lld days of"
	    " links and the cards of %lld accounts; erased what %lld facts for"
	    " Cello said\n",
	    (long long)d->sessions, (long long)d->events,
	    (long long)d->objects, (long long)d->calls,
	    (long long)d->checkouts, (long long)d->customers,
	    (long long)d->views, (long long)d->cards, (long long)d->facts);
}

/* endpin tidy [--json] */
int
ctl_tidy(const struct ctl *t)
{
	struct chore_turn turn = { .errand = NULL };
	struct tidied d;
	const int json = args_json(t);
	enum err e;

	if (json < 0)
		return CTL_USAGE;
	if ((turn.a = open_app(t, "endpin tidy")) == NULL)
		return CTL_WRONG;
	e = tidy(&turn, &d);
	app_close(turn.a);
	if (json)
		print_object((const struct figure[]){
		    { "sessions", d.sessions }, { "events", d.events },
		    { "objects", d.objects }, { "calls", d.calls },
		    { "checkouts", d.checkouts }, { "customers", d.customers },
		    { "facts", d.facts }, { "views", d.views },
		    { "cards", d.cards }, { NULL, 0 } }, -1);
	else
		say_tidied(&d);
	return e == ERR_OK ? CTL_OK : say_could_not("delete everything that"
	    " has had its time", e, "the line above says why; what was deleted"
	    " stays so, run it again");
}
