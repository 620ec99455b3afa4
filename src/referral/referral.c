/* SPDX-License-Identifier: MIT */

#include "base/text.h"
#include "db/db.h"
#include "db/tally.h"

#include "referral/referral.h"

static const struct stmt referral_insert = {
	.name = "referral_insert",
	.text =
	    "INSERT INTO referral (account_id, ucc, source, reward_percent,"
	    " reward_months, clicked_at, product_id)"
	    " VALUES ($1, $2, $3, $4, $5, to_timestamp($6::bigint), $7)"
	    " ON CONFLICT (account_id) DO NOTHING"
	    " RETURNING account_id",
	.nparams = 7
};

enum err
referral_record(struct db *db, const char *account_id,
    const struct referral *x)
{
	char percent[TEXT_DIGITS], months[TEXT_DIGITS], clicked[TEXT_DIGITS];
	const char *const arg[] = { account_id, x->ucc, x->source,
	    text_digits(x->terms.percent, percent),
	    text_digits(x->terms.months, months), x->clicked_at == 0 ? NULL :
	    text_digits(x->clicked_at, clicked), text_or_null(x->product) };

	return db_one(db, &referral_insert, arg, NELEM(arg), ERR_CONFLICT,
	    NULL);
}

static const struct stmt referral_select = {
	.name = "referral_select",
	.text =
	    "SELECT ucc, coalesce(reward_percent, -1),"
	    " coalesce(reward_months, 0) FROM referral"
	    " WHERE account_id = $1",
	.nparams = 1
};

enum err
referral_find(struct db *db, const char *account_id, char ret_ucc[UCC])
{
	struct referral_terms terms;

	return referral_find_terms(db, account_id, ret_ucc, &terms);
}

enum err
referral_find_terms(struct db *db, const char *account_id, char ret_ucc[UCC],
    struct referral_terms *ret_terms)
{
	const char *const arg[] = { account_id };
	struct rows *r;
	enum err e;

	e = db_one(db, &referral_select, arg, NELEM(arg), ERR_NOTFOUND, &r);
	if (e == ERR_OK)
		e = rows_copy(r, 0, 0, ret_ucc, UCC);
	if (e == ERR_OK) {
		ret_terms->percent = (int)rows_int(r, 0, 1);
		ret_terms->months = (int)rows_int(r, 0, 2);
	}
	rows_free(r);
	return e;
}

static const struct stmt referral_select_all = {
	.name = "referral_select_all",
	.text =
	    "SELECT ucc, source, " DB_EPOCH("created_at") ","
	    " coalesce(reward_percent, -1), coalesce(reward_months, 0),"
	    " " DB_EPOCH("clicked_at") ", product_id,"
	    " " DB_EPOCH("trusted_at")
	    " FROM referral WHERE account_id = $1",
	.nparams = 1
};

enum err
referral_show(struct db *db, const char *account_id,
    struct referral *ret_referral)
{
	const char *const arg[] = { account_id };
	struct referral *x = ret_referral;
	struct rows *r;
	enum err e;

	e = db_one(db, &referral_select_all, arg, NELEM(arg), ERR_NOTFOUND,
	    &r);
	if (e == ERR_OK)
		e = rows_copy(r, 0, 0, x->ucc, sizeof(x->ucc));
	if (e == ERR_OK)
		e = rows_copy(r, 0, 1, x->source, sizeof(x->source));
	if (e == ERR_OK) {
		x->at = rows_int(r, 0, 2);
		x->terms.percent = (int)rows_int(r, 0, 3);
		x->terms.months = (int)rows_int(r, 0, 4);
		x->clicked_at = rows_int(r, 0, 5);
		text_cut(rows_text(r, 0, 6), x->product, sizeof(x->product));
		x->trusted_at = rows_int(r, 0, 7);
	}
	rows_free(r);
	return e;
}

/* Once more says nothing new: since when stays. */
static const struct stmt referral_set_trusted = {
	.name = "referral_set_trusted",
	.text =
	    "UPDATE referral SET trusted_at = CASE WHEN $2::boolean"
	    " THEN coalesce(trusted_at, now()) END WHERE account_id = $1"
	    " RETURNING account_id",
	.nparams = 2
};

enum err
referral_trust(struct db *db, const char *account_id, int trusted)
{
	const char *const arg[] = { account_id, trusted ? "t" : "f" };

	return db_one(db, &referral_set_trusted, arg, NELEM(arg),
	    ERR_NOTFOUND, NULL);
}

static const struct stmt referral_trusted = {
	.name = "referral_trusted",
	.text =
	    "SELECT EXISTS (SELECT FROM referral WHERE account_id = $1"
	    " AND trusted_at IS NOT NULL)",
	.nparams = 1
};

enum err
referral_is_trusted(struct db *db, const char *account_id, int *ret_trusted)
{
	const char *const arg[] = { account_id };

	return db_ask(db, &referral_trusted, arg, NELEM(arg), ret_trusted);
}

static const struct stmt referral_select_tally = {
	.name = "referral_select_tally",
	.text = "SELECT " TALLY_OF("created_at") " FROM referral",
	.nparams = 0
};

enum err
referral_tally(struct db *db, struct tally *ret_tally)
{
	return tally(db, &referral_select_tally, ret_tally);
}

static const struct stmt referral_select_newest = {
	.name = "referral_select_newest",
	.text =
	    "SELECT account_id FROM referral"
	    " ORDER BY created_at DESC LIMIT $1::int",
	.nparams = 1
};

enum err
referral_newest(struct db *db, char ret_ids[][TEXT_UUID], size_t most,
    size_t *ret_count)
{
	char text[TEXT_DIGITS];
	const char *const arg[] = { text_digits((int64_t)most, text) };
	struct rows *r = NULL;
	enum err e;
	int i;

	e = db_query(db, &referral_select_newest, arg, NELEM(arg), &r);
	for (i = 0; e == ERR_OK && i < rows_count(r); i++)
		e = rows_copy(r, i, 0, ret_ids[i], TEXT_UUID);
	*ret_count = e == ERR_OK ? (size_t)i : 0;
	rows_free(r);
	return e;
}

const struct stmt *const referral_statements[] = {
	&referral_insert,
	&referral_select,
	&referral_select_all,
	&referral_set_trusted,
	&referral_trusted,
	&referral_select_tally,
	&referral_select_newest,
	NULL
};
