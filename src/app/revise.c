/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "account/account.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "billing/object.h"
#include "billing/planned.h"
#include "db/db.h"
#include "stripe/client.h"
#include "stripe/kind.h"

#include "app/app.h"
#include "app/config.h"
#include "app/know_home.h"

#include "app/revise.h"

/*
 * The longest way: an old call, a schedule to be released or made and then to
 * be read, what is wanted, a refusal that shows that all was different, and
 * the round that finds everything done.
 */
#define ROUNDS	8

enum err
revise_end(struct revision *r, enum revised how)
{
	r->ended = 1;
	r->ret->how = how;
	return ERR_OK;
}

enum err
revise_read_schedule(struct revision *r)
{
	r->read_schedule = 1;
	return ERR_OK;
}

enum err
revise_call(struct db *db, struct revision *r, enum call_kind kind,
    revise_put *put)
{
	struct buf path, form;
	enum err e;

	if (r->written[kind] == put)
		return r->ret->refusal == REFUSAL_NONE ? ERR_LATER :
		    revise_end(r, r->ret->refusal == REFUSAL_STALE ?
		    REVISE_STALE : REVISE_REFUSED);
	e = call_may_write(db, r->account_id, kind, &r->ret->retry_after);
	if (e != ERR_OK)
		return e;
	r->writing = put;
	call_init(&r->call, r->account_id, kind, "");
	memcpy(r->call.subject, r->now.id, sizeof(r->now.id));
	buf_init(&path, sizeof(r->call.path) - 1);
	buf_init(&form, CALL_FORM);
	e = put(r, &path, &form);
	if (e == ERR_OK && (path.full || form.full))
		e = ERR_INTERNAL;
	if (e == ERR_OK) {
		memcpy(r->call.path, path.data, path.len + 1);
		r->call.form = mem_text(form.data);
		e = call_write(db, &r->call);
	}
	buf_done(&path);
	buf_done(&form);
	return e;
}

static enum err
put_release(const struct revision *r, struct buf *path, struct buf *form)
{
	(void)form;
	stripe_path_release(r->now.schedule, path);
	return ERR_OK;
}

enum err
revise_release(struct db *db, struct revision *r)
{
	/* What somebody has arranged for this customer is theirs to undo. */
	if (!r->now.schedule_ours)
		return revise_end(r, REVISE_REFUSED);
	return revise_call(db, r, CALL_RELEASE, put_release);
}

/*
 * Begun for a subscription that does not count any more, for whoever had that
 * one before them; one that an earlier version wrote does not say which.
 */
static int
is_of_another(const struct revision *r)
{
	return !text_empty(r->call.subject) &&
	    !text_equal(r->call.subject, r->now.id);
}

/* A courier sees what came of it, if it was sent. */
static enum err
give_up(struct db *db, const struct revision *r)
{
	enum err e = call_refused(db, &r->call, "another subscription counts");

	return e != ERR_OK ? e :
	    object_hear(db, STRIPE_SUBSCRIPTION, r->call.subject);
}

/* What was begun comes first; then it is the verb's to say. */
static enum err
decide(struct db *db, void *arg)
{
	struct revision *r = arg;
	struct account account;
	enum err e;
	int begun;

	call_done(&r->call);
	memset(&r->call, 0, sizeof(r->call));
	r->read_schedule = 0;
	r->ended = 0;
	r->writing = NULL;
	/* Two tabs decide one after the other. */
	if ((e = account_lock(db, r->account_id, &account)) != ERR_OK)
		return e;
	if (account_is_erased(&account))
		return revise_end(r, REVISE_NONE);
	/*
	 * In this order: what came of a call that a twin settles meanwhile is
	 * in the rows that are looked at next.
	 */
	e = call_find_change(db, r->account_id, &r->call);
	if (e != ERR_OK && e != ERR_NOTFOUND)
		return e;
	begun = e == ERR_OK;
	e = subscription_find(db, &r->a->conf->billing, r->account_id,
	    &r->now);
	if (e == ERR_NOTFOUND ||
	    (e == ERR_OK && r->now.entitlement == ENTITLEMENT_NONE))
		return revise_end(r, REVISE_NONE);
	if (e != ERR_OK)
		return e;
	r->ret->subscription = r->now;
	if (begun && is_of_another(r))
		return (e = give_up(db, r)) != ERR_OK ? e : decide(db, r);
	if (!begun)
		e = r->decide(db, r);
	return e != ERR_OK || r->call.form == NULL ? e :
	    call_sending(db, &r->call);
}

/*
 * Not as the rows have it, or nobody knows what came of it: how is it?
 * ERR_NOTFOUND: it is not there.
 */
static enum err
read_again(struct revision *r)
{
	struct buf path;
	enum err e;

	if (clock_mono_us() >= r->last_us)
		return ERR_LATER;
	buf_init(&path, STRIPE_PATH);
	stripe_path(STRIPE_SUBSCRIPTION, r->now.id, &path);
	e = stripe_get(r->a->stripe, path.data, &r->reread);
	buf_done(&path);
	return e;
}

/*
 * Does the answer say how it is?  Not one that says no, and not one that Stripe
 * gave before, to whoever did not get it: it is of that time.
 */
static int
is_telling(const struct revision *r)
{
	return r->sent == ERR_OK ? !r->sending.reply.replayed :
	    r->sent != ERR_INPUT && r->sent != ERR_NOTFOUND;
}

/*
 * Stripe keeps an error of its own under the key, done or not; a schedule that
 * was made all the same carries nothing of ours, as the call can set nothing.
 * There was none before, so a bare one is it.
 */
static void
find_made(struct revision *r)
{
	const struct json *schedule = json_at(r->reread.body, "schedule");

	if (r->sent != ERR_NOTFOUND || r->call.kind != CALL_SCHEDULE ||
	    !planned_is_bare(schedule))
		return;
	r->sending.made = schedule;
	r->sent = ERR_OK;
}

/* What it shows is true; what it does not show is a courier's to read. */
static enum err
apply(struct db *db, const struct json *subscription)
{
	char customer[STRIPE_ID];
	enum err e = subscription_apply(db, subscription, customer);

	return e == ERR_INPUT || e == ERR_NOTFOUND ? ERR_OK : e;
}

/* What was made shows in the rows at once, for whoever asks next. */
static enum err
apply_made(struct db *db, const struct revision *r)
{
	const struct json *made = r->sending.made;

	switch (r->call.kind) {
	case CALL_SCHEDULE:
	case CALL_PHASES:
		return planned_keep(db, r->now.id, made, 1);
	case CALL_RELEASE:
		return planned_keep(db, r->now.id, NULL, 0);
	default:
		return apply(db, made);
	}
}

static enum err
settle(struct db *db, void *arg)
{
	struct revision *r = arg;
	const char *id;
	enum err e;

	switch (r->sent) {
	case ERR_OK:
		id = json_text(r->sending.made, "id");
		e = call_made(db, &r->call, id == NULL ? "" : id);
		if (e == ERR_OK)
			e = apply_made(db, r);
		break;
	case ERR_INPUT:
	case ERR_NOTFOUND:
		e = call_refused(db, &r->call, r->sending.why);
		break;
	default:
		return ERR_OK;
	}
	if (e == ERR_OK && r->reread.status == 200)
		e = apply(db, r->reread.body);
	return e != ERR_OK ? e :
	    object_overtake(db, STRIPE_SUBSCRIPTION, r->now.id);
}

/* The schedule as it is after the call is what the next one goes by. */
static void
keep_schedule(struct revision *r)
{
	stripe_reply_done(&r->schedule_reply);
	memset(&r->schedule_reply, 0, sizeof(r->schedule_reply));
	r->schedule = NULL;
	if (r->sent != ERR_OK || r->sending.reply.replayed ||
	    r->call.kind != CALL_SCHEDULE ||
	    r->sending.made != r->sending.reply.body)
		return;
	r->schedule_reply = r->sending.reply;
	r->schedule = r->sending.made;
	memset(&r->sending.reply, 0, sizeof(r->sending.reply));
	r->sending.made = NULL;
}

static enum err
look_at_outcome(struct revision *r)
{
	struct revised_plan *ret = r->ret;

	switch (r->sent) {
	case ERR_OK:
	case ERR_NOTFOUND:
		return ERR_OK;
	case ERR_INPUT:
		/* What an earlier request had begun does not decide. */
		if (!r->call.sent)
			ret->refusal = refusal_of(&r->sending.reply,
			    r->call.form);
		return ERR_OK;
	case ERR_LATER:
		if (r->sending.twin)
			return revise_end(r, REVISE_TWIN);
		ret->retry_after = r->sending.reply.retry_after;
		return ERR_LATER;
	default:
		if (know_home_refused_later(r->a, r->sending.reply.status,
		    &ret->retry_after))
			return ERR_LATER;
		ret->refusal = REFUSAL_OTHER;
		return revise_end(r, REVISE_REFUSED);
	}
}

static enum err
read_schedule(struct revision *r)
{
	struct stripe_reply *reply = &r->schedule_reply;
	struct buf path;
	enum err e;

	stripe_reply_done(reply);
	buf_init(&path, STRIPE_PATH);
	stripe_path_schedule(r->now.schedule, &path);
	e = stripe_get(r->a->stripe, path.data, reply);
	buf_done(&path);
	r->schedule = e == ERR_OK ? reply->body : NULL;
	r->ret->retry_after = reply->retry_after;
	if (e == ERR_INTERNAL)
		(void)know_home_refused(r->a, reply->status);
	return e == ERR_OK ? ERR_OK : ERR_LATER;
}

static enum err
go_round(struct revision *r)
{
	enum err e;

	/* What is to be done next?  Journaled, if it is a call. */
	if ((e = db_transaction(r->a->db, decide, r)) != ERR_OK || r->ended)
		return e;
	if (r->writing != NULL)
		r->written[r->call.kind] = r->writing;
	if (r->read_schedule)
		return read_schedule(r);

	/* Do it, write down what came of it, and see. */
	r->sent = call_send(r->a->stripe, &r->call, r->last_us, &r->sending);
	if (!is_telling(r)) {
		e = read_again(r);
		find_made(r);
	}
	/* What may have been done, or undone since, is not settled unseen. */
	if (r->sent != ERR_INPUT && e != ERR_OK && e != ERR_NOTFOUND)
		e = ERR_LATER;
	else if ((e = db_transaction(r->a->db, settle, r)) == ERR_OK) {
		app_ring(r->a);
		e = look_at_outcome(r);
	}
	keep_schedule(r);
	sending_done(&r->sending);
	stripe_reply_done(&r->reread);
	memset(&r->reread, 0, sizeof(r->reread));
	return e;
}

enum err
revise(struct revision *r, struct revised_plan *ret_plan)
{
	enum err e;
	int i;

	memset(ret_plan, 0, sizeof(*ret_plan));
	r->ret = ret_plan;
	e = know_home_or_later(r->a, &ret_plan->retry_after);
	for (i = 0; i < ROUNDS && e == ERR_OK && !r->ended; i++) {
		if (i > 0 && clock_mono_us() >= r->last_us)
			break;
		e = go_round(r);
		/* A twin settled the call meanwhile: look at what is now. */
		if (e == ERR_CONFLICT)
			e = ERR_OK;
	}
	call_done(&r->call);
	stripe_reply_done(&r->schedule_reply);
	return e == ERR_OK && !r->ended ? ERR_LATER : e;
}
