/* SPDX-License-Identifier: MIT */

#include <stdio.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "chore/chore.h"
#include "stripe/client.h"

#include "app/app.h"
#include "app/config.h"
#include "app/errands.h"
#include "app/reconcile.h"
#include "app/tidy.h"

#include "app/chores.h"

#define HOUR	3600

/*
 * What a turn came to.  `pause` says where it was put off, and what it is now
 * to be put off with, but for why.
 */
typedef enum err turn(const struct chore_turn *t, struct chore_pause *pause);

static enum err
tidy_turn(const struct chore_turn *t, struct chore_pause *pause)
{
	struct tidied done;

	(void)pause;
	return tidy(t, &done);
}

static enum err
reconcile_turn(const struct chore_turn *t, struct chore_pause *pause)
{
	const struct reconcile_wish wish = { .place = pause->place };
	struct reconciled done;
	enum err e;

	e = reconcile(t, &wish, &done);
	pause->after = e == ERR_INTERNAL ? STRIPE_KEY_REFUSED_S :
	    done.retry_after;
	return e;
}

static int
tidy_interval(const struct config *conf)
{
	(void)conf;
	return CLOCK_DAY_S;
}

/*
 * Twice within the grace, though not more than twice an hour: what has not
 * renewed here because one event got lost is looked at before access ends.
 */
static int
reconcile_interval(const struct config *conf)
{
	int usual = conf->courier.reconcile_hours * HOUR;
	int within = conf->billing.grace_hours * HOUR / 2;

	if (within < HOUR / 2)
		within = HOUR / 2;
	return within < usual ? within : usual;
}

/* Their rows are made by the migrations. */
static const struct {
	const char	*id;
	turn		*turn;
	int		(*interval)(const struct config *conf);
} chores[] = {
	{ "tidy", tidy_turn, tidy_interval },
	{ "reconcile", reconcile_turn, reconcile_interval }
};

enum err
chore_goes_on(const struct chore_turn *t)
{
	app_beat(t->a);
	if (!app_meanwhile(t->a))
		return ERR_LATER;
	return t->errand == NULL ? ERR_OK :
	    errand_renew(t->a->db, &chore_errands, t->errand);
}

static enum err
take_turn(struct app *a, const struct errand *x, size_t i)
{
	const struct chore_turn t = { .a = a, .errand = x };
	struct chore_pause pause = { .after = 0 };
	enum err e;

	if ((e = chore_place(a->db, x->id, pause.place)) != ERR_OK)
		return e;
	if ((e = chores[i].turn(&t, &pause)) == ERR_OK)
		return chore_done(a->db, x, chores[i].interval(a->conf));
	if (e == ERR_CONFLICT)
		return e;
	(void)snprintf(pause.why, sizeof(pause.why), "it ended early: %s",
	    err_name(e));
	return chore_put_off(a->db, x, &pause);
}

enum err
do_chore(struct app *a, const struct errand *x)
{
	size_t i = 0;
	enum err e;

	while (i < NELEM(chores) && !text_equal(chores[i].id, x->id))
		i++;
	e = i == NELEM(chores) ?
	    errand_bury(a->db, &chore_errands, x, "there is no such chore") :
	    take_turn(a, x, i);
	return e == ERR_CONFLICT ? ERR_OK : e;
}

enum err
chore_look(struct app *a, size_t i, struct chore_standing *ret_standing)
{
	struct chore_standing *s = ret_standing;

	if (i >= NELEM(chores))
		return ERR_NOTFOUND;
	s->id = chores[i].id;
	s->interval_s = chores[i].interval(a->conf);
	return chore_age(a->db, s->id, &s->done_s) == ERR_OK ? ERR_OK :
	    ERR_LATER;
}
