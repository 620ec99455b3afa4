/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "db/array.h"
#include "db/db.h"
#include "errand/lane.h"
#include "stripe/field.h"

#include "billing/customer.h"
#include "billing/listing.h"
#include "billing/object.h"

#include "billing/invoice.h"

/* An invoice as arguments; "" and NULL are NULL. */
struct facts {
	const char	*id;
	const char	*customer;
	const char	*subscription;
	const char	*status;
	const char	*billing_reason;
	const char	*currency;
	const char	*livemode;
	const char	*number;	/* NULL: a draft */
	const char	*url;
	char		 amount_due[TEXT_DIGITS];
	char		 amount_paid[TEXT_DIGITS];
	char		 total[TEXT_DIGITS];
	char		 created[TEXT_DIGITS];
	char		 paid_at[TEXT_DIGITS];
};

static enum err
facts_read(const struct json *read, struct facts *f)
{
	enum err e;

	memset(f, 0, sizeof(*f));
	if ((e = field_text(read, "id", &f->id)) != ERR_OK ||
	    (e = field_id(read, "customer", &f->customer)) != ERR_OK ||
	    (e = field_text(read, "status", &f->status)) != ERR_OK ||
	    (e = field_text(read, "currency", &f->currency)) != ERR_OK ||
	    (e = field_flag(read, "livemode", &f->livemode)) != ERR_OK ||
	    (e = field_int(read, "amount_due", f->amount_due)) != ERR_OK ||
	    (e = field_int(read, "amount_paid", f->amount_paid)) != ERR_OK ||
	    (e = field_int(read, "total", f->total)) != ERR_OK ||
	    (e = field_time(read, "created", f->created)) != ERR_OK)
		return e;
	/* None of these is there in an invoice that somebody made by hand. */
	f->subscription = json_id(read,
	    "parent.subscription_details.subscription");
	f->billing_reason = json_text(read, "billing_reason");
	f->number = json_text(read, "number");
	f->url = json_text(read, "hosted_invoice_url");
	if (f->url != NULL && strlen(f->url) >= INVOICE_URL)
		f->url = NULL;
	return field_time_maybe(read, "status_transitions.paid_at",
	    f->paid_at);
}

static const struct stmt invoice_upsert = {
	.name = "invoice_upsert",
	.text =
	    "INSERT INTO invoice (id, customer_id, subscription_id, status,"
	    " billing_reason, currency, amount_due, amount_paid, total,"
	    " created, paid_at, livemode, number, url, booked)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9,"
	    " to_timestamp($10::bigint), to_timestamp($11::bigint), $12, $13, $14, $8)"
	    " ON CONFLICT (id) DO UPDATE SET"
	    " customer_id = excluded.customer_id,"
	    " subscription_id = excluded.subscription_id,"
	    " status = excluded.status,"
	    " billing_reason = excluded.billing_reason,"
	    " currency = excluded.currency,"
	    " amount_due = excluded.amount_due,"
	    " amount_paid = excluded.amount_paid, total = excluded.total,"
	    " created = excluded.created, paid_at = excluded.paid_at,"
	    " livemode = excluded.livemode, number = excluded.number,"
	    " url = excluded.url, booked = excluded.booked,"
	    " seen_at = now()",
	.nparams = 14
};

static enum err
facts_keep(struct db *db, const struct facts *f)
{
	const char *const arg[] = {
		f->id, f->customer, f->subscription, f->status,
		f->billing_reason, f->currency, f->amount_due, f->amount_paid,
		f->total, f->created, text_or_null(f->paid_at), f->livemode,
		f->number, f->url
	};

	return db_query(db, &invoice_upsert, arg, NELEM(arg), NULL);
}

/* The other event of the same renewal is on its way, as a rule. */
#define SUBSCRIPTION_SOON_S	5

/* Read since it was paid, the subscription knows. */
static const struct stmt invoice_is_news = {
	.name = "invoice_is_news",
	.text =
	    "SELECT NOT EXISTS (SELECT FROM subscription WHERE id = $1"
	    " AND (seen_at > to_timestamp($3::bigint) + interval '1 minute'"
	    " OR (latest_invoice = $2 AND latest_invoice_status = 'paid')))",
	.nparams = 3
};

/* The subscription leads its owner to it, to pay. */
static const struct stmt invoice_is_owed = {
	.name = "invoice_is_owed",
	.text =
	    "SELECT EXISTS (SELECT FROM subscription WHERE id = $1"
	    " AND latest_invoice = $2 AND latest_invoice_status = 'open')",
	.nparams = 2
};

static enum err
is_news(struct db *db, const struct facts *f, int *ret_news)
{
	const char *const arg[] = { f->subscription, f->id, f->paid_at };

	*ret_news = 0;
	if (f->subscription == NULL)
		return ERR_OK;
	if (text_equal(f->status, "paid") && f->paid_at[0] != '\0')
		return db_ask(db, &invoice_is_news, arg, 3, ret_news);
	if (text_equal(f->status, "void") ||
	    text_equal(f->status, "uncollectible"))
		return db_ask(db, &invoice_is_owed, arg, 2, ret_news);
	return ERR_OK;
}

/*
 * What is paid, or is owed no more, changes what it was for, also if nobody
 * says so: the subscription is read too, unless that shows there already.
 */
static enum err
tell_subscription(struct db *db, const struct facts *f)
{
	int news;
	enum err e = is_news(db, f, &news);

	return e != ERR_OK || !news ? e : object_hear_later(db,
	    STRIPE_SUBSCRIPTION, f->subscription, SUBSCRIPTION_SOON_S);
}

enum err
invoice_apply(struct db *db, const struct json *read,
    char ret_customer[STRIPE_ID])
{
	struct facts f;
	enum err e;

	if ((e = facts_read(read, &f)) != ERR_OK ||
	    (e = customer_anchor_linked(db, f.customer, ret_customer)) !=
	    ERR_OK || (e = facts_keep(db, &f)) != ERR_OK)
		return e;
	return tell_subscription(db, &f);
}

static const struct stmt invoice_set_booked = {
	.name = "invoice_set_booked",
	.text =
	    "UPDATE invoice SET booked = $2::bigint WHERE id = $1"
	    " AND coalesce(paid_at, created) > now() - interval '2 days'",
	.nparams = 2
};

enum err
invoice_booked(struct db *db, const struct json *read, int64_t amount)
{
	char digits[TEXT_DIGITS];
	const char *const arg[] = { json_text(read, "id"),
	    text_digits(amount, digits) };
	int64_t paid = 0;

	if (json_int(read, "amount_paid", &paid) == ERR_OK && paid == amount)
		return ERR_OK;
	log_warn("invoice_unbooked", "of invoice %s %lld is paid, and its"
	    " payments come to %lld", arg[0], (long long)paid,
	    (long long)amount);
	return db_query(db, &invoice_set_booked, arg, NELEM(arg), NULL);
}

/* A draft can be deleted. */
static const struct stmt invoice_mark_deleted = {
	.name = "invoice_mark_deleted",
	.text =
	    "UPDATE invoice SET status = 'deleted', seen_at = now()"
	    " WHERE id = $1",
	.nparams = 1
};

enum err
invoice_lost(struct db *db, const char *id)
{
	const char *const arg[] = { id };

	return db_query(db, &invoice_mark_deleted, arg, NELEM(arg), NULL);
}

static const struct stmt invoice_any = {
	.name = "invoice_any",
	.text =
	    "SELECT EXISTS (SELECT FROM customer c"
	    " JOIN invoice i ON i.customer_id = c.id"
	    " WHERE (c.account_id = $1 OR c.former_account_id = $1)"
	    " AND i.status = 'paid' AND i.amount_paid > 0)",
	.nparams = 1
};

enum err
invoice_any_paid(struct db *db, const char *account_id, int *ret_paid)
{
	const char *const arg[] = { account_id };

	return db_ask(db, &invoice_any, arg, NELEM(arg), ret_paid);
}

static const struct stmt invoice_select_payer = {
	.name = "invoice_select_payer",
	.text =
	    "SELECT c.id, i.currency FROM customer c"
	    " JOIN invoice i ON i.customer_id = c.id"
	    " WHERE c.account_id = $1 AND NOT c.deleted AND i.status = 'paid'"
	    " ORDER BY i.created DESC, i.id LIMIT 1",
	.nparams = 1
};

enum err
invoice_payer(struct db *db, const char *account_id, struct payer *ret_payer)
{
	const char *const arg[] = { account_id };
	struct payer *p = ret_payer;
	struct rows *r;
	enum err e;

	e = db_one(db, &invoice_select_payer, arg, NELEM(arg), ERR_NOTFOUND,
	    &r);
	if (e == ERR_OK && (e = rows_copy(r, 0, 0, p->customer,
	    sizeof(p->customer))) == ERR_OK)
		e = rows_copy(r, 0, 1, p->currency, sizeof(p->currency));
	rows_free(r);
	return e;
}

static const struct stmt invoice_listed = {
	.name = "invoice_listed",
	.text =
	    "SELECT l.id FROM unnest($1::int[], $2::text[], $3::text[],"
	    " $4::bigint[], $5::bigint[], $6::bigint[])"
	    " AS l (lane, id, status, amount_due, amount_paid, total)"
	    " LEFT JOIN invoice i ON i.id = l.id"
	    " WHERE coalesce(i.status <> l.status"
	    " OR i.amount_due <> l.amount_due"
	    " OR i.amount_paid <> l.amount_paid OR i.total <> l.total, true)"
	    LISTING_UNKNOWN,
	.nparams = 6
};

enum { LANE, ID, STATUS, DUE, PAID, TOTAL };

static void
listed_add(const struct json *object, struct buf column[])
{
	char lane[TEXT_DIGITS];
	struct facts f;

	if (facts_read(object, &f) != ERR_OK)
		return;
	array_add(&column[LANE], text_digits(lane_of(f.id), lane));
	array_add(&column[ID], f.id);
	array_add(&column[STATUS], f.status);
	array_add(&column[DUE], f.amount_due);
	array_add(&column[PAID], f.amount_paid);
	array_add(&column[TOTAL], f.total);
}

enum err
invoice_compare(struct db *db, const struct json *page,
    struct differing *ret_differing)
{
	return listing_hold(db, &invoice_listed, page, listed_add,
	    ret_differing);
}

/*
 * It may be paid long after it was made (net 90, retries of two months), and
 * lists are asked for what was made lately.  What a program of before wrote has
 * no entry in the ledger yet; nor what invoice_booked() doubts.
 */
static const struct stmt invoice_select_overdue = {
	.name = "invoice_select_overdue",
	.text =
	    "SELECT r.id FROM invoice r WHERE ((r.status IN ('draft', 'open')"
	    " AND r.seen_at < now() - interval '1 day'"
	    " AND r.created > now() - interval '400 days')"
	    " OR (r.amount_paid <> coalesce(r.booked, 0)"
	    " AND r.status <> 'deleted'))"
	    " AND r.id > $1" LISTING_UNHEARD " ORDER BY r.id LIMIT $2::int",
	.nparams = 2
};

enum err
invoice_overdue(struct db *db, const char *after,
    struct differing *ret_differing)
{
	return listing_overdue(db, &invoice_select_overdue, after,
	    ret_differing);
}

static const struct stmt invoice_select_list = {
	.name = "invoice_select_list",
	.text =
	    "SELECT i.id, coalesce(i.number, ''), i.status, i.currency,"
	    " i.total, i.amount_paid, extract(epoch FROM i.created)::bigint,"
	    " coalesce(i.url, '') FROM customer c"
	    " JOIN invoice i ON i.customer_id = c.id"
	    " WHERE (c.account_id = $1 OR c.former_account_id = $1)"
	    " AND i.status NOT IN ('draft', 'deleted')"
	    " ORDER BY i.created DESC, i.id LIMIT $2::int",
	.nparams = 2
};

static enum err
list_fill(const struct rows *r, int i, struct invoice *ret)
{
	enum err e;

	if ((e = rows_copy(r, i, 0, ret->id, sizeof(ret->id))) != ERR_OK ||
	    (e = rows_copy(r, i, 3, ret->currency, sizeof(ret->currency))) !=
	    ERR_OK ||
	    (e = rows_copy(r, i, 7, ret->url, sizeof(ret->url))) != ERR_OK)
		return e;
	text_cut(rows_text(r, i, 1), ret->number, sizeof(ret->number));
	text_cut(rows_text(r, i, 2), ret->status, sizeof(ret->status));
	ret->total = rows_int(r, i, 4);
	ret->paid = rows_int(r, i, 5);
	ret->created = (time_t)rows_int(r, i, 6);
	return ERR_OK;
}

enum err
invoice_list(struct db *db, const char *account_id, int most,
    struct invoice **ret_list, int *ret_count)
{
	char digits[TEXT_DIGITS];
	const char *const arg[] = { account_id, text_digits(most, digits) };
	struct invoice *list;
	struct rows *r = NULL;
	int i, count;
	enum err e;

	e = db_query(db, &invoice_select_list, arg, NELEM(arg), &r);
	if (e != ERR_OK)
		return e;
	count = rows_count(r);
	list = mem_zero((size_t)count + 1, sizeof(*list));
	for (i = 0; e == ERR_OK && i < count; i++)
		e = list_fill(r, i, &list[i]);
	rows_free(r);
	if (e != ERR_OK) {
		free(list);
		return e;
	}
	*ret_list = list;
	*ret_count = count;
	return ERR_OK;
}

const struct stmt *const invoice_statements[] = {
	&invoice_select_list,
	&invoice_upsert,
	&invoice_is_news,
	&invoice_is_owed,
	&invoice_set_booked,
	&invoice_mark_deleted,
	&invoice_any,
	&invoice_select_payer,
	&invoice_listed,
	&invoice_select_overdue,
	NULL
};
