/* SPDX-License-Identifier: MIT */

#include "db/db.h"

#include "referral/referral.h"

static const struct stmt referral_insert = {
	.name = "referral_insert",
	.text =
	    "INSERT INTO referral (account_id, ucc, source)"
	    " VALUES ($1, $2, $3)"
	    " ON CONFLICT (account_id) DO NOTHING"
	    " RETURNING account_id",
	.nparams = 3
};

enum err
referral_record(struct db *db, const char *account_id, const char *ucc,
    const char *source)
{
	const char *const arg[] = { account_id, ucc, source };

	return db_one(db, &referral_insert, arg, NELEM(arg), ERR_CONFLICT,
	    NULL);
}

static const struct stmt referral_select = {
	.name = "referral_select",
	.text = "SELECT ucc FROM referral WHERE account_id = $1",
	.nparams = 1
};

enum err
referral_find(struct db *db, const char *account_id, char ret_ucc[UCC])
{
	const char *const arg[] = { account_id };
	struct rows *r;
	enum err e;

	e = db_one(db, &referral_select, arg, NELEM(arg), ERR_NOTFOUND, &r);
	if (e == ERR_OK)
		e = rows_copy(r, 0, 0, ret_ucc, UCC);
	rows_free(r);
	return e;
}

const struct stmt *const referral_statements[] = {
	&referral_insert,
	&referral_select,
	NULL
};
