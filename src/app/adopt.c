/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <string.h>

#include "account/account.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/text.h"
#include "db/db.h"
#include "net/form.h"
#include "stripe/client.h"
#include "stripe/field.h"
#include "stripe/kind.h"

#include "app/app.h"
#include "app/know_home.h"
#include "app/take_over.h"
#include "app/walk.h"

#include "app/adopt.h"

/* Whose is it? */
struct looking {
	struct app		*a;
	const struct adopt_wish	*w;
	const struct json	*read;
	const char		*said;		/* id or address; NULL */
	struct account		 account;
	struct adoption		*r;
};

static enum err
as_is(struct looking *l, enum adopted how)
{
	l->r->how = how;
	return ERR_CONFLICT;
}

/* ERR_NOTFOUND: there is no such account. */
static enum err
find_account(struct db *db, const char *name, struct account *ret_account)
{
	return text_is_uuid(name) ? account_lock(db, name, ret_account) :
	    account_find(db, name, ret_account, NULL, 0);
}

static enum err
settle_for(struct looking *l, enum adopt_by by)
{
	l->r->by = by;
	memcpy(l->r->account, l->account.id, sizeof(l->account.id));
	return ERR_OK;
}

/* What its metadata says is not overruled: somebody has to change it there. */
static enum err
find_said(struct db *db, struct looking *l, const char *named)
{
	struct account other;
	enum err e = find_account(db, l->said, &l->account);

	if (e == ERR_NOTFOUND)
		return as_is(l, ADOPT_UNKNOWN);
	if (e != ERR_OK)
		return e;
	if (named != NULL && text_is_uuid(named) &&
	    !text_equal(named, l->account.id)) {
		e = account_lock(db, named, &other);
		if (e == ERR_OK) {
			memcpy(l->r->owner, other.id, sizeof(other.id));
			return as_is(l, ADOPT_ANOTHERS);
		}
		if (e != ERR_NOTFOUND)
			return e;
	}
	return settle_for(l, ADOPT_BY_ID);
}

/*
 * ERR_CONFLICT: l->r->how says why it stays as it is.  One whose metadata names
 * nobody here is somebody's elsewhere, whatever its address.
 */
static enum err
whose(struct db *db, void *arg)
{
	struct looking *l = arg;
	const char *named = json_text(l->read, "metadata.new_user_id");
	const char *email = json_text(l->read, "email");
	enum err e;

	if (l->said != NULL)
		return find_said(db, l, named);
	if (!text_empty(named)) {
		e = text_is_uuid(named) ?
		    account_lock(db, named, &l->account) : ERR_NOTFOUND;
		if (e == ERR_NOTFOUND)
			return as_is(l, ADOPT_NOBODY);
		return e != ERR_OK ? e : settle_for(l, ADOPT_BY_METADATA);
	}
	e = text_empty(email) ? ERR_NOTFOUND :
	    account_find(db, email, &l->account, NULL, 0);
	if (e == ERR_NOTFOUND)
		return as_is(l, ADOPT_NOBODY);
	if (e != ERR_OK)
		return e;
	(void)settle_for(l, ADOPT_BY_ADDRESS);
	return l->w->by_address ? ERR_OK : as_is(l, ADOPT_UNVERIFIED);
}

static enum err
look_at_namesakes(const struct json *page, void *arg)
{
	struct looking *l = arg;
	const struct json *other;
	const char *id;
	size_t i;

	for (i = 0; i < json_count(page, "data"); i++) {
		other = json_item(page, "data", i);
		id = json_text(other, "id");
		if (id == NULL || text_equal(id, l->r->customer) ||
		    text_equal(json_text(other, "metadata.new_user_id"),
		    l->account.id))
			continue;
		text_cut(id, l->r->other, STRIPE_ID);
		return as_is(l, ADOPT_SEVERAL);
	}
	return ERR_OK;
}

/*
 * Is there any with this address but itself, and but the one that a signup
 * here has made?
 */
static enum err
look_for_namesake(struct looking *l, const char *email)
{
	struct stripe_reply last;
	struct buf path;
	enum err e;

	buf_init(&path, STRIPE_PATH);
	stripe_path_list(STRIPE_CUSTOMER, 0, &path);
	buf_text(&path, "&email=");
	form_escape(&path, email);
	e = walk(l->a, &path, look_at_namesakes, l, &last);
	stripe_reply_done(&last);
	buf_done(&path);
	return e;
}

/* Stripe's list is exact to the letter: both spellings are asked for. */
static enum err
look_for_namesakes(struct looking *l)
{
	const char *email = json_text(l->read, "email");
	enum err e = look_for_namesake(l, email);

	return e != ERR_OK || text_equal(email, l->account.email) ? e :
	    look_for_namesake(l, l->account.email);
}

static enum err
adopt_read(struct looking *l)
{
	const char *id = json_text(l->read, "id");
	struct adoption *r = l->r;
	enum err e;

	memset(r, 0, sizeof(*r));
	if (id == NULL || strlen(id) >= sizeof(r->customer))
		return ERR_INTERNAL;
	memcpy(r->customer, id, strlen(id) + 1);
	if (field_deleted(l->read)) {
		r->how = ADOPT_GONE;
		return ERR_OK;
	}
	e = db_transaction(l->a->db, whose, l);
	if (e == ERR_OK && r->by == ADOPT_BY_ADDRESS)
		e = look_for_namesakes(l);
	if (e == ERR_OK)
		e = take_over(l->a, l->read, l->w->dry_run, r);
	return e == ERR_CONFLICT ? ERR_OK : e;
}

enum err
adopt(struct app *a, const struct adopt_wish *w, const char *id,
    const char *account, struct adoption *ret_adoption)
{
	struct looking l = { .a = a, .w = w, .said = account,
	    .r = ret_adoption };
	struct stripe_reply reply;
	struct buf path;
	enum err e;

	if ((e = know_home(a)) != ERR_OK)
		return e;
	buf_init(&path, STRIPE_PATH);
	stripe_path(STRIPE_CUSTOMER, id, &path);
	e = stripe_get(a->stripe, path.data, &reply);
	buf_done(&path);
	if (e == ERR_OK) {
		l.read = reply.body;
		e = adopt_read(&l);
	} else if (e == ERR_NOTFOUND) {
		memset(ret_adoption, 0, sizeof(*ret_adoption));
		text_cut(id, ret_adoption->customer, STRIPE_ID);
		ret_adoption->how = ADOPT_GONE;
		e = ERR_OK;
	}
	stripe_reply_done(&reply);
	return e;
}

enum err
adopt_page(struct app *a, const struct adopt_wish *w, char after[STRIPE_ID],
    adopt_tell *tell, void *arg, int *ret_more)
{
	struct adoption r;
	struct looking l = { .a = a, .w = w, .r = &r };
	struct stripe_reply reply;
	struct buf path;
	char next[STRIPE_ID];
	size_t i;
	enum err e;

	if ((e = know_home(a)) != ERR_OK)
		return e;
	buf_init(&path, STRIPE_PATH);
	stripe_path_list(STRIPE_CUSTOMER, 0, &path);
	stripe_path_behind(after, &path);
	e = stripe_get(a->stripe, path.data, &reply);
	buf_done(&path);
	memcpy(next, after, sizeof(next));
	if (e == ERR_OK && field_next_page(reply.body, next) != ERR_OK)
		e = ERR_INTERNAL;
	for (i = 0; e == ERR_OK && i < json_count(reply.body, "data"); i++) {
		l.read = json_item(reply.body, "data", i);
		if ((e = adopt_read(&l)) != ERR_OK)
			break;
		memcpy(after, r.customer, sizeof(r.customer));
		tell(&r, arg);
	}
	if (e == ERR_OK)
		*ret_more = next[0] != '\0';
	stripe_reply_done(&reply);
	return e;
}
