/* SPDX-License-Identifier: MIT */

#include "base/log.h"
#include "chore/chore.h"
#include "db/migrate.h"

#include "app/app.h"

#include "app/look_ready.h"

enum err
look_ready(struct app *a, int detail, struct readiness *ret_readiness)
{
	struct readiness *r = ret_readiness;
	int version = 0;
	enum trait t;
	enum err e;

	e = migrate_version(a->db, &version);
	if (e == ERR_NOTFOUND || (e == ERR_OK && version < MIGRATE_NEEDED)) {
		log_warn("schema_old", "the database is at version %d and %d is"
		    " needed", version, MIGRATE_NEEDED);
		return ERR_LATER;
	}
	for (t = 0; e == ERR_OK && detail && t < TRAITS; t++)
		e = trait_list(a->db, t, r->traits[t], &r->traited[t]);
	if (e == ERR_OK && detail &&
	    (errands_backlog(a, &r->backlog) != ERR_OK ||
	    chore_age(a->db, "reconcile", &r->reconciled_s) != ERR_OK ||
	    chore_age(a->db, "tidy", &r->tidied_s) != ERR_OK))
		e = ERR_LATER;
	return e == ERR_OK ? ERR_OK : ERR_LATER;
}
