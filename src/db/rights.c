/* SPDX-License-Identifier: MIT */

#include "db/internal.h"

#include "db/rights.h"

/* Of schema_migration the workers only read, and to the ledger they add. */
static const struct stmt rights_find = {
	.name = "rights_find",
	.text =
	    "SELECT current_user::text, pg_get_userbyid(d.datdba)::text,"
	    " t.closed, t.one"
	    " FROM pg_database d, ("
	    "SELECT count(*) AS closed, min(c.relname::text) AS one"
	    " FROM pg_class c"
	    " WHERE c.relnamespace = to_regnamespace(current_schema()::text)"
	    " AND c.relkind IN ('r', 'p')"
	    " AND NOT (has_table_privilege(c.oid, 'SELECT')"
	    " AND (c.relname = 'schema_migration'"
	    " OR (has_table_privilege(c.oid, 'INSERT')"
	    " AND (c.relname IN ('ledger_entry', 'credit_entry',"
	    " 'credit_booking')"
	    " OR (has_table_privilege(c.oid, 'UPDATE')"
	    " AND has_table_privilege(c.oid, 'DELETE'))))))) t"
	    " WHERE d.datname = current_database()",
	.nparams = 0
};

enum err
rights_look(struct db *db, struct rights *ret_rights)
{
	struct rights found;
	struct rows *r = NULL;
	enum err e;

	if ((e = db_one(db, &rights_find, NULL, 0, ERR_INTERNAL, &r)) !=
	    ERR_OK ||
	    (e = rows_copy(r, 0, 0, found.role, RIGHTS_NAME)) != ERR_OK ||
	    (e = rows_copy(r, 0, 1, found.owner, RIGHTS_NAME)) != ERR_OK ||
	    (e = rows_copy(r, 0, 3, found.closed_one, RIGHTS_NAME)) != ERR_OK)
		goto done;
	found.closed = (int)rows_int(r, 0, 2);
	*ret_rights = found;
done:
	rows_free(r);
	return e;
}
