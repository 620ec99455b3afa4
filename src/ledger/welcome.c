/* SPDX-License-Identifier: MIT */

#include <assert.h>
#include <string.h>

#include "db/db.h"

#include "ledger/welcome.h"

static const char *const names[WELCOME_OUTCOMES] = {
	[WELCOME_OPEN] = "open",
	[WELCOME_BOOKED] = "booked",
	[WELCOME_CURRENCY] = "currency",
	[WELCOME_DOUBT] = "doubt",
	[WELCOME_ERASED] = "erased"
};

const char *
welcome_outcome_name(enum welcome_outcome outcome)
{
	return names[outcome];
}

static const struct stmt welcome_upsert = {
	.name = "welcome_upsert",
	.text =
	    "INSERT INTO welcome_credit AS w (account_id, value, currency)"
	    " VALUES ($1, $2::bigint, $3) ON CONFLICT (account_id) DO UPDATE"
	    " SET value = excluded.value, currency = excluded.currency,"
	    " promised_at = now() WHERE w.outcome = 'open'"
	    " AND (w.value, w.currency) <> (excluded.value, excluded.currency)",
	.nparams = 3
};

static const struct stmt welcome_delete = {
	.name = "welcome_delete",
	.text =
	    "DELETE FROM welcome_credit WHERE account_id = $1"
	    " AND outcome = 'open'",
	.nparams = 1
};

enum err
welcome_promise(struct db *db, const char *account_id, int64_t value,
    const char *currency)
{
	char digits[TEXT_DIGITS];
	const char *const arg[] = { account_id, text_digits(value, digits),
	    currency };

	return value > 0 ?
	    db_query(db, &welcome_upsert, arg, NELEM(arg), NULL) :
	    db_query(db, &welcome_delete, arg, 1, NULL);
}

#define WELCOME_COLUMNS							\
	" w.account_id, w.value, w.currency, w.outcome, "		\
	DB_EPOCH("w.promised_at") ", " DB_EPOCH("w.decided_at") ","	\
	" coalesce(w.invoice_id, ''), coalesce(w.booked, 0)"

static enum err
read_row(struct db *db, const struct stmt *s, const char *arg,
    struct welcome *ret)
{
	struct rows *r;
	int outcome = 0;
	enum err e;

	if ((e = db_one(db, s, &arg, 1, ERR_NOTFOUND, &r)) != ERR_OK)
		return e;
	/* What a newer version has decided is as much over as the last one. */
	while (outcome < WELCOME_OUTCOMES - 1 &&
	    !text_equal(names[outcome], rows_text(r, 0, 3)))
		outcome++;
	ret->outcome = (enum welcome_outcome)outcome;
	ret->value = rows_int(r, 0, 1);
	ret->promised_at = rows_int(r, 0, 4);
	ret->decided_at = rows_int(r, 0, 5);
	ret->booked = rows_int(r, 0, 7);
	e = rows_copy(r, 0, 0, ret->account_id, sizeof(ret->account_id));
	if (e == ERR_OK)
		e = rows_copy(r, 0, 2, ret->currency, sizeof(ret->currency));
	if (e == ERR_OK)
		e = rows_copy(r, 0, 6, ret->invoice, sizeof(ret->invoice));
	rows_free(r);
	return e;
}

static const struct stmt welcome_lock = {
	.name = "welcome_lock",
	.text =
	    "SELECT" WELCOME_COLUMNS " FROM welcome_credit w"
	    " WHERE w.account_id = $1 AND w.outcome = 'open' FOR UPDATE",
	.nparams = 1
};

enum err
welcome_find_open(struct db *db, const char *account_id,
    struct welcome *ret_welcome)
{
	return read_row(db, &welcome_lock, account_id, ret_welcome);
}

static const struct stmt welcome_set_invoice = {
	.name = "welcome_set_invoice",
	.text =
	    "UPDATE welcome_credit SET invoice_id = $2 WHERE account_id = $1"
	    " AND outcome = 'open'",
	.nparams = 2
};

enum err
welcome_wait(struct db *db, const char *account_id, const char *invoice)
{
	const char *const arg[] = { account_id, invoice };

	return db_query(db, &welcome_set_invoice, arg, NELEM(arg), NULL);
}

static const struct stmt welcome_settle = {
	.name = "welcome_settle",
	.text =
	    "UPDATE welcome_credit SET outcome = $2, call_id = $3,"
	    " booked = $4::bigint, decided_at = now()"
	    " WHERE account_id = $1 AND outcome = 'open' RETURNING account_id",
	.nparams = 4
};

enum err
welcome_book(struct db *db, const char *account_id, int64_t value,
    const char *call_id)
{
	char digits[TEXT_DIGITS];
	const char *const arg[] = { account_id, names[WELCOME_BOOKED],
	    call_id, text_digits(value, digits) };

	return db_one(db, &welcome_settle, arg, NELEM(arg), ERR_CONFLICT,
	    NULL);
}

enum err
welcome_refuse(struct db *db, const char *account_id, enum welcome_outcome why)
{
	const char *const arg[] = { account_id, names[why], NULL, NULL };

	assert(why != WELCOME_OPEN && why != WELCOME_BOOKED);
	return db_one(db, &welcome_settle, arg, NELEM(arg), ERR_CONFLICT,
	    NULL);
}

static const struct stmt welcome_select = {
	.name = "welcome_select",
	.text =
	    "SELECT" WELCOME_COLUMNS " FROM welcome_credit w"
	    " WHERE w.account_id = $1",
	.nparams = 1
};

enum err
welcome_find(struct db *db, const char *account_id,
    struct welcome *ret_welcome)
{
	enum err e;

	memset(ret_welcome, 0, sizeof(*ret_welcome));
	e = read_row(db, &welcome_select, account_id, ret_welcome);
	return e == ERR_NOTFOUND ? ERR_OK : e;
}

const struct stmt *const welcome_statements[] = {
	&welcome_upsert,
	&welcome_delete,
	&welcome_lock,
	&welcome_set_invoice,
	&welcome_settle,
	&welcome_select,
	NULL
};
