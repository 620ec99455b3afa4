/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "db/db.h"
#include "stripe/field.h"

#include "billing/call.h"
#include "billing/listing.h"
#include "billing/object.h"

#include "billing/checkout.h"

/* The page of a customer that is gone cannot be paid on. */
static const struct stmt checkout_newest_open = {
	.name = "checkout_newest_open",
	.text =
	    "SELECT s.id, s.subject, s.url,"
	    " s.expires_at > now() + interval '15 minutes',"
	    " s.created_at > now() - interval '15 minutes'"
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
	struct rows *r;
	enum err e;

	e = db_one(db, &checkout_newest_open, arg, NELEM(arg), ERR_NOTFOUND,
	    &r);
	if (e != ERR_OK)
		return e;
	if ((e = rows_copy(r, 0, 0, s->id, sizeof(s->id))) == ERR_OK &&
	    (e = rows_copy(r, 0, 1, s->subject, sizeof(s->subject))) == ERR_OK)
		e = rows_copy(r, 0, 2, s->url, sizeof(s->url));
	s->lasting = rows_bool(r, 0, 3);
	s->fresh = rows_bool(r, 0, 4);
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
	char		 expires_at[TEXT_DIGITS];
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
	if (strlen(f->id) >= STRIPE_ID)
		return ERR_INPUT;
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
	memcpy(s->id, f.id, strlen(f.id) + 1);
	memcpy(s->subject, c->subject, sizeof(s->subject));
	s->fresh = 1;
	s->url[0] = '\0';
	if (f.url != NULL)
		memcpy(s->url, f.url, strlen(f.url) + 1);
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

/*
 * Of one that is over nothing is waited for, nor of one that is paid and whose
 * subscription is here.
 */
static const struct stmt checkout_select_owned = {
	.name = "checkout_select_owned",
	.text =
	    "SELECT k.status = 'open' OR (k.status = 'complete'"
	    " AND k.created_at > now() - interval '2 days'"
	    " AND NOT EXISTS (SELECT FROM subscription u"
	    " WHERE u.id = k.subscription_id))"
	    " FROM checkout_session k WHERE k.id = $1 AND k.account_id = $2",
	.nparams = 2
};

enum err
checkout_owned(struct db *db, const char *account_id, const char *session_id,
    int *ret_awaited)
{
	const char *const arg[] = { session_id, account_id };
	struct rows *r;
	enum err e;

	e = db_one(db, &checkout_select_owned, arg, NELEM(arg), ERR_NOTFOUND,
	    &r);
	if (e == ERR_OK)
		*ret_awaited = rows_bool(r, 0, 0);
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

/* Its first payment had not come when the subscription was read. */
static const struct stmt checkout_is_news = {
	.name = "checkout_is_news",
	.text =
	    "SELECT EXISTS (SELECT FROM subscription WHERE id = $1"
	    " AND paid_until IS NULL)",
	.nparams = 1
};

/*
 * A payment may come days after the page was left, and need not change the
 * subscription's status: nobody else may say so.
 */
static enum err
tell_subscription(struct db *db, const char *subscription,
    const char *payment_status)
{
	const char *const arg[] = { subscription };
	int news = 0;
	enum err e;

	if (text_equal(payment_status, "paid") &&
	    (e = db_ask(db, &checkout_is_news, arg, NELEM(arg), &news)) !=
	    ERR_OK)
		return e;
	if (!news)
		return object_hear_first(db, STRIPE_SUBSCRIPTION, subscription);
	e = object_hear(db, STRIPE_SUBSCRIPTION, subscription);
	return e != ERR_OK ? e :
	    object_hurry(db, STRIPE_SUBSCRIPTION, subscription);
}

enum err
checkout_apply(struct db *db, const struct json *read)
{
	const char *subscription = json_id(read, "subscription");
	const char *invoice = json_id(read, "invoice");
	const char *arg[] = { NULL, NULL, subscription };
	struct rows *r = NULL;
	enum err e;

	if ((e = field_text(read, "id", &arg[0])) != ERR_OK ||
	    (e = field_text(read, "status", &arg[1])) != ERR_OK)
		return e;
	e = db_query(db, &checkout_update, arg, NELEM(arg), &r);
	if (e == ERR_OK && rows_count(r) == 1 && subscription != NULL)
		e = tell_subscription(db, subscription,
		    json_text(read, "payment_status"));
	if (e == ERR_OK && rows_count(r) == 1 && invoice != NULL)
		e = object_hurry(db, STRIPE_INVOICE, invoice);
	rows_free(r);
	return e;
}

static const struct stmt checkout_select_overdue = {
	.name = "checkout_select_overdue",
	.text =
	    "SELECT r.id FROM checkout_session r WHERE r.status = 'open'"
	    " AND r.expires_at < now() - interval '1 hour'"
	    " AND r.expires_at > now() - interval '30 days'"
	    " AND r.id > $1" LISTING_UNHEARD " ORDER BY r.id LIMIT $2::int",
	.nparams = 2
};

enum err
checkout_overdue(struct db *db, const char *after,
    struct differing *ret_differing)
{
	return listing_overdue(db, &checkout_select_overdue, after,
	    ret_differing);
}

/* In the index's order: the whole table would be full of what is deleted. */
static const struct stmt checkout_delete_old = {
	.name = "checkout_delete_old",
	.text =
	    "DELETE FROM checkout_session WHERE id IN"
	    " (SELECT id FROM checkout_session"
	    " WHERE expires_at < now() - $1::int * interval '1 day'"
	    " ORDER BY expires_at LIMIT $2::int FOR UPDATE SKIP LOCKED)"
	    " RETURNING id",
	.nparams = 2
};

enum err
checkout_tidy(struct db *db, int days, int most, int *ret_deleted)
{
	char age[TEXT_DIGITS], limit[TEXT_DIGITS];
	const char *const arg[] = {
		text_digits(days, age), text_digits(most, limit)
	};

	return db_changes(db, &checkout_delete_old, arg, NELEM(arg),
	    ret_deleted);
}

const struct stmt *const checkout_statements[] = {
	&checkout_newest_open,
	&checkout_insert,
	&checkout_any_pending,
	&checkout_select_owned,
	&checkout_expire,
	&checkout_update,
	&checkout_is_news,
	&checkout_select_overdue,
	&checkout_delete_old,
	NULL
};
