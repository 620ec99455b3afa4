/* SPDX-License-Identifier: MIT */

#include <stdio.h>

#include "base/json.h"
#include "base/log.h"
#include "db/array.h"
#include "db/db.h"

#include "billing/feature.h"

#include "billing/granted.h"

#define KEYS_TEXT	((size_t)GRANTED_PAGES * 100 * 2 * FEATURE_NAME)

void
granted_init(struct granted *g)
{
	array_begin(&g->keys, KEYS_TEXT);
	g->asked_at[0] = '\0';
}

void
granted_done(struct granted *g)
{
	buf_done(&g->keys);
}

static const struct stmt granted_clock = {
	.name = "granted_clock",
	.text = "SELECT clock_timestamp()",
	.nparams = 0
};

enum err
granted_begin(struct db *db, struct granted *g)
{
	struct rows *r;
	enum err e;

	e = db_one(db, &granted_clock, NULL, 0, ERR_INTERNAL, &r);
	if (e == ERR_OK)
		e = rows_copy(r, 0, 0, g->asked_at, sizeof(g->asked_at));
	rows_free(r);
	return e;
}

static void
add_key(struct granted *g, const char *customer_id, const char *key)
{
	if (feature_ok(key))
		array_add(&g->keys, key);
	else
		log_warn("entitlement_odd", "customer %s has an entitlement"
		    " whose lookup key is no name of a feature, which is left"
		    " out", customer_id);
}

void
granted_add(struct granted *g, const char *customer_id,
    const struct json *list)
{
	const char *key;
	size_t i;

	for (i = 0; i < json_count(list, "data"); i++) {
		key = json_text(json_item(list, "data", i), "lookup_key");
		if (key != NULL)
			add_key(g, customer_id, key);
	}
}

void
granted_end(struct granted *g)
{
	array_end(&g->keys);
}

static const struct stmt granted_replace = {
	.name = "granted_replace",
	.text =
	    "WITH newest AS (UPDATE customer SET granted_at = $3::timestamptz"
	    " WHERE id = $1"
	    " AND coalesce(account_id, former_account_id) IS NOT NULL"
	    " AND coalesce(granted_at < $3::timestamptz, true) RETURNING id),"
	    " gone AS (DELETE FROM entitlement e USING newest n"
	    " WHERE e.customer_id = n.id AND e.lookup_key <> ALL($2::text[]))"
	    " INSERT INTO entitlement (customer_id, lookup_key)"
	    " SELECT DISTINCT n.id, k FROM newest n, unnest($2::text[]) k"
	    " ON CONFLICT DO NOTHING",
	.nparams = 3
};

enum err
granted_keep(struct db *db, const char *customer_id,
    const struct granted *g)
{
	const char *const arg[] = { customer_id, g->keys.data, g->asked_at };

	return db_query(db, &granted_replace, arg, NELEM(arg), NULL);
}

const struct stmt *const granted_statements[] = {
	&granted_clock,
	&granted_replace,
	NULL
};
