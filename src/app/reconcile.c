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
#define DAY		86400
#define NOT_ALLOWED	403
#define PACE_S		10	/* for each page of what is to be read */

/* A list of Stripe's, newest first. */
struct list {
	enum stripe_kind	 kind;
	int64_t			 since_s;	/* unless somebody says; 0: all */
	listing_compare		*compare;
};

static const struct list lists[] = {
	{ STRIPE_SUBSCRIPTION, 0, subscription_compare },
	{ STRIPE_INVOICE, (int64_t)MONEY_DAYS * DAY, invoice_compare },
	{ STRIPE_REFUND, (int64_t)MONEY_DAYS * DAY, payback_compare },
	{ STRIPE_DISPUTE, (int64_t)MONEY_DAYS * DAY, payback_compare },
	{ STRIPE_CREDIT_NOTE, (int64_t)MONEY_DAYS * DAY, payback_compare }
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
	const struct list		*list;	/* that is gone through */
	int				 forbidden;	/* to this key */
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

	e = w->list->compare(w->turn->a->db, page, &w->differing);
	if (e != ERR_OK || (e = hear_all(w, w->list->kind)) != ERR_OK)
		return e;
	w->done->listed += (int64_t)json_count(page, "data");
	w->done->heard += (int64_t)w->differing.count;
	w->done->pages++;
	if (w->wish->progress != NULL)
		w->wish->progress(w->done, w->wish->arg);
	return chore_goes_on(w->turn);
}

static enum err
look_at_list(struct work *w, const struct list *l)
{
	struct stripe_reply last;
	struct buf path;
	enum err e;

	w->list = l;
	buf_init(&path, STRIPE_PATH);
	stripe_path_list(l->kind, since_when(w, l), &path);
	e = walk(w->turn->a, &path, look_at_page, w, &last);
	w->done->retry_after = last.retry_after;
	w->forbidden = last.status == NOT_ALLOWED;
	stripe_reply_done(&last);
	buf_done(&path);
	return e;
}

enum err
reconcile(const struct chore_turn *t, const struct reconcile_wish *wish,
    struct reconciled *ret_reconciled)
{
	struct work w = { .turn = t, .wish = wish, .done = ret_reconciled };
	enum err e, one;
	size_t i;

	memset(ret_reconciled, 0, sizeof(*ret_reconciled));
	if ((e = know_home(t->a)) != ERR_OK)
		return e;
	for (i = 0; i < NELEM(overdues) && e == ERR_OK; i++)
		e = look_at_overdue(&w, i);
	/* What the key may not list is no reason to leave the others. */
	for (i = 0, one = e; i < NELEM(lists) &&
	    (one == ERR_OK || w.forbidden); i++)
		if ((one = look_at_list(&w, &lists[i])) != ERR_OK)
			e = one;
	if (w.done->heard + w.done->overdue > 0 && !wish->dry_run)
		app_ring(t->a);
	log_info("reconciled", "of %lld objects that Stripe lists %lld are to"
	    " be read, and %lld that are overdue%s",
	    (long long)w.done->listed, (long long)w.done->heard,
	    (long long)w.done->overdue, e == ERR_OK ? "" : "; not all");
	return e;
}
