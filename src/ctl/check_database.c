/* SPDX-License-Identifier: MIT */

#include <stdio.h>

#include "app/config.h"
#include "base/text.h"
#include "db/db.h"
#include "db/migrate.h"
#include "db/rights.h"
#include "db/standing.h"
#include "stripe/signature.h"

#include "ctl/checkup.h"
#include "ctl/statements.h"

#define DETAIL	512

/* Returns whether it lets us in. */
static int
check_entry(struct checkup *c, struct db *db)
{
	static const struct fault closed = { "database",
	    "the database answers, and does not let us in",
	    "the line above says why", "over a socket of this machine its rule"
	    " is \"peer\": run this as the user endpin, \"cd / && runuser -u"
	    " endpin -- endpin check\"; else look at pg_hba.conf and the"
	    " passfile, and whether role and database are there (\"endpin"
	    " setup\" makes them)" };
	static const struct fault away = { "database",
	    "the database does not answer", "the line above says why",
	    "look at [database] conninfo, and whether the server runs" };

	if (db_ping(db) == ERR_OK)
		return 1;
	say_wrong(c, db_listens(db) ? &closed : &away);
	return 0;
}

/* Returns whether the tables can be looked at. */
static int
check_rights(struct checkup *c, struct db *db)
{
	char detail[DETAIL], hint[DETAIL];
	const struct fault few = { "database",
	    "the role may not use all tables", detail, hint };
	static const struct fault away = { "database",
	    "the database does not answer any more", "the line above says why",
	    "run this again" };
	struct rights r;

	if (rights_look(db, &r) != ERR_OK) {
		say_wrong(c, &away);
		return 0;
	}
	if (r.closed == 0) {
		say_well(c, "database", "it answers, and the role %s may use"
		    " its tables", r.role);
		return 1;
	}
	(void)snprintf(detail, sizeof(detail), "%d tables are closed to the"
	    " role %s, one of them is \"%s\"", r.closed, r.role, r.closed_one);
	(void)snprintf(hint, sizeof(hint), "somebody else than %s made them."
	    " In psql, as a superuser: \"alter table NAME owner to %s\" for"
	    " each, then \"grant select, insert, update, delete on all tables"
	    " in schema public to %s\"", r.owner, r.owner, r.role);
	say_wrong(c, &few);
	return 0;
}

/* Returns whether there is one to look at further. */
static int
check_schema(struct checkup *c, struct db *db)
{
	char detail[DETAIL];
	const struct fault old = { "schema",
	    "migrations have not been applied", detail,
	    "run \"endpin migrate\" as the role that owns the database: see"
	    " endpin(1)" };
	static const struct fault unknown = { "schema",
	    "its version cannot be read", "the line above says why",
	    "see the line about the database" };
	int version = 0;
	enum err e = migrate_version(db, &version);

	if (e != ERR_OK && e != ERR_NOTFOUND) {
		say_wrong(c, &unknown);
		return 0;
	}
	if (version < MIGRATE_NEEDED) {
		(void)snprintf(detail, sizeof(detail), "the database is at"
		    " version %d, this program needs %d", version,
		    MIGRATE_NEEDED);
		say_wrong(c, &old);
		return 0;
	}
	say_well(c, "schema", "version %d", version);
	return 1;
}

/* Can it be written to, and is it now? */
static void
check_standing(struct checkup *c, struct db *db)
{
	char detail[DETAIL];
	static const struct fault readonly = { "database",
	    "the database can only be read", "it is a standby, or"
	    " default_transaction_read_only is on",
	    "set [database] conninfo to the server that can be written to, or"
	    " promote this one" };
	const struct fault off = { "clock",
	    "this machine's clock and the database's differ", detail,
	    "look at both with \"date -u\": with ours off, every webhook of"
	    " Stripe's is refused" };
	struct standing s;

	if (standing_look(db, &s) != ERR_OK)
		return;		/* the next look says so */
	if (s.is_read_only)
		say_wrong(c, &readonly);
	(void)snprintf(detail, sizeof(detail), "the database's is %lld s %s",
	    (long long)(s.ahead_s < 0 ? -s.ahead_s : s.ahead_s),
	    s.ahead_s < 0 ? "behind" : "ahead");
	if (s.ahead_s > SIGNATURE_WINDOW || s.ahead_s < -SIGNATURE_WINDOW)
		say_wrong(c, &off);
	else
		say_well(c, "clock", "as the database's");
}

static void
check_statements(struct checkup *c, struct db *db)
{
	static const struct fault fault = { "statements",
	    "the database does not take every statement",
	    "the lines above say which",
	    "the schema is not the one that this program was built for: run"
	    " \"endpin migrate\" of this version" };
	int count, refused = statements_prepare(db, &count);

	if (refused > 0)
		say_wrong(c, &fault);
	else
		say_well(c, "statements", "%d statements prepared", count);
}

void
check_database(struct checkup *c, int statements, int offline)
{
	const struct db_settings settings = { .conninfo = c->conf->database.conninfo,
	    .pooled = text_equal(c->conf->database.pooler, "transaction"),
	    .name = "endpin check" };
	struct db *db = db_open(&settings);
	int there = check_entry(c, db) && check_rights(c, db) &&
	    check_schema(c, db);

	if (there)
		check_standing(c, db);
	if (there && statements)
		check_statements(c, db);
	db_close(db);
	if (there)
		check_work(c, offline);
}
