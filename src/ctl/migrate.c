/* SPDX-License-Identifier: MIT */

#include <stdio.h>

#include "app/config.h"
#include "base/text.h"
#include "db/db.h"
#include "db/migrate.h"

#include "ctl/args.h"
#include "ctl/ctl.h"
#include "ctl/say.h"

#define DEFAULT_DIR	ENDPIN_SQL_DIR

/*
 * endpin migrate [--dir directory] [--conninfo conninfo]: as the role that
 * owns the tables, which is not the one that the workers use.
 */
int
ctl_migrate(const struct ctl *t)
{
	const char *dir = DEFAULT_DIR, *conninfo = t->conf->database.conninfo;
	const struct arg_option options[] = {
		{ "dir", ARG_TEXT, &dir, 0 },
		{ "conninfo", ARG_TEXT, &conninfo, 0 },
		{ NULL, ARG_FLAG, NULL, 0 }
	};
	struct arg_words words = { .most = 0 };
	struct db_settings settings = { .name = "endpin migrate",
	    .pooled = text_equal(t->conf->database.pooler, "transaction") };
	struct db *db;
	int version = 0;
	enum err e;

	if (!args_take(t, options, &words))
		return CTL_USAGE;
	settings.conninfo = conninfo;
	db = db_open(&settings);
	e = migrate_apply(db, dir, stdout);
	if (e == ERR_OK)
		e = migrate_version(db, &version);
	db_close(db);

	if (e == ERR_DENIED)
		return say_could_not("migrate the database", e, "connect as the"
		    " role that owns it, with --conninfo \"... user=OWNER\"; the"
		    " user postgres may become it: cd / && runuser -u postgres"
		    " -- endpin migrate --conninfo \"dbname=endpin options='-c"
		    " role=endpin_owner'\"");
	if (e != ERR_OK)
		return say_could_not("migrate the database", e, "the line above"
		    " says why; nothing of the file that failed was kept, so"
		    " run it again when that is mended");
	printf("the database is at version %d\n", version);
	return CTL_OK;
}
