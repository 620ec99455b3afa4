/* SPDX-License-Identifier: MIT */

/* A page of a sweep: all that it shows is applied, then it goes on. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "billing/object.h"
#include "billing/subscription.h"
#include "billing/sweep.h"
#include "db/db.h"
#include "ledger/ledger.h"
#include "stripe/client.h"
#include "stripe/field.h"

#include "app/app.h"
#include "app/apply_shown.h"
#include "app/errands.h"
#include "app/know_home.h"

#define WHY	256
#define SHOWN	(2 * SWEEP_PAGE)	/* each with one that comes with it */

#define AT_ONCE	50	/* in a transaction */

/*
 * After so many pages a sweep has to have shown an object that was due for each
 * of them, or reading them alone costs less.
 */
#define TRIAL	5

struct turn {
	const struct errand	*errand;
	struct sweep		 sweep;
	const struct json	*page;
	/* What the page shows, and what of it is ours to write down. */
	const char		*id[SHOWN];
	const struct json	*object[SHOWN];
	size_t			 objects;
	struct object_claimed	 claimed[SHOWN];
	size_t			 hits;
	char			 after[STRIPE_ID];	/* "": that was all */
	int			 all_done;
};

static void
show(struct turn *t, const struct json *object)
{
	const char *id = json_text(object, "id");

	if (id == NULL || strlen(id) >= STRIPE_ID || t->objects == SHOWN)
		return;
	t->id[t->objects] = id;
	t->object[t->objects++] = object;
}

/* What is not whole is left for whoever reads it alone. */
static void
show_whole(struct turn *t, const struct json *object)
{
	if (!subscription_has_more(object) && !ledger_has_more(object))
		show(t, object);
}

static void
show_all(struct turn *t)
{
	const size_t count = json_count(t->page, "data");
	const struct json *object;
	size_t i;

	for (i = 0; i < count; i++) {
		object = json_item(t->page, "data", i);
		show_whole(t, object);
		if (t->sweep.kind == STRIPE_SUBSCRIPTION)
			show_whole(t, json_at(object,
			    STRIPE_SUBSCRIPTION_INVOICE));
	}
}

static const struct json *
shown_as(const struct turn *t, const struct object_claimed *c)
{
	size_t i;

	for (i = 0; i < t->objects; i++)
		if (text_equal(t->id[i], c->object.id) &&
		    stripe_kind(json_text(t->object[i], "object")) ==
		    c->object.kind)
			return t->object[i];
	return NULL;
}

/* Who waits for something is let through on the way. */
static enum err
apply_in_turns(struct app *a, const struct shown shown[], size_t count)
{
	enum err e = ERR_OK;
	size_t i, n;

	for (i = 0; i < count && e == ERR_OK; i += n) {
		n = count - i < AT_ONCE ? count - i : AT_ONCE;
		e = apply_shown(a, shown + i, n);
		if (e == ERR_OK && !app_meanwhile(a))
			break;
	}
	return e;
}

static enum err
apply_page(struct app *a, struct turn *t)
{
	struct shown shown[SHOWN];
	size_t i, n = 0;
	enum err e;

	show_all(t);
	e = object_claim_shown(a->db, t->sweep.now, t->id, t->objects,
	    t->claimed, &t->hits);
	for (i = 0; i < t->hits && e == ERR_OK; i++) {
		shown[n].claimed = &t->claimed[i];
		shown[n].read = shown_as(t, &t->claimed[i]);
		if (shown[n].read != NULL)
			n++;
		else	/* the same id, and it calls itself something else */
			e = errand_back(a->db, &object_errands,
			    &t->claimed[i].errand);
	}
	return e != ERR_OK ? e : apply_in_turns(a, shown, n);
}

static int
is_worth_it(const struct turn *t)
{
	return t->sweep.pages + 1 < TRIAL ||
	    t->sweep.hits + (int64_t)t->hits > t->sweep.pages;
}

static enum err
end(struct db *db, void *arg)
{
	struct turn *t = arg;
	enum err e = sweep_end(db, t->errand, t->sweep.kind, (int64_t)t->hits,
	    &t->all_done);

	return e != ERR_OK || !t->all_done ? e :
	    object_missed(db, t->sweep.kind, t->sweep.begun_at);
}

/* What was covered is anybody's again, and some of it is to be read alone. */
static enum err
go_on_or_end(struct app *a, struct turn *t)
{
	enum err e;

	if (t->after[0] != '\0' && is_worth_it(t))
		return sweep_turn(a->db, t->errand, t->after,
		    (int64_t)t->hits);
	if ((e = db_transaction(a->db, end, t)) != ERR_OK)
		return e;
	log_info("sweep_done", "a sweep of kind %s showed %lld objects that were"
	    " due, on %lld pages%s", stripe_kind_name(t->sweep.kind),
	    (long long)t->sweep.hits + (int64_t)t->hits,
	    (long long)t->sweep.pages + 1,
	    t->after[0] == '\0' ? "" : "; the rest is not worth it");
	if (t->all_done)
		app_ring(a);
	return ERR_OK;
}

static enum err
put_off(struct app *a, struct turn *t, enum err e,
    const struct stripe_reply *reply)
{
	char why[WHY];

	if (reply->wait_ms > 0)
		return errand_back(a->db, &sweep_errands, t->errand);
	(void)snprintf(why, sizeof(why), "Stripe answered %d %s %s",
	    reply->status, reply->code, reply->param);
	/* The object that the page was to begin behind may be gone. */
	if (e == ERR_INPUT || e == ERR_NOTFOUND)
		return errand_bury(a->db, &sweep_errands, t->errand, why);
	(void)know_home_refused(a, reply->status);
	return errand_later(a->db, &sweep_errands, t->errand, why,
	    e == ERR_INTERNAL ? STRIPE_KEY_REFUSED_S : reply->retry_after);
}

static enum err
read_one(struct app *a, struct turn *t)
{
	const struct sweep *s = &t->sweep;
	struct stripe_reply reply;
	struct buf path;
	enum err e;

	buf_init(&path, STRIPE_PATH);
	stripe_path_sweep(s->kind, s->since, s->until, &path);
	stripe_path_behind(s->after, &path);
	e = stripe_get(a->stripe, path.data, &reply);
	t->page = reply.body;
	if (e == ERR_OK)
		e = field_next_page(t->page, t->after);
	if (e != ERR_OK)
		e = put_off(a, t, e, &reply);
	else if ((e = apply_page(a, t)) == ERR_OK)
		e = go_on_or_end(a, t);
	stripe_reply_done(&reply);
	buf_done(&path);
	return e;
}

enum err
read_page(struct app *a, const struct errand *x)
{
	struct turn *t = mem_zero(1, sizeof(*t));
	enum err e;
	int after;

	t->errand = x;
	if ((e = sweep_find(a->db, x, &t->sweep)) != ERR_OK)
		goto done;
	if (!stripe_is_swept(t->sweep.kind))
		e = errand_bury(a->db, &sweep_errands, x, "cannot be listed");
	else if (know_home_or_later(a, &after) != ERR_OK)
		e = errand_later(a->db, &sweep_errands, x, KNOW_HOME_LATER,
		    after);
	else
		e = read_one(a, t);
done:
	free(t);
	return e == ERR_CONFLICT ? ERR_OK : e;
}
