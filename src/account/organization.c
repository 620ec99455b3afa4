/* SPDX-License-Identifier: MIT */

#include "db/db.h"

#include "account/organization.h"

static const struct stmt organization_select = {
	.name = "organization_select",
	.text =
	    "SELECT a.organization_id, first.id FROM account a"
	    " JOIN account first ON first.organization_id = a.organization_id"
	    " WHERE a.id = $1 ORDER BY first.created_at, first.id LIMIT 1",
	.nparams = 1
};

enum err
organization_of(struct db *db, const char *id,
    char ret_organization[TEXT_UUID], char ret_first[TEXT_UUID])
{
	const char *const arg[] = { id };
	struct rows *r;
	enum err e;

	e = db_one(db, &organization_select, arg, NELEM(arg),
	    ERR_NOTFOUND, &r);
	if (e == ERR_OK)
		e = rows_copy(r, 0, 0, ret_organization, TEXT_UUID);
	if (e == ERR_OK)
		e = rows_copy(r, 0, 1, ret_first, TEXT_UUID);
	rows_free(r);
	return e;
}

static const struct stmt organization_update = {
	.name = "organization_update",
	.text =
	    "UPDATE account a SET organization_id = o.organization_id"
	    " FROM account o WHERE a.id = $1 AND o.id = $2 RETURNING a.id",
	.nparams = 2
};

enum err
organization_join(struct db *db, const char *id, const char *other)
{
	const char *const arg[] = { id, other };

	return db_one(db, &organization_update, arg, NELEM(arg),
	    ERR_NOTFOUND, NULL);
}

const struct stmt *const organization_statements[] = {
	&organization_select,
	&organization_update,
	NULL
};
