/* SPDX-License-Identifier: MIT */

#include "base/log.h"
#include "base/text.h"
#include "db/db.h"

#include "app/app.h"
#include "app/desk.h"

#include "app/resolve_fact.h"

struct resolving {
	const struct errand_row	*row;
	enum fact_end		 end;
};

static enum err
resolve(struct db *db, void *arg)
{
	const struct resolving *r = arg;

	return fact_resolve(db, r->row->lane, r->row->id, r->end);
}

enum err
resolve_fact(struct app *a, const char *id, enum fact_end end)
{
	struct errand_row row;
	struct resolving r = { .row = &row, .end = end };
	enum err e;

	if ((e = desk_find(a, &fact_errands, id, &row)) == ERR_OK)
		e = db_transaction(a->db, resolve, &r);
	if (e == ERR_OK) {
		log_info("fact_resolved", "%s: %s", row.id,
		    end == FACT_IS_TOLD ? "Cello has it" :
		    end == FACT_AGAIN ? "to be told again" :
		    "not to be told");
		app_ring(a);
	}
	return e;
}
