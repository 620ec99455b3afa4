/* SPDX-License-Identifier: MIT */

#include "base/text.h"
#include "db/db.h"
#include "errand/lane.h"

#include "referral/fact_story.h"

static const struct stmt fact_select_all = {
	.name = "fact_select_all",
	.text =
	    "SELECT id, trigger, state, last_error, warnings, attempts, "
	    DB_EPOCH("created_at") ", " DB_EPOCH("sent_at") ", "
	    DB_EPOCH("settled_at")
	    " FROM cello_fact WHERE lane = $1::int AND account_id = $2"
	    " ORDER BY created_at, id LIMIT 1000",
	.nparams = 2
};

static enum err
row_fill(const struct rows *r, int i, struct fact_row *x)
{
	enum err e;

	if ((e = rows_copy(r, i, 0, x->id, sizeof(x->id))) != ERR_OK ||
	    (e = rows_copy(r, i, 1, x->trigger, sizeof(x->trigger))) !=
	    ERR_OK ||
	    (e = rows_copy(r, i, 2, x->state, sizeof(x->state))) != ERR_OK)
		return e;
	text_cut(rows_text(r, i, 3), x->last_error, sizeof(x->last_error));
	text_cut(rows_text(r, i, 4), x->warnings, sizeof(x->warnings));
	x->attempts = (int)rows_int(r, i, 5);
	x->written_at = rows_int(r, i, 6);
	x->sent_at = rows_int(r, i, 7);
	x->settled_at = rows_int(r, i, 8);
	return ERR_OK;
}

enum err
fact_list(struct db *db, const char *account_id, fact_each *each, void *arg)
{
	char lane[TEXT_DIGITS];
	const char *const args[] = { text_digits(lane_of(account_id), lane),
	    account_id };
	struct fact_row x;
	struct rows *r = NULL;
	enum err e;
	int i;

	e = db_query(db, &fact_select_all, args, NELEM(args), &r);
	if (e != ERR_OK)
		return e;
	for (i = 0; i < rows_count(r); i++) {
		if ((e = row_fill(r, i, &x)) != ERR_OK)
			break;
		each(&x, arg);
	}
	rows_free(r);
	return e;
}

const struct stmt *const fact_story_statements[] = {
	&fact_select_all,
	NULL
};
