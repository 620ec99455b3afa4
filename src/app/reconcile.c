/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "billing/listing.h"
#include "billing/object.h"
#include "stripe/client.h"
#include "stripe/kind.h"

#include "app/app.h"
#include "app/chores.h"
#include "app/know_home.h"
#include "app/walk.h"

#include "app/reconcile.h"

#define MONEY_DAYS	35	/* older ones that are not settled are overdue */
#define ROUND_S		21600	/* then all lists begin anew */
#define REFUSED		401
#define TOO_MANY	429
#define PACE_S		10	/* for each page of what is to be read */

/* A list of Stripe's, newest first. */
struct list {
	enum stripe_kind	 kind;
	int64_t			 since_s;	/* unless somebody says; 0: all */
	listing_compare		*compare;
};

static const struct list lists[ROUND_LISTS] = {
	{ STRIPE_SUBSCRIPTION, 0, subscription_compare },
	{ STRIPE_INVOICE, MONEY_DAYS * CLOCK_DAY_S, invoice_compare },
	{ STRIPE_REFUND, MONEY_DAYS * CLOCK_DAY_S, payback_compare },
	{ STRIPE_DISPUTE, MONEY_DAYS * CLOCK_DAY_S, payback_compare },
	{ STRIPE_CREDIT_NOTE, MONEY_DAYS * CLOCK_DAY_S, payback_compare }
};

/* What our own rows say is overdue, page by page. */
static const struct {
	enum stripe_kind	 kind;
	enum err		(*find)(struct db *db, const char *after,
				    struct differing *ret_differing);
} overdues[] = {
	{ STRIPE_SUBSCRIPTION, subscription_overdue },
	{ STRIPE_INVOICE, invoice_overdue },
	{ STRIPE_REFUND, refund_overdue },
	{ STRIPE_DISPUTE, dispute_overdue },
	{ STRIPE_CHECKOUT_SESSION, checkout_overdue }
};

struct work {
	const struct chore_turn		*turn;
	const struct reconcile_wish	*wish;
	struct reconciled		*done;
	struct differing		 differing;
	struct round			 round;
	const struct list		*list;	/* that is gone through */
	int				 stopped;	/* on a page, by us */
};

static enum err
hear_all(struct work *w, enum stripe_kind kind)
{
	const int64_t so_far = w->done->heard + w->done->overdue;
	enum err e = ERR_OK;
	size_t i;

	for (i = 0; i < w->differing.count && e == ERR_OK; i++)
		if (!w->wish->dry_run)
			e = object_hear_later(w->turn->a->db, kind,
			    w->differing.id[i],
			    (int)(so_far / LISTING_PAGE * PACE_S));
	return e;
}

static enum err
look_at_overdue(struct work *w, size_t which)
{
	char after[STRIPE_ID] = "";
	struct differing *d = &w->differing;
	enum err e;

	do {
		e = overdues[which].find(w->turn->a->db, after, d);
		if (e != ERR_OK || d->count == 0)
			return e;
		memcpy(after, d->id[d->count - 1], sizeof(after));
		if ((e = hear_all(w, overdues[which].kind)) == ERR_OK)
			e = chore_goes_on(w->turn);
		w->done->overdue += (int64_t)d->count;
	} while (e == ERR_OK);
	return e;
}

/* Those that were made before it are not looked at; 0: all are. */
static int64_t
since_when(const struct work *w, const struct list *l)
{
	int64_t since_s = w->wish->since_s > 0 ? w->wish->since_s : l->since_s;

	return since_s > 0 ? (int64_t)clock_now() - since_s : 0;
}

static enum err
look_at_page(const struct json *page, void *arg)
{
	struct work *w = arg;
	enum err e;

	w->stopped = 1;
	e = w->list->compare(w->turn->a->db, page, &w->differing);
	if (e != ERR_OK || (e = hear_all(w, w->list->kind)) != ERR_OK)
		return e;
	w->done->listed += (int64_t)json_count(page, "data");
	w->done->heard += (int64_t)w->differing.count;
	w->done->pages++;
	if (w->wish->progress != NULL)
		w->wish->progress(w->done, w->wish->arg);
	if ((e = chore_goes_on(w->turn)) == ERR_OK)
		w->stopped = 0;
	return e;
}

/*
 * Whatever it is, the next list would fare no better.  A page that Stripe does
 * not show, or that the key may not see, says nothing of the others.
 */
static int
is_for_all(const struct work *w, const struct stripe_reply *last)
{
	return w->stopped || last->wait_ms > 0 || last->status == REFUSED ||
	    last->status == TOO_MANY;
}

/* What it was to go on behind is gone: from the beginning, then. */
static int
is_lost(const struct stripe_reply *last)
{
	return last->status == 400 || last->status == 404;
}

/* The `i`th, as far as it goes. */
static enum err
look_at_list(struct work *w, size_t i, int *ret_for_all)
{
	char *after = w->round.list[i].after;
	struct stripe_reply last;
	struct buf path;
	enum err e;

	w->list = &lists[i];
	w->stopped = 0;
	buf_init(&path, STRIPE_PATH);
	stripe_path_list(lists[i].kind, since_when(w, &lists[i]), &path);
	e = walk_on(w->turn->a, &path, after, look_at_page, w, &last);
	if (e != ERR_OK && is_lost(&last))
		after[0] = '\0';
	w->round.list[i].over = e == ERR_OK;
	if (w->done->retry_after < last.retry_after)
		w->done->retry_after = last.retry_after;
	*ret_for_all = is_for_all(w, &last);
	stripe_reply_done(&last);
	buf_done(&path);
	return e;
}

/* Each list that is not over, whatever becomes of the others. */
static enum err
look_at_lists(struct work *w)
{
	enum err e = ERR_OK, one, go;
	int for_all = 0;
	size_t i;

	for (i = 0; i < NELEM(lists) && !for_all; i++) {
		if (w->round.list[i].over ||
		    (one = look_at_list(w, i, &for_all)) == ERR_OK)
			continue;
		e = one;
		if (!for_all && (go = chore_goes_on(w->turn)) != ERR_OK)
			return go;
	}
	return e;
}

enum err
reconcile(const struct chore_turn *t, const struct reconcile_wish *wish,
    struct reconciled *ret_reconciled)
{
	struct work w = { .turn = t, .wish = wish, .done = ret_reconciled };
	enum err e;
	size_t i;

	memset(ret_reconciled, 0, sizeof(*ret_reconciled));
	if ((e = know_home(t->a)) != ERR_OK)
		return e;
	round_read(wish->place, (int64_t)clock_now(), ROUND_S, &w.round);
	for (i = 0; i < NELEM(overdues) && e == ERR_OK; i++)
		e = look_at_overdue(&w, i);
	if (e == ERR_OK)
		e = look_at_lists(&w);
	if (wish->place != NULL)
		round_write(&w.round, wish->place);
	if (w.done->heard + w.done->overdue > 0 && !wish->dry_run)
		app_ring(t->a);
	log_info("reconciled", "of %lld objects that Stripe lists %lld are to"
	    " be read, and %lld that are overdue%s",
	    (long long)w.done->listed, (long long)w.done->heard,
	    (long long)w.done->overdue, e == ERR_OK ? "" : "; not all");
	return e;
}
