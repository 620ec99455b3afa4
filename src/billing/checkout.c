/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/log.h"
#include "db/db.h"
#include "net/form.h"

#include "billing/call.h"
#include "stripe/field.h"
#include "billing/object.h"

#include "billing/checkout.h"

#define SUBJECT		128

void
checkout_subject(const struct checkout_order *o, char ret_subject[SUBJECT])
{
	int len = snprintf(ret_subject, SUBJECT, "%s:%d", o->plan->name,
	    o->quantity);

	assert(len > 0 && len < SUBJECT);
	(void)len;
}

/*
 * Cello looks at the customer; these are for people, and for finding the
 * account again if ours should be lost.  Metadata does not spread by itself,
 * so the subscription gets its own.
 */
static void
add_metadata(struct buf *b, const struct checkout_order *o)
{
	form_text(b, "metadata[new_user_id]", o->account_id);
	form_text(b, "metadata[new_user_organization_id]", o->organization);
	form_text(b, "metadata[cello_ucc]", o->ucc);
	form_text(b, "metadata[endpin_plan]", o->plan->name);
	form_text(b, "metadata[endpin_call]", o->call_id);
	form_text(b, "subscription_data[metadata][new_user_id]",
	    o->account_id);
	form_text(b, "subscription_data[metadata][new_user_organization_id]",
	    o->organization);
	form_text(b, "subscription_data[metadata][cello_ucc]", o->ucc);
	form_text(b, "subscription_data[metadata][endpin_plan]",
	    o->plan->name);
}

static void
add_page(struct buf *b, const char *name, const char *origin,
    const char *page)
{
	struct buf url;

	buf_init(&url, CHECKOUT_URL);
	buf_text(&url, origin);
	buf_text(&url, page);
	form_text(b, name, url.data);
	buf_done(&url);
}

void
checkout_form(const struct checkout_order *o, struct buf *ret_form)
{
	struct buf *b = ret_form;

	form_text(b, "mode", "subscription");
	form_text(b, "customer", o->customer_id);
	form_text(b, "client_reference_id", o->account_id);
	form_text(b, "line_items[0][price]", o->plan->price);
	form_int(b, "line_items[0][quantity]", o->quantity);
	add_metadata(b, o);
	if (o->plan->trial_days > 0 && !o->tried)
		form_int(b, "subscription_data[trial_period_days]",
		    o->plan->trial_days);

	/* Stripe refuses the two together, even if the second says false. */
	if (!text_empty(o->ucc) && !text_empty(o->plan->referral_coupon))
		form_text(b, "discounts[0][coupon]",
		    o->plan->referral_coupon);
	else
		form_text(b, "allow_promotion_codes", "true");

	add_page(b, "success_url", o->origin,
	    "/account?session_id={CHECKOUT_SESSION_ID}");
	add_page(b, "cancel_url", o->origin, "/pricing");
}

/* The page of a customer that is gone cannot be paid on. */
static const struct stmt checkout_newest_open = {
	.name = "checkout_newest_open",
	.text =
	    "SELECT s.id, s.subject, s.url,"
	    " s.expires_at > now() + interval '15 minutes'"
	    " FROM checkout_session s"
	    " JOIN customer c ON c.id = s.customer_id AND NOT c.deleted"
	    " WHERE s.account_id = $1 AND s.status = 'open'"
	    " AND s.url IS NOT NULL"
	    " AND s.expires_at > now()"
	    " ORDER BY s.created_at DESC, s.id LIMIT 1",
	.nparams = 1
};

enum err
checkout_find_open(struct db *db, const char *account_id,
    struct checkout_session *ret_session)
{
	const char *const arg[] = { account_id };
	struct checkout_session *s = ret_session;
	struct rows *r = NULL;
	enum err e;

	e = db_query(db, &checkout_newest_open, arg, NELEM(arg), &r);
	if (e != ERR_OK)
		goto done;
	if (rows_count(r) == 0) {
		e = ERR_NOTFOUND;
		goto done;
	}
	snprintf(s->id, sizeof(s->id), "%s", rows_text(r, 0, 0));
	snprintf(s->subject, sizeof(s->subject), "%s", rows_text(r, 0, 1));
	snprintf(s->url, sizeof(s->url), "%s", rows_text(r, 0, 2));
	s->lasting = rows_bool(r, 0, 3);
done:
	rows_free(r);
	return e;
}

/* Kept before, it may have been applied since: then that is newer. */
static const struct stmt checkout_insert = {
	.name = "checkout_insert",
	.text =
	    "INSERT INTO checkout_session (id, account_id, customer_id,"
	    " subject, status, url, expires_at)"
	    " VALUES ($1, $2, $3, $4, $5, $6, to_timestamp($7::bigint))"
	    " ON CONFLICT (id) DO NOTHING",
	.nparams = 7
};

/* A session as arguments. */
struct facts {
	const char	*id;
	const char	*customer;
	const char	*status;
	const char	*url;		/* NULL: not open */
	char		 expires_at[FIELD_NUMBER];
};

static enum err
facts_read(const struct json *read, struct facts *f)
{
	enum err e;

	memset(f, 0, sizeof(*f));
	if (!text_equal(json_text(read, "object"), "checkout.session"))
		return ERR_INPUT;
	if ((e = field_text(read, "id", &f->id)) != ERR_OK ||
	    (e = field_text(read, "status", &f->status)) != ERR_OK ||
	    (e = field_id(read, "customer", &f->customer)) != ERR_OK ||
	    (e = field_time(read, "expires_at", f->expires_at)) != ERR_OK)
		return e;
	if (text_equal(f->status, "open"))
		f->url = json_text(read, "url");
	if (f->url != NULL && strlen(f->url) >= CHECKOUT_URL) {
		log_warn("object_unreadable", "the address of %s is too long",
		    f->id);
		return ERR_INPUT;
	}
	return ERR_OK;
}

static enum err
facts_keep(struct db *db, const struct call *c, const struct facts *f)
{
	const char *const arg[] = {
		f->id, c->account_id, f->customer, c->subject, f->status,
		f->url, f->expires_at
	};

	return db_query(db, &checkout_insert, arg, NELEM(arg), NULL);
}

enum err
checkout_keep(struct db *db, const struct call *c, const struct json *answer,
    struct checkout_session *ret_session)
{
	struct checkout_session *s = ret_session;
	struct facts f;
	enum err e;

	if ((e = facts_read(answer, &f)) != ERR_OK ||
	    (e = facts_keep(db, c, &f)) != ERR_OK)
		return e;
	snprintf(s->id, sizeof(s->id), "%s", f.id);
	snprintf(s->subject, sizeof(s->subject), "%s", c->subject);
	snprintf(s->url, sizeof(s->url), "%s", f.url == NULL ? "" : f.url);
	return ERR_OK;
}

/*
 * Between a session that is complete and its subscription there is a moment in
 * which nothing forbids to buy again.  A page lives for a day at most; if the
 * subscription is not here a day after that, it is not on its way.
 */
static const struct stmt checkout_any_pending = {
	.name = "checkout_any_pending",
	.text =
	    "SELECT EXISTS (SELECT FROM checkout_session k"
	    " WHERE k.account_id = $1 AND k.status = 'complete'"
	    " AND k.created_at > now() - interval '2 days'"
	    " AND NOT EXISTS (SELECT FROM subscription u"
	    " WHERE u.id = k.subscription_id))",
	.nparams = 1
};

enum err
checkout_pending(struct db *db, const char *account_id, int *ret_pending)
{
	const char *const arg[] = { account_id };

	return db_ask(db, &checkout_any_pending, arg, NELEM(arg), ret_pending);
}

static const struct stmt checkout_select_owned = {
	.name = "checkout_select_owned",
	.text =
	    "SELECT id FROM checkout_session"
	    " WHERE id = $1 AND account_id = $2",
	.nparams = 2
};

enum err
checkout_owned(struct db *db, const char *account_id, const char *session_id)
{
	const char *const arg[] = { session_id, account_id };
	struct rows *r = NULL;
	enum err e;

	e = db_query(db, &checkout_select_owned, arg, NELEM(arg), &r);
	if (e == ERR_OK && rows_count(r) == 0)
		e = ERR_NOTFOUND;
	rows_free(r);
	return e;
}

static const struct stmt checkout_expire = {
	.name = "checkout_expire",
	.text =
	    "UPDATE checkout_session SET status = 'expired', url = NULL"
	    " WHERE id = $1 AND status = 'open'",
	.nparams = 1
};

enum err
checkout_closed(struct db *db, const char *session_id)
{
	const char *const arg[] = { session_id };

	return db_query(db, &checkout_expire, arg, NELEM(arg), NULL);
}

/*
 * Its address is worth nothing once it is not open.  One that we had expired
 * may have been paid a moment earlier, so complete is believed always.
 */
static const struct stmt checkout_update = {
	.name = "checkout_update",
	.text =
	    "UPDATE checkout_session SET status = $2,"
	    " subscription_id = coalesce($3, subscription_id),"
	    " url = CASE WHEN $2 = 'open' THEN url END"
	    " WHERE id = $1 AND (status = 'open' OR $2 <> 'open')"
	    " RETURNING id",
	.nparams = 3
};

enum err
checkout_apply(struct db *db, const struct json *read)
{
	const char *subscription = json_id(read, "subscription");
	const char *arg[] = { NULL, NULL, subscription };
	struct rows *r = NULL;
	enum err e;

	if ((e = field_text(read, "id", &arg[0])) != ERR_OK ||
	    (e = field_text(read, "status", &arg[1])) != ERR_OK)
		return e;
	e = db_query(db, &checkout_update, arg, NELEM(arg), &r);
	if (e == ERR_OK && rows_count(r) == 1 && subscription != NULL)
		e = object_hear(db, "subscription", subscription);
	rows_free(r);
	return e;
}

const struct stmt *const checkout_statements[] = {
	&checkout_newest_open,
	&checkout_insert,
	&checkout_any_pending,
	&checkout_select_owned,
	&checkout_expire,
	&checkout_update,
	NULL
};
