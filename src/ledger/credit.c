/* SPDX-License-Identifier: MIT */

#include <stdlib.h>

#include "base/mem.h"
#include "db/db.h"

#include "ledger/credit.h"

static const struct stmt credit_insert = {
	.name = "credit_insert",
	.text =
	    "INSERT INTO credit_entry (event_id, reward_id, user_id,"
	    " account_id, amount, told_at) VALUES ($1, $2, $3, $4, $5::bigint,"
	    " to_timestamp($6::bigint)) ON CONFLICT (event_id) DO NOTHING"
	    " RETURNING event_id",
	.nparams = 6
};

enum err
credit_write(struct db *db, const struct credit *c)
{
	char amount[TEXT_DIGITS], at[TEXT_DIGITS];
	const char *const arg[] = { c->event, c->reward, c->user, c->account,
	    text_digits(c->amount, amount), text_digits(c->told_at, at) };

	return db_one(db, &credit_insert, arg, NELEM(arg), ERR_CONFLICT, NULL);
}

static const struct stmt credit_select = {
	.name = "credit_select",
	.text =
	    "SELECT to_char(told_at AT TIME ZONE 'UTC',"
	    " 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), event_id, reward_id, user_id,"
	    " account_id IS NOT NULL, amount FROM credit_entry"
	    " WHERE $1::uuid IS NULL OR account_id = $1"
	    " ORDER BY told_at DESC, event_id LIMIT $2::int",
	.nparams = 2
};

static enum err
fill(const struct rows *r, int i, struct credit_row *x)
{
	enum err e;

	x->is_known = rows_bool(r, i, 4);
	x->amount = rows_int(r, i, 5);
	if ((e = rows_copy(r, i, 0, x->told, sizeof(x->told))) != ERR_OK ||
	    (e = rows_copy(r, i, 1, x->event, sizeof(x->event))) != ERR_OK ||
	    (e = rows_copy(r, i, 2, x->reward, sizeof(x->reward))) != ERR_OK)
		return e;
	return rows_copy(r, i, 3, x->user, sizeof(x->user));
}

enum err
credit_list(struct db *db, const char *account, int most,
    struct credit_row **ret_rows, size_t *ret_count)
{
	char limit[TEXT_DIGITS];
	const char *const arg[] = { account, text_digits(most, limit) };
	struct credit_row *found;
	struct rows *r = NULL;
	enum err e;
	int i;

	if ((e = db_query(db, &credit_select, arg, NELEM(arg), &r)) != ERR_OK)
		return e;
	found = mem_zero((size_t)rows_count(r) + 1, sizeof(*found));
	for (i = 0; i < rows_count(r) && e == ERR_OK; i++)
		e = fill(r, i, &found[i]);
	rows_free(r);
	if (e != ERR_OK) {
		free(found);
		return e;
	}
	*ret_rows = found;
	*ret_count = (size_t)i;
	return ERR_OK;
}

const struct stmt *const credit_statements[] = {
	&credit_insert,
	&credit_select,
	NULL
};
