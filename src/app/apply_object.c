/* SPDX-License-Identifier: MIT */

/* An object that was heard of: read it from Stripe and apply what was read. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "billing/event.h"
#include "billing/granted.h"
#include "billing/object.h"
#include "billing/subscription.h"
#include "db/db.h"
#include "ledger/ledger.h"
#include "stripe/client.h"
#include "stripe/field.h"
#include "stripe/kind.h"
#include "stripe/snapshot.h"

#include "app/app.h"
#include "app/apply_shown.h"
#include "app/config.h"
#include "app/errands.h"
#include "app/know_home.h"
#include "app/reading.h"
#include "app/walk.h"

#define WHY		256
#define REST_PAGES	LEDGER_PAGES	/* of a list in an object */

/* As much as is kept of a last error: 200 characters. */
#define RIVAL	"its metadata names an account that has another customer, or" \
	" it is another account's: run \"endpin stripe adopt\", or correct" \
	" new_user_id at Stripe or delete the other customer, then retry"

#define SILENT	"it does not say which object it is about: run \"endpin" \
	" resync\", then drop this"

/*
 * Whoever answered may be behind what the newest event has shown: then it is
 * read once more.  An event that is not understood is no reason to.
 */
static enum err
mark_seen(struct db *db, const struct reading *r)
{
	struct json *events = NULL;
	int agrees = 1;
	enum err e;

	e = event_unseen(db, r->errand, &events);
	if (e == ERR_OK)
		agrees = snapshot_agrees(r->object.kind, events, r->read);
	json_free(events);
	if (e != ERR_OK && e != ERR_NOTFOUND)
		return e;
	return agrees ? object_seen(db, r->errand, &r->object) :
	    object_seen_doubtful(db, r->errand, &r->object);
}

static enum err
mark(struct db *db, struct reading *r)
{
	switch (r->found) {
	case IS_NOBODYS:
		return object_park(db, r->errand, &r->object, r->customer);
	case IS_RIVAL:
		return errand_bury(db, &object_errands, r->errand, RIVAL);
	case IS_SILENT:
		return errand_bury(db, &object_errands, r->errand, SILENT);
	case IS_GONE:
		r->applied = 1;
		return object_seen_gone(db, r->errand, &r->object);
	default:
		r->applied = 1;
		return mark_seen(db, r);
	}
}

/* The projection and how far it was seen, together or not at all. */
static enum err
write_down(struct db *db, void *arg)
{
	enum err e = reading_project(db, arg);

	return e != ERR_OK ? e : mark(db, arg);
}

static enum err
settle(struct app *a, struct reading *r)
{
	const struct object *o = &r->object;
	char why[WHY];
	enum err e;

	e = db_transaction(a->db, write_down, r);
	if (e == ERR_OK) {
		log_debug("object_seen", "applied %s %s",
		    stripe_kind_name(o->kind), o->id);
		return ERR_OK;
	}
	/* Claimed by another since: what it reads is newer. */
	if (e == ERR_CONFLICT && r->applied) {
		log_debug("object_lost", "dropped what was read of %s %s",
		    stripe_kind_name(o->kind), o->id);
		return ERR_OK;
	}
	/* Without a database this fails too, and the lease will run out. */
	(void)snprintf(why, sizeof(why), "could not apply: %s", err_name(e));
	return errand_later(a->db, &object_errands, r->errand, why, 0);
}

/*
 * Come back later, or not, if Stripe did not hand the object over.  One 404 is
 * a replica that is behind; many are a draft that was deleted, or what went
 * with a test clock or with all test data.
 */
static enum err
put_off(struct app *a, struct reading *r, enum err e,
    const struct stripe_reply *reply)
{
	const struct object *o = &r->object;
	char why[WHY];

	/* One of its readings found no room. */
	if (a->wait_ms > 0)
		return errand_back(a->db, &object_errands, r->errand);
	if (e == ERR_NOTFOUND && r->errand->attempts >= OBJECT_GONE_ATTEMPTS) {
		log_info("object_gone", "%s %s is gone at Stripe",
		    stripe_kind_name(o->kind), o->id);
		r->read = NULL;
		return settle(a, r);
	}
	(void)snprintf(why, sizeof(why), "Stripe answered %d %s %s",
	    reply->status, reply->code, reply->param);
	if (e == ERR_INPUT)
		return errand_bury(a->db, &object_errands, r->errand, why);
	(void)know_home_refused(a, reply->status);
	if (e == ERR_INTERNAL)
		log_error("stripe_refused", "could not read %s %s: Stripe"
		    " refuses the key", stripe_kind_name(o->kind), o->id);
	return errand_later(a->db, &object_errands, r->errand, why,
	    e == ERR_INTERNAL ? STRIPE_KEY_REFUSED_S : reply->retry_after);
}

/* A list inside an object is its first ten: these matter whole. */
static int
path_of_rest(const struct reading *r, struct buf *path)
{
	switch (r->object.kind) {
	case STRIPE_SUBSCRIPTION:
		stripe_path_items(r->object.id, path);
		return subscription_has_more(r->read);
	case STRIPE_INVOICE:
		stripe_path_payments(r->object.id, path);
		return ledger_has_more(r->read);
	default:
		return 0;
	}
}

static enum err
read_items(struct app *a, struct reading *r, struct stripe_reply *ret_reply)
{
	struct buf path;
	enum err e = ERR_OK;

	buf_init(&path, STRIPE_PATH);
	if (path_of_rest(r, &path)) {
		e = walk_whole(a, &path, REST_PAGES, ret_reply);
		r->items = ret_reply->body;
	}
	buf_done(&path);
	return e;
}

/* Whose entitlements may be others by what was read?  NULL: nobody's. */
static const char *
granted_to(const struct app *a, const struct reading *r)
{
	if (!a->conf->billing.entitlements || field_deleted(r->read))
		return NULL;
	return r->object.kind == STRIPE_CUSTOMER ? json_text(r->read, "id") :
	    r->object.kind == STRIPE_SUBSCRIPTION ?
	    json_id(r->read, "customer") : NULL;
}

/*
 * To the end of the list.  Where Stripe will not say, what was granted stays,
 * and nobody loses what they pay for by it.
 */
static enum err
read_granted(struct app *a, struct reading *r, struct stripe_reply *ret_reply)
{
	const char *customer_id = granted_to(a, r);
	struct buf path;
	enum err e;

	if (customer_id == NULL)
		return ERR_OK;
	if (granted_begin(a->db, &r->granted) != ERR_OK)
		return ERR_LATER;
	buf_init(&path, STRIPE_PATH);
	stripe_path_granted(customer_id, &path);
	e = walk_whole(a, &path, GRANTED_PAGES, ret_reply);
	buf_done(&path);
	if (e == ERR_OK) {
		granted_add(&r->granted, customer_id, ret_reply->body);
		granted_end(&r->granted);
		r->granted_to = customer_id;
	} else if (e != ERR_LATER && e != ERR_NOTFOUND)
		log_error("entitlements_refused", "Stripe does not say what"
		    " customer %s may use; what was known stays", customer_id);
	return e == ERR_LATER ? ERR_LATER : ERR_OK;
}

static enum err
read_and_apply(struct app *a, struct reading *r, const char *path)
{
	struct stripe_reply reply = { .status = 0 }, items = { .status = 0 },
	    granted = { .status = 0 };
	const struct stripe_reply *last = &reply;
	enum err e;

	granted_init(&r->granted);
	if ((e = stripe_get(a->stripe, path, &reply)) == ERR_OK) {
		r->read = reply.body;
		last = &items;
		e = read_items(a, r, &items);
	}
	if (e == ERR_OK) {
		last = &granted;
		e = read_granted(a, r, &granted);
	}
	e = e == ERR_OK ? settle(a, r) : put_off(a, r, e, last);
	granted_done(&r->granted);
	stripe_reply_done(&granted);
	stripe_reply_done(&items);
	stripe_reply_done(&reply);
	return e;
}

enum err
apply_object(struct app *a, const struct errand *x)
{
	struct reading r = { .errand = x, .conf = a->conf };
	struct buf path;
	enum err e;
	int after;

	if ((e = object_find(a->db, x, &r.object)) != ERR_OK)
		goto done;
	if (know_home_or_later(a, &after) != ERR_OK) {
		e = errand_later(a->db, &object_errands, x, KNOW_HOME_LATER,
		    after);
		goto done;
	}
	buf_init(&path, STRIPE_PATH);
	if (r.object.kind != STRIPE_KINDS)
		stripe_path(r.object.kind, r.object.id, &path);
	e = r.object.kind == STRIPE_KINDS || path.full ?
	    errand_bury(a->db, &object_errands, x, OBJECT_UNKNOWN) :
	    read_and_apply(a, &r, path.data);
	buf_done(&path);
done:
	/* Whoever has claimed it since will do better. */
	return e == ERR_CONFLICT ? ERR_OK : e;
}

struct page {
	struct reading	*reading;
	size_t		 count;
};

/*
 * Errands last: whoever hears of one of them waits for no more than these
 * rows.
 */
static enum err
write_page(struct db *db, void *arg)
{
	const struct page *p = arg;
	enum err e = ERR_OK;
	size_t i;

	for (i = 0; i < p->count && e == ERR_OK; i++)
		e = reading_project(db, &p->reading[i]);
	for (i = 0; i < p->count && e == ERR_OK; i++)
		e = mark(db, &p->reading[i]);
	return e;
}

/*
 * Whoever writes down several locks their customers in one order, or two pages
 * wait for each other.
 */
static int
by_customer(const void *a, const void *b)
{
	const struct reading *x = a, *y = b;
	const char *of_x = json_id(x->read, "customer");
	const char *of_y = json_id(y->read, "customer");
	const int order = strcmp(of_x == NULL ? "" : of_x,
	    of_y == NULL ? "" : of_y);

	return order != 0 ? order : x->object.kind != y->object.kind ?
	    (int)x->object.kind - (int)y->object.kind :
	    strcmp(x->object.id, y->object.id);
}

enum err
apply_shown(struct app *a, const struct shown shown[], size_t count)
{
	struct page page = { .count = count };
	enum err e, one;
	size_t i;

	page.reading = mem_zero(count + 1, sizeof(*page.reading));
	for (i = 0; i < count; i++) {
		page.reading[i].conf = a->conf;
		page.reading[i].errand = &shown[i].claimed->errand;
		page.reading[i].object = shown[i].claimed->object;
		page.reading[i].read = shown[i].read;
	}
	qsort(page.reading, count, sizeof(*page.reading), by_customer);
	e = db_transaction(a->db, write_page, &page);
	/* One that cannot be applied holds up none of the others. */
	if (e != ERR_OK)
		for (e = ERR_OK, i = 0; i < count; i++) {
			one = settle(a, &page.reading[i]);
			if (one != ERR_OK && one != ERR_CONFLICT)
				e = one;
		}
	free(page.reading);
	return e;
}
