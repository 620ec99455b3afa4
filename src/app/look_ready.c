/* SPDX-License-Identifier: MIT */

#include "base/log.h"
#include "chore/chore.h"
#include "db/migrate.h"
#include "db/standing.h"
#include "stripe/signature.h"

#include "app/app.h"

#include "app/look_ready.h"

static enum unready
judge(int version, const struct standing *s)
{
	if (version < MIGRATE_NEEDED)
		return UNREADY_SCHEMA;
	if (s->is_read_only)
		return UNREADY_READ_ONLY;
	return s->ahead_s > SIGNATURE_WINDOW || s->ahead_s < -SIGNATURE_WINDOW ?
	    UNREADY_CLOCK : UNREADY_NOT;
}

static void
say(enum unready why, int version, const struct standing *s)
{
	switch (why) {
	case UNREADY_SCHEMA:
		log_error("schema_old", "the database is at version %d and %d"
		    " is needed", version, MIGRATE_NEEDED);
		break;
	case UNREADY_READ_ONLY:
		log_error("database_readonly", "the database can only be read:"
		    " it is a standby, or set so");
		break;
	case UNREADY_CLOCK:
		log_error("clock_off", "the database's clock is %lld s %s this"
		    " machine's: one of them is wrong",
		    (long long)(s->ahead_s < 0 ? -s->ahead_s : s->ahead_s),
		    s->ahead_s < 0 ? "behind" : "ahead of");
		break;
	case UNREADY_NOT:
		log_info("ready_again", "the database is of use again");
		break;
	}
}

/* Can work be done with the database? */
static enum err
look_database(struct app *a)
{
	struct standing s = { .is_read_only = 0 };
	int version = 0;
	enum unready why;
	enum err e = migrate_version(a->db, &version);

	if (e == ERR_NOTFOUND)
		e = ERR_OK;	/* of version 0 */
	if (e != ERR_OK || (e = standing_look(a->db, &s)) != ERR_OK)
		return e;
	why = judge(version, &s);
	if (why != a->unready)
		say(why, version, &s);
	a->unready = why;
	return why == UNREADY_NOT ? ERR_OK : ERR_LATER;
}

enum err
look_ready(struct app *a, int detail, struct readiness *ret_readiness)
{
	struct readiness *r = ret_readiness;
	enum trait t;
	enum err e = look_database(a);

	for (t = 0; e == ERR_OK && detail && t < TRAITS; t++)
		e = trait_list(a->db, t, r->traits[t], &r->traited[t]);
	if (e == ERR_OK && detail &&
	    (errands_backlog(a, &r->backlog) != ERR_OK ||
	    chore_age(a->db, "reconcile", &r->reconciled_s) != ERR_OK ||
	    chore_age(a->db, "tidy", &r->tidied_s) != ERR_OK))
		e = ERR_LATER;
	return e == ERR_OK ? ERR_OK : ERR_LATER;
}
