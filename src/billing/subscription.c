/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "db/array.h"
#include "db/db.h"
#include "errand/lane.h"
#include "stripe/field.h"

#include "billing/customer.h"
#include "billing/listing.h"
#include "billing/planned.h"

#include "billing/subscription.h"

#define ITEMS_MOST	100	/* Stripe allows 20 in a subscription */
#define ITEMS_TEXT	((size_t)ITEMS_MOST * 2 * STRIPE_ID)

struct item {
	const char	*id;
	const char	*price;
	char		 quantity[TEXT_DIGITS];	/* "": metered */
	char		 start[TEXT_DIGITS];
	char		 end[TEXT_DIGITS];
};

/* A subscription as arguments; "" is NULL. */
struct facts {
	const char	*id;
	const char	*customer;
	const char	*status;
	const char	*livemode;
	const char	*pause;		/* NULL: payments are collected */
	const char	*invoice;	/* the latest; NULL: none */
	const char	*invoice_status;	/* NULL: not said */
	const char	*pay_url;	/* NULL: nothing is owed there */
	const char	*schedule;	/* NULL: it is attached to none */
	int		 cancel_flag;	/* cancel_at stands for a flag */
	int		 confirmed;	/* `paid_until` is all that counts */
	struct item	 first;
	char		 start[TEXT_DIGITS];
	char		 end[TEXT_DIGITS];
	char		 first_end[TEXT_DIGITS];	/* of an item */
	char		 paid_until[TEXT_DIGITS];
	char		 failed_at[TEXT_DIGITS];
	char		 resumes_at[TEXT_DIGITS];
	char		 cancel_at[TEXT_DIGITS];
	char		 trial_end[TEXT_DIGITS];
	char		 ended_at[TEXT_DIGITS];
	char		 created[TEXT_DIGITS];
};

static enum err
item_read(const struct json *items, size_t i, struct item *ret_item)
{
	const struct json *at = json_item(items, "data", i);
	enum err e;

	if (at == NULL)
		return ERR_INPUT;
	if ((e = field_text(at, "id", &ret_item->id)) != ERR_OK ||
	    (e = field_id(at, "price", &ret_item->price)) != ERR_OK ||
	    (e = field_int_maybe(at, "quantity", ret_item->quantity)) !=
	    ERR_OK ||
	    (e = field_time_maybe(at, "current_period_start",
	    ret_item->start)) != ERR_OK)
		return e;
	return field_time_maybe(at, "current_period_end", ret_item->end);
}

/* Of digits without zeros in front, the longer are more. */
static int
is_later(const char *time, const char *other)
{
	size_t a = strlen(time), b = strlen(other);

	return a > b || (a == b && strcmp(time, other) > 0);
}

static void
later(char kept[TEXT_DIGITS], const char *other)
{
	if (is_later(other, kept))
		memcpy(kept, other, strlen(other) + 1);
}

static void
earlier(char kept[TEXT_DIGITS], const char *other)
{
	if (other[0] != '\0' && (kept[0] == '\0' || is_later(kept, other)))
		memcpy(kept, other, strlen(other) + 1);
}

/* Items may have different periods: the subscription's ends with the last. */
static enum err
items_read(const struct json *items, struct facts *f)
{
	size_t count = json_count(items, "data"), i;
	struct item item;
	enum err e;

	for (i = 0; i < count && count <= ITEMS_MOST; i++) {
		if ((e = item_read(items, i, &item)) != ERR_OK)
			return e;
		later(f->start, item.start);
		later(f->end, item.end);
		earlier(f->first_end, item.end);
		if (i == 0)
			f->first = item;
	}
	if (count == 0 || count > ITEMS_MOST || f->end[0] == '\0') {
		log_warn("object_unreadable", "subscription %s has %zu items"
		    " and %s period", f->id, count,
		    f->end[0] == '\0' ? "no" : "a");
		return ERR_INPUT;
	}
	return ERR_OK;
}

/*
 * A scheduled end is a time (flexible billing, the portal), or a flag that
 * means the period's end (classic billing, the dashboard), or both.  Of several
 * periods the flag means the one that ends first.
 */
static enum err
cancel_read(const struct json *read, struct facts *f)
{
	int at_end = 0;
	enum err e;

	if ((e = field_time_maybe(read, "cancel_at", f->cancel_at)) != ERR_OK)
		return e;
	e = json_bool(read, "cancel_at_period_end", &at_end);
	f->cancel_flag = e == ERR_OK && at_end;
	if (f->cancel_flag && f->cancel_at[0] == '\0')
		memcpy(f->cancel_at, f->first_end, sizeof(f->cancel_at));
	return e == ERR_NOTFOUND ? ERR_OK : e;
}

/*
 * Until when is it paid?  While it is active its period is, once its latest
 * invoice is: Stripe makes a subscription active, or its next period begin,
 * before a payment that takes days has arrived.  The invoice of a renewal says
 * that there was a period before this one.  What ended before it was first
 * read had been paid as well.
 */
static void
paid_read(const struct json *read, struct facts *f)
{
	const int is_paid = text_equal(f->invoice_status, "paid");

	f->confirmed = text_equal(f->status, "trialing") ||
	    (text_equal(f->status, "active") &&
	    (is_paid || f->invoice_status == NULL)) ||
	    (text_equal(f->status, "canceled") && is_paid);
	if (f->confirmed)
		memcpy(f->paid_until, f->end, sizeof(f->end));
	else if (text_equal(json_text(read, "latest_invoice.billing_reason"),
	    "subscription_cycle"))
		memcpy(f->paid_until, f->start, sizeof(f->start));
}

/*
 * An open invoice of what is active is being charged, unless it is sent, or a
 * change waits for it.
 */
static int
is_owed(const struct json *read, const struct facts *f)
{
	return text_equal(json_text(read, "collection_method"),
	    "send_invoice") || json_has(read, "pending_update") ||
	    (!text_equal(f->status, "active") &&
	    !text_equal(f->status, "trialing"));
}

/* What its latest invoice, which is read along with it, says of a debt. */
static enum err
invoice_read(const struct json *read, struct facts *f)
{
	const char *url = json_text(read, "latest_invoice.hosted_invoice_url");

	f->invoice = json_id(read, "latest_invoice");
	f->invoice_status = json_text(read, "latest_invoice.status");
	if (!text_equal(f->invoice_status, "open"))
		return ERR_OK;
	if (url != NULL && strlen(url) < SUBSCRIPTION_URL && is_owed(read, f))
		f->pay_url = url;
	return field_time_maybe(read,
	    "latest_invoice.status_transitions.finalized_at", f->failed_at);
}

static enum err
facts_read(const struct json *read, const struct json *items,
    struct facts *f)
{
	enum err e;

	memset(f, 0, sizeof(*f));
	f->pause = json_text(read, "pause_collection.behavior");
	f->schedule = json_id(read, "schedule");
	if ((e = field_text(read, "id", &f->id)) != ERR_OK ||
	    (e = field_id(read, "customer", &f->customer)) != ERR_OK ||
	    (e = field_text(read, "status", &f->status)) != ERR_OK ||
	    (e = field_flag(read, "livemode", &f->livemode)) != ERR_OK ||
	    (e = field_time(read, "created", f->created)) != ERR_OK ||
	    (e = field_time_maybe(read, "trial_end", f->trial_end)) !=
	    ERR_OK ||
	    (e = field_time_maybe(read, "ended_at", f->ended_at)) != ERR_OK ||
	    (e = field_time_maybe(read, "pause_collection.resumes_at",
	    f->resumes_at)) != ERR_OK ||
	    (e = items_read(items, f)) != ERR_OK ||
	    (e = invoice_read(read, f)) != ERR_OK)
		return e;
	paid_read(read, f);
	return cancel_read(read, f);
}

/*
 * What has ended stays ended, whatever is read: another has another id.  A
 * debt begins when it is first seen, for its invoice may have been under way for
 * days until then; one that was there when we first looked is as old as that.
 */
static const struct stmt subscription_upsert = {
	.name = "subscription_upsert",
	.text =
	    "INSERT INTO subscription AS s (id, customer_id, status, price,"
	    " quantity, current_period_start, current_period_end,"
	    " cancel_at, trial_end, ended_at, created, livemode, pause,"
	    " resumes_at, pay_url, paid_until, past_due_since,"
	    " latest_invoice, latest_invoice_status, cancel_flag)"
	    " VALUES ($1, $2, $3, $4, $5, to_timestamp($6::bigint),"
	    " to_timestamp($7::bigint), to_timestamp($8::bigint),"
	    " to_timestamp($9::bigint), to_timestamp($10::bigint),"
	    " to_timestamp($11::bigint), $12, $13,"
	    " to_timestamp($14::bigint), $15, to_timestamp($16::bigint),"
	    " CASE WHEN $3 = 'past_due'"
	    " THEN least(now(), to_timestamp($17::bigint)) END, $19, $20, $21::boolean)"
	    " ON CONFLICT (id) DO UPDATE SET"
	    " customer_id = excluded.customer_id, status = excluded.status,"
	    " price = excluded.price,"
	    " quantity = excluded.quantity,"
	    " current_period_start = excluded.current_period_start,"
	    " current_period_end = excluded.current_period_end,"
	    " cancel_at = excluded.cancel_at,"
	    " trial_end = excluded.trial_end, ended_at = excluded.ended_at,"
	    " created = excluded.created, livemode = excluded.livemode,"
	    " pause = excluded.pause, resumes_at = excluded.resumes_at,"
	    " pay_url = excluded.pay_url,"
	    " paid_until = CASE WHEN $18::boolean THEN excluded.paid_until"
	    " ELSE coalesce(s.paid_until, excluded.paid_until) END,"
	    " past_due_since = CASE WHEN excluded.status <> 'past_due'"
	    " THEN NULL WHEN s.status <> 'past_due' THEN now()"
	    " ELSE coalesce(s.past_due_since, excluded.past_due_since) END,"
	    " latest_invoice = excluded.latest_invoice,"
	    " latest_invoice_status = excluded.latest_invoice_status,"
	    " cancel_flag = excluded.cancel_flag,"
	    " seen_at = now()"
	    " WHERE s.status NOT IN ('canceled', 'incomplete_expired')"
	    " OR s.status = excluded.status"
	    " RETURNING schedule IS NOT NULL, pending_until IS NOT NULL",
	.nparams = 21
};

/* Was something known, until now? */
struct known {
	int	 schedule;
	int	 pending;
};

/* ERR_CONFLICT: it has ended here. */
static enum err
facts_keep(struct db *db, const struct facts *f, struct known *ret_known)
{
	struct rows *r;
	enum err e;
	const char *const arg[] = {
		f->id, f->customer, f->status, f->first.price,
		text_or_null(f->first.quantity), text_or_null(f->start),
		f->end, text_or_null(f->cancel_at),
		text_or_null(f->trial_end), text_or_null(f->ended_at),
		f->created, f->livemode, f->pause,
		text_or_null(f->resumes_at), f->pay_url,
		text_or_null(f->paid_until), text_or_null(f->failed_at),
		f->confirmed ? "t" : "f", f->invoice, f->invoice_status,
		f->cancel_flag ? "t" : "f"
	};

	e = db_one(db, &subscription_upsert, arg, NELEM(arg), ERR_CONFLICT,
	    &r);
	if (e == ERR_OK) {
		ret_known->schedule = rows_bool(r, 0, 0);
		ret_known->pending = rows_bool(r, 0, 1);
	}
	rows_free(r);
	return e;
}

static const struct stmt subscription_drop_items = {
	.name = "subscription_drop_items",
	.text = "DELETE FROM subscription_item WHERE subscription_id = $1",
	.nparams = 1
};

static const struct stmt subscription_add_item = {
	.name = "subscription_add_item",
	.text =
	    "INSERT INTO subscription_item (id, subscription_id, customer_id,"
	    " price, quantity, current_period_start, current_period_end,"
	    " position) VALUES ($1, $2, $3, $4, $5,"
	    " to_timestamp($6::bigint), to_timestamp($7::bigint), $8)",
	.nparams = 8
};

static enum err
item_keep(struct db *db, const struct item *item, size_t position,
    const struct facts *f)
{
	char at[TEXT_DIGITS];
	const char *const arg[] = {
		item->id, f->id, f->customer, item->price,
		text_or_null(item->quantity), text_or_null(item->start),
		text_or_null(item->end), text_digits((int64_t)position, at)
	};

	return db_query(db, &subscription_add_item, arg, NELEM(arg), NULL);
}

static enum err
items_keep(struct db *db, const struct json *items, const struct facts *f)
{
	size_t count = json_count(items, "data"), i;
	const char *const arg[] = { f->id };
	struct item item;
	enum err e;

	e = db_query(db, &subscription_drop_items, arg, NELEM(arg), NULL);
	for (i = 0; e == ERR_OK && i < count; i++)
		if ((e = item_read(items, i, &item)) == ERR_OK)
			e = item_keep(db, &item, i, f);
	return e;
}

/* As a rule there is none, and was none. */
static enum err
future_keep(struct db *db, const struct json *read, const struct facts *f,
    const struct known *known)
{
	const struct json *pending = json_at(read, "pending_update");
	enum err e = ERR_OK;

	if (f->schedule != NULL || known->schedule)
		e = planned_keep(db, f->id, json_at(read, "schedule"), 0);
	if (e == ERR_OK && (pending != NULL || known->pending))
		e = pending_keep(db, f->id, pending);
	return e;
}

int
subscription_has_more(const struct json *read)
{
	return json_yes(read, "items.has_more");
}

enum err
subscription_apply(struct db *db, const struct json *read,
    char ret_customer[STRIPE_ID])
{
	return subscription_apply_with(db, read, json_at(read, "items"),
	    ret_customer);
}

enum err
subscription_apply_with(struct db *db, const struct json *read,
    const struct json *items, char ret_customer[STRIPE_ID])
{
	struct facts f;
	struct known known;
	enum err e;

	if ((e = facts_read(read, items, &f)) != ERR_OK ||
	    (e = customer_anchor_linked(db, f.customer, ret_customer)) !=
	    ERR_OK)
		return e;
	if ((e = facts_keep(db, &f, &known)) == ERR_CONFLICT) {
		log_warn("subscription_ended", "subscription %s has ended and"
		    " was read as %s, which is ignored", f.id, f.status);
		return ERR_OK;
	}
	if (e == ERR_OK)
		e = future_keep(db, read, &f, &known);
	return e == ERR_OK ? items_keep(db, items, &f) : e;
}

/*
 * What has ended here stays so, whatever is listed.  A page shows the first
 * items of a subscription, each as "id price quantity period's end": the first
 * $5 of ours must be the same, which is all of them if it shows all.
 */
static const struct stmt subscription_listed = {
	.name = "subscription_listed",
	.text =
	    "SELECT l.id FROM unnest($1::int[], $2::text[], $3::text[],"
	    " $4::text[], $5::int[], $6::bigint[], $7::text[], $8::text[])"
	    " AS l (lane, id, status, items, shown, cancel_at, pause,"
	    " schedule)"
	    " LEFT JOIN subscription s ON s.id = l.id"
	    " WHERE coalesce(s.status NOT IN"
	    " ('canceled', 'incomplete_expired') AND (s.status <> l.status"
	    " OR s.cancel_at IS DISTINCT FROM to_timestamp(l.cancel_at)"
	    " OR s.pause IS DISTINCT FROM l.pause"
	    " OR s.schedule IS DISTINCT FROM l.schedule"
	    " OR l.items IS DISTINCT FROM"
	    " (SELECT string_agg(concat_ws(' ', t.id, t.price, coalesce("
	    "t.quantity::text, '-'), coalesce(extract(epoch FROM"
	    " t.current_period_end)::bigint::text, '-')), ','"
	    " ORDER BY t.position) FROM subscription_item t"
	    " WHERE t.subscription_id = s.id AND t.position < l.shown)),"
	    " true)" LISTING_UNKNOWN,
	.nparams = 8
};

enum { LANE, ID, STATUS, ITEMS, SHOWN, CANCEL_AT, PAUSE, SCHEDULE };

static const char *
or_dash(const char *digits)
{
	return digits[0] == '\0' ? "-" : digits;
}

static void
items_put(const struct json *items, struct buf *out)
{
	size_t count = json_count(items, "data"), i;
	struct item item;

	for (i = 0; i < count && item_read(items, i, &item) == ERR_OK; i++)
		buf_format(out, "%s%s %s %s %s", i > 0 ? "," : "", item.id,
		    item.price, or_dash(item.quantity), or_dash(item.end));
}

static void
listed_add(const struct json *object, struct buf column[])
{
	const struct json *items = json_at(object, "items");
	char lane[TEXT_DIGITS], shown[TEXT_DIGITS];
	struct facts f;
	struct buf text;

	if (facts_read(object, items, &f) != ERR_OK)
		return;
	buf_init(&text, ITEMS_TEXT);
	items_put(items, &text);
	(void)text_digits(subscription_has_more(object) ?
	    (int64_t)json_count(items, "data") : ITEMS_MOST, shown);
	array_add(&column[LANE], text_digits(lane_of(f.id), lane));
	array_add(&column[ID], f.id);
	array_add(&column[STATUS], f.status);
	array_add(&column[ITEMS], text.data);
	array_add(&column[SHOWN], shown);
	array_add(&column[CANCEL_AT], text_or_null(f.cancel_at));
	array_add(&column[PAUSE], f.pause);
	array_add(&column[SCHEDULE], f.schedule);
	buf_done(&text);
}

enum err
subscription_compare(struct db *db, const struct json *page,
    struct differing *ret_differing)
{
	return listing_hold(db, &subscription_listed, page, listed_add,
	    ret_differing);
}

/*
 * Its period is over, and nobody has looked at it for as long as it was over
 * then: again and again, after twice the time each.  Or an older program wrote
 * it, while this one was being installed, and did not say what is paid.
 */
static const struct stmt subscription_select_overdue = {
	.name = "subscription_select_overdue",
	.text =
	    "SELECT r.id FROM subscription r"
	    " WHERE r.status NOT IN ('canceled', 'incomplete_expired', 'gone')"
	    " AND ((r.current_period_end < now() - interval '10 minutes'"
	    " AND r.seen_at < r.current_period_end"
	    " + (now() - r.current_period_end) / 2)"
	    " OR (r.paid_until IS NULL AND r.latest_invoice IS NULL"
	    " AND r.status IN ('active', 'trialing', 'past_due')))"
	    " AND r.id > $1" LISTING_UNHEARD " ORDER BY r.id LIMIT $2::int",
	.nparams = 2
};

enum err
subscription_overdue(struct db *db, const char *after,
    struct differing *ret_differing)
{
	return listing_overdue(db, &subscription_select_overdue, after,
	    ret_differing);
}

/* It may be found again: what has ended is another matter. */
static const struct stmt subscription_mark_gone = {
	.name = "subscription_mark_gone",
	.text =
	    "UPDATE subscription SET status = 'gone', seen_at = now()"
	    " WHERE id = $1"
	    " AND status NOT IN ('canceled', 'incomplete_expired')",
	.nparams = 1
};

enum err
subscription_lost(struct db *db, const char *id)
{
	const char *const arg[] = { id };

	return db_query(db, &subscription_mark_gone, arg, NELEM(arg), NULL);
}

const struct stmt *const subscription_statements[] = {
	&subscription_upsert,
	&subscription_drop_items,
	&subscription_add_item,
	&subscription_listed,
	&subscription_select_overdue,
	&subscription_mark_gone,
	NULL
};
