/* SPDX-License-Identifier: MIT */

#include "base/text.h"
#include "db/db.h"
#include "errand/kind.h"
#include "errand/lane.h"

#include "referral/code.h"

const struct errand_kind code_errands = ERRAND_KIND("code", "referral_code",
    CODE_LEASE_S, CODE_ATTEMPTS);

static const struct stmt code_insert = {
	.name = "code_insert",
	.text =
	    "INSERT INTO referral_code AS c (lane, id) VALUES ($1::int, $2)"
	    " ON CONFLICT (lane, id) DO UPDATE SET " ERRAND_REVIVED
	    " WHERE c.state = 'done'"
	    " AND c.looked_at < now() - interval '1 day'",
	.nparams = 2
};

enum err
code_want(struct db *db, const char *ucc)
{
	char lane[TEXT_DIGITS];
	const char *const arg[] = { text_digits(lane_of(ucc), lane), ucc };

	return db_query(db, &code_insert, arg, NELEM(arg), NULL);
}

static const struct stmt code_select = {
	.name = "code_select",
	.text =
	    "SELECT valid, owner FROM referral_code WHERE lane = $1::int"
	    " AND id = $2 AND looked_at IS NOT NULL",
	.nparams = 2
};

enum err
code_find(struct db *db, const char *ucc, struct code *ret_code)
{
	char lane[TEXT_DIGITS];
	const char *const arg[] = { text_digits(lane_of(ucc), lane), ucc };
	struct rows *r;
	enum err e;

	e = db_one(db, &code_select, arg, NELEM(arg), ERR_NOTFOUND, &r);
	if (e == ERR_OK) {
		ret_code->valid = rows_bool(r, 0, 0);
		text_cut(rows_text(r, 0, 1), ret_code->owner,
		    sizeof(ret_code->owner));
	}
	rows_free(r);
	return e;
}

static const struct stmt code_select_owned = {
	.name = "code_select_owned",
	.text =
	    "SELECT id FROM referral_code WHERE owner IN ($1, $2)"
	    " ORDER BY id LIMIT $3::int",
	.nparams = 3
};

enum err
code_list_owned(struct db *db, const char *owner, const char *or_owner,
    char ret_ucc[CODES_OWNED][UCC], size_t *ret_count)
{
	char most[TEXT_DIGITS];
	const char *const arg[] = { owner, or_owner,
	    text_digits(CODES_OWNED, most) };
	struct rows *r = NULL;
	enum err e;
	int i;

	e = db_query(db, &code_select_owned, arg, NELEM(arg), &r);
	for (i = 0; e == ERR_OK && i < rows_count(r); i++)
		e = rows_copy(r, i, 0, ret_ucc[i], UCC);
	*ret_count = e == ERR_OK ? (size_t)i : 0;
	rows_free(r);
	return e;
}

static const struct stmt code_mark_found = {
	.name = "code_mark_found",
	.text =
	    "UPDATE referral_code SET state = 'done', settled_at = now(),"
	    " leased_until = NULL, last_error = NULL, looked_at = now(),"
	    " valid = $4, owner = $5 WHERE lane = $1::int AND id = $2"
	    " AND fence = $3 AND state = 'waiting' RETURNING id",
	.nparams = 5
};

enum err
code_found(struct db *db, const struct errand *x, const struct code *code)
{
	char lane[TEXT_DIGITS], fence[TEXT_DIGITS];
	const char *const arg[] = { text_digits(x->lane, lane), x->id,
	    text_digits(x->fence, fence), code->valid ? "t" : "f",
	    text_or_null(code->owner) };

	return db_one(db, &code_mark_found, arg, NELEM(arg), ERR_CONFLICT,
	    NULL);
}

const struct stmt *const code_statements[] = {
	ERRAND_STATEMENTS(code_errands),
	&code_insert,
	&code_select,
	&code_select_owned,
	&code_mark_found,
	NULL
};
