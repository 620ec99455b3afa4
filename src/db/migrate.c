/* SPDX-License-Identifier: MIT */

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/text.h"

#include "db/internal.h"
#include "db/rights.h"

#include "db/migrate.h"

#define SCRIPT_MAX	(1u << 20)
#define SCRIPT_MS	21600000	/* a large table takes its time: 6 hours */
#define PATH_LEN	4096
#define DIGITS		4

/* to_regclass() answers where naming the table would be an error. */
static const struct stmt migrate_table_find = {
	.name = "migrate_table_find",
	.text = "SELECT to_regclass('schema_migration') IS NOT NULL",
	.nparams = 0
};

static const struct stmt migrate_table_create = {
	.name = "migrate_table_create",
	.text =
	    "CREATE TABLE IF NOT EXISTS schema_migration ("
	    " version int PRIMARY KEY,"
	    " name text NOT NULL,"
	    " applied_at timestamptz NOT NULL DEFAULT now())",
	.nparams = 0
};

static const struct stmt migrate_version_find = {
	.name = "migrate_version_find",
	.text = "SELECT coalesce(max(version), 0) FROM schema_migration",
	.nparams = 0
};

static const struct stmt migrate_count = {
	.name = "migrate_count",
	.text = "SELECT count(*) FROM schema_migration",
	.nparams = 0
};

static const struct stmt migrate_version_insert = {
	.name = "migrate_version_insert",
	.text =
	    "INSERT INTO schema_migration (version, name)"
	    " VALUES ($1::int, $2)",
	.nparams = 2
};

/*
 * A script waits for a lock a little, as everybody queues behind it meanwhile;
 * but it may work for long.
 */
static const struct stmt migrate_limits = {
	.name = "migrate_limits",
	.text =
	    "SELECT set_config('lock_timeout', '5s', true),"
	    " set_config('statement_timeout', '6h', true)",
	.nparams = 0
};

/* One file on its way into the database. */
struct script {
	const char	*name;		/* "0001_accounts.sql" */
	char		 version[DIGITS + 1];
	struct buf	 text;
};

enum err
migrate_version(struct db *db, int *ret_version)
{
	struct rows *r = NULL;
	enum err e;

	*ret_version = 0;
	if ((e = db_query(db, &migrate_table_find, NULL, 0, &r)) != ERR_OK)
		goto done;
	if (!rows_bool(r, 0, 0)) {
		e = ERR_NOTFOUND;
		goto done;
	}
	rows_free(r);
	if ((e = db_query(db, &migrate_version_find, NULL, 0, &r)) != ERR_OK)
		goto done;
	*ret_version = (int)rows_int(r, 0, 0);
done:
	rows_free(r);
	return e;
}

/*
 * Run a whole file.  Only the simple protocol takes several statements at a
 * time, and this is the only place that uses it: with a text that we ship and
 * nobody's values in it.
 */
static enum err
script_run(struct db *db, const struct script *script)
{
	const struct stmt s = { .name = script->name, .text = script->text.data,
	    .nparams = 0 };
	PGresult *r = NULL;
	enum err e = ERR_LATER;

	if (!PQsendQuery(db->conn, s.text)) {
		connection_drop(db, PQerrorMessage(db->conn));
		goto done;
	}
	if ((r = answer_wait(db, SCRIPT_MS)) == NULL ||
	    (e = sqlstate_judge(db, &s, r)) != ERR_OK)
		goto done;
	if (PQtransactionStatus(db->conn) != PQTRANS_INTRANS) {
		log_error("migrate_failed", "%s ends its own transaction",
		    s.name);
		e = ERR_INPUT;
	}
done:
	db->failed = e;
	PQclear(r);
	return e;
}

/*
 * The row comes first: of two who migrate at the same time the second waits at
 * it and fails there, and not somewhere inside the file.
 */
static enum err
script_apply(struct db *db, void *arg)
{
	const struct script *script = arg;
	const char *const row[] = { script->version, script->name };
	enum err e;

	if ((e = db_query(db, &migrate_limits, NULL, 0, NULL)) != ERR_OK ||
	    (e = db_query(db, &migrate_version_insert, row, NELEM(row),
	    NULL)) != ERR_OK)
		return e;
	return script_run(db, script);
}

static enum err
script_read(const char *dir, struct script *script)
{
	char path[PATH_LEN], chunk[4096];
	FILE *in = NULL;
	size_t n;
	int len;
	enum err e = ERR_INPUT;

	len = snprintf(path, sizeof(path), "%s/%s", dir, script->name);
	if (len < 0 || (size_t)len >= sizeof(path)) {
		log_error("migrate_failed", "the path of %s is too long",
		    script->name);
		goto done;
	}
	if ((in = fopen(path, "re")) == NULL) {
		log_error("migrate_failed", "could not open %s: %s", path,
		    strerror(errno));
		goto done;
	}
	while ((n = fread(chunk, 1, sizeof(chunk), in)) > 0)
		buf_add(&script->text, chunk, n);
	if (ferror(in) || script->text.full ||
	    memchr(script->text.data, '\0', script->text.len) != NULL) {
		log_error("migrate_failed", "could not read %s as text of up to"
		    " %u bytes", path, SCRIPT_MAX);
		goto done;
	}
	e = ERR_OK;
done:
	if (in != NULL)
		(void)fclose(in);
	return e;
}

/* "0001_accounts.sql" is a script; "README" and ".0001_x.sql.swp" are not. */
static int
is_script(const struct dirent *entry)
{
	const char *name = entry->d_name;
	size_t len = strlen(name);

	return len > DIGITS + 1 + strlen(".sql") &&
	    strspn(name, "0123456789") == DIGITS && name[DIGITS] == '_' &&
	    text_equal(name + len - strlen(".sql"), ".sql");
}

static enum err
script_from(struct db *db, const char *dir, const char *name, FILE *out)
{
	struct script script = { .name = name };
	enum err e;

	memcpy(script.version, name, DIGITS);
	buf_init(&script.text, SCRIPT_MAX);
	if ((e = script_read(dir, &script)) == ERR_OK &&
	    (e = db_transaction(db, script_apply, &script)) == ERR_OK) {
		(void)fputs(name, out);
		(void)fputs(" applied\n", out);
	}
	buf_done(&script.text);
	return e;
}

static int
version_of(const struct dirent *entry)
{
	char text[DIGITS + 1] = "";
	int64_t version = 0;

	memcpy(text, entry->d_name, DIGITS);
	return text_number(text, 9999, &version) == ERR_OK ? (int)version : 0;
}

/* Two files of one number: somebody has merged without looking. */
static enum err
scripts_check(struct dirent *const *entry, int count)
{
	int i, last = 0;

	for (i = 0; i < count; last = version_of(entry[i++]))
		if (version_of(entry[i]) <= last) {
			log_error("migrate_failed", "%s is not above number"
			    " %04d", entry[i]->d_name, last);
			return ERR_INPUT;
		}
	return ERR_OK;
}

/*
 * A number may be left out, but what was left out cannot come later: so many
 * files up to the newest that was applied have been applied.
 */
static enum err
scripts_skip(struct db *db, struct dirent *const *entry, int count,
    int version, int *ret_skipped)
{
	struct rows *r;
	int64_t applied;
	enum err e;
	int i = 0;

	while (i < count && version_of(entry[i]) <= version)
		i++;
	e = db_one(db, &migrate_count, NULL, 0, ERR_INTERNAL, &r);
	if (e != ERR_OK)
		return e;
	applied = rows_int(r, 0, 0);
	rows_free(r);
	*ret_skipped = i;
	if (i <= applied)
		return ERR_OK;
	log_error("migrate_failed", "there are %d scripts up to %04d, and only"
	    " %lld were applied", i, version, (long long)applied);
	return ERR_INPUT;
}

static enum err
owner_check(struct db *db)
{
	struct rights r;
	enum err e;

	if ((e = rights_look(db, &r)) != ERR_OK ||
	    text_equal(r.role, r.owner))
		return e;
	log_error("migrate_refused", "the database belongs to the role %s, and"
	    " this is %s", r.owner, r.role);
	return ERR_DENIED;
}

enum err
migrate_apply(struct db *db, const char *dir, FILE *out)
{
	struct dirent **entry = NULL;
	int count, i = 0, version;
	enum err e;

	if ((count = scandir(dir, &entry, is_script, alphasort)) == -1) {
		log_error("migrate_failed", "could not read %s: %s", dir,
		    strerror(errno));
		return ERR_INPUT;
	}
	if ((e = scripts_check(entry, count)) != ERR_OK ||
	    (e = owner_check(db)) != ERR_OK)
		goto done;
	if ((e = migrate_version(db, &version)) == ERR_NOTFOUND)
		e = db_query(db, &migrate_table_create, NULL, 0, NULL);
	if (e == ERR_OK)
		e = scripts_skip(db, entry, count, version, &i);
	for (; e == ERR_OK && i < count; i++)
		e = script_from(db, dir, entry[i]->d_name, out);
done:
	for (i = 0; i < count; i++)
		free(entry[i]);
	free(entry);
	return e;
}
