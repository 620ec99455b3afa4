/* SPDX-License-Identifier: MIT */
#include "base/log.h"
#include "base/text.h"

#include "errand/errand.h"

enum err
errand_look(struct db *db, const struct errand_kind *k,
    struct errand_look *ret_look)
{
	struct errand_look *l = ret_look;
	struct rows *r = NULL;
	int64_t ms;
	enum err e;
	int i;

	if ((e = db_query(db, &k->look, NULL, 0, &r)) != ERR_OK)
		return e;
	l->lanes = 0;
	l->next_ms = -1;
	for (i = 0; i < rows_count(r) && l->lanes < LANES; i++) {
		ms = rows_int(r, i, 1);
		if (ms <= 0)
			l->lane[l->lanes++] = (unsigned char)rows_int(r, i, 0);
		if (l->next_ms == -1 || ms < l->next_ms)
			l->next_ms = ms < 0 ? 0 : ms;
	}
	rows_free(r);
	return ERR_OK;
}

static void
say_dead(const struct errand_kind *k, const char *id, const char *why)
{
	log_error("errand_dead", "gave up on the errand %s %s: %s", k->name,
	    id, why);
}

enum err
errand_claim(struct db *db, const struct errand_kind *k, int lane,
    struct errand *ret_errand)
{
	char in_lane[TEXT_DIGITS], lease[TEXT_DIGITS], most[TEXT_DIGITS];
	const char *const arg[] = {
		text_digits(lane, in_lane), text_digits(k->lease, lease),
		text_digits(k->attempts, most)
	};
	struct errand *x = ret_errand;
	struct rows *r;
	enum err e;
	int dead;

	do {
		e = db_one(db, &k->claim, arg, NELEM(arg), ERR_NOTFOUND,
		    &r);
		if (e != ERR_OK)
			return e;
		x->lane = lane;
		e = rows_copy(r, 0, 0, x->id, sizeof(x->id));
		x->fence = rows_int(r, 0, 1);
		x->attempts = (int)rows_int(r, 0, 2);
		if ((dead = rows_bool(r, 0, 3)))
			say_dead(k, x->id, rows_text(r, 0, 4));
		rows_free(r);
	} while (e == ERR_OK && dead);
	return e;
}

enum err
errand_renew(struct db *db, const struct errand_kind *k,
    const struct errand *x)
{
	char lane[TEXT_DIGITS], fence[TEXT_DIGITS], lease[TEXT_DIGITS];
	const char *const arg[] = {
		text_digits(x->lane, lane), x->id,
		text_digits(x->fence, fence), text_digits(k->lease, lease)
	};

	return db_one(db, &k->renew, arg, NELEM(arg), ERR_CONFLICT,
	    NULL);
}

enum err
errand_back(struct db *db, const struct errand_kind *k,
    const struct errand *x)
{
	char lane[TEXT_DIGITS], fence[TEXT_DIGITS];
	const char *const arg[] = {
		text_digits(x->lane, lane), x->id, text_digits(x->fence, fence)
	};

	return db_one(db, &k->back, arg, NELEM(arg), ERR_CONFLICT, NULL);
}

/* Run a statement that answers whether the errand is dead, and say so. */
static enum err
put_down(struct db *db, const struct stmt *s, const char *const arg[],
    const struct errand_kind *k, const char *why)
{
	struct rows *r;
	enum err e;

	e = db_one(db, s, arg, s->nparams, ERR_CONFLICT, &r);
	if (e != ERR_OK)
		return e;
	if (rows_bool(r, 0, 0))
		say_dead(k, arg[1], why);
	rows_free(r);
	return ERR_OK;
}

enum err
errand_later(struct db *db, const struct errand_kind *k,
    const struct errand *x, const char *why, int after)
{
	char lane[TEXT_DIGITS], fence[TEXT_DIGITS], seconds[TEXT_DIGITS];
	char most[TEXT_DIGITS];
	const char *const arg[] = {
		text_digits(x->lane, lane), x->id,
		text_digits(x->fence, fence), text_digits(after, seconds),
		why, text_digits(k->attempts, most)
	};

	return put_down(db, &k->later, arg, k, why);
}

enum err
errand_bury(struct db *db, const struct errand_kind *k,
    const struct errand *x, const char *why)
{
	char lane[TEXT_DIGITS], fence[TEXT_DIGITS];
	const char *const arg[] = {
		text_digits(x->lane, lane), x->id,
		text_digits(x->fence, fence), why
	};

	return put_down(db, &k->bury, arg, k, why);
}
