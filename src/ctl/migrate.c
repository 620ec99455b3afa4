/* SPDX-License-Identifier: MIT */

#include <stdio.h>

#include "app/config.h"
#include "db/db.h"
#include "db/migrate.h"

#include "ctl/args.h"
#include "ctl/ctl.h"

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
	struct db_settings settings = { .name = "endpin migrate" };
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

	if (e != ERR_OK) {
		fprintf(stderr, "endpin: could not migrate the database: %s\n"
		    "hint: the line above says why; the role has to own the"
		    " tables, see --conninfo in endpin(1)\n", err_name(e));
		return CTL_WRONG;
	}
	printf("the database is at version %d\n", version);
	return CTL_OK;
}
