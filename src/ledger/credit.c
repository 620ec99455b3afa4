/* SPDX-License-Identifier: MIT */

#include <stdlib.h>

#include "base/mem.h"
#include "db/db.h"

#include "ledger/credit.h"

static const struct stmt credit_insert = {
	.name = "credit_insert",
	.text =
	    "INSERT INTO credit_entry (event_id, reward_id, user_id,"
	    " account_id, amount, told_at, value, currency)"
	    " VALUES ($1, $2, $3, $4, $5::bigint, to_timestamp($6::bigint),"
	    " $7::bigint, $8) ON CONFLICT (event_id) DO NOTHING"
	    " RETURNING event_id",
	.nparams = 8
};

enum err
credit_write(struct db *db, const struct credit *c)
{
	char amount[TEXT_DIGITS], at[TEXT_DIGITS], value[TEXT_DIGITS];
	const char *const arg[] = { c->event, c->reward, c->user, c->account,
	    text_digits(c->amount, amount), text_digits(c->told_at, at),
	    c->currency == NULL ? NULL : text_digits(c->value, value),
	    c->currency };

	return db_one(db, &credit_insert, arg, NELEM(arg), ERR_CONFLICT, NULL);
}

static const struct stmt credit_select_unbooked = {
	.name = "credit_select_unbooked",
	.text =
	    "SELECT e.event_id, e.reward_id, e.currency, e.value"
	    " FROM credit_entry e WHERE e.account_id = $1"
	    " AND e.currency IS NOT NULL AND NOT EXISTS"
	    " (SELECT FROM credit_booking b WHERE b.event_id = e.event_id)"
	    " ORDER BY e.currency <> $2, e.told_at, e.event_id LIMIT $3::int",
	.nparams = 3
};

enum err
credit_unbooked(struct db *db, const char *account, const char *currency,
    struct credit_due ret_due[], size_t *ret_count)
{
	char limit[TEXT_DIGITS];
	const char *const arg[] = { account, currency,
	    text_digits(CREDIT_DUE_MOST, limit) };
	struct credit_due *d = ret_due;
	struct rows *r = NULL;
	enum err e;
	int i;

	e = db_query(db, &credit_select_unbooked, arg, NELEM(arg), &r);
	for (i = 0; e == ERR_OK && i < rows_count(r); i++, d++) {
		d->value = rows_int(r, i, 3);
		if ((e = rows_copy(r, i, 0, d->event, sizeof(d->event))) !=
		    ERR_OK ||
		    (e = rows_copy(r, i, 1, d->reward, sizeof(d->reward))) !=
		    ERR_OK)
			break;
		e = rows_copy(r, i, 2, d->currency, sizeof(d->currency));
	}
	*ret_count = e == ERR_OK ? (size_t)i : 0;
	rows_free(r);
	return e;
}

static const struct stmt credit_insert_booking = {
	.name = "credit_insert_booking",
	.text =
	    "INSERT INTO credit_booking (event_id, call_id) VALUES ($1, $2)"
	    " ON CONFLICT (event_id) DO NOTHING RETURNING event_id",
	.nparams = 2
};

enum err
credit_book(struct db *db, const char *event, const char *call_id)
{
	const char *const arg[] = { event, call_id };

	return db_one(db, &credit_insert_booking, arg, NELEM(arg),
	    ERR_CONFLICT, NULL);
}

static const struct stmt credit_select = {
	.name = "credit_select",
	.text =
	    "SELECT to_char(e.told_at AT TIME ZONE 'UTC',"
	    " 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), e.event_id, e.reward_id,"
	    " e.user_id, e.account_id IS NOT NULL, e.amount,"
	    " coalesce(e.value, 0), coalesce(e.currency, ''),"
	    " coalesce(b.call_id::text, '') FROM credit_entry e"
	    " LEFT JOIN credit_booking b ON b.event_id = e.event_id"
	    " WHERE $1::uuid IS NULL OR e.account_id = $1"
	    " ORDER BY e.told_at DESC, e.event_id LIMIT $2::int",
	.nparams = 2
};

static enum err
fill(const struct rows *r, int i, struct credit_row *x)
{
	enum err e;

	x->is_known = rows_bool(r, i, 4);
	x->amount = rows_int(r, i, 5);
	x->value = rows_int(r, i, 6);
	if ((e = rows_copy(r, i, 0, x->told, sizeof(x->told))) != ERR_OK ||
	    (e = rows_copy(r, i, 1, x->event, sizeof(x->event))) != ERR_OK ||
	    (e = rows_copy(r, i, 2, x->reward, sizeof(x->reward))) != ERR_OK ||
	    (e = rows_copy(r, i, 7, x->currency, sizeof(x->currency))) !=
	    ERR_OK ||
	    (e = rows_copy(r, i, 8, x->call, sizeof(x->call))) != ERR_OK)
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
	&credit_select_unbooked,
	&credit_insert_booking,
	&credit_select,
	NULL
};
