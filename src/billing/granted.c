/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <string.h>

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
	g->last[0] = '\0';
}

void
granted_done(struct granted *g)
{
	buf_done(&g->keys);
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

int
granted_add(struct granted *g, const char *customer_id,
    const struct json *page)
{
	const char *key, *id;
	char at[64];
	size_t i;

	g->last[0] = '\0';
	for (i = 0; i < json_count(page, "data"); i++) {
		(void)snprintf(at, sizeof(at), "data[%zu].lookup_key", i);
		if ((key = json_text(page, at)) != NULL)
			add_key(g, customer_id, key);
		(void)snprintf(at, sizeof(at), "data[%zu].id", i);
		id = json_text(page, at);
		if (id != NULL && strlen(id) < sizeof(g->last))
			memcpy(g->last, id, strlen(id) + 1);
	}
	return json_yes(page, "has_more") && g->last[0] != '\0';
}

void
granted_end(struct granted *g)
{
	array_end(&g->keys);
}

static const struct stmt granted_replace = {
	.name = "granted_replace",
	.text =
	    "WITH gone AS (DELETE FROM entitlement WHERE customer_id = $1"
	    " AND lookup_key <> ALL($2::text[]))"
	    " INSERT INTO entitlement (customer_id, lookup_key)"
	    " SELECT DISTINCT $1, k FROM unnest($2::text[]) k"
	    " ON CONFLICT DO NOTHING",
	.nparams = 2
};

enum err
granted_keep(struct db *db, const char *customer_id,
    const struct granted *g)
{
	const char *const arg[] = { customer_id, g->keys.data };

	return db_query(db, &granted_replace, arg, NELEM(arg), NULL);
}

const struct stmt *const granted_statements[] = {
	&granted_replace,
	NULL
};
