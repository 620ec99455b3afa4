/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "db/db.h"

#include "billing/customer.h"
#include "billing/options.h"
#include "stripe/field.h"
#include "billing/subscription.h"

#define ITEMS_MOST	100	/* Stripe allows 20 in a subscription */

struct item {
	const char	*id;
	const char	*price;
	char		 quantity[FIELD_NUMBER];	/* "": metered */
	char		 start[FIELD_NUMBER];
	char		 end[FIELD_NUMBER];
};

/* A subscription as arguments; "" is NULL. */
struct facts {
	const char	*id;
	const char	*customer;
	const char	*status;
	const char	*livemode;
	const char	*plan;
	struct item	 main;		/* the one that decides the plan */
	char		 start[FIELD_NUMBER];
	char		 end[FIELD_NUMBER];
	char		 cancel_at[FIELD_NUMBER];
	char		 trial_end[FIELD_NUMBER];
	char		 ended_at[FIELD_NUMBER];
	char		 created[FIELD_NUMBER];
};

static enum err
item_read(const struct json *read, size_t i, struct item *ret_item)
{
	const struct json *at;
	char path[64];
	enum err e;

	snprintf(path, sizeof(path), "items.data[%zu]", i);
	if ((at = json_at(read, path)) == NULL)
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

/* Keep the later of two times: of digits without zeros in front, the longer
 * are more. */
static void
later(char kept[FIELD_NUMBER], const char *other)
{
	size_t a = strlen(kept), b = strlen(other);

	if (b > a || (b == a && strcmp(other, kept) > 0))
		memcpy(kept, other, b + 1);
}

/*
 * Items may have different periods: the subscription's ends with the last.
 * The plan is that of the first item whose price is in the configuration; a
 * seat or a meter beside it changes nothing.
 */
static enum err
items_read(const struct billing_config *conf, const struct json *read,
    struct facts *f)
{
	size_t count = json_count(read, "items.data"), i;
	const struct plan_config *plan;
	struct item item;
	enum err e;

	for (i = 0; i < count && count <= ITEMS_MOST; i++) {
		if ((e = item_read(read, i, &item)) != ERR_OK)
			return e;
		later(f->start, item.start);
		later(f->end, item.end);
		plan = plan_of_price(conf, item.price);
		if (i == 0 || (f->plan == NULL && plan != NULL))
			f->main = item;
		if (f->plan == NULL && plan != NULL)
			f->plan = plan->name;
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
 * means the period's end (classic billing, the dashboard), or both.
 */
static enum err
cancel_read(const struct json *read, struct facts *f)
{
	int at_end = 0;
	enum err e;

	e = field_time_maybe(read, "cancel_at", f->cancel_at);
	if (e != ERR_OK || f->cancel_at[0] != '\0')
		return e;
	e = json_bool(read, "cancel_at_period_end", &at_end);
	if (e == ERR_OK && at_end)
		memcpy(f->cancel_at, f->end, sizeof(f->cancel_at));
	return e == ERR_NOTFOUND ? ERR_OK : e;
}

static enum err
facts_read(const struct billing_config *conf, const struct json *read,
    struct facts *f)
{
	enum err e;

	memset(f, 0, sizeof(*f));
	if ((e = field_text(read, "id", &f->id)) != ERR_OK ||
	    (e = field_id(read, "customer", &f->customer)) != ERR_OK ||
	    (e = field_text(read, "status", &f->status)) != ERR_OK ||
	    (e = field_flag(read, "livemode", &f->livemode)) != ERR_OK ||
	    (e = field_time(read, "created", f->created)) != ERR_OK ||
	    (e = field_time_maybe(read, "trial_end", f->trial_end)) !=
	    ERR_OK ||
	    (e = field_time_maybe(read, "ended_at", f->ended_at)) != ERR_OK ||
	    (e = items_read(conf, read, f)) != ERR_OK)
		return e;
	return cancel_read(read, f);
}

/* What has ended stays ended, whatever is read: another has another id. */
static const struct stmt subscription_upsert = {
	.name = "subscription_upsert",
	.text =
	    "INSERT INTO subscription AS s (id, customer_id, status, plan,"
	    " price, quantity, current_period_start, current_period_end,"
	    " cancel_at, trial_end, ended_at, created, livemode)"
	    " VALUES ($1, $2, $3, $4, $5, $6,"
	    " to_timestamp($7::bigint), to_timestamp($8::bigint),"
	    " to_timestamp($9::bigint), to_timestamp($10::bigint),"
	    " to_timestamp($11::bigint), to_timestamp($12::bigint), $13)"
	    " ON CONFLICT (id) DO UPDATE SET"
	    " customer_id = excluded.customer_id, status = excluded.status,"
	    " plan = excluded.plan, price = excluded.price,"
	    " quantity = excluded.quantity,"
	    " current_period_start = excluded.current_period_start,"
	    " current_period_end = excluded.current_period_end,"
	    " cancel_at = excluded.cancel_at,"
	    " trial_end = excluded.trial_end, ended_at = excluded.ended_at,"
	    " created = excluded.created, livemode = excluded.livemode,"
	    " seen_at = now()"
	    " WHERE s.status NOT IN ('canceled', 'incomplete_expired')"
	    " OR s.status = excluded.status"
	    " RETURNING id",
	.nparams = 13
};

/* ERR_CONFLICT: it has ended here. */
static enum err
facts_keep(struct db *db, const struct facts *f)
{
	const char *const arg[] = {
		f->id, f->customer, f->status, f->plan, f->main.price,
		field_or_null(f->main.quantity), field_or_null(f->start),
		f->end, field_or_null(f->cancel_at),
		field_or_null(f->trial_end), field_or_null(f->ended_at),
		f->created, f->livemode
	};
	struct rows *r = NULL;
	enum err e;

	e = db_query(db, &subscription_upsert, arg, NELEM(arg), &r);
	if (e == ERR_OK && rows_count(r) == 0)
		e = ERR_CONFLICT;
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
	    " price, quantity, current_period_start, current_period_end)"
	    " VALUES ($1, $2, $3, $4, $5, to_timestamp($6::bigint),"
	    " to_timestamp($7::bigint))",
	.nparams = 7
};

static enum err
item_keep(struct db *db, const struct item *item, const struct facts *f)
{
	const char *const arg[] = {
		item->id, f->id, f->customer, item->price,
		field_or_null(item->quantity), field_or_null(item->start),
		field_or_null(item->end)
	};

	return db_query(db, &subscription_add_item, arg, NELEM(arg), NULL);
}

static enum err
items_keep(struct db *db, const struct json *read, const struct facts *f)
{
	size_t count = json_count(read, "items.data"), i;
	const char *const arg[] = { f->id };
	struct item item;
	enum err e;

	e = db_query(db, &subscription_drop_items, arg, NELEM(arg), NULL);
	for (i = 0; e == ERR_OK && i < count; i++)
		if ((e = item_read(read, i, &item)) == ERR_OK)
			e = item_keep(db, &item, f);
	return e;
}

enum err
subscription_apply(struct db *db, const struct billing_config *conf,
    const struct json *read, char ret_customer[256])
{
	char account[TEXT_UUID];
	struct facts f;
	enum err e;

	if ((e = facts_read(conf, read, &f)) != ERR_OK ||
	    (e = customer_anchor(db, f.customer, account)) != ERR_OK)
		return e;
	if (account[0] == '\0') {
		snprintf(ret_customer, FIELD_TEXT, "%s", f.customer);
		return ERR_NOTFOUND;
	}
	if ((e = facts_keep(db, &f)) == ERR_CONFLICT) {
		log_warn("subscription_ended", "subscription %s has ended and"
		    " was read as %s, which is ignored", f.id, f.status);
		return ERR_OK;
	}
	return e == ERR_OK ? items_keep(db, read, &f) : e;
}

const struct stmt *const subscription_statements[] = {
	&subscription_upsert,
	&subscription_drop_items,
	&subscription_add_item,
	NULL
};
