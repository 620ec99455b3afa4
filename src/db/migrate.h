/* SPDX-License-Identifier: MIT */
#ifndef DB_MIGRATE_H
#define DB_MIGRATE_H

/*
 * The schema's version: files NNNN_what.sql in `dir`, applied in order, each
 * in a transaction with its row in schema_migration.
 */

#include <stdio.h>

#include "base/err.h"

struct db;

#define MIGRATE_NEEDED	50	/* the version this program was built for */

/* ERR_NOTFOUND: no table yet; *ret_version is then 0. */
MUST_USE enum err migrate_version(struct db *db, int *ret_version);

/*
 * Apply what is missing, telling `out` each file.  ERR_DENIED, logged: the role
 * does not own the database.  What another role makes (a superuser, too) would
 * be closed to the workers, whose rights come from the owner's defaults.
 */
MUST_USE enum err migrate_apply(struct db *db, const char *dir, FILE *out);

#endif /* !DB_MIGRATE_H */
