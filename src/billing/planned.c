/* SPDX-License-Identifier: MIT */

#include <stdio.h>

#include "base/json.h"
#include "base/text.h"
#include "db/array.h"
#include "db/db.h"
#include "stripe/field.h"

#include "billing/subscription_read.h"

#include "billing/planned.h"

#define PHASES_MOST	32	/* Stripe allows 10 that are not over */
#define PRICES_TEXT	((size_t)SUBSCRIPTION_ITEMS * 2 * STRIPE_ID)
#define QUANTITIES_TEXT	((size_t)SUBSCRIPTION_ITEMS * TEXT_DIGITS)

static const struct stmt planned_update = {
	.name = "planned_update",
	.text =
	    "UPDATE subscription SET next_at = to_timestamp($3::bigint),"
	    " next_prices = $4::text[], next_quantities = $5::bigint[],"
	    " next_ours = $6::boolean OR schedule = $2 AND next_ours IS TRUE,"
	    " schedule = $2 WHERE id = $1",
	.nparams = 6
};

/* Its id alone. */
static const struct stmt planned_attach = {
	.name = "planned_attach",
	.text =
	    "UPDATE subscription SET next_at = NULL, next_prices = NULL,"
	    " next_quantities = NULL, next_ours = NULL, schedule = $2"
	    " WHERE id = $1 AND schedule IS DISTINCT FROM $2",
	.nparams = 2
};

/* The phase that begins when this one ends; NULL: none does. */
static const struct json *
next_phase(const struct json *schedule)
{
	const struct json *phase;
	int64_t end, start;
	size_t i;

	if (json_int(schedule, "current_phase.end_date", &end) != ERR_OK)
		return NULL;
	for (i = 0; i < json_count(schedule, "phases") && i < PHASES_MOST;
	    i++) {
		phase = json_item(schedule, "phases", i);
		if (json_int(phase, "start_date", &start) == ERR_OK &&
		    start == end)
			return phase;
	}
	return NULL;
}

/* The items of a phase or of a pending change, as two columns. */
struct columns {
	struct buf	 prices;
	struct buf	 quantities;
};

static void
columns_done(struct columns *c)
{
	buf_done(&c->prices);
	buf_done(&c->quantities);
}

/* Whatever comes back, columns_done(). */
static enum err
columns_read(const struct json *items, struct columns *ret)
{
	char quantity[TEXT_DIGITS];
	const struct json *item;
	const char *price;
	size_t i;
	enum err e;

	array_begin(&ret->prices, PRICES_TEXT);
	array_begin(&ret->quantities, QUANTITIES_TEXT);
	for (i = 0; i < json_count(items, NULL) && i < SUBSCRIPTION_ITEMS;
	    i++) {
		item = json_item(items, NULL, i);
		if ((e = field_id(item, "price", &price)) != ERR_OK ||
		    (e = field_int_maybe(item, "quantity", quantity)) != ERR_OK)
			return e;
		array_add(&ret->prices, price);
		array_add(&ret->quantities, text_or_null(quantity));
	}
	array_end(&ret->prices);
	array_end(&ret->quantities);
	return ERR_OK;
}

/* `arg` as of planned_update, with what it has of the schedule. */
static enum err
keep_phase(struct db *db, const char *arg[6], const struct json *phase)
{
	char start[TEXT_DIGITS];
	struct columns c;
	enum err e;

	if ((e = field_time(phase, "start_date", start)) != ERR_OK)
		return e;
	if ((e = columns_read(json_at(phase, "items"), &c)) == ERR_OK) {
		arg[2] = start;
		arg[3] = c.prices.data;
		arg[4] = c.quantities.data;
		e = db_query(db, &planned_update, arg, 6, NULL);
	}
	columns_done(&c);
	return e;
}

enum err
planned_keep(struct db *db, const char *subscription_id,
    const struct json *schedule, int made)
{
	const struct json *phase = NULL;
	const char *arg[6] = { subscription_id };

	if (schedule != NULL && !json_has_object(schedule, NULL)) {
		arg[1] = json_id(schedule, NULL);
		return db_query(db, &planned_attach, arg, 2, NULL);
	}
	if (text_equal(json_text(schedule, "status"), "active")) {
		arg[1] = json_id(schedule, NULL);
		arg[5] = made || json_has(schedule, "metadata." PLANNED_CALL) ?
		    "t" : "f";
		phase = next_phase(schedule);
	}
	return phase != NULL ? keep_phase(db, arg, phase) :
	    db_query(db, &planned_update, arg, NELEM(arg), NULL);
}

int
planned_is_bare(const struct json *schedule)
{
	return text_equal(json_text(schedule, "status"), "active") &&
	    text_equal(json_text(schedule, "end_behavior"), "release") &&
	    json_count(schedule, "phases") == 1;
}

static const struct stmt pending_write = {
	.name = "pending_write",
	.text =
	    "UPDATE subscription SET pending_until = to_timestamp($2::bigint),"
	    " pending_prices = $3::text[], pending_quantities = $4::bigint[]"
	    " WHERE id = $1",
	.nparams = 4
};

enum err
pending_keep(struct db *db, const char *subscription_id,
    const struct json *pending_update)
{
	const char *arg[4] = { subscription_id };
	char until[TEXT_DIGITS];
	struct columns c;
	enum err e;

	if (pending_update == NULL)
		return db_query(db, &pending_write, arg, NELEM(arg), NULL);
	if ((e = field_time(pending_update, "expires_at", until)) != ERR_OK)
		return e;
	if ((e = columns_read(json_at(pending_update, "subscription_items"),
	    &c)) == ERR_OK) {
		arg[1] = until;
		arg[2] = c.prices.data;
		arg[3] = c.quantities.data;
		e = db_query(db, &pending_write, arg, NELEM(arg), NULL);
	}
	columns_done(&c);
	return e;
}

const struct stmt *const planned_statements[] = {
	&planned_update,
	&planned_attach,
	&pending_write,
	NULL
};
