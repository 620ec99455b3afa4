/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "account/session.h"
#include "base/log.h"
#include "billing/call.h"
#include "billing/checkout.h"
#include "billing/customer.h"
#include "billing/event.h"
#include "billing/object.h"
#include "referral/card.h"
#include "referral/fact.h"
#include "referral/view.h"

#include "app/app.h"
#include "app/chores.h"
#include "app/config.h"

#include "app/tidy.h"

/* Rows at once: the locks of so many are held for some milliseconds. */
#define BATCH	200

/* Delete one batch of a table, in lane `i` if it has lanes. */
typedef enum err batch(struct app *a, int i, int *ret_deleted);

static enum err
sessions(struct app *a, int i, int *ret_deleted)
{
	return session_tidy(a->db, i, &a->limits, BATCH, ret_deleted);
}

static enum err
events(struct app *a, int i, int *ret_deleted)
{
	return event_tidy(a->db, i, a->conf->retention.event_days, BATCH,
	    ret_deleted);
}

static enum err
objects(struct app *a, int i, int *ret_deleted)
{
	return object_tidy(a->db, i, a->conf->retention.object_days, BATCH,
	    ret_deleted);
}

static enum err
calls(struct app *a, int i, int *ret_deleted)
{
	return call_tidy(a->db, i, a->conf->retention.call_days, BATCH,
	    ret_deleted);
}

static enum err
checkouts(struct app *a, int i, int *ret_deleted)
{
	(void)i;
	return checkout_tidy(a->db, a->conf->retention.checkout_days, BATCH,
	    ret_deleted);
}

static enum err
customers(struct app *a, int i, int *ret_deleted)
{
	(void)i;
	return customer_tidy(a->db, a->conf->retention.object_days, BATCH,
	    ret_deleted);
}

static enum err
facts(struct app *a, int i, int *ret_deleted)
{
	return fact_tidy(a->db, i, a->conf->retention.fact_days, BATCH,
	    ret_deleted);
}

static enum err
views(struct app *a, int i, int *ret_deleted)
{
	(void)i;
	return view_tidy(a->db, a->conf->retention.view_days, BATCH,
	    ret_deleted);
}

static enum err
cards(struct app *a, int i, int *ret_deleted)
{
	return card_tidy(a->db, i, a->conf->retention.card_days, BATCH,
	    ret_deleted);
}

/* All that is due of one table, of `lanes` lanes. */
static enum err
sweep(const struct chore_turn *t, batch *b, int lanes, int64_t *ret_deleted)
{
	int i, n;
	enum err e = ERR_OK;

	for (i = 0; i < lanes && e == ERR_OK; i++)
		do {
			n = 0;
			app_beat(t->a);
			if ((e = b(t->a, i, &n)) != ERR_OK)
				break;
			*ret_deleted += n;
			if (i % 32 == 0 || n == BATCH)
				e = chore_goes_on(t);
		} while (e == ERR_OK && n == BATCH);
	return e;
}

enum err
tidy(const struct chore_turn *t, struct tidied *ret_tidied)
{
	struct tidied *d = ret_tidied;
	const struct {
		batch	*b;
		int	 lanes;
		int64_t	*deleted;
	} sweeps[] = {
		{ sessions, 256, &d->sessions },
		{ events, LANES, &d->events },
		{ objects, LANES, &d->objects },
		{ calls, LANES, &d->calls },
		{ checkouts, 1, &d->checkouts },
		{ customers, 1, &d->customers },
		{ facts, LANES, &d->facts },
		{ views, 1, &d->views },
		{ cards, LANES, &d->cards }
	};
	enum err e = ERR_OK, one;
	size_t i;

	memset(d, 0, sizeof(*d));
	for (i = 0; i < NELEM(sweeps); i++) {
		if ((one = chore_goes_on(t)) != ERR_OK) {
			e = one;
			break;
		}
		/* What fails in one table is no reason to leave the others. */
		one = sweep(t, sweeps[i].b, sweeps[i].lanes,
		    sweeps[i].deleted);
		if (one != ERR_OK)
			e = one;
	}
	log_info("tidied", "deleted %lld sessions, %lld events, %lld objects,"
	    " %lld calls, %lld pages of Checkout, %lld customers of nobody's,"
	    " %lld days of links, cards of %lld accounts; erased %lld facts"
	    " that Cello has%s",
	    (long long)d->sessions, (long long)d->events,
	    (long long)d->objects, (long long)d->calls,
	    (long long)d->checkouts, (long long)d->customers,
	    (long long)d->views, (long long)d->cards, (long long)d->facts,
	    e == ERR_OK ? "" : "; not all");
	return e;
}
