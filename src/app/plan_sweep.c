/* SPDX-License-Identifier: MIT */

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "billing/object.h"
#include "billing/sweep.h"
#include "db/db.h"
#include "stripe/snapshot.h"

#include "app/app.h"
#include "app/config.h"

#include "app/plan_sweep.h"

/* So few are read alone: some seconds, and they may be anywhere. */
#define WORTH	200

/* One of so many of the oldest may stand anywhere. */
#define STRAGGLERS	10

static int
by_time(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* Their times, in order.  The caller frees *ret_time. */
static enum err
times_of(struct app *a, enum stripe_kind kind, int newest, int64_t **ret_time,
    size_t *ret_count)
{
	struct json *event;
	struct rows *r;
	const char *text;
	int64_t *time;
	size_t n = 0;
	enum err e;
	int i;

	if ((e = object_sample(a->db, kind, newest, &r)) != ERR_OK)
		return e;
	time = mem_zero((size_t)rows_count(r) + 1, sizeof(*time));
	for (i = 0; i < rows_count(r); i++) {
		text = rows_text(r, i, 0);
		if (json_parse(text, strlen(text), &event) != ERR_OK)
			continue;
		if ((time[n] = snapshot_time(kind, event)) > 0)
			n++;
		json_free(event);
	}
	rows_free(r);
	qsort(time, n, sizeof(*time), by_time);
	*ret_time = time;
	*ret_count = n;
	return ERR_OK;
}

/*
 * The first of `count` times in order that is no straggler: some stand far
 * before the rest, and all that lies between is not worth listing.
 */
static int64_t
first_of(const int64_t *time, size_t count, int64_t until)
{
	const int64_t usual = time[count / STRAGGLERS];
	size_t i = 0;

	while (time[i] < usual - (until - usual))
		i++;
	return time[i];
}

/* ERR_NOTFOUND: their events do not say where they stand. */
static enum err
stretch_of(struct app *a, enum stripe_kind kind, int64_t *ret_since,
    int64_t *ret_until)
{
	int64_t *old = NULL, *new = NULL;
	size_t olds, news;
	enum err e;

	if ((e = times_of(a, kind, 0, &old, &olds)) == ERR_OK &&
	    (e = times_of(a, kind, 1, &new, &news)) == ERR_OK &&
	    (olds == 0 || news == 0))
		e = ERR_NOTFOUND;
	if (e == ERR_OK) {
		*ret_until = new[news - 1] + 1;
		*ret_since = first_of(old, olds, *ret_until);
	}
	free(new);
	free(old);
	return e == ERR_OK && *ret_until <= *ret_since ? ERR_NOTFOUND : e;
}

/* An invoice stands where its subscription does, and is shown with it. */
static enum err
widen(struct app *a, int64_t *since, int64_t until)
{
	int64_t first, last;
	enum err e = stretch_of(a, STRIPE_INVOICE, &first, &last);

	if (e == ERR_OK && first < *since && first > *since - (until - *since))
		*since = first;
	return e == ERR_NOTFOUND ? ERR_OK : e;
}

static enum err
begin(struct app *a, enum stripe_kind kind, int *ret_begun)
{
	int64_t since, until;
	enum err e = stretch_of(a, kind, &since, &until);

	if (e == ERR_OK && kind == STRIPE_SUBSCRIPTION)
		e = widen(a, &since, until);
	/* Then nothing is gained by listing everything. */
	if (e != ERR_OK)
		return e == ERR_NOTFOUND ? ERR_OK : e;
	e = sweep_begin(a->db, kind, since, until + SWEEP_GATHER_SECONDS,
	    ret_begun);
	if (e == ERR_OK && *ret_begun > 0)
		log_info("sweep", "many of kind %s wait: those of %lld s are"
		    " listed", stripe_kind_name(kind),
		    (long long)(until - since));
	return e;
}

/* What Stripe Entitlements grant is read with each, and no page shows it. */
static int
needs_more(const struct app *a, enum stripe_kind kind)
{
	return kind == STRIPE_SUBSCRIPTION && a->conf->billing.entitlements;
}

/* Subscriptions first: their invoices come with them. */
enum err
plan_sweep(struct app *a, int *ret_begun)
{
	static const enum stripe_kind order[] = {
		STRIPE_SUBSCRIPTION, STRIPE_INVOICE
	};
	int64_t oldest[STRIPE_KINDS];
	enum err e;
	size_t i;

	*ret_begun = 0;
	if ((e = object_survey(a->db, oldest)) != ERR_OK)
		return e;
	for (i = 0; i < NELEM(order); i++)
		if (oldest[order[i]] >= WORTH && !needs_more(a, order[i]))
			return begin(a, order[i], ret_begun);
	return ERR_OK;
}
