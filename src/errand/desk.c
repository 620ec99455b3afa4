/* SPDX-License-Identifier: MIT */

/* What people do with errands: look, bring back, drop. */

#include <stdlib.h>

#include "base/mem.h"
#include "base/text.h"

#include "errand/errand.h"

static enum err
row_fill(const struct rows *r, int i, struct errand_row *ret_row)
{
	struct errand_row *x = ret_row;
	enum err e;

	x->lane = (int)rows_int(r, i, 1);
	x->attempts = (int)rows_int(r, i, 3);
	x->due_in = rows_int(r, i, 4);
	x->leased = rows_bool(r, i, 5);
	if ((e = rows_copy(r, i, 0, x->id, sizeof(x->id))) != ERR_OK ||
	    (e = rows_copy(r, i, 2, x->state, sizeof(x->state))) != ERR_OK)
		return e;
	text_cut(rows_text(r, i, 6), x->last_error, sizeof(x->last_error));
	return ERR_OK;
}

enum err
errand_list(struct db *db, const struct errand_kind *k, const char *state,
    const char *id, int most, struct errand_row **ret_rows, size_t *ret_count)
{
	char limit[TEXT_DIGITS];
	const char *const arg[] = { state, id, text_digits(most, limit) };
	struct errand_row *found;
	struct rows *r = NULL;
	enum err e;
	int i;

	e = db_query(db, &k->list, arg, NELEM(arg), &r);
	if (e != ERR_OK)
		return e;
	found = mem_zero((size_t)rows_count(r) + 1, sizeof(*found));
	for (i = 0; i < rows_count(r) && e == ERR_OK; i++)
		e = row_fill(r, i, &found[i]);
	rows_free(r);
	if (e != ERR_OK) {
		free(found);
		return e;
	}
	*ret_rows = found;
	*ret_count = (size_t)i;
	return ERR_OK;
}

static enum err
fact_fill(const struct rows *r, int i, struct errand_fact *ret_fact)
{
	const char *type = rows_text(r, i, 2);

	text_cut(rows_text(r, i, 1), ret_fact->value, sizeof(ret_fact->value));
	ret_fact->null = rows_null(r, i, 1);
	ret_fact->number = text_equal(type, "number") ||
	    text_equal(type, "boolean");
	return rows_copy(r, i, 0, ret_fact->name, sizeof(ret_fact->name));
}

enum err
errand_show(struct db *db, const struct errand_kind *k, int lane,
    const char *id, struct errand_fact **ret_facts, size_t *ret_count)
{
	char in_lane[TEXT_DIGITS];
	const char *const arg[] = { text_digits(lane, in_lane), id };
	struct errand_fact *found;
	struct rows *r = NULL;
	int i, count;
	enum err e;

	e = db_query(db, &k->show, arg, NELEM(arg), &r);
	if (e != ERR_OK)
		return e;
	if ((count = rows_count(r)) == 0)
		e = ERR_NOTFOUND;
	found = mem_zero((size_t)count + 1, sizeof(*found));
	for (i = 0; i < count && e == ERR_OK; i++)
		e = fact_fill(r, i, &found[i]);
	rows_free(r);
	if (e != ERR_OK) {
		free(found);
		return e;
	}
	*ret_facts = found;
	*ret_count = (size_t)count;
	return ERR_OK;
}

enum err
errand_count(struct db *db, const struct errand_kind *k,
    struct errand_count *ret_count)
{
	struct rows *r;
	enum err e;

	e = db_one(db, &k->count, NULL, 0, ERR_INTERNAL, &r);
	if (e != ERR_OK)
		return e;
	ret_count->due = rows_int(r, 0, 0);
	ret_count->overdue_s = rows_int(r, 0, 1);
	ret_count->waiting = rows_int(r, 0, 2);
	ret_count->parked = rows_int(r, 0, 3);
	ret_count->dead = rows_int(r, 0, 4);
	rows_free(r);
	return ERR_OK;
}

static enum err
change(struct db *db, const struct stmt *s, int lane, const char *id)
{
	char in_lane[TEXT_DIGITS];
	const char *const arg[] = { text_digits(lane, in_lane), id };

	return db_one(db, s, arg, NELEM(arg), ERR_NOTFOUND, NULL);
}

enum err
errand_retry(struct db *db, const struct errand_kind *k, int lane,
    const char *id)
{
	return change(db, &k->retry, lane, id);
}

enum err
errand_drop(struct db *db, const struct errand_kind *k, int lane,
    const char *id)
{
	return change(db, &k->drop, lane, id);
}
