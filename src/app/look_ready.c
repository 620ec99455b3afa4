/* SPDX-License-Identifier: MIT */

#include "base/log.h"
#include "billing/trait.h"
#include "chore/chore.h"
#include "db/migrate.h"
#include "db/standing.h"
#include "stripe/signature.h"

#include "app/app.h"

#include "app/look_ready.h"

/*
 * Which of two clocks is wrong Stripe's signatures tell: by this machine's clock
 * they were out of time.  If the rows cannot be asked, it is taken to be the
 * database's.
 */
static int
is_ours_wrong(struct app *a)
{
	struct trait_row row[TRAITS_MOST];
	size_t n;

	return trait_list(a->db, TRAIT_UNTIMELY, row, &n) == ERR_OK &&
	    trait_within(row, n, TRAIT_UNTIMELY_S) != NULL;
}

static enum unready
judge(struct app *a, int version, const struct standing *s)
{
	if (version < MIGRATE_NEEDED)
		return UNREADY_SCHEMA;
	if (s->is_read_only)
		return UNREADY_READ_ONLY;
	if (s->ahead_s <= SIGNATURE_WINDOW && s->ahead_s >= -SIGNATURE_WINDOW)
		return UNREADY_NOT;
	return is_ours_wrong(a) ? UNREADY_CLOCK : READY_CLOCK_APART;
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
	case READY_CLOCK_APART:
	case UNREADY_CLOCK:
		log_error("clock_off", "the database's clock is %lld s %s this"
		    " machine's: %s",
		    (long long)(s->ahead_s < 0 ? -s->ahead_s : s->ahead_s),
		    s->ahead_s < 0 ? "behind" : "ahead of",
		    why == UNREADY_CLOCK ? "this machine's is wrong, as events"
		    " are refused for their time" : "one of them is wrong");
		break;
	case UNREADY_NOT:
		log_info("ready_again", "what was said of the"
		    " database is over");
		break;
	}
}

/* Can work be done with the database?  How far its clock is ahead of ours. */
static enum err
look_database(struct app *a, int64_t *ret_ahead_s)
{
	struct standing s = { .is_read_only = 0 };
	int version = 0;
	enum unready why;
	enum err e = migrate_version(a->db, &version);

	if (e == ERR_NOTFOUND)
		e = ERR_OK;	/* of version 0 */
	if (e != ERR_OK || (e = standing_look(a->db, &s)) != ERR_OK)
		return e;
	why = judge(a, version, &s);
	if (why != a->unready)
		say(why, version, &s);
	a->unready = why;
	*ret_ahead_s = s.ahead_s;
	return why == UNREADY_NOT || why == READY_CLOCK_APART ? ERR_OK :
	    ERR_LATER;
}

enum err
look_ready(struct app *a, int detail, struct readiness *ret_readiness)
{
	struct readiness *r = ret_readiness;
	int64_t ahead_s = 0;
	enum trait t;
	enum err e = look_database(a, &ahead_s);

	for (t = 0; e == ERR_OK && detail && t < TRAITS; t++)
		e = trait_list(a->db, t, r->traits[t], &r->traited[t]);
	if (e == ERR_OK && detail &&
	    (errands_backlog(a, &r->backlog) != ERR_OK ||
	    chore_age(a->db, "reconcile", &r->reconciled_s) != ERR_OK ||
	    chore_age(a->db, "tidy", &r->tidied_s) != ERR_OK))
		e = ERR_LATER;
	if (e == ERR_OK && detail)
		r->clock_ahead_s = ahead_s;
	return e == ERR_OK ? ERR_OK : ERR_LATER;
}
