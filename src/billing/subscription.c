/* SPDX-License-Identifier: MIT */

#include "base/buf.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "db/array.h"
#include "db/db.h"
#include "errand/lane.h"

#include "billing/customer.h"
#include "billing/listing.h"
#include "billing/planned.h"
#include "billing/subscription_read.h"

#include "billing/subscription.h"

#define ITEMS_TEXT	((size_t)SUBSCRIPTION_ITEMS * 2 * STRIPE_ID)

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
facts_keep(struct db *db, const struct subscription_facts *f,
    struct known *ret_known)
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
item_keep(struct db *db, const struct subscription_item *item, size_t position,
    const struct subscription_facts *f)
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
items_keep(struct db *db, const struct json *items,
    const struct subscription_facts *f)
{
	size_t count = json_count(items, "data"), i;
	const char *const arg[] = { f->id };
	struct subscription_item item;
	enum err e;

	e = db_query(db, &subscription_drop_items, arg, NELEM(arg), NULL);
	for (i = 0; e == ERR_OK && i < count; i++)
		if ((e = subscription_item_read(items, i, &item)) == ERR_OK)
			e = item_keep(db, &item, i, f);
	return e;
}

/* As a rule there is none, and was none. */
static enum err
future_keep(struct db *db, const struct json *read,
    const struct subscription_facts *f, const struct known *known)
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
	struct subscription_facts f;
	struct known known;
	enum err e;

	if ((e = subscription_read(read, items, &f)) != ERR_OK ||
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
	struct subscription_item item;

	for (i = 0; i < count &&
	    subscription_item_read(items, i, &item) == ERR_OK; i++)
		buf_format(out, "%s%s %s %s %s", i > 0 ? "," : "", item.id,
		    item.price, or_dash(item.quantity), or_dash(item.end));
}

static void
listed_add(const struct json *object, struct buf column[])
{
	const struct json *items = json_at(object, "items");
	char lane[TEXT_DIGITS], shown[TEXT_DIGITS];
	struct subscription_facts f;
	struct buf text;

	if (subscription_read(object, items, &f) != ERR_OK)
		return;
	buf_init(&text, ITEMS_TEXT);
	items_put(items, &text);
	(void)text_digits(subscription_has_more(object) ?
	    (int64_t)json_count(items, "data") : SUBSCRIPTION_ITEMS, shown);
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
