/* SPDX-License-Identifier: MIT */

#include <getopt.h>
#include <stdio.h>

#include "app/config.h"
#include "db/db.h"
#include "db/migrate.h"

#include "ctl/ctl.h"

#define DEFAULT_DIR	ENDPIN_SQL_DIR

/* Returns 0 if there is something that the command does not know. */
static int
take_arguments(const struct ctl *t, const char **dir, const char **conninfo)
{
	static const struct option longs[] = {
		{ "dir", required_argument, NULL, 'd' },
		{ "conninfo", required_argument, NULL, 'i' },
		{ NULL, 0, NULL, 0 }
	};
	int o;

	opterr = 0;
	optind = 0;	/* getopt(3): begin anew, with another vector */
	while ((o = getopt_long(t->argc, t->argv, "+", longs, NULL)) != -1) {
		if (o == 'd')
			*dir = optarg;
		else if (o == 'i')
			*conninfo = optarg;
		else
			return 0;
	}
	return optind == t->argc;
}

/*
 * endpin migrate [--dir directory] [--conninfo conninfo]: as the role that
 * owns the tables, which is not the one that the workers use.
 */
int
ctl_migrate(const struct ctl *t)
{
	const char *dir = DEFAULT_DIR, *conninfo = t->conf->database.conninfo;
	struct db_settings settings = { .name = "endpin migrate" };
	struct db *db;
	int version = 0;
	enum err e;

	if (!take_arguments(t, &dir, &conninfo))
		return ctl_usage(t);
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
